import KubeModel

/// PersistentVolumeClaim → bound, as its storage class says. There are no volumes: their names are all that exists of them.
struct ClaimController: Sendable {
    let cluster: SimulatedCluster

    private static let component = "persistentvolume-controller"
    private static let defaultClass = "storageclass.kubernetes.io/is-default-class"

    func sync(_ key: ObjectKey) {
        guard let claim = cluster.get(.claims, key: key), !claim.isBeingDeleted,
            claim["status", "phase"]?.string == "Pending"
        else { return }
        let name = claim["spec", "storageClassName"]?.string ?? defaultClass
        guard let name, !name.isEmpty else {
            return record(
                .normal, reason: "FailedBinding",
                message: "no persistent volumes available for this claim and no storage class is set", about: claim)
        }
        guard let storageClass = cluster.get(.storageClasses, key: ObjectKey(name: name)) else {
            return record(
                .warning, reason: "ProvisioningFailed", message: "storageclass.storage.k8s.io \"\(name)\" not found",
                about: claim)
        }
        if storageClass["volumeBindingMode"]?.string == "WaitForFirstConsumer", !isUsed(claim) {
            return record(
                .normal, reason: "WaitForFirstConsumer",
                message: "waiting for first consumer to be created before binding", about: claim)
        }
        bind(claim, storageClass: name)
    }

    private var defaultClass: String? {
        cluster.store.list(APIResource.storageClasses.id).items.map(\.object)
            .first { $0.annotations[Self.defaultClass] == "true" }?.name
    }

    private func isUsed(_ claim: KubeObject) -> Bool {
        cluster.store.list(APIResource.pods.id, namespace: claim.namespace).items
            .contains { Self.claims(of: $0.object).contains(claim.name) }
    }

    /// The names of the claims that a pod mounts.
    static func claims(of pod: KubeObject) -> [String] {
        (pod["spec", "volumes"]?.array ?? []).compactMap { $0["persistentVolumeClaim", "claimName"]?.string }
    }

    private func bind(_ claim: KubeObject, storageClass: String) {
        cluster.update(.claims, key: claim.key, by: DeploymentController.manager) {
            $0["spec", "storageClassName"] = .string(storageClass)
            $0["spec", "volumeName"] = .string("pvc-\(claim.uid)")
        }
        cluster.update(.claims, key: claim.key, part: .status, by: DeploymentController.manager) { object in
            object.json["status"] = .compact([
                "phase": "Bound", "accessModes": claim["spec", "accessModes"],
                "capacity": .compact(["storage": claim["spec", "resources", "requests", "storage"]]),
            ])
        }
        record(
            .normal, reason: "ProvisioningSucceeded", message: "Successfully provisioned volume pvc-\(claim.uid)",
            about: claim)
    }

    private func record(
        _ type: SimulatedCluster.EventType, reason: String, message: String, about claim: KubeObject
    ) {
        cluster.record(type, reason: reason, message: message, about: claim, by: Self.component)
    }
}
