import KubeClient
import KubeModel
import ToolKit
import Writes

struct TopPodsTool: KubernetesTool {
    let name = "k8s_top_pods"
    let onlyReads = true
    let title = "Get Kubernetes Pod Resource Usage"
    let requests: [ToolRequest]? = [.read("pods.metrics.k8s.io", "pods", "namespaces")]
    let description = "Show the CPU and memory that pods use now, as kubectl top pods."
    let parameters = ToolParameters([
        .optional("name", aliases: ["pod_name"], kind: .string(.objectName), description: "Of one pod", obvious: true),
        .namespace, .allNamespaces,
        .optional(
            "show_containers", kind: .boolean, default: false, description: "A line for each container", obvious: true),
        .labelSelector, .metricsOrder, .withoutHeaders,
    ])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        let name = arguments.string("name")
        let isEverywhere = arguments.bool("all_namespaces")
        let labels = arguments.string("label_selector")
        try Self.check(arguments)
        let namespace = isEverywhere ? nil : arguments.string("namespace") ?? context.namespace
        let source = try await MetricsSource("pods", in: context)
        if let name {
            guard let found = try await source.find(namespace: namespace, name: name) else {
                return .output(try await Self.unmeasured(name, namespace: namespace, in: context))
            }
            return .output(Self.text([found], as: arguments, limit: context.outputLimit))
        }
        let found = try await source.list(
            namespace: namespace, selector: try labels.map { try LabelSelector(parsing: $0) })
        guard !found.isEmpty else {
            return .output(try await Self.nothing(namespace: namespace, labels: labels, in: context))
        }
        return .output(Self.text(found, as: arguments, limit: context.outputLimit))
    }

    private static func check(_ arguments: ToolArguments) throws(ToolFailure) {
        let isEverywhere = arguments.bool("all_namespaces")
        if isEverywhere, arguments.string("namespace") != nil {
            throw ToolFailure("namespace and all_namespaces exclude each other")
        }
        guard let name = arguments.string("name") else { return }
        try Names.check(name, of: .pods)
        if isEverywhere { throw ToolFailure("name and all_namespaces exclude each other") }
        if arguments.string("label_selector") != nil {
            throw ToolFailure("name and label_selector exclude each other")
        }
    }

    private struct Row {
        var cells: [String]
        var usage: ResourceUsage
    }

    private static func text(_ pods: [KubeObject], as arguments: ToolArguments, limit: Int) -> String {
        let isEverywhere = arguments.bool("all_namespaces")
        let showsContainers = arguments.bool("show_containers")
        var rows: [Row] = []
        for pod in pods.sorted(by: { $0.key < $1.key }) {
            let containers = (pod["containers"]?.array ?? []).map { container in
                Row(cells: [container["name"]?.string ?? ""], usage: ResourceUsage(container["usage"]))
            }
            let place = isEverywhere ? [pod.namespace ?? ""] : []
            if showsContainers {
                rows += containers.map { Row(cells: place + [pod.name] + $0.cells, usage: $0.usage) }
            } else {
                rows.append(Row(cells: place + [pod.name], usage: containers.map(\.usage).reduce(.zero, +)))
            }
        }
        let order = arguments.string("sort_by")
        if order != nil { rows.sort { $0.usage.precedes($1.usage, by: order) } }
        let header =
            (isEverywhere ? ["NAMESPACE"] : []) + (showsContainers ? ["POD", "NAME"] : ["NAME"])
            + ["CPU(cores)", "MEMORY(bytes)"]
        return MetricsTable.text(
            header, rows: rows.map { $0.cells + [$0.usage.cpu.cores, $0.usage.memory.mebibytes] },
            hasHeader: !arguments.bool("no_headers"), limit: limit)
    }

    // MARK: Nothing

    private static func unmeasured(_ name: String, namespace: String?, in context: ToolContext) async throws -> String {
        let pod = try await context.object(ResourceMatch(.pods), namespace: namespace, name: name)
        return
            "No metrics for pod \(name) yet: its status is \(PodStatus(pod).reason), and metrics come within a minute "
            + "of a container's start."
    }

    private static func nothing(namespace: String?, labels: String?, in context: ToolContext) async throws -> String {
        let what = "no metrics of pods" + (labels.map { " with label_selector \($0)" } ?? "")
        let emptiness = try await Emptiness(what, namespace: namespace, in: context)
        if emptiness.isExplained { return emptiness.text }
        let pods = try await context.api.readable {
            try await context.api.list(
                .pods, namespace: namespace,
                options: ListOptions(labelSelector: try labels.map { try LabelSelector(parsing: $0) }, limit: 500)
            ).items.count
        }
        guard let count = try? pods.get() else { return emptiness.text }
        return emptiness.text
            + (count == 0
                ? "\nThere are no such pods."
                : "\nThere are \(count) such pods: they don't run, or their first metrics are still to come.")
    }
}
