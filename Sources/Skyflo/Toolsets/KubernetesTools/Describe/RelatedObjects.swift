import KubeClient
import KubeModel
import ToolKit
import Writes

/// What belongs to an object and is stored elsewhere.
enum RelatedObjects {
    private static let endpointSlices = APIResource(
        group: "discovery.k8s.io", version: "v1", plural: "endpointslices", kind: "EndpointSlice")
    private static let endpointsShown = 10

    /// As kubectl writes it: `web-6txgh (2/2 replicas created)`.
    static func replicaSets(of target: LiveTarget, in context: ToolContext, outline: inout Outline) async throws {
        let selector = target.object["spec", "selector"].flatMap { LabelSelector($0) }
        let read = try await context.api.readable {
            try await context.api.list(
                .replicaSets, namespace: target.namespace, options: ListOptions(labelSelector: selector, limit: 100)
            ).items
        }
        guard case .success(let sets) = read else { return }
        let revisions = ReplicaSetRevision.all(in: sets, ofDeployment: target.object)
        let current = target.object.annotations[ReplicaSetRevision.deploymentKey]
        func text(_ revision: ReplicaSetRevision) -> String {
            let set = revision.set
            return
                "\(set.name) (\(set["status", "replicas"]?.int ?? 0)/\(set["spec", "replicas"]?.int ?? 0) replicas created)"
        }
        let isNew: (ReplicaSetRevision) -> Bool = { String($0.number) == current }
        outline.field(
            "Old replica sets", value: revisions.filter { !isNew($0) }.suffix(10).map(text).joined(separator: ", "))
        outline.field("New replica set", value: revisions.filter(isNew).map(text).joined(separator: ", "))
    }

    /// The addresses that a service sends to, by the slices that are kept for it.
    static func endpoints(of target: LiveTarget, in context: ToolContext, outline: inout Outline) async throws {
        let selector = try? LabelSelector(parsing: "kubernetes.io/service-name=\(target.object.name)")
        let read = try await context.api.readable {
            try await context.api.list(
                endpointSlices, namespace: target.namespace, options: ListOptions(labelSelector: selector, limit: 100)
            ).items
        }
        switch read {
        case .failure(let unreadable): outline.field("Endpoints", value: "can't be listed: \(unreadable.reason)")
        case .success(let slices):
            let all = slices.flatMap(addresses)
            let shown = all.prefix(endpointsShown).joined(separator: ", ")
            let more = all.count > endpointsShown ? " and \(all.count - endpointsShown) more" : ""
            let isHeadless = target.object["spec", "selector"] == nil
            if !all.isEmpty || !isHeadless {
                outline.field("Endpoints", value: all.isEmpty ? "none ready" : shown + more)
            }
        }
    }

    private static func addresses(_ slice: KubeObject) -> [String] {
        let ports = (slice["ports"]?.array ?? []).map { $0["port"]?.int }
        return (slice["endpoints"]?.array ?? []).filter { $0["conditions", "ready"]?.bool != false }.flatMap {
            endpoint in
            (endpoint["addresses"]?.array ?? []).compactMap(\.string).flatMap { address in
                let host = address.contains(":") ? "[\(address)]" : address
                return ports.isEmpty ? [host] : ports.map { port in port.map { "\(host):\($0)" } ?? host }
            }
        }
    }

    /// The pods that mount a claim.
    static func users(ofClaim target: LiveTarget, in context: ToolContext, outline: inout Outline) async throws {
        let read = try await context.api.readable {
            try await context.objects(of: .pods, namespace: target.namespace, maximum: 2000).items
        }
        guard case .success(let pods) = read else { return }
        let users = pods.filter { pod in
            (pod["spec", "volumes"]?.array ?? []).contains {
                $0["persistentVolumeClaim", "claimName"]?.string == target.object.name
            }
        }
        outline.field("Used by", value: users.isEmpty ? "none" : users.prefix(20).map(\.name).joined(separator: ", "))
    }
}
