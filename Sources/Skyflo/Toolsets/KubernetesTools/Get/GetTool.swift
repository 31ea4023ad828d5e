import KubeClient
import KubeModel
import ToolKit

/// Lists objects as `kubectl get` does, in the columns that the server makes.
struct GetTool: KubernetesTool {
    let name = "k8s_get"
    let onlyReads = true
    let title = "Get Kubernetes Resources"
    let description = """
        List objects of one or several resource types, or get some by name. Without output: the columns of kubectl get. \
        Use a label or field selector to narrow a list. Values of Secrets are never shown.
        """
    let parameters = ToolParameters([
        .resourceTypes,
        .optional("name", kind: .string(.objectName), description: "Name of one object; without it, all are listed"),
        .namespace,
        .optional("all_namespaces", kind: .boolean, default: false, description: "List over all namespaces"),
        .optional(
            "output", kind: .choice(["wide", "yaml", "json", "name"]), description: "Format; by default columns"),
        .optional(
            "label_selector", kind: .string(.labelSelector), description: "For lists: app=web,tier in (a,b),!canary"),
        .optional(
            "field_selector", kind: .string(.fieldSelector),
            description:
                "For lists, by fields that the server knows for the type: status.phase!=Running, spec.nodeName=n1, type=Warning"
        ),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let selection = try GetSelection(arguments, in: context)
        let (queries, category) = try await selection.queries(context)
        let format = GetFormat(rawValue: arguments.string("output") ?? "") ?? .columns
        if queries.count == 1, category == nil {
            let answer = try await GetAnswer(queries[0], format: format, in: context)
            return .output(answer.text(format, limit: context.outputLimit))
        }
        let answers = try await GetAnswers(queries, format: format, category: category, in: context)
        return .output(try answers.text(format, category: category, limit: context.outputLimit))
    }
}
