import KubeClient
import KubeModel
import SkyfloAPI
import ToolKit
import Writes

/// `argo_terminate_analysisrun` and `argo_terminate_experiment`.
struct TerminateTool: ArgoTool {
    private let resource: DeliveryResource

    init(_ resource: DeliveryResource) { self.resource = resource }

    private var word: String { resource.noun.replacing(" ", with: "") }
    var name: String { "argo_terminate_\(word)" }
    var title: String { resource == .experiments ? "Terminate Argo Experiment" : "Terminate Argo Analysis Run" }
    let isIdempotent = true
    var requests: [ToolRequest]? { [.readsRollouts, .patch(resource.qualifiedName)] }
    var description: String {
        "Propose to end an \(resource.noun) of Argo Rollouts that is running. Its rollout takes the result that it has then."
    }
    var parameters: ToolParameters {
        ToolParameters([
            .required("name", kind: .string(.objectName), description: "Name of the \(resource.noun)"), .namespace,
        ])
    }

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(resource, by: arguments)
        let phase = target.object["status", "phase"]?.string ?? "Pending"
        guard ["Pending", "Running"].contains(phase) else {
            return .output("Nothing to do: \(target.text) has ended already (\(phase)).")
        }
        guard target.object["spec", "terminate"]?.bool != true else {
            return .output("Nothing to do: \(target.text) is being terminated already.")
        }
        let owner = target.object.ownerReferences.first.map { ["\($0.kind)/\($0.name) waits for it, and may go on"] }
        return .proposal(
            WriteProposal(
                "Terminate \(target.text) (\(phase))", planned: target.patchSpec(["terminate": true]),
                risk: target.baseline,
                warnings: owner ?? [], postConditions: [target.delivery(.terminated)]))
    }
}

struct ExperimentRetryTool: ArgoTool {
    let name = "argo_retry_experiment"
    let title = "Retry Argo Experiment"
    let isDestructive = false
    let requests: [ToolRequest]? = [
        .readsRollouts, .patch("experiments.argoproj.io", "experiments.argoproj.io/status"),
    ]
    let description = "Propose to begin an experiment of Argo Rollouts that has ended again."
    let parameters = ToolParameters([
        .required("name", kind: .string(.objectName), description: "Name of the experiment"), .namespace,
    ])

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(.experiments, by: arguments)
        let phase = target.object["status", "phase"]?.string ?? "Pending"
        guard !["Pending", "Running"].contains(phase) else {
            return .output("Nothing to do: \(target.text) has not ended (\(phase)).")
        }
        return .proposal(
            WriteProposal(
                "Retry \(target.text) (\(phase))", planned: target.patchStatus(.null), risk: target.baseline,
                postConditions: [.stored(target.subject)]))
    }
}
