import KubeClient
import KubeModel
import ToolKit
import Writes

enum NodeDescription {
    private static let podsShown = 25
    private static let leases = APIResource(
        group: "coordination.k8s.io", version: "v1", plural: "leases", kind: "Lease")

    static func write(_ node: KubeObject, outline: inout Outline) {
        let prefix = "node-role.kubernetes.io/"
        let roles = node.labels.keys.filter { $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }.sorted()
        outline.field("Roles", value: roles.joined(separator: ", "))
        outline.field("Unschedulable", value: node["spec", "unschedulable"] ?? false)
        outline.list(
            "Taints",
            values: (node["spec", "taints"]?.array ?? []).map { taint in
                let value = taint["value"]?.string.map { "=\($0)" } ?? ""
                return "\(taint["key"]?.string ?? "")\(value):\(taint["effect"]?.string ?? "")"
            })
        ConditionList.write(node, outline: &outline)
        outline.list(
            "Addresses",
            values: (node["status", "addresses"]?.array ?? []).map {
                "\($0["type"]?.string ?? "") \($0["address"]?.string ?? "")"
            })
        outline.field("Capacity", value: node["status", "capacity"])
        outline.field("Allocatable", value: node["status", "allocatable"])
        outline.section("System info") { outline in
            for (field, value) in node["status", "nodeInfo"]?.object ?? [:] { outline.field(field, value: value) }
        }
        outline.field("Pod CIDR", value: node["spec", "podCIDR"])
        outline.field("Pod CIDRs", value: node["spec", "podCIDRs"])
        outline.field("Provider ID", value: node["spec", "providerID"])
    }

    /// What runs on it, what that asks for, and when its kubelet was last heard of.
    static func related(to node: KubeObject, in context: ToolContext, outline: inout Outline) async throws {
        let lease = try await context.api.readable {
            try await context.api.find(leases, namespace: "kube-node-lease", name: node.name)
        }
        if case .success(let lease?) = lease {
            let times = ["acquireTime", "renewTime"].compactMap { field in
                lease["spec", field]?.string.map { "\(field) \($0)" }
            }
            outline.field(
                "Lease",
                value: "holder \(lease["spec", "holderIdentity"]?.string ?? ""), \(times.joined(separator: ", "))")
        }
        let read = try await context.api.readable {
            try await context.objects(
                of: .pods, namespace: nil,
                options: ListOptions(fieldSelector: "spec.nodeName=\(node.name)"), maximum: 2000)
        }
        switch read {
        case .failure(let unreadable): outline.field("Pods", value: "can't be listed: \(unreadable.reason)")
        case .success(let found): write(found.items, on: node, isComplete: found.isComplete, outline: &outline)
        }
    }

    private static func write(
        _ found: [KubeObject], on node: KubeObject, isComplete: Bool, outline: inout Outline
    ) {
        let pods = found.filter { !["Succeeded", "Failed"].contains($0["status", "phase"]?.string ?? "") }
            .map { (pod: $0, demand: PodDemand($0)) }
        outline.section("Non-terminated pods (\(pods.count) in total\(isComplete ? "" : " at least"))") { outline in
            let rows = pods.sorted { $0.pod.key.description < $1.pod.key.description }.prefix(podsShown).map { entry in
                [entry.pod.key.description] + entry.demand.cells(of: node).prefix(4)
            }
            guard !rows.isEmpty else { return }
            let header = ["POD", "CPU REQUESTS", "CPU LIMITS", "MEMORY REQUESTS", "MEMORY LIMITS"]
            TextColumns.align([header] + rows).forEach { outline.line($0) }
            if pods.count > rows.count {
                outline.line(
                    "… \(pods.count - rows.count) more: k8s_get pods with field_selector spec.nodeName=\(node.name)")
            }
        }
        let total = pods.reduce(into: PodDemand()) { $0.add($1.demand) }
        let cells = total.cells(of: node)
        outline.section("Allocated resources") { outline in
            outline.line("cpu: requests \(cells[0]), limits \(cells[1])")
            outline.line("memory: requests \(cells[2]), limits \(cells[3])")
            outline.line("ephemeral-storage: requests \(cells[4]), limits \(cells[5])")
        }
    }
}

/// What the containers of a pod ask for, and what they may use at most.
private struct PodDemand {
    private static let names = ["cpu", "memory", "ephemeral-storage"].flatMap { [($0, "requests"), ($0, "limits")] }

    private var amounts = [ResourceAmount](repeating: .zero, count: 6)

    init() {}

    /// Init containers run one after the other before the others; those that restart always run beside them.
    init(_ pod: KubeObject) {
        let containers = pod["spec", "containers"]?.array ?? []
        let initial = pod["spec", "initContainers"]?.array ?? []
        for (at, (resource, kind)) in Self.names.enumerated() {
            func amount(_ container: JSONValue) -> ResourceAmount {
                ResourceAmount(container["resources", kind, resource]) ?? .zero
            }
            var sidecars = ResourceAmount.zero
            var peak = ResourceAmount.zero
            for container in initial {
                if container["restartPolicy"]?.string == "Always" {
                    sidecars = sidecars + amount(container)
                    peak = max(peak, sidecars)
                } else {
                    peak = max(peak, sidecars + amount(container))
                }
            }
            let running = containers.reduce(sidecars) { $0 + amount($1) }
            amounts[at] = max(running, peak) + (ResourceAmount(pod["spec", "overhead", resource]) ?? .zero)
        }
    }

    mutating func add(_ other: PodDemand) {
        for at in amounts.indices { amounts[at] = amounts[at] + other.amounts[at] }
    }

    /// `100m (1%)`, in the order of the columns of kubectl.
    func cells(of node: KubeObject) -> [String] {
        zip(Self.names, amounts).map { name, amount in
            let total = ResourceAmount(node["status", "allocatable", name.0])
            let text = amount.value == 0 ? "0" : name.0 == "cpu" ? amount.cores : amount.mebibytes
            return "\(text) (\(amount.percent(of: total) ?? "0%"))"
        }
    }
}
