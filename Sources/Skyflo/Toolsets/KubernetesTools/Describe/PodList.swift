import KubeClient
import KubeModel
import ToolKit
import Writes

/// The pods of a workload, in short.
enum PodList {
    private static let limit = 20

    static func write(
        of target: LiveTarget, selector: LabelSelector?, in context: ToolContext, outline: inout Outline
    ) async throws {
        // An empty selector would be all pods of the namespace.
        guard let selector, !selector.requirements.isEmpty else { return }
        let read = try await context.api.readable {
            try await context.api.listAll(
                .pods, namespace: target.namespace, options: ListOptions(labelSelector: selector)
            )
            .items
        }
        let pods: [KubeObject]
        switch read {
        case .failure(let unreadable): return outline.field("Pods", value: "can't be listed: \(unreadable.reason)")
        case .success(let found): pods = found
        }
        guard !pods.isEmpty else { return outline.field("Pods", value: "none") }
        // Pods in trouble first: they are what one looks for.
        let rows = pods.map { ($0, PodStatus($0)) }.sorted { rank($0.1) < rank($1.1) }
        func count(_ phase: String) -> Int { pods.count { $0["status", "phase"]?.string == phase } }
        outline.field(
            "Pods status",
            value: "\(count("Running")) Running / \(count("Pending")) Waiting / \(count("Succeeded")) Succeeded / "
                + "\(count("Failed")) Failed")
        outline.section("Pods") { outline in
            let table = rows.prefix(limit).map { pod, status in
                [
                    pod.name, status.ready, status.reason, "\(status.restarts) restarts",
                    pod["spec", "nodeName"]?.string ?? "",
                ]
            }
            TextColumns.align(table).forEach { outline.line($0) }
            if pods.count > limit {
                outline.line("… \(pods.count - limit) more; for all: k8s_get pods with label_selector \(selector)")
            }
        }
    }

    private static func rank(_ status: PodStatus) -> Int {
        let parts = status.ready.split(separator: "/")
        if status.reason == "Running" || status.reason == "Completed" || status.reason == "Succeeded" {
            return parts.first == parts.last ? 2 : 1
        }
        return 0
    }
}
