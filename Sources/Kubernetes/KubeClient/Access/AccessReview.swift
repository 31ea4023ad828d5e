public import KubeModel

/// Asks the API server's authorizer whether something would be allowed. Reviews are answered and not stored.
public enum AccessReview {
    /// Checks that the identity that `api` acts for may send a request. It throws ``PermissionDenied`` where it may not
    /// and where the path can't be read, and whatever keeps the API server from answering.
    public static func require(_ request: KubeRequest, api: ReadOnlyAPI) async throws {
        var reason = "the path names no resource"
        if let access = ResourceAccess(request) {
            let answer = try await ownReview(access, api: api)
            if answer.isAllowed { return }
            reason = answer.reason
        }
        throw PermissionDenied(request, identity: api.identity, message: reason)
    }

    /// Whether whoever `api` acts for may do something. It throws whatever keeps the API server from answering.
    public static func allows(_ access: ResourceAccess, api: any KubeAPI) async throws -> Bool {
        try await ownReview(access, api: api).isAllowed
    }

    /// Whether a user may do something. Of the user's groups only these are taken into account, and of what else an
    /// authenticator may have said (`extra`, such as a token's scopes) only this.
    public static func allows(
        _ access: ResourceAccess, user: String, uid: String = "", groups: [String], extra: [String: [String]] = [:],
        api: any KubeAPI
    ) async throws -> Bool {
        let spec = JSONValue.compact([
            "user": .string(user), "uid": uid.isEmpty ? nil : .string(uid), "groups": JSONValue(groups),
            "extra": extra.isEmpty
                ? nil : .object(JSONObject(extra.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })),
            "resourceAttributes": access.attributes,
        ])
        return try await review("SubjectAccessReview", spec: spec, api: api).isAllowed
    }

    private static func ownReview(
        _ access: ResourceAccess, api: any KubeAPI
    ) async throws -> (isAllowed: Bool, reason: String) {
        try await review("SelfSubjectAccessReview", spec: ["resourceAttributes": access.attributes], api: api)
    }

    private static func review(
        _ kind: String, spec: JSONValue, api: any KubeAPI
    ) async throws -> (isAllowed: Bool, reason: String) {
        let body: JSONValue = ["apiVersion": "authorization.k8s.io/v1", "kind": .string(kind), "spec": spec]
        let answer = try await api.call(
            KubeRequest(
                .post, path: "/apis/authorization.k8s.io/v1/\(kind.lowercased())s", contentType: "application/json",
                body: JSONWriter.string(body)))
        let isAllowed = answer["status", "allowed"]?.bool == true && answer["status", "denied"]?.bool != true
        let reason = answer["status", "reason"]?.string ?? ""
        return (isAllowed, reason.isEmpty ? "no rule allows it" : reason)
    }
}
