import KubeModel
import KubeSchema

/// `metrics.k8s.io/v1beta1`, which a cluster serves that has metrics-server: computed at each request, stored nowhere.
enum MetricsResources {
    static let group = "metrics.k8s.io"

    static let all: [ResourceDefinition] = [
        BuiltInResources.resource(
            group, plural: "nodes", kind: "NodeMetrics", version: "v1beta1", namespaced: false, verbs: ["get", "list"],
            columns: columns),
        BuiltInResources.resource(
            group, plural: "pods", kind: "PodMetrics", version: "v1beta1", verbs: ["get", "list"], columns: columns),
    ]

    private static let columns: [TableColumn] = [
        .name, TableColumn(name: "CPU", description: "") { object, _ in total(object, member: "cpu") },
        TableColumn(name: "Memory", description: "") { object, _ in total(object, member: "memory") },
        TableColumn(name: "Window", description: "") { object, _ in object["window"] ?? "" },
    ]

    private static func total(_ object: KubeObject, member: String) -> JSONValue {
        let usages = object["containers"]?.array?.compactMap { $0["usage"] } ?? [object["usage"] ?? .null]
        return .string(usages.compactMap { Quantity($0[member]) }.reduce(.zero, +).description)
    }
}
