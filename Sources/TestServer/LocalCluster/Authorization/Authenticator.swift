import Crypto
import KubeModel
import Synchronization

/// Bearer tokens: those of users, and those that TokenRequest issues for ServiceAccounts.
final class Authenticator: Sendable {
    private struct Entry {
        var user: UserInfo
        /// Of a ServiceAccount's token.
        var expires: KubeTime?
        var account: ObjectKey?
    }

    private let tokens = Mutex<[String: Entry]>([:])
    private let signingKey = SymmetricKey(size: .bits256)
    private let store: ClusterStore

    static let audience = "https://kubernetes.default.svc.cluster.local"

    init(store: ClusterStore) { self.store = store }

    func addUser(_ name: String, groups: [String]) -> String {
        let token = RandomText.token()
        let user = UserInfo(name: name, groups: groups + ["system:authenticated"])
        tokens.withLock { $0[token] = Entry(user: user) }
        return token
    }

    /// A JWT for the ServiceAccount. It is valid until `expires` and as long as that very account exists.
    func issueToken(for account: KubeObject, expires: KubeTime) -> String {
        let namespace = account.namespace ?? ""
        let id = RandomText.uuid()
        var user = UserInfo.serviceAccount(namespace: namespace, name: account.name, uid: account.uid)
        user.extra["authentication.kubernetes.io/credential-id"] = ["JTI=\(id)"]
        let now = KubeTime.now()
        let claims: JSONValue = [
            "aud": [.string(Self.audience)], "exp": .int(expires.microseconds / 1_000_000),
            "iat": .int(now.microseconds / 1_000_000), "iss": .string(Self.audience), "jti": .string(id),
            "kubernetes.io": [
                "namespace": .string(namespace),
                "serviceaccount": ["name": .string(account.name), "uid": .string(account.uid)],
            ], "nbf": .int(now.microseconds / 1_000_000), "sub": .string(user.name),
        ]
        let token = sign(claims)
        tokens.withLock { $0[token] = Entry(user: user, expires: expires, account: account.key) }
        return token
    }

    private func sign(_ claims: JSONValue) -> String {
        let head = Base64.encodeURL(JSONWriter.bytes(["alg": "HS256", "typ": "JWT"]))
        let text = "\(head).\(Base64.encodeURL(JSONWriter.bytes(claims)))"
        let signature = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: signingKey)
        return "\(text).\(Base64.encodeURL(Array(signature)))"
    }

    /// nil for a token that is unknown, expired, or of an account that is gone.
    func user(ofToken token: String) -> UserInfo? {
        guard let entry = tokens.withLock({ $0[token] }) else { return nil }
        if let expires = entry.expires, expires < .now() { return nil }
        if let account = entry.account {
            guard store.get(APIResource.serviceAccounts.id, key: account)?.object.uid == entry.user.uid else {
                return nil
            }
        }
        return entry.user
    }

    /// The user of the Authorization header, else of the client certificate; anonymous without either.
    func authenticate(_ request: APIRequest) throws(APIStatus) -> UserInfo {
        let certified = request.certified ?? .anonymous
        guard let header = request.header("authorization") else { return certified }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return certified }
        guard let user = user(ofToken: String(parts[1]).trimmedOfWhitespace) else { throw .unauthorized }
        return user
    }
}
