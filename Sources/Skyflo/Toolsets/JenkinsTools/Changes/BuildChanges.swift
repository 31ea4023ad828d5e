import Integrations
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

struct BuildStopTool: JenkinsTool {
    let name = "jenkins_stop_build"
    let title = "Jenkins: Stop Build"
    let routes: [IntegrationRoute] = [.job, .post("/job/**/stop"), .post("/job/**/term"), .post("/job/**/kill")]
    let onlyReads = false
    let description = "Propose to stop a running build. Only where stop doesn't help: term, then kill."
    let own: [ToolParameter] = [
        .job, .build,
        .optional("how", kind: .choice(["stop", "term", "kill"]), default: "stop", description: "How hard"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.writableJenkins(arguments)
        let path = try arguments.jobPath()
        let build = try await client.build(try arguments.buildReference(), of: path)
        guard build.isRunning else {
            return .output("Build #\(build.number) of job \(path) \(build.outcome): there is nothing to stop.")
        }
        let how = arguments.string("how") ?? "stop"
        let action: PlannedJenkinsRequest.Action = how == "kill" ? .kill : how == "term" ? .terminate : .stop
        let request = PlannedJenkinsRequest(
            action, of: path, integration: client.name, namespace: context.namespace, build: build.number)
        return proposal(
            "\(how == "kill" ? "Kill" : how == "term" ? "Terminate" : "Stop") build #\(build.number) of Jenkins job \(path)",
            request, risk: how == "stop" ? .medium : .high,
            goal: JenkinsGoal(.ended, job: path.description, build: build.number))
    }
}

struct BuildUpdateTool: JenkinsTool {
    let name = "jenkins_update_build"
    let title = "Jenkins: Update Build"
    let routes: [IntegrationRoute] = [.job, .post("/job/**/submitDescription"), .post("/job/**/configSubmit")]
    let onlyReads = false
    let description = "Propose to set the description or the display name of a build."
    let own: [ToolParameter] = [
        .job, .build,
        .optional("displayName", kind: .string(.text(maximum: 256)), description: "The build's new name"),
        .optional("description", kind: .string(.text(maximum: 4096)), description: "The build's new description"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let (title, text) = (arguments.string("displayName"), arguments.string("description"))
        guard title != nil || text != nil else { throw ToolFailure("give displayName, description, or both") }
        let client = try await context.writableJenkins(arguments)
        let path = try arguments.jobPath()
        let build = try await client.build(try arguments.buildReference(), of: path)
        guard title.map({ $0 != build.displayName }) ?? false || text.map({ $0 != build.description }) ?? false else {
            return .output("Build #\(build.number) of job \(path) has that already.")
        }
        var request = PlannedJenkinsRequest(
            .describe, of: path, integration: client.name, namespace: context.namespace, build: build.number)
        if let title {
            // One form has both: what isn't to be changed is sent as it is.
            request.action = .rename
            let json: JSONValue = ["displayName": .string(title), "description": .string(text ?? build.description)]
            request.form = [JenkinsFormField("json", value: JSONWriter.string(json))]
        } else {
            request.form = [JenkinsFormField("description", value: text ?? "")]
        }
        return proposal(
            "Set the \(title == nil ? "description" : "name") of build #\(build.number) of Jenkins job \(path)",
            request,
            risk: .low)
    }
}

struct QueueCancelTool: JenkinsTool {
    let name = "jenkins_cancel_queue_item"
    let title = "Jenkins: Cancel Queue Item"
    let routes: [IntegrationRoute] = [.queueItem, .post("/queue/cancelItem")]
    let onlyReads = false
    let description = "Propose to take a build that waits out of the queue."
    let own: [ToolParameter] = [.queueItem]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.writableJenkins(arguments)
        let id = arguments.integer("id") ?? 0
        guard let item = try await client.queueItem(id), let job = item.job else {
            throw ToolFailure("queue item \(id) is not there: nothing was sent")
        }
        guard item.build == nil, !item.isCancelled else {
            return .output("Queue item \(id) of job \(job) \(item.state): there is nothing to cancel.")
        }
        let request = PlannedJenkinsRequest(
            .cancel, of: job, integration: client.name, namespace: context.namespace, subject: String(id))
        return proposal(
            "Cancel queue item \(id) of Jenkins job \(job)", request, risk: .medium,
            goal: JenkinsGoal(.cancelled, job: job.description, item: id))
    }
}

struct JobSwitchTool: JenkinsTool {
    let name = "jenkins_set_job_enabled"
    let title = "Jenkins: Enable or Disable Job"
    let routes: [IntegrationRoute] = [.job, .post("/job/**/enable"), .post("/job/**/disable")]
    let onlyReads = false
    let description = "Propose to enable a job, or disable it so that it isn't built any more."
    let own: [ToolParameter] = [
        .job, .required("enabled", kind: .boolean, description: "true to enable it, false to disable it"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.writableJenkins(arguments)
        let job = try await client.job(try arguments.jobPath())
        let enables = arguments.bool("enabled")
        let word = enables ? "enabled" : "disabled"
        guard job.isDisabled == enables else { return .output("Job \(job.path) is \(word) already.") }
        let request = PlannedJenkinsRequest(
            enables ? .enable : .disable, of: job.path, integration: client.name, namespace: context.namespace)
        return proposal(
            "\(enables ? "Enable" : "Disable") Jenkins job \(job.path)", request, risk: .medium,
            goal: JenkinsGoal(enables ? .enabled : .disabled, job: job.path.description))
    }
}

struct InputAnswerTool: JenkinsTool {
    let name = "jenkins_answer_input"
    let title = "Jenkins: Answer Input"
    let routes: [IntegrationRoute] = [.job, .inputs, .post("/job/**/input/*/proceed*"), .post("/job/**/input/*/abort")]
    let onlyReads = false
    let description =
        "Propose an answer to a question that a Pipeline's build waits for: go on, with parameters if it has any, or abort."
    let own: [ToolParameter] = [
        .job, .build,
        .optional(
            "input", kind: .string(.text(maximum: 128)),
            description: "Id as jenkins_get_pending_inputs shows it; only needed where there are several"),
        .required("action", kind: .choice(["proceed", "abort"]), description: "What to answer"),
        .optional("parameters", kind: .stringMap, description: "Values by parameter name, all as texts"),
    ]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.writableJenkins(arguments)
        let path = try arguments.jobPath()
        let build = try await client.build(try arguments.buildReference(), of: path)
        let open = try await client.pendingInputs(.number(build.number), of: path)
        let place = "build #\(build.number) of job \(path)"
        guard let first = open.first else {
            throw ToolFailure("\(place) does not wait for an answer: nothing was sent")
        }
        let ids = open.map(\.id).joined(separator: ", ")
        guard arguments.string("input") != nil || open.count == 1 else {
            throw ToolFailure("input: \(place) waits for several answers: \(ids)")
        }
        guard let input = arguments.string("input").map({ id in open.first { $0.id == id } }) ?? first else {
            throw ToolFailure("input: \(place) does not wait for that answer; it waits for \(ids)")
        }
        let proceeds = arguments.string("action") == "proceed"
        let values = arguments.map("parameters")
        var request = PlannedJenkinsRequest(
            proceeds ? .proceed : .abort, of: path, integration: client.name, namespace: context.namespace,
            build: build.number, subject: input.id)
        if proceeds {
            let usual = input.parameters.filter { parameter in !values.contains { $0.key == parameter.name } }
                .compactMap { parameter in parameter.defaultValue.map { (key: parameter.name, value: $0) } }
            request.form = try JenkinsForm(values + usual, for: input.parameters, of: "the question").fields
        } else if !values.isEmpty {
            throw ToolFailure("parameters: who aborts gives none")
        }
        let question = OutputLimit.shorten(input.message.replacing("\n", with: " "), to: 200)
        return proposal(
            "\(proceeds ? "Proceed with" : "Abort") \(place), which asks: \(question)", request, risk: .high,
            goal: JenkinsGoal(.answered, job: path.description, build: build.number, input: input.id))
    }
}
