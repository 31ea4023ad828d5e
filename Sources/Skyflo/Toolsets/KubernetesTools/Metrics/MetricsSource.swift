import KubeClient
import KubeModel
import ToolKit
import Writes

/// The metrics API of the cluster, which is there only where somebody installed it.
struct MetricsSource: Sendable {
    /// Objects that are looked at.
    static let maximum = 10_000

    let resource: APIResource
    private let context: ToolContext

    /// - Parameter plural: `pods` or `nodes`.
    /// - Throws: ``ToolFailure`` that says what is missing.
    init(_ plural: String, in context: ToolContext) async throws {
        self.context = context
        do {
            let match = try await context.mapper.match("\(plural).metrics.k8s.io")
            guard match.resource.group == "metrics.k8s.io" else { throw Self.missing }
            resource = match.resource
        } catch let status as APIStatus where status.isNotFound {
            throw status.message.contains("can't be asked now") && status.message.contains("metrics.k8s.io")
                ? Self.silent : Self.missing
        }
    }

    private static let missing = ToolFailure(
        "there are no metrics in this cluster: the API server doesn't serve metrics.k8s.io, so metrics-server (or "
            + "another provider of it) isn't installed. Requests and limits are shown by k8s_describe.")
    private static let silent = ToolFailure(
        "there are no metrics now: metrics.k8s.io is registered, but its server (metrics-server) doesn't answer; look at "
            + "its pods, mostly in kube-system, and at the APIService v1beta1.metrics.k8s.io.")

    /// One object's metrics; nil where there are none of that name.
    func find(namespace: String?, name: String) async throws -> KubeObject? {
        try await reading(in: namespace) { try await context.api.find(resource, namespace: namespace, name: name) }
    }

    func list(namespace: String?, selector: LabelSelector?) async throws -> [KubeObject] {
        try await reading(in: namespace) {
            try await context.objects(
                of: resource, namespace: namespace, options: ListOptions(labelSelector: selector),
                maximum: Self.maximum
            ).items
        }
    }

    private func reading<Value>(in namespace: String?, _ read: () async throws -> Value) async throws -> Value {
        do {
            return try await read()
        } catch let denied as PermissionDenied {
            throw try await context.denied(denied, namespace: namespace)
        } catch let status as APIStatus where status.code == 503 {
            throw Self.silent
        } catch let status as APIStatus where status.isNotFound {
            await context.mapper.invalidate()
            throw Self.missing
        }
    }
}

extension ToolParameter {
    static let metricsOrder = ToolParameter.optional(
        "sort_by", kind: .choice(["cpu", "memory"]), description: "The largest first; by default by name",
        obvious: true)
    static let withoutHeaders = ToolParameter.optional(
        "no_headers", kind: .boolean, default: false, description: "Leave out the line with the names of the columns",
        obvious: true)
}

/// What something uses.
struct ResourceUsage: Sendable {
    var cpu: ResourceAmount
    var memory: ResourceAmount

    static let zero = ResourceUsage(cpu: .zero, memory: .zero)

    init(cpu: ResourceAmount, memory: ResourceAmount) {
        self.cpu = cpu
        self.memory = memory
    }

    init(_ usage: JSONValue?) {
        self.init(cpu: ResourceAmount(usage?["cpu"]) ?? .zero, memory: ResourceAmount(usage?["memory"]) ?? .zero)
    }

    static func + (a: ResourceUsage, b: ResourceUsage) -> ResourceUsage {
        ResourceUsage(cpu: a.cpu + b.cpu, memory: a.memory + b.memory)
    }

    /// Whether this comes before another one of a sorted list.
    func precedes(_ other: ResourceUsage, by order: String?) -> Bool {
        switch order {
        case "cpu": cpu > other.cpu
        case "memory": memory > other.memory
        default: false
        }
    }
}

/// Rows of the largest or first, as many as fit.
enum MetricsTable {
    static func text(_ header: [String], rows: [[String]], hasHeader: Bool, limit: Int) -> String {
        let lines = TextColumns.align((hasHeader ? [header] : []) + rows)
        let whole = lines.joined(separator: "\n")
        guard whole.utf8.count > limit else { return whole }
        var used = 200
        let kept = lines.prefix { line in
            used += line.utf8.count + 1
            return used <= limit
        }
        return (kept + ["… \(lines.count - kept.count) more; use sort_by, a namespace or label_selector to see others"])
            .joined(separator: "\n")
    }
}
