import KubeModel
import Logging

/// Fills the rules of ClusterRoles with an aggregationRule from the roles that it selects.
struct RoleAggregator: Sendable {
    let storage: ObjectStorage
    let logger: Logger

    func handle(_ event: StoreEvent) {
        guard event.resource == APIResource.clusterRoles.id else { return }
        let roles = storage.store.list(APIResource.clusterRoles.id).items.map(\.object)
        for role in roles where role.json["aggregationRule"] != nil { aggregate(role, roles: roles) }
    }

    private func aggregate(_ role: KubeObject, roles: [KubeObject]) {
        guard let definition = storage.catalog.find(.clusterRoles) else { return }
        var rules: [JSONValue] = []
        for selector in role["aggregationRule", "clusterRoleSelectors"]?.array ?? [] {
            guard let selector = LabelSelector(selector) else { continue }
            for other in roles where other.name != role.name && selector.matches(other.labels) {
                // Each rule once, in the order in which roles bring them.
                for rule in other.json["rules"]?.array ?? [] where !rules.contains(rule) { rules.append(rule) }
            }
        }
        guard (role.json["rules"]?.array ?? []) != rules else { return }
        storage.attempt(logger, what: "aggregating ClusterRole \(role.name)") { () throws(APIStatus) in
            _ = try storage.update(
                definition, key: role.key, options: .controller("clusterrole-aggregation-controller")
            ) { live in
                var object = live
                object.json["rules"] = .array(rules)
                return object
            }
        }
    }
}
