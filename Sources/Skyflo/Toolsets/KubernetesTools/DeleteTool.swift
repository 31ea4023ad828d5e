import KubeClient
import KubeModel
import ToolKit
import Writes

struct DeleteTool: KubernetesTool {
    let name = "k8s_delete"
    let title = "Delete Kubernetes Resource"
    let description = "Delete one object, and in the background what belongs to it."
    let parameters = ToolParameters([.resourceType, .name, .namespace])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let target = try await context.target(arguments)
        let object = target.object
        guard !object.isBeingDeleted else {
            let finalizers =
                object.finalizers.isEmpty ? "" : "; it waits for \(object.finalizers.joined(separator: ", "))"
            return .output("Nothing to do: \(target.text) is being deleted already\(finalizers).")
        }
        return .proposal(.deletion(of: target, title: "Delete \(target.text)"))
    }
}
