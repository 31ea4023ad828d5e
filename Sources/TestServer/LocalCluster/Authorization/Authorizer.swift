import KubeModel

/// RBAC as a real server evaluates it: rules only allow; what no rule allows is refused.
struct Authorizer: Sendable {
    struct Decision: Sendable, Equatable {
        var isAllowed: Bool
        /// Which binding allowed it, in the server's words.
        var reason = ""
    }

    let store: ClusterStore

    func decide(_ request: AccessRequest, for user: UserInfo) -> Decision {
        if user.groups.contains("system:masters") { return Decision(isAllowed: true) }
        for grant in grants(to: user, namespace: request.namespace) where grant.rule.allows(request) {
            return Decision(isAllowed: true, reason: grant.reason)
        }
        return Decision(isAllowed: false)
    }

    struct Grant: Sendable {
        var rule: PolicyRule
        var reason: String
    }

    /// All rules that hold for `user` in `namespace` (empty: at the cluster scope).
    func grants(to user: UserInfo, namespace: String) -> [Grant] {
        var bindings = store.list(APIResource.clusterRoleBindings.id).items.map(\.object)
        if !namespace.isEmpty {
            bindings += store.list(APIResource.roleBindings.id, namespace: namespace).items.map(\.object)
        }
        return bindings.flatMap { binding -> [Grant] in
            guard let subject = Self.subject(of: user, in: binding) else { return [] }
            let reason = Self.reason(binding, subject: subject)
            return rules(of: binding).map { Grant(rule: $0, reason: reason) }
        }
    }

    /// The rules of the role that a binding refers to; none when it doesn't exist.
    func rules(of binding: KubeObject) -> [PolicyRule] {
        let name = binding["roleRef", "name"]?.string ?? ""
        let role =
            binding["roleRef", "kind"]?.string == "ClusterRole"
            ? store.get(.clusterRoles, name: name) : store.get(.roles, namespace: binding.namespace, name: name)
        return (role?.object.json["rules"]?.array ?? []).map(PolicyRule.init)
    }

    private static func reason(_ binding: KubeObject, subject: String) -> String {
        let name = binding.namespace.map { "\(binding.name)/\($0)" } ?? binding.name
        let role = "\(binding["roleRef", "kind"]?.string ?? "") \"\(binding["roleRef", "name"]?.string ?? "")\""
        return "RBAC: allowed by \(binding.kind) \"\(name)\" of \(role) to \(subject)"
    }

    /// How the binding names `user`, as text; nil when it doesn't.
    private static func subject(of user: UserInfo, in binding: KubeObject) -> String? {
        for subject in binding.json["subjects"]?.array ?? [] {
            let name = subject["name"]?.string ?? ""
            switch subject["kind"]?.string {
            case "User" where name == user.name: return "User \"\(name)\""
            case "Group" where user.groups.contains(name): return "Group \"\(name)\""
            case "ServiceAccount":
                let namespace = subject["namespace"]?.string ?? binding.namespace ?? ""
                guard user.name == "system:serviceaccount:\(namespace):\(name)" else { continue }
                return "ServiceAccount \"\(name)/\(namespace)\""
            default: continue
            }
        }
        return nil
    }
}
