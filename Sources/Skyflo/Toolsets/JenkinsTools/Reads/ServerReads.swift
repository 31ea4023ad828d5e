import Integrations
import KubeModel
import ToolKit
import Writes

struct WhoAmITool: JenkinsTool {
    let name = "jenkins_whoami"
    let title = "Jenkins: Who Am I"
    let routes: [IntegrationRoute] = [.get("/me/api/json")]
    let description = "As whom Jenkins knows the integration, its version, and which jobs are allowed."
    let own: [ToolParameter] = []

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let identity = try await client.identity()
        var outline = Outline()
        outline.field("Integration", value: client.name)
        outline.field("User", value: identity.user)
        outline.field("Jenkins", value: identity.version)
        outline.field(
            "Changes", value: client.isReadOnly ? "none: the integration is read-only" : "each with its approval")
        outline.list("Allowed jobs", values: client.jobs.patterns.isEmpty ? ["all"] : client.jobs.patterns)
        return context.shown(outline.text)
    }
}

struct NodesTool: JenkinsTool {
    let name = "jenkins_get_nodes"
    let title = "Jenkins: Get Nodes"
    let routes: [IntegrationRoute] = [.get("/computer/api/json")]
    let description = "List the nodes that builds run on: online or not and why, executors, labels."
    let own: [ToolParameter] = []

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let json = try await client.json(
            "its nodes", at: ["computer"],
            tree: "busyExecutors,totalExecutors,computer[displayName,offline,temporarilyOffline,offlineCauseReason,"
                + "numExecutors,idle,assignedLabels[name]]")
        let rows = (json["computer"]?.array ?? []).map { node -> [String] in
            let isOffline = node["offline"]?.bool ?? false
            let labels = (node["assignedLabels"]?.array ?? []).compactMap { $0["name"]?.string }
            return [
                node["displayName"]?.string ?? "", isOffline ? "offline" : node["idle"]?.bool == true ? "idle" : "busy",
                String(node["numExecutors"]?.int ?? 0), labels.joined(separator: ","),
                OutputLimit.shorten(node["offlineCauseReason"]?.string ?? "", to: 200),
            ]
        }
        let heading = "\(json["busyExecutors"]?.int ?? 0) of \(json["totalExecutors"]?.int ?? 0) executors are busy."
        let table = TextColumns.align([["NODE", "STATE", "EXECUTORS", "LABELS", "REASON"]] + rows)
        return context.shown(([heading] + table).joined(separator: "\n"))
    }
}

struct QueueTool: JenkinsTool {
    let now: @Sendable () -> KubeTime
    let name = "jenkins_get_queue"
    let title = "Jenkins: Get Queue"
    let routes: [IntegrationRoute] = [.get("/queue/api/json")]
    let description = "List the builds that wait to begin, and what they wait for."
    let own: [ToolParameter] = []

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let items = try await client.queue()
        guard !items.isEmpty else { return .output("Nothing waits in the queue.") }
        let rows = items.map { item in
            [
                String(item.id), item.job?.description ?? "", HumanDuration.text(since: item.queuedAt, now: now()),
                OutputLimit.shorten(item.state, to: 200),
            ]
        }
        return context.shown(TextColumns.align([["ITEM", "JOB", "AGE", "STATE"]] + rows).joined(separator: "\n"))
    }
}

struct QueueItemTool: JenkinsTool {
    let now: @Sendable () -> KubeTime
    let name = "jenkins_get_queue_item"
    let title = "Jenkins: Get Queue Item"
    let routes: [IntegrationRoute] = [.queueItem]
    let description = "Show an item of the queue: what it waits for, or which build it became."
    let own: [ToolParameter] = [.queueItem]

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let client = try await context.jenkins(arguments)
        let id = arguments.integer("id") ?? 0
        guard let item = try await client.queueItem(id) else {
            throw ToolFailure(
                "queue item \(id) is not there: there was none, or it left the queue more than some minutes ago")
        }
        var outline = Outline()
        outline.field("Item", value: String(id))
        outline.field("Job", value: item.job?.description)
        outline.field("State", value: item.state)
        outline.field("Age", value: HumanDuration.text(since: item.queuedAt, now: now()))
        outline.list("Causes", values: item.causes.map(\.text))
        outline.list("Parameters", values: item.parameters.map { "\($0.name) = \($0.value ?? "(not shown)")" })
        return context.shown(outline.text)
    }
}

extension ToolParameter {
    static let queueItem = ToolParameter.required(
        "id", kind: .integer(0...(1 << 40)), description: "Id of the queue item")
}
