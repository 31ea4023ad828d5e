import KubeModel
import KubeSchema

/// Keeps the status of ResourceQuotas: what they limit, and how much of it is there.
struct QuotaController: Sendable {
    let cluster: SimulatedCluster

    func sync(_ key: ObjectKey) {
        guard let quota = cluster.get(.resourceQuotas, key: key) else { return }
        let counts = ObjectQuota(store: cluster.store)
        cluster.update(.resourceQuotas, key: key, part: .status, by: DeploymentController.manager) { object in
            let hard = quota["spec", "hard"]?.object ?? [:]
            var used = JSONObject()
            for (name, _) in hard {
                guard let amount = counts.used(name, in: key.namespace ?? "") else { continue }
                used[name] = .string(amount.description)
            }
            object.json["status"] = ["hard": .object(hard), "used": .object(used)]
        }
    }
}
