import Integrations
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

extension JenkinsTool {
    /// A proposal of one request.
    func proposal(
        _ summary: String, _ request: PlannedJenkinsRequest, risk: Risk, warnings: [String] = [],
        goal: JenkinsGoal? = nil
    ) -> ToolOutcome {
        let subject = PostCondition.Subject(
            resource: .integrations, namespace: request.namespace, name: request.integration)
        return .proposal(
            WriteProposal(
                summary: summary, writes: [PlannedWrite(.jenkins(request))], risk: risk, warnings: warnings,
                postConditions: goal.map { [.jenkins(subject, $0)] } ?? []))
    }
}

extension ToolContext {
    /// A Jenkins that may be changed.
    func writableJenkins(_ arguments: ToolArguments) async throws -> JenkinsClient {
        let client = try await jenkins(arguments)
        guard !client.isReadOnly else {
            throw ToolFailure("refused: the integration \(client.name) is read-only (readOnly in the SkyfloAI)")
        }
        return client
    }
}

/// Fields of a form by what a job or a question says of its parameters.
struct JenkinsForm {
    /// A string parameter of this name gets a value that no other build has, by which the build is found again where
    /// Jenkins's answer is lost.
    static let markParameter = "SKYFLO_CALL"

    private(set) var fields: [JenkinsFormField] = []
    private(set) var mark: String?

    /// - Parameters:
    ///   - values: of the model.
    ///   - before: of the last successful build.
    ///   - isMarked: whether a parameter for a mark is filled in.
    /// - Throws: ``ToolFailure`` with everything that is wrong with the values.
    init(
        _ values: [(key: String, value: String)], for parameters: [JenkinsParameter], of place: String,
        before: [JenkinsBuild.Value] = [], isMarked: Bool = false
    ) throws(ToolFailure) {
        var problems: [String] = []
        for (key, _) in values where !parameters.contains(where: { $0.name == key }) {
            problems.append("\(ToolParameters.excerpt(key)): unknown")
        }
        for parameter in parameters {
            var value = values.first { $0.key == parameter.name }?.value
            if isMarked, parameter.name == Self.markParameter, parameter.kind == .string, value == nil {
                mark = "skyflo-\(String(UInt64.random(in: .min ... .max), radix: 36))"
                value = mark
            }
            guard let value else {
                if let problem = Self.missing(parameter) { problems.append("\(parameter.name): \(problem)") }
                continue
            }
            if let problem = parameter.problem(with: value) {
                problems.append(
                    "\(parameter.name): \(parameter.isSecret ? "" : "\"\(ToolParameters.excerpt(value))\" ")\(problem)")
            }
            fields.append(Self.field(parameter, value: value, before: before))
        }
        guard problems.isEmpty else {
            let known =
                parameters.isEmpty ? "none" : parameters.map { "\($0.name) (\($0.kind))" }.joined(separator: ", ")
            throw ToolFailure(
                "parameters: nothing was sent. \(problems.joined(separator: "; ")). The parameters of \(place): \(known)"
            )
        }
    }

    /// What Jenkins can't fill in by itself.
    private static func missing(_ parameter: JenkinsParameter) -> String? {
        switch parameter.kind {
        // The first choice is the default.
        case .choice, .boolean, .password, .other: nil
        case .file: "is a file, which can't be sent from here"
        case .string, .text: parameter.defaultValue == nil ? "required: it has no default" : nil
        }
    }

    private static func field(
        _ parameter: JenkinsParameter, value: String, before: [JenkinsBuild.Value]
    ) -> JenkinsFormField {
        var field = JenkinsFormField(parameter.name, value: value)
        field.isSecret = parameter.isSecret
        field.type = parameter.kind.description
        field.choices = Array(parameter.choices.prefix(40))
        field.defaultValue = parameter.defaultValue
        let last = before.first { $0.name == parameter.name }?.value
        field.before = last == value || parameter.isSecret ? nil : last
        return field
    }
}

struct BuildTriggerTool: JenkinsTool {
    let name = "jenkins_trigger_build"
    let title = "Jenkins: Trigger Build"
    let routes: [IntegrationRoute] = [.job, .build, .buildWithParameters]
    let onlyReads = false
    let description =
        "Propose to build a job. Parameters are checked against the job's; those left out get their defaults. "
        + "See jenkins_get_job_parameters first."
    let own: [ToolParameter] = [
        .job, .optional("parameters", kind: .stringMap, description: "Values by parameter name, all as texts"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.writableJenkins(arguments)
        let job = try await client.job(try arguments.jobPath())
        return try await build(job, values: arguments.map("parameters"), client, context)
    }
}

struct RebuildTool: JenkinsTool {
    let name = "jenkins_rebuild"
    let title = "Jenkins: Rebuild"
    let routes: [IntegrationRoute] = [.job, .build, .buildWithParameters]
    let onlyReads = false
    let description =
        "Propose to build a job again with the parameters of an earlier build, some of them changed if wanted."
    let own: [ToolParameter] = [
        .job, .build, .optional("parameters", kind: .stringMap, description: "What is to be other than in that build"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.writableJenkins(arguments)
        let job = try await client.job(try arguments.jobPath())
        let earlier = try await client.build(try arguments.buildReference(), of: job.path)
        let changed = arguments.map("parameters")
        let defined = Set(job.parameters.map(\.name)).subtracting([JenkinsForm.markParameter])
        // Jenkins doesn't tell passwords, and a parameter that is gone can't be sent.
        let kept = earlier.parameters.compactMap { value -> (key: String, value: String)? in
            guard defined.contains(value.name), !changed.contains(where: { $0.key == value.name }) else { return nil }
            return value.value.map { (value.name, $0) }
        }
        return try await build(
            job, values: changed + kept, client, context, as: "Build \(job.path) again as #\(earlier.number)")
    }
}

extension JenkinsTool {
    fileprivate func build(
        _ job: JenkinsJob, values: [(key: String, value: String)], _ client: JenkinsClient, _ context: ToolContext,
        as summary: String? = nil
    ) async throws -> ToolOutcome {
        if job.isDisabled { throw ToolFailure("job \(job.path) is disabled: nothing was sent") }
        guard job.isBuildable != false, !job.isFolder || job.nextBuildNumber != nil else {
            throw ToolFailure("\(job.path) can't be built: it is a folder (\(job.type))")
        }
        var before: [JenkinsBuild.Value] = []
        if let number = job.lastSuccessful, !job.parameters.isEmpty {
            before = try await client.build(.number(number), of: job.path).parameters
        }
        let form = try JenkinsForm(
            values, for: job.parameters, of: "job \(job.path)", before: before, isMarked: true)
        let request = PlannedJenkinsRequest(
            job.parameters.isEmpty ? .build : .parameterizedBuild, of: job.path, integration: client.name,
            namespace: context.namespace, build: job.nextBuildNumber,
            form: form.fields, mark: form.mark)
        var warnings: [String] = []
        if !job.downstream.isEmpty {
            warnings.append("Jenkins begins afterwards: \(job.downstream.prefix(20).joined(separator: ", "))")
        }
        if job.lastBuild?.isRunning == true { warnings.append("build #\(job.lastBuild?.number ?? 0) of it is running") }
        return proposal(
            summary ?? "Build Jenkins job \(job.path)", request, risk: .high, warnings: warnings,
            goal: JenkinsGoal(.succeeds, job: job.path.description))
    }
}

struct BuildReplayTool: JenkinsTool {
    let name = "jenkins_replay_build"
    let title = "Jenkins: Replay Build"
    let routes: [IntegrationRoute] = [.job, .stages, .post("/job/**/replay/rebuild")]
    let onlyReads = false
    let description = "Propose to run a Pipeline's build again with the same script and parameters."
    let own = [ToolParameter.job, .build]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.writableJenkins(arguments)
        let job = try await client.job(try arguments.jobPath())
        let build = try await client.build(try arguments.buildReference(), of: job.path)
        guard try await client.stages(.number(build.number), of: job.path) != nil else {
            throw ToolFailure("job \(job.path) is no Pipeline: use jenkins_rebuild")
        }
        if job.isDisabled { throw ToolFailure("job \(job.path) is disabled: nothing was sent") }
        let request = PlannedJenkinsRequest(
            .replay, of: job.path, integration: client.name, namespace: context.namespace, build: build.number)
        return proposal(
            "Replay build #\(build.number) of Jenkins job \(job.path)", request, risk: .high,
            goal: JenkinsGoal(.succeeds, job: job.path.description))
    }
}
