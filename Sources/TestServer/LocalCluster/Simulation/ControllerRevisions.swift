import KubeModel

/// The history of templates that StatefulSets and DaemonSets keep as ControllerRevisions.
struct ControllerRevisions: Sendable {
    let cluster: SimulatedCluster
    let owner: KubeObject
    /// The label that carries the hash; it differs between the two kinds.
    let hashLabel: String

    static func number(_ revision: KubeObject) -> Int { revision.json["revision"]?.int ?? 0 }

    /// Oldest first.
    var all: [KubeObject] {
        cluster.controlled(.controllerRevisions, by: owner).sorted { Self.number($0) < Self.number($1) }
    }

    private var hash: String {
        StableHash.safe(JSONWriter.string(owner["spec", "template"] ?? .null, options: .canonical))
    }

    /// The revision of the present template, made where there is none. One that was there before gets the next number:
    /// that is what undoing a rollout means.
    func current() -> KubeObject? {
        let known = all
        let highest = known.map(Self.number).max() ?? 0
        let name = "\(owner.name)-\(hash)"
        guard let found = known.first(where: { $0.name == name }) else { return create(name, number: highest + 1) }
        if Self.number(found) < highest {
            cluster.update(.controllerRevisions, key: found.key, by: DeploymentController.manager) {
                $0.json["revision"] = JSONValue(highest + 1)
            }
        }
        return cluster.get(.controllerRevisions, key: found.key)
    }

    private func create(_ name: String, number: Int) -> KubeObject? {
        var revision = KubeObject(.controllerRevisions, namespace: owner.namespace, name: name)
        revision.labels = KubeObject(owner["spec", "template"] ?? .null).labels.merging([hashLabel: hash]) { $1 }
        revision.annotations = owner.annotations.filter {
            $0.key != "kubectl.kubernetes.io/last-applied-configuration"
        }
        revision.ownerReferences = [OwnerReference(controller: owner)]
        var template = owner["spec", "template"] ?? .object([:])
        template["$patch"] = "replace"
        revision.json["data"] = ["spec": ["template": template]]
        revision.json["revision"] = JSONValue(number)
        return cluster.create(
            revision.json, resource: .controllerRevisions, namespace: owner.namespace ?? "",
            by: DeploymentController.manager)
    }

    /// Deletes the oldest ones that no pod and no status names, beyond the limit.
    func trim(inUse: Set<String>) {
        let limit = owner["spec", "revisionHistoryLimit"]?.int ?? 10
        let idle = all.filter { !inUse.contains($0.name) }
        for revision in idle.prefix(max(0, idle.count - limit)) {
            cluster.delete(.controllerRevisions, object: revision)
        }
    }
}
