import KubeModel
import KubeSchema

/// Quotas: for numbers of objects (`configmaps`, `count/jobs.batch`), for what pods ask of CPU and memory, and for the
/// storage of claims. Quotas of other things, and those with scopes, hold nothing up.
struct ObjectQuota: Sendable {
    let store: ClusterStore

    private static let countable: Set<String> = [
        "configmaps", "persistentvolumeclaims", "pods", "replicationcontrollers", "resourcequotas", "secrets",
        "services",
    ]
    /// Names in quotas, and where a container says it.
    private static let computed = [
        "cpu": ("requests", "cpu"), "memory": ("requests", "memory"), "requests.cpu": ("requests", "cpu"),
        "requests.memory": ("requests", "memory"), "limits.cpu": ("limits", "cpu"),
        "limits.memory": ("limits", "memory"), "requests.ephemeral-storage": ("requests", "ephemeral-storage"),
        "limits.ephemeral-storage": ("limits", "ephemeral-storage"),
    ]

    /// The resource that a quota of this name is about; nil for one that isn't kept.
    private static func resource(_ name: String) -> ResourceID? {
        if countable.contains(name) { return ResourceID("", plural: name) }
        if computed[name] != nil { return APIResource.pods.id }
        if name == "requests.storage" { return APIResource.claims.id }
        guard name.hasPrefix("count/") else { return nil }
        let parts = name.dropFirst(6).split(separator: ".", maxSplits: 1)
        return ResourceID(parts.count > 1 ? String(parts[1]) : "", plural: parts.first.map(String.init) ?? "")
    }

    /// What one object uses of a quota.
    private static func usage(_ object: KubeObject, name: String) -> Quantity {
        if name == "requests.storage" {
            return Quantity(object["spec", "resources", "requests", "storage"]) ?? .zero
        }
        guard computed[name] != nil else { return Quantity(1) }
        let containers = object["spec", "containers"]?.array ?? []
        return containers.compactMap { asked($0, name: name) }.reduce(.zero, +)
    }

    private static func asked(_ container: JSONValue, name: String) -> Quantity? {
        computed[name].flatMap { member, resource in
            // A limit stands in for a request that isn't given.
            Quantity(container["resources", member, resource])
                ?? (member == "requests" ? Quantity(container["resources", "limits", resource]) : nil)
        }
    }

    /// nil for what isn't kept.
    func used(_ name: String, in namespace: String) -> Quantity? {
        guard let resource = Self.resource(name) else { return nil }
        // Finished pods use nothing any more.
        return store.list(resource, namespace: namespace).items.map(\.object)
            .filter { resource != APIResource.pods.id || !PodState.isFinished($0) }
            .map { Self.usage($0, name: name) }.reduce(.zero, +)
    }

    /// - Throws: 403 when one more object would exceed a quota of its namespace, or doesn't say what one limits.
    func check(_ object: KubeObject, definition: ResourceDefinition) throws(APIStatus) {
        guard let namespace = object.namespace else { return }
        for quota in store.list(APIResource.resourceQuotas.id, namespace: namespace).items.map(\.object) {
            guard quota["spec", "scopes"] == nil, quota["spec", "scopeSelector"] == nil else { continue }
            let limits = (quota["spec", "hard"]?.object ?? [:]).sorted().filter {
                Self.resource($0.key) == definition.id
            }
            let missing = limits.compactMap { Self.missing(object, name: $0.key) }
            if !missing.isEmpty {
                throw .forbidden(
                    definition.api, name: object.name,
                    why: "failed quota: \(quota.name): must specify \(missing.joined(separator: "; "))")
            }
            try check(
                object, definition: definition, quota: quota,
                limits: limits.compactMap { name, limit in Quantity(limit).map { (name, $0) } })
        }
    }

    private func check(
        _ object: KubeObject, definition: ResourceDefinition, quota: KubeObject, limits: [(String, Quantity)]
    ) throws(APIStatus) {
        var (requested, used, limited): ([String], [String], [String]) = ([], [], [])
        for (name, maximum) in limits {
            let (more, before) = (Self.usage(object, name: name), self.used(name, in: object.namespace ?? "") ?? .zero)
            guard more > .zero, before + more > maximum else { continue }
            requested.append("\(name)=\(more)")
            used.append("\(name)=\(before)")
            limited.append("\(name)=\(maximum)")
        }
        guard !requested.isEmpty else { return }
        throw .forbidden(
            definition.api, name: object.name,
            why: "exceeded quota: \(quota.name), requested: \(requested.joined(separator: ",")), used: "
                + "\(used.joined(separator: ",")), limited: \(limited.joined(separator: ","))")
    }

    /// Whose containers don't say what the quota counts.
    private static func missing(_ pod: KubeObject, name: String) -> String? {
        guard computed[name] != nil else { return nil }
        let silent = (pod["spec", "containers"]?.array ?? []).filter { asked($0, name: name) == nil }
        let names = silent.compactMap { $0["name"]?.string }
        return names.isEmpty ? nil : "\(name) for: \(names.joined(separator: ","))"
    }
}
