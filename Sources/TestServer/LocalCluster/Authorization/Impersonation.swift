import KubeModel

/// Acting for somebody else by `Impersonate-*` headers.
struct Impersonator: Sendable {
    let authorizer: Authorizer

    /// The user that the request acts for: the one of the headers, or `user` itself without them.
    /// - Throws: 403 when `user` lacks the verb `impersonate` for one of the identities, 400 for groups without a user.
    func effectiveUser(_ request: APIRequest, info: RequestInfo, user: UserInfo) throws(APIStatus) -> UserInfo {
        let groups = request.headers("impersonate-group")
        guard let name = request.header("impersonate-user"), !name.isEmpty else {
            if groups.isEmpty { return user }
            let list = groups.map { "\"\($0)\"" }.joined(separator: ", ")
            throw .badRequest(
                "requested &user.DefaultInfo{Name:\"\", UID:\"\", Groups:[]string{\(list)}, "
                    + "Extra:map[string][]string(nil)} without impersonating a user name")
        }
        for wanted in Self.requests(name, groups: groups) where !authorizer.decide(wanted, for: user).isAllowed {
            var refused = AccessRequest(info)
            refused.verb = "impersonate-on:user-info:\(info.verb)"
            throw refused.refusal(of: user)
        }
        return Self.user(name, groups: groups)
    }

    private static func requests(_ name: String, groups: [String]) -> [AccessRequest] {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let who =
            parts.count == 4 && name.hasPrefix("system:serviceaccount:")
            ? AccessRequest(verb: "impersonate", resource: "serviceaccounts", name: parts[3], namespace: parts[2])
            : AccessRequest(verb: "impersonate", resource: "users", name: name)
        return [who] + groups.map { AccessRequest(verb: "impersonate", resource: "groups", name: $0) }
    }

    private static func user(_ name: String, groups: [String]) -> UserInfo {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        var all = groups
        if groups.isEmpty, parts.count == 4, name.hasPrefix("system:serviceaccount:") {
            all = ["system:serviceaccounts", "system:serviceaccounts:\(parts[2])"]
        }
        if name == UserInfo.anonymous.name { return UserInfo(name: name, groups: all + ["system:unauthenticated"]) }
        if !all.contains("system:authenticated") { all.append("system:authenticated") }
        return UserInfo(name: name, groups: all)
    }
}
