import Integrations
import KubeModel
import ToolKit
import Writes

struct StagesTool: JenkinsTool {
    let name = "jenkins_get_pipeline_stages"
    let title = "Jenkins: Get Pipeline Stages"
    let routes: [IntegrationRoute] = [.job, .stages]
    let description = "List the stages of a Pipeline's build with their states, durations and errors."
    let own = [ToolParameter.job, .build]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let (path, build) = (try arguments.jobPath(), try arguments.buildReference())
        guard let stages = try await client.stages(build, of: path) else {
            // A job or a build that is missing is told so.
            _ = try await client.build(build, of: path)
            return .output("Job \(path) is no Pipeline, or Jenkins has no Pipeline Stage View: it tells no stages.")
        }
        guard !stages.isEmpty else { return .output("Build \(build) of job \(path) has no stages yet.") }
        let rows = stages.map { stage in
            [
                stage.id, stage.name, stage.status, HumanDuration.text(seconds: Int(stage.duration)),
                OutputLimit.shorten(stage.error?.replacing("\n", with: " ") ?? "", to: 200),
            ]
        }
        return context.shown(
            TextColumns.align([["ID", "STAGE", "STATUS", "TOOK", "ERROR"]] + rows).joined(separator: "\n"))
    }
}

struct StageLogTool: JenkinsTool {
    let name = "jenkins_get_stage_log"
    let title = "Jenkins: Get Stage Log"
    let routes: [IntegrationRoute] = [.stages, .get("/job/**/execution/node/*/wfapi/log")]
    let description = "Read the logs of the steps of one stage of a Pipeline's build."
    let own: [ToolParameter] = [
        .job, .build,
        .required("stage", kind: .string(.text(maximum: 256)), description: "Name or id of the stage"),
    ]

    private static let mostSteps = 40

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let (path, build) = (try arguments.jobPath(), try arguments.buildReference())
        let wanted = try arguments.requiredString("stage")
        let stages = try await client.stages(build, of: path) ?? []
        guard let stage = stages.first(where: { $0.id == wanted || $0.name == wanted }) else {
            throw ToolFailure(
                "stage: build \(build) of job \(path) has no stage \"\(ToolParameters.excerpt(wanted))\"; it has "
                    + (stages.isEmpty ? "none" : stages.map { "\"\($0.name)\"" }.joined(separator: ", ")))
        }
        let steps = try await client.steps(ofStage: stage.id, build, of: path)
        var parts: [String] = ["Stage \"\(stage.name)\" of build \(build) of job \(path): \(stage.status)"]
        for step in steps.prefix(Self.mostSteps) {
            let error = step.error.map { ": \($0)" } ?? ""
            let log = try await client.log(ofStep: step.id, build, of: path)
            parts.append("--- \(step.name) (\(step.status)\(error))\n\(log)")
        }
        if steps.count > Self.mostSteps { parts.append("… \(steps.count - Self.mostSteps) more steps") }
        let text = context.redactor.redact(text: parts.joined(separator: "\n"))
        return .output(OutputLimit.cutMiddle(text, to: context.outputLimit, rest: "read the build's log for them"))
    }
}

struct PendingInputsTool: JenkinsTool {
    let name = "jenkins_get_pending_inputs"
    let title = "Jenkins: Get Pending Inputs"
    let routes: [IntegrationRoute] = [.inputs]
    let description = "List the questions that a Pipeline's build waits for an answer to."
    let own = [ToolParameter.job, .build]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let (path, build) = (try arguments.jobPath(), try arguments.buildReference())
        let inputs = try await client.pendingInputs(build, of: path)
        guard !inputs.isEmpty else { return .output("Build \(build) of job \(path) does not wait for an answer.") }
        var outline = Outline()
        for input in inputs {
            outline.section("Input \(input.id)") { outline in
                outline.field("Question", value: input.message)
                outline.field("Goes on with", value: input.proceedText)
                outline.list("Parameters", values: input.parameters.map(context.shown))
            }
        }
        return context.shown(outline.text)
    }
}

struct TestResultsTool: JenkinsTool {
    let name = "jenkins_get_test_results"
    let title = "Jenkins: Get Test Results"
    let description = "Counts of a build's tests, and its failed ones with their errors."
    let own = [ToolParameter.job, .build]

    private static let cases = "suites[name,cases[className,name,status,age,errorDetails]]"

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let (path, build) = (try arguments.jobPath(), try arguments.buildReference())
        try client.check(path)
        let json: JSONValue
        do {
            json = try await client.json(
                "the tests of build \(build) of job \(path)", at: path.segments + [build.description, "testReport"],
                tree: "passCount,failCount,skipCount,totalCount,\(Self.cases),childReports[result[\(Self.cases)]]")
        } catch let error as IntegrationError where error.code == .notFound {
            _ = try await client.build(build, of: path)
            return .output("Build \(build) of job \(path) has no test results.")
        }
        let reports = [json] + (json["childReports"]?.array ?? []).compactMap { $0["result"] }
        let failed = reports.flatMap { $0["suites"]?.array ?? [] }.flatMap { $0["cases"]?.array ?? [] }.filter {
            ["FAILED", "REGRESSION"].contains($0["status"]?.string ?? "")
        }
        var outline = Outline()
        let count = { (member: String) in json[member]?.int ?? 0 }
        let total = json["totalCount"]?.int ?? count("passCount") &+ count("failCount") &+ count("skipCount")
        outline.line(
            "Tests of build \(build) of job \(path): \(total) in all, \(count("failCount")) failed, "
                + "\(count("skipCount")) skipped")
        for test in failed.prefix(30) {
            let name = "\(test["className"]?.string ?? "").\(test["name"]?.string ?? "")"
            let since = test["age"]?.int.map { $0 > 1 ? ", failing for \($0) builds" : ", new" } ?? ""
            outline.section("\(name) (\(test["status"]?.string ?? "")\(since))") { outline in
                outline.line(OutputLimit.shorten(ConsoleText.plain((test["errorDetails"]?.string ?? "").utf8), to: 600))
            }
        }
        if failed.count > 30 { outline.line("… \(failed.count - 30) more") }
        return context.shown(outline.text)
    }
}

struct ArtifactListTool: JenkinsTool {
    let name = "jenkins_list_artifacts"
    let title = "Jenkins: List Artifacts"
    let description = "List the files that a build has kept."
    let own = [ToolParameter.job, .build]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let (path, reference) = (try arguments.jobPath(), try arguments.buildReference())
        let build = try await client.build(reference, of: path)
        guard !build.artifacts.isEmpty else {
            return .output("Build #\(build.number) of job \(path) has no artifacts.")
        }
        return context.shown(build.artifacts.joined(separator: "\n"))
    }
}

struct ArtifactTool: JenkinsTool {
    let name = "jenkins_get_artifact"
    let title = "Jenkins: Get Artifact"
    let routes: [IntegrationRoute] = [.job, .get("/job/**/artifact/**")]
    let description = "Read a text file that a build has kept."
    let own: [ToolParameter] = [
        .job, .build,
        .required("path", kind: .string(.text(maximum: 1024)), description: "As jenkins_list_artifacts shows it"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let (path, reference) = (try arguments.jobPath(), try arguments.buildReference())
        let file = try arguments.requiredString("path")
        let build = try await client.build(reference, of: path)
        guard build.artifacts.contains(file) else {
            throw ToolFailure(
                "path: build #\(build.number) of job \(path) has no artifact \"\(ToolParameters.excerpt(file))\"; "
                    + (build.artifacts.isEmpty ? "it has none" : "see jenkins_list_artifacts"))
        }
        let parts = file.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let request = try IntegrationRequest(
            .get, segments: path.segments + [String(build.number), "artifact"] + parts, limit: 256 * 1024,
            isCutAtLimit: true)
        let response = try await client.text("artifact \(file)", request)
        guard !response.body.prefix(4096).contains(0) else {
            return .output("\(file) is no text: its \(response.body.count) bytes are not shown.")
        }
        let text = context.redactor.redact(text: ConsoleText.plain(response.body))
        return .output(OutputLimit.cut(text, to: context.outputLimit) + (response.isCut ? "\n… the file goes on" : ""))
    }
}
