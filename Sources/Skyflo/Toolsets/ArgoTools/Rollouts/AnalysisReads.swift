import KubeClient
import KubeModel
import ToolKit
import Writes

extension ToolParameter {
    fileprivate static let ownerRollout = ToolParameter.optional(
        "rollout_name", kind: .string(.objectName), description: "Only those of this rollout")
}

private func isOwned(by rollout: String?) -> (KubeObject) -> Bool {
    { object in
        guard let rollout else { return true }
        return object.ownerReferences.contains { $0.kind == "Rollout" && $0.name == rollout }
    }
}

private func owner(of object: KubeObject) -> String {
    object.ownerReferences.first.map { "\($0.kind)/\($0.name)" } ?? "<none>"
}

struct AnalysisRunListTool: ArgoTool {
    let name = "argo_list_analysisruns"
    let title = "List Argo Analysis Runs"
    let requests: [ToolRequest]? = [.readsRollouts]
    let onlyReads = true
    let description = "List analysis runs of Argo Rollouts with their result and the rollout that they belong to."
    let parameters = ToolParameters([.namespace, .allNamespaces, .ownerRollout, .labelSelector])

    private let now: @Sendable () -> KubeTime

    init(now: @escaping @Sendable () -> KubeTime) { self.now = now }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let rollout = arguments.string("rollout_name")
        let what = rollout.map { "analysis runs of rollout \($0)" }
        let listing = try await context.listing(
            .analysisRuns, by: arguments, isIncluded: isOwned(by: rollout), what: what)
        return context.table(of: listing, columns: ["NAME", "STATUS", "AGE", "OWNER", "MESSAGE"]) { run in
            [
                run.name, run["status", "phase"]?.string ?? "Pending",
                HumanDuration.text(since: run.creationTimestamp, now: now()),
                owner(of: run), OutputLimit.shorten(run["status", "message"]?.string ?? "", to: 200),
            ]
        }
    }
}

struct ExperimentListTool: ArgoTool {
    let name = "argo_list_experiments"
    let title = "List Argo Experiments"
    let requests: [ToolRequest]? = [.readsRollouts]
    let onlyReads = true
    let description = "List experiments of Argo Rollouts, of all or of one rollout."
    let parameters = ToolParameters([.ownerRollout, .namespace, .allNamespaces, .labelSelector])

    private let now: @Sendable () -> KubeTime

    init(now: @escaping @Sendable () -> KubeTime) { self.now = now }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let rollout = arguments.string("rollout_name")
        let what = rollout.map { "experiments of rollout \($0)" }
        let listing = try await context.listing(
            .experiments, by: arguments, isIncluded: isOwned(by: rollout), what: what)
        return context.table(of: listing, columns: ["NAME", "STATUS", "DURATION", "AGE", "OWNER", "MESSAGE"]) {
            experiment in
            [
                experiment.name, experiment["status", "phase"]?.string ?? "Pending",
                experiment["spec", "duration"]?.word ?? "-",
                HumanDuration.text(since: experiment.creationTimestamp, now: now()),
                owner(of: experiment), OutputLimit.shorten(experiment["status", "message"]?.string ?? "", to: 200),
            ]
        }
    }
}

struct AnalysisRunDescribeTool: ArgoTool {
    let name = "argo_describe_analysisrun"
    let title = "Describe Argo Analysis Run"
    let requests: [ToolRequest]? = [.readsRollouts]
    let onlyReads = true
    let description = "Show an analysis run with its metrics, what they were measured against, and the measurements."
    let parameters = ToolParameters([
        .required("name", kind: .string(.objectName), description: "Name of the analysis run"), .namespace,
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var target = try await context.target(.analysisRuns, by: arguments)
        target.object = context.redactor.redact(target.object)
        var outline = Outline()
        RunDescription.header(of: target.object, to: &outline)
        outline.list(
            "Arguments",
            values: (target.object["spec", "args"]?.array ?? []).map { argument in
                let source = argument["valueFrom"] == nil ? "" : "(from elsewhere)"
                return "\(argument["name"]?.string ?? "")=\(argument["value"]?.word ?? source)"
            })
        outline.section("Metrics") { outline in
            for metric in target.object["spec", "metrics"]?.array ?? [] {
                Self.metric(metric, of: target.object, to: &outline)
            }
        }
        return try await RunDescription.end(outline, of: target, in: context)
    }

    private static let measurements = 5

    private static func metric(_ metric: JSONValue, of run: KubeObject, to outline: inout Outline) {
        let name = metric["name"]?.string ?? ""
        let result = run["status", "metricResults"]?.array?.first { $0["name"]?.string == name }
        outline.section("\(name): \(result?["phase"]?.string ?? "not measured yet")") { outline in
            outline.field("Success if", value: metric["successCondition"])
            outline.field("Failure if", value: metric["failureCondition"])
            outline.field("Interval", value: metric["interval"])
            outline.field("Failure limit", value: metric["failureLimit"])
            outline.field("Provider", value: metric["provider"]?.object?.keys.joined(separator: ", "))
            outline.field("Message", value: result?["message"])
            let counts = ["count", "successful", "failed", "inconclusive", "error"].compactMap { field in
                result?[field]?.int.map { "\(field) \($0)" }
            }
            outline.field("Results", value: counts.joined(separator: ", "))
            outline.list(
                "Last measurements",
                values: (result?["measurements"]?.array ?? []).suffix(measurements).map { one in
                    let message = one["message"]?.string.map { ": \($0)" } ?? ""
                    let value = one["value"]?.word.map { " \(OutputLimit.shorten($0, to: 200))" } ?? ""
                    return "\(one["finishedAt"]?.string ?? "") \(one["phase"]?.string ?? "")\(value)\(message)"
                })
        }
    }
}

struct ExperimentDescribeTool: ArgoTool {
    let name = "argo_describe_experiment"
    let title = "Describe Argo Experiment"
    let requests: [ToolRequest]? = [.readsRollouts]
    let onlyReads = true
    let description = "Show an experiment with its templates, its analysis runs and recent events."
    let parameters = ToolParameters([
        .required("name", kind: .string(.objectName), description: "Name of the experiment"), .namespace,
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var target = try await context.target(.experiments, by: arguments)
        target.object = context.redactor.redact(target.object)
        var outline = Outline()
        RunDescription.header(of: target.object, to: &outline)
        outline.field("Duration", value: target.object["spec", "duration"])
        outline.field("Available since", value: target.object["status", "availableAt"])
        let states = target.object["status", "templateStatuses"]?.array ?? []
        outline.list(
            "Templates",
            values: (target.object["spec", "templates"]?.array ?? []).map { template in
                let name = template["name"]?.string ?? ""
                let state = states.first { $0["name"]?.string == name }
                let message = state?["message"]?.string.map { ": \($0)" } ?? ""
                return "\(name): \(state?["status"]?.string ?? "Pending"), "
                    + "\(state?["availableReplicas"]?.int ?? 0)/\(template["replicas"]?.int ?? 1) available\(message)"
            })
        outline.list(
            "Analysis runs",
            values: (target.object["status", "analysisRuns"]?.array ?? []).map { run in
                let message = run["message"]?.string.map { ": \($0)" } ?? ""
                return "\(run["analysisRun"]?.string ?? "") (\(run["name"]?.string ?? "")): "
                    + "\(run["phase"]?.string ?? "Pending")\(message)"
            })
        return try await RunDescription.end(outline, of: target, in: context)
    }
}

/// What analysis runs and experiments have in common.
private enum RunDescription {
    static func header(of object: KubeObject, to outline: inout Outline) {
        outline.field("Name", value: object.name)
        outline.field("Namespace", value: object.namespace)
        outline.field("Owner", value: owner(of: object))
        outline.field("Revision", value: object.annotations[RolloutRevisions.key])
        outline.field("Created", value: object.creationTimestamp?.description)
        outline.field("Status", value: object["status", "phase"]?.string ?? "Pending")
        outline.field("Message", value: object["status", "message"])
        outline.field("Terminated by a person", value: object["spec", "terminate"]?.bool == true ? "true" : nil)
    }

    static func end(_ outline: Outline, of target: LiveTarget, in context: ToolContext) async throws -> ToolOutcome {
        var outline = outline
        ConditionList.write(target.object, outline: &outline)
        let room = max(context.outputLimit / 3, context.outputLimit - outline.text.utf8.count) - 200
        try await EventList.write(about: target, room: room, in: context, outline: &outline)
        return .output(context.redactor.redact(text: outline.text))
    }
}
