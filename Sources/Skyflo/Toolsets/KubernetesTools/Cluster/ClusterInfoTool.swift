import KubeClient
import KubeModel
import ToolKit
import Writes

struct ClusterInfoTool: KubernetesTool {
    let name = "k8s_cluster_info"
    let onlyReads = true
    let title = "Get Kubernetes Cluster Information"
    let requests: [ToolRequest]? = [.read("nodes", "services")]
    let description = "Show the API server's version and health, the nodes and the core services."
    let parameters = ToolParameters([])

    init() {}

    func call(_ arguments: ToolArguments, in context: ToolContext) async throws -> ToolOutcome {
        var outline = Outline()
        outline.field("Kubernetes control plane", value: try await Self.version(context))
        outline.field("Health (/readyz)", value: try await Self.health(context))
        try await Self.nodes(in: context, to: &outline)
        try await Self.services(in: context, to: &outline)
        return .output(context.redactor.redact(text: outline.text))
    }

    private static func version(_ context: ToolContext) async throws -> String {
        let read = try await context.api.readable { try await context.api.call(KubeRequest(.get, path: "/version")) }
        switch read {
        case .failure(let unreadable): return "version unknown: \(unreadable.reason)"
        case .success(let version):
            let platform = version["platform"]?.string.map { " (\($0))" } ?? ""
            return "version \(version["gitVersion"]?.string ?? "unknown")\(platform)"
        }
    }

    /// The server answers 200 and `ok`, or another status and each check with its outcome.
    private static func health(_ context: ToolContext) async throws -> String {
        let read = try await context.api.readable {
            try await context.api.send(KubeRequest(.get, path: "/readyz", accept: "text/plain, */*"))
        }
        switch read {
        case .failure(let unreadable): return "unknown: \(unreadable.reason)"
        case .success(let response) where response.status == 200: return "ok"
        case .success(let response):
            let failed = response.text.split(separator: "\n").filter { $0.hasPrefix("[-]") }.prefix(10)
            let details = failed.isEmpty ? String(response.text.prefix(200)) : failed.joined(separator: ", ")
            return "not ready (HTTP \(response.status)): \(details)"
        }
    }

    // MARK: Nodes

    private static let maximumNodes = 5000

    private static func nodes(in context: ToolContext, to outline: inout Outline) async throws {
        let nodes = APIResource(group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false)
        let read = try await context.api.readable {
            try await context.objects(of: nodes, namespace: nil, maximum: maximumNodes, keeping: outlined)
        }
        switch read {
        case .failure(let unreadable): outline.field("Nodes", value: "can't be listed: \(unreadable.reason)")
        case .success(let listed):
            let ready = listed.items.filter(isReady)
            let cordoned = listed.items.count { $0["spec", "unschedulable"]?.bool == true }
            var text = "\(listed.items.count)\(listed.isComplete ? "" : " or more"), \(ready.count) ready"
            if cordoned > 0 { text += ", \(cordoned) unschedulable" }
            outline.field("Nodes", value: text)
            let versions = Dictionary(
                grouping: listed.items, by: { $0["status", "nodeInfo", "kubeletVersion"]?.string ?? "unknown" })
            outline.field(
                "Kubelets",
                value: versions.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.count))" }.joined(
                    separator: ", "))
            let others = listed.items.filter { !isReady($0) }.map(\.name)
            outline.field("Not ready", value: shortened(others))
        }
    }

    private static func shortened(_ names: [String]) -> String {
        let more = names.count > 20 ? ", and \(names.count - 20) more" : ""
        return names.prefix(20).joined(separator: ", ") + more
    }

    /// What of a node is counted: the rest, as its list of images, is large.
    private static func outlined(_ node: KubeObject) -> KubeObject {
        var part = KubeObject(["metadata": ["name": .string(node.name)]])
        part["spec", "unschedulable"] = node["spec", "unschedulable"]
        part["status", "conditions"] = node["status", "conditions"]
        part["status", "nodeInfo", "kubeletVersion"] = node["status", "nodeInfo", "kubeletVersion"]
        return part
    }

    private static func isReady(_ node: KubeObject) -> Bool {
        node["status", "conditions"]?.array?.contains {
            $0["type"]?.string == "Ready" && $0["status"]?.string == "True"
        } ?? false
    }

    // MARK: Services

    /// Those that `kubectl cluster-info` names: the services of kube-system with this label.
    private static func services(in context: ToolContext, to outline: inout Outline) async throws {
        let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
        let label = "kubernetes.io/cluster-service"
        let selector = try? LabelSelector(parsing: "\(label)=true")
        let read = try await context.api.readable {
            try await context.api.list(
                services, namespace: "kube-system", options: ListOptions(labelSelector: selector, limit: 100)
            ).items
        }
        switch read {
        case .failure(let unreadable): outline.field("Core services", value: "can't be listed: \(unreadable.reason)")
        case .success(let found) where found.isEmpty:
            outline.field("Core services", value: "none in kube-system with the label \(label)=true")
        case .success(let found):
            outline.section("Core services") { outline in
                for service in found {
                    let name = service.labels["kubernetes.io/name"] ?? service.name
                    outline.line("\(name) is running at \(address(of: service))")
                }
            }
        }
    }

    private static func address(of service: KubeObject) -> String {
        let port = service["spec", "ports"]?[0]
        let number = port?["port"]?.int ?? 0
        if let ingress = service["status", "loadBalancer", "ingress"]?[0],
            let host = ingress["ip"]?.string ?? ingress["hostname"]?.string
        {
            return "\(number == 443 ? "https" : "http")://\(host):\(number)"
        }
        let scheme = number == 443 || port?["name"]?.string == "https" ? "https:" : ""
        let suffix = port?["name"]?.string.flatMap { $0.isEmpty ? nil : ":\($0)" } ?? (scheme.isEmpty ? "" : ":")
        return "/api/v1/namespaces/kube-system/services/\(scheme)\(service.name)\(suffix)/proxy"
    }
}
