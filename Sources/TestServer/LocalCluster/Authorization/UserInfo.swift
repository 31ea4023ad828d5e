import KubeModel

/// Who a request comes from, after authentication (and impersonation).
struct UserInfo: Sendable, Hashable {
    var name: String
    var uid = ""
    var groups: [String]
    var extra: [String: [String]] = [:]

    static let anonymous = UserInfo(name: "system:anonymous", groups: ["system:unauthenticated"])

    static func serviceAccount(namespace: String, name: String, uid: String = "") -> UserInfo {
        UserInfo(
            name: "system:serviceaccount:\(namespace):\(name)", uid: uid,
            groups: ["system:serviceaccounts", "system:serviceaccounts:\(namespace)", "system:authenticated"])
    }

    /// As SelfSubjectReview and TokenReview show it.
    var json: JSONValue {
        .compact([
            "username": .string(name), "uid": uid.isEmpty ? nil : .string(uid), "groups": JSONValue(groups),
            "extra": extra.isEmpty
                ? nil
                : .object(JSONObject(extra.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })),
        ])
    }
}
