import KubeModel

/// Quotas for numbers of objects (`configmaps`, `pods`, `count/jobs.batch`). Quotas for CPU, memory and storage aren't
/// counted, and hold nothing up.
struct ObjectQuota: Sendable {
    let store: ClusterStore

    private static let countable: Set<String> = [
        "configmaps", "persistentvolumeclaims", "pods", "resourcequotas", "secrets", "services",
    ]

    /// The resource that a quota of this name counts.
    static func resource(_ name: String) -> ResourceID? {
        if countable.contains(name) { return ResourceID("", name) }
        guard name.hasPrefix("count/") else { return nil }
        let parts = name.dropFirst(6).split(separator: ".", maxSplits: 1)
        return ResourceID(parts.count > 1 ? String(parts[1]) : "", parts.first.map(String.init) ?? "")
    }

    func count(_ resource: ResourceID, in namespace: String) -> Int {
        let items = store.list(resource, namespace: namespace).items
        // Finished pods use nothing any more.
        return resource.plural == "pods" ? items.count { !PodState.isFinished($0.object) } : items.count
    }

    /// - Throws: 403 when one more object would exceed a quota of its namespace.
    func check(_ object: KubeObject, _ definition: ResourceDefinition) throws(APIStatus) {
        guard let namespace = object.namespace else { return }
        for quota in store.list(APIResource.resourceQuotas.id, namespace: namespace).items.map(\.object) {
            for (name, limit) in quota["spec", "hard"]?.object ?? [:] where Self.resource(name) == definition.id {
                let maximum = limit.int ?? limit.string.flatMap { Int($0) } ?? .max
                let used = count(definition.id, in: namespace)
                guard used + 1 > maximum else { continue }
                throw .forbidden(
                    definition.api, object.name,
                    "exceeded quota: \(quota.name), requested: \(name)=1, used: \(name)=\(used), limited: "
                        + "\(name)=\(maximum)")
            }
        }
    }
}
