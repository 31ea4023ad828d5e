import KubeClient
import KubeModel
import ToolKit

/// Lists objects as `kubectl get` does, in the columns that the server makes.
struct GetTool: KubernetesTool {
    let name = "k8s_get"
    let onlyReads = true
    let title = "Get Kubernetes Resources"
    let requests: [ToolRequest]? = [.read("*")]
    let description = "List objects, or get some by name, as kubectl get does. Values of Secrets are never shown."
    let parameters = ToolParameters([
        .resourceTypes,
        .optional("name", kind: .string(.objectName), description: "Without it, all are listed", obvious: true),
        .optional(
            "namespace", kind: .string(.namespace), description: "Here and elsewhere: by default the conversation's"),
        .allNamespaces,
        .optional(
            "output", kind: .choice(["wide", "yaml", "json", "name"]), description: "Format; by default columns",
            obvious: true),
        .optional(
            "columns", aliases: ["custom_columns", "fields"], kind: .string(.text(maximum: 1024)),
            description: ".spec.containers[*].image,.metadata.labels: these fields in place of the usual columns"),
        .labelSelector,
        .optional("field_selector", kind: .string(.fieldSelector), description: "status.phase!=Running"),
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let selection = try GetSelection(arguments, in: context)
        let (queries, category) = try await selection.queries(context)
        let format = try GetFormat(arguments)
        if queries.count == 1, category == nil {
            let answer = try await GetAnswer(queries[0], format: format, in: context)
            return .output(answer.text(format, limit: context.outputLimit))
        }
        let answers = try await GetAnswers(queries, format: format, category: category, in: context)
        return .output(try answers.text(format, category: category, limit: context.outputLimit))
    }
}
