import KubeClient
import KubeModel
import ToolKit
import Writes

/// What belongs to an object and is stored elsewhere.
enum RelatedObjects {
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
        let text = try await addresses(ofService: target.object.name, namespace: target.namespace, in: context)
        // Who has no selector may have endpoints of their own making, or none.
        if text != noneReady || target.object["spec", "selector"] != nil { outline.field("Endpoints", value: text) }
    }

    private static let noneReady = "none ready"

    private static func addresses(
        ofService name: String, namespace: String?, in context: ToolContext
    ) async throws -> String {
        let selector = try? LabelSelector(parsing: "kubernetes.io/service-name=\(name)")
        let read = try await context.api.readable {
            try await context.api.list(
                .endpointSlices, namespace: namespace, options: ListOptions(labelSelector: selector, limit: 100)
            ).items
        }
        switch read {
        case .failure(let unreadable): return "can't be listed: \(unreadable.reason)"
        case .success(let slices):
            let all = slices.flatMap(addresses)
            let shown = all.prefix(endpointsShown).joined(separator: ", ")
            let more = all.count > endpointsShown ? " and \(all.count - endpointsShown) more" : ""
            return all.isEmpty ? noneReady : shown + more
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

    /// What a namespace may use, and what it uses.
    static func limits(ofNamespace name: String, in context: ToolContext, outline: inout Outline) async throws {
        for (resource, title, rows) in [
            (APIResource.resourceQuotas, "Resource quotas", PolicyDescription.rows(ofQuota:)),
            (.limitRanges, "Resource limits", PolicyDescription.rows(ofLimits:)),
        ] {
            let read = try await context.api.readable {
                try await context.api.list(resource, namespace: name, options: ListOptions(limit: 100)).items
            }
            switch read {
            case .failure(let unreadable): outline.field(title, value: "can't be listed: \(unreadable.reason)")
            case .success(let found):
                outline.section(title) { outline in
                    for object in found {
                        outline.section(object.name) { outline in rows(object).forEach { outline.line($0) } }
                    }
                }
                if found.isEmpty { outline.field(title, value: "none") }
            }
        }
    }

    /// What an account has of Secrets: names alone are read, and those that there aren't are marked.
    static func secrets(ofAccount target: LiveTarget, in context: ToolContext, outline: inout Outline) async throws {
        let request = KubeRequest(
            .get, path: APIResource.secrets.path(namespace: target.namespace),
            query: [.init("limit", value: "500")],
            accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json")
        let read = try await context.api.readable { try await context.api.call(request) }
        let list = try? read.get()
        let found = (list?["items"]?.array ?? []).map { KubeObject($0) }
        let isComplete = list != nil && list?["metadata", "continue"]?.string?.isEmpty ?? true
        let known = Set(found.map(\.name))
        for (field, title) in [("imagePullSecrets", "Image pull secrets"), ("secrets", "Mountable secrets")] {
            let names = (target.object[field]?.array ?? []).compactMap { $0["name"]?.string }
            outline.list(title, values: names.map { isComplete && !known.contains($0) ? "\($0) (not found)" : $0 })
        }
        if case .failure(let unreadable) = read {
            return outline.field("Tokens", value: "can't be listed: \(unreadable.reason)")
        }
        let tokens = found.filter { $0.annotations["kubernetes.io/service-account.name"] == target.object.name }
        outline.field("Tokens", value: tokens.isEmpty ? "none" : tokens.map(\.name).joined(separator: ", "))
    }

    /// The rules of an ingress with the addresses that they lead to: a service that doesn't exist answers nobody.
    static func backends(ofIngress target: LiveTarget, in context: ToolContext, outline: inout Outline) async throws {
        var addresses: [String: String] = [:]
        for name in NetworkDescription.services(of: target.object).prefix(endpointsShown) {
            let read = try await context.api.readable {
                try await context.api.find(.services, namespace: target.namespace, name: name)
            }
            switch read {
            case .failure(let unreadable): addresses[name] = "can't be read: \(unreadable.reason)"
            case .success(nil): addresses[name] = "error: services \"\(name)\" not found"
            case .success:
                addresses[name] = try await Self.addresses(ofService: name, namespace: target.namespace, in: context)
            }
        }
        NetworkDescription.rules(of: target.object, addresses: addresses, outline: &outline)
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
