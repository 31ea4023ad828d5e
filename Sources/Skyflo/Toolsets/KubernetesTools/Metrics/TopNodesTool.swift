import KubeClient
import KubeModel
import ToolKit
import Writes

struct TopNodesTool: KubernetesTool {
    let name = "k8s_top_nodes"
    let onlyReads = true
    let title = "Get Kubernetes Node Resource Usage"
    let requests: [ToolRequest]? = [.read("nodes.metrics.k8s.io", "nodes")]
    let description = "Show the CPU and memory that nodes use now, and the share of what is allocatable."
    let parameters = ToolParameters([
        .optional(
            "name", aliases: ["node_name"], kind: .string(.objectName), description: "Of one node", obvious: true),
        .labelSelector, .metricsOrder, .withoutHeaders,
    ])

    private static let nodes = APIResource(
        group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false)

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = arguments.string("name")
        let labels = arguments.string("label_selector")
        if name != nil, labels != nil { throw ToolFailure("name and label_selector exclude each other") }
        if let name { try Names.check(name, of: Self.nodes) }
        let selector = try labels.map { try LabelSelector(parsing: $0) }
        let source = try await MetricsSource("nodes", in: context)
        let found =
            if let name {
                try await source.find(namespace: nil, name: name).map { [$0] } ?? []
            } else {
                try await source.list(namespace: nil, selector: selector)
            }
        let nodes = try await Self.nodes(name: name, selector: selector, in: context)
        let measured = found.map { Row(name: $0.name, usage: ResourceUsage($0["usage"])) }
        let known = Set(measured.map(\.name))
        let others = ((try? nodes.get()) ?? [:]).keys.filter { !known.contains($0) }.sorted()
        guard !measured.isEmpty || !others.isEmpty else {
            if let name, case .success = nodes {
                // Says that there is no such node, or that it may not be read.
                _ = try await context.object(ResourceMatch(Self.nodes), namespace: nil, name: name)
            }
            return .output(
                "No resources found: there are no metrics of nodes" + (labels.map { " with \($0)" } ?? "") + ".")
        }
        return .output(Self.text(measured, unmeasured: others, nodes: nodes, as: arguments, limit: context.outputLimit))
    }

    private struct Row {
        var name: String
        var usage: ResourceUsage
    }

    private static func text(
        _ measured: [Row], unmeasured others: [String], nodes: Result<[String: ResourceUsage], Unreadable>,
        as arguments: ToolArguments, limit: Int
    ) -> String {
        let order = arguments.string("sort_by")
        var sorted = measured.sorted { $0.name < $1.name }
        if order != nil { sorted.sort { $0.usage.precedes($1.usage, by: order) } }
        let allocatable = (try? nodes.get()) ?? [:]
        let unknown = "<unknown>"
        var rows = sorted.map { row in
            [
                row.name, row.usage.cpu.cores, row.usage.cpu.percent(of: allocatable[row.name]?.cpu) ?? unknown,
                row.usage.memory.mebibytes, row.usage.memory.percent(of: allocatable[row.name]?.memory) ?? unknown,
            ]
        }
        rows += others.map { [$0, unknown, unknown, unknown, unknown] }
        var text = MetricsTable.text(
            ["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"], rows: rows,
            hasHeader: !arguments.bool("no_headers"), limit: limit - 200)
        if case .failure(let unreadable) = nodes {
            text += "\n(Percentages of what is allocatable aren't known: \(unreadable.reason).)"
        }
        return text
    }

    /// What is allocatable on each node.
    private static func nodes(
        name: String?, selector: LabelSelector?, in context: ToolContext
    ) async throws -> Result<[String: ResourceUsage], Unreadable> {
        try await context.api.readable {
            var found: [KubeObject]
            if let name {
                found = try await context.api.find(nodes, name: name).map { [$0] } ?? []
            } else {
                found = try await context.objects(
                    of: nodes, namespace: nil, options: ListOptions(labelSelector: selector),
                    maximum: MetricsSource.maximum, keeping: outlined
                ).items
            }
            found.sort { $0.name < $1.name }
            return Dictionary(
                found.map { ($0.name, ResourceUsage($0["status", "allocatable"])) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    private static func outlined(_ node: KubeObject) -> KubeObject {
        var part = KubeObject(["metadata": ["name": .string(node.name)]])
        part["status", "allocatable"] = node["status", "allocatable"]
        return part
    }
}
