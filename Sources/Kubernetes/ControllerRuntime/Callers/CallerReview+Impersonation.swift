import KubeClient
import KubeModel

extension CallerReview {
    /// The headers of impersonation, as API servers take them.
    public static let userHeader = "Impersonate-User"
    /// The header for a group, which may come several times.
    public static let groupHeader = "Impersonate-Group"

    /// Whom a caller acts for: the caller itself where no user is named.
    ///
    /// As API servers do it, the verb `impersonate` is asked for the user (`users`, or `serviceaccounts`) and for each group.
    /// What else belongs to an identity (a uid, extra values) can't be impersonated here.
    /// - Throws: ``CallerRefused``; what keeps the API server from answering.
    public func effective(_ caller: Caller, user: String?, groups: [String]) async throws -> Caller {
        guard let user, !user.isEmpty else {
            guard groups.isEmpty else { throw CallerRefused.forbidden("groups can't be impersonated without a user") }
            return caller
        }
        let account = Self.serviceAccount(user)
        let who =
            account.map { ResourceAccess(impersonating: "serviceaccounts", name: $0.name, namespace: $0.namespace) }
            ?? ResourceAccess(impersonating: "users", name: user)
        for access in [who] + groups.map({ ResourceAccess(impersonating: "groups", name: $0) }) {
            guard try await allows(access, caller: caller) else {
                throw CallerRefused.forbidden(
                    "\(caller.name) may not impersonate \(access.resource) \"\(access.name ?? "")\"")
            }
        }
        return Caller(name: user, groups: Self.groups(of: user, account: account, named: groups))
    }

    private static func serviceAccount(_ user: String) -> (namespace: String, name: String)? {
        let parts = user.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { return nil }
        return (parts[2], parts[3])
    }

    /// What API servers add to those that are named (`k8s.io/apiserver/pkg/endpoints/filters/impersonation.go`).
    private static func groups(
        of user: String, account: (namespace: String, name: String)?, named: [String]
    ) -> [String] {
        var groups = named
        if named.isEmpty, let account {
            groups = ["system:serviceaccounts", "system:serviceaccounts:\(account.namespace)"]
        }
        let own = user == "system:anonymous" ? "system:unauthenticated" : "system:authenticated"
        return groups.contains(own) ? groups : groups + [own]
    }
}

extension ResourceAccess {
    fileprivate init(impersonating resource: String, name: String, namespace: String? = nil) {
        self.init(verb: "impersonate", group: "", version: "v1", resource: resource, namespace: namespace, name: name)
    }
}
