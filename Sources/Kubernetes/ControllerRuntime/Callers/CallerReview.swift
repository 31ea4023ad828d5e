public import KubeClient
import KubeModel
import Synchronization

/// Somebody whom the API server knows, with all that its authorizers judge by (`authentication.k8s.io/v1 UserInfo`).
public struct Caller: Sendable, Hashable {
    /// The name of the user.
    public var name: String
    /// The unique id of the user; empty where the authenticator gives none.
    public var uid: String
    /// The groups of the user.
    public var groups: [String]
    /// What else the authenticator says, such as the scopes of a token.
    public var extra: [String: [String]]

    /// Makes a caller.
    public init(name: String, uid: String = "", groups: [String] = [], extra: [String: [String]] = [:]) {
        self.name = name
        self.uid = uid
        self.groups = groups
        self.extra = extra
    }
}

/// Why somebody isn't served. The messages are for whoever asked, and hold no credential.
public enum CallerRefused: Error, Sendable, Hashable, CustomStringConvertible {
    /// It isn't known who asks (HTTP 401).
    case unauthenticated(String)
    /// Whoever asks may not do it (HTTP 403).
    case forbidden(String)

    /// The sentence for whoever asked.
    public var description: String {
        switch self {
        case .unauthenticated(let message), .forbidden(let message): message
        }
    }
}

/// Asks the API server who sends requests to this process, by their bearer tokens (TokenReview), and what they may do
/// (SubjectAccessReview).
///
/// Guarantees:
/// - Nobody is served for whom the API server itself doesn't vouch: a review that fails is thrown, never taken for a yes.
/// - An answer is believed for ``lifetime`` at most, as long as the API server believes its own (`TokenSuccessCacheTTL`,
///   10 s); so is a no.
/// - No token is ever written anywhere.
public final class CallerReview: Sendable {
    /// The time for which an answer is remembered.
    public static let lifetime = Duration.seconds(10)
    /// The number of answers that are remembered.
    static let remembered = 4096

    private enum Question: Hashable {
        case token(String)
        case access(ResourceAccess, Caller)
    }

    private enum Answer {
        /// nil: nobody is known by it.
        case caller(Caller?)
        case allowed(Bool)
    }

    private let api: any KubeAPI
    private let clock: any RuntimeClock
    private let answers = Mutex<[Question: (answer: Answer, at: Duration)]>([:])

    /// Makes a reviewer that asks with the rights of `api`: `create` of `tokenreviews` and `subjectaccessreviews`.
    public init(api: any KubeAPI, clock: any RuntimeClock = SystemClock()) {
        self.api = api
        self.clock = clock
    }

    /// The one whose bearer token this is.
    /// - Throws: ``CallerRefused``; what keeps the API server from answering.
    public func caller(token: String) async throws -> Caller {
        let token = String(token.drop { $0 == " " })
        guard !token.isEmpty else { throw CallerRefused.unauthenticated("no token was sent") }
        let found: Caller?
        if case .caller(let known) = answer(to: .token(token)) {
            found = known
        } else {
            found = try await review(token)
            remember(.caller(found), to: .token(token))
        }
        guard let found else {
            throw CallerRefused.unauthenticated(
                "the API server doesn't know the token: it is wrong, of another cluster, or expired")
        }
        return found
    }

    /// Whether a caller may do something.
    /// - Throws: what keeps the API server from answering.
    public func allows(_ access: ResourceAccess, caller: Caller) async throws -> Bool {
        if case .allowed(let known) = answer(to: .access(access, caller)) { return known }
        let isAllowed = try await AccessReview.allows(
            access, user: caller.name, uid: caller.uid, groups: caller.groups, extra: caller.extra, api: api)
        remember(.allowed(isAllowed), to: .access(access, caller))
        return isAllowed
    }

    private func review(_ token: String) async throws -> Caller? {
        let body: JSONValue = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": ["token": .string(token)],
        ]
        let status = try await api.call(
            KubeRequest(
                .post, path: "/apis/authentication.k8s.io/v1/tokenreviews", contentType: "application/json",
                body: JSONWriter.string(body)))["status"]
        guard status?["authenticated"]?.bool == true, let user = status?["user"],
            let name = user["username"]?.string, !name.isEmpty
        else { return nil }
        let extra = (user["extra"]?.object ?? [:]).map { ($0.key, $0.value.array?.compactMap(\.string) ?? []) }
        return Caller(
            name: name, uid: user["uid"]?.string ?? "", groups: user["groups"]?.array?.compactMap(\.string) ?? [],
            extra: Dictionary(extra, uniquingKeysWith: { first, _ in first }))
    }

    // MARK: What is remembered

    private func answer(to question: Question) -> Answer? {
        let now = clock.uptime
        return answers.withLock { answers in
            guard let known = answers[question], now - known.at < Self.lifetime else { return nil }
            return known.answer
        }
    }

    private func remember(_ answer: Answer, to question: Question) {
        let now = clock.uptime
        answers.withLock { answers in
            if answers.count >= Self.remembered {
                answers = answers.filter { now - $0.value.at < Self.lifetime }
                if answers.count >= Self.remembered { answers = [:] }
            }
            answers[question] = (answer, now)
        }
    }
}

/// It holds tokens.
extension CallerReview: CustomReflectable {
    /// A mirror without children, so that dumping a reviewer shows no token.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
