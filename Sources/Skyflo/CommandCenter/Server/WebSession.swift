import Crypto
import HTTPTransport
import KubeClient
import KubeModel
import Logging
import SkyfloAPI
import Synchronization

/// Somebody who is signed in. The token lives in the client alone, in this process's memory; whoever has the cookie's
/// value acts as that person until they sign out, or the session ends by its age.
final class WebSession: Sendable {
    private struct State: Sendable {
        var usedAt: ContinuousClock.Instant
        var isEnded = false
        var note: Note?
        var namespaces: Set<String>
        var streams = 0
        var earlier: [String: Remembered] = [:]
    }

    /// Read a moment ago, with the rights of then.
    private struct Remembered: Sendable {
        var turn: Int
        var at: ContinuousClock.Instant
        var turns: EarlierTurns
    }

    private static let remembered = 32
    private static let lifetime = Duration.seconds(30)

    let user: String
    let api: KubeClient
    /// Proves that a form is from one of this session's pages.
    let formKey: String
    let startedAt: ContinuousClock.Instant
    private let state: Mutex<State>

    init(user: String, api: KubeClient, formKey: String, namespaces: Set<String>) {
        self.user = user
        self.api = api
        self.formKey = formKey
        startedAt = .now
        state = Mutex(State(usedAt: .now, namespaces: namespaces))
    }

    var person: Person { Person(api: api, name: user, namespaces: state.withLock(\.namespaces)) }
    var isEnded: Bool { state.withLock(\.isEnded) }
    var usedAt: ContinuousClock.Instant { state.withLock(\.usedAt) }

    func touch() { state.withLock { $0.usedAt = .now } }

    func remember(namespace: String) {
        state.withLock { if $0.namespaces.count < 256 { _ = $0.namespaces.insert(namespace) } }
    }

    /// What the next page says at its top, once.
    func leave(_ note: Note) { state.withLock { $0.note = note } }

    func takeNote() -> Note? {
        state.withLock { state in
            defer { state.note = nil }
            return state.note
        }
    }

    /// How earlier turns ended, as far as this person may read it.
    func earlierTurns(of conversation: Conversation) async throws -> EarlierTurns {
        let (key, turn) = (conversation.uid, conversation.status.turn)
        guard turn > 1 else { return .none }
        if let known = state.withLock({ $0.earlier[key] }), known.turn == turn, known.at + Self.lifetime > .now {
            return known.turns
        }
        let turns = try await EarlierTurns.read(of: conversation, by: api)
        state.withLock { state in
            if state.earlier.count >= Self.remembered, state.earlier[key] == nil { state.earlier = [:] }
            state.earlier[key] = Remembered(turn: turn, at: .now, turns: turns)
        }
        return turns
    }

    /// Counts a stream; false where there are too many of this session.
    func openStream(limit: Int) -> Bool {
        state.withLock { state in
            guard !state.isEnded, state.streams < limit else { return false }
            state.streams += 1
            return true
        }
    }

    func closeStream() { state.withLock { $0.streams -= 1 } }

    func end() async {
        state.withLock { $0.isEnded = true }
        // Whatever is on its way with these rights ends, too.
        try? await api.shutdown()
    }
}

/// The sessions of this process. Only a digest of a cookie's value is kept.
final class WebSessions: Sendable {
    struct Limits: Sendable {
        var sessions = 1024
        var age = Duration.seconds(12 * 3600)
        var idle = Duration.seconds(3600)
    }

    struct Refusal: Error, Sendable, Hashable {
        /// 401: the cluster doesn't know the token; 503: it doesn't say.
        var status: Int
        var message: String
    }

    private static let tokenLimit = 16 * 1024

    private let configuration: ClusterConfiguration
    private let options: KubeClient.Options
    private let limits: Limits
    private let logger: Logger
    private let sessions = Mutex<[SHA256.Digest: WebSession]>([:])

    /// - Parameter configuration: of the cluster; its credentials are not used.
    init(
        _ configuration: ClusterConfiguration, options: KubeClient.Options, limits: Limits = Limits(), logger: Logger
    ) {
        self.configuration = configuration.anonymous
        self.options = options
        self.limits = limits
        self.logger = logger
    }

    /// Signs somebody in whom the API server knows by this token.
    /// - Returns: the value of the cookie.
    /// - Throws: ``Refusal``.
    func open(token text: String) async throws -> String {
        let token = CredentialText.trimmed(text)
        guard !token.isEmpty, token.utf8.count <= Self.tokenLimit, CredentialText.fitsHeader(token) else {
            throw Refusal(status: 401, message: "That is no token: it is empty, too long or has a line break in it.")
        }
        var configuration = configuration
        configuration.credentials = .token(token)
        let api = try KubeClient(configuration, logger: logger, options: options)
        do {
            let user = try await api.userName()
            guard user != "system:anonymous" else {
                throw Refusal(status: 401, message: "The cluster takes that token for nobody's.")
            }
            let value = Secrecy.randomText()
            var namespaces: Set<String> = [configuration.namespace]
            let parts = user.split(separator: ":")
            if parts.count == 4, parts[1] == "serviceaccount" { namespaces.insert(String(parts[2])) }
            await keep(
                WebSession(
                    user: user, api: api, formKey: Secrecy.formKey(of: value), namespaces: namespaces), as: value)
            return value
        } catch {
            try? await api.shutdown()
            throw Self.refusal(of: error)
        }
    }

    private static func refusal(of error: any Error) -> any Error {
        switch error {
        case let status as APIStatus where status.code == 401:
            Refusal(
                status: 401, message: "The cluster doesn't know that token: it is wrong, of another one, or expired.")
        case let status as APIStatus:
            Refusal(status: 503, message: "The cluster doesn't say whose token that is: \(status)")
        case is KubeClientError: Refusal(status: 503, message: "The cluster can't be reached. Try again in a moment.")
        default: error
        }
    }

    private func keep(_ session: WebSession, as value: String) async {
        let ended = sessions.withLock { sessions in
            var ended = sessions.filter { isOver($0.value) }
            if sessions.count - ended.count >= limits.sessions,
                let oldest = sessions.min(by: { $0.value.usedAt < $1.value.usedAt })
            {
                ended[oldest.key] = oldest.value
            }
            for key in ended.keys { sessions[key] = nil }
            sessions[Secrecy.digest(value)] = session
            return Array(ended.values)
        }
        for session in ended { await session.end() }
    }

    /// nil for a value that is none, or no longer.
    func find(_ value: String?) -> WebSession? {
        guard let value, let session = sessions.withLock({ $0[Secrecy.digest(value)] }), !session.isEnded,
            !isOver(session)
        else { return nil }
        session.touch()
        return session
    }

    private func isOver(_ session: WebSession) -> Bool {
        session.startedAt.duration(to: .now) > limits.age || session.usedAt.duration(to: .now) > limits.idle
    }

    func end(_ value: String?) async {
        guard let value else { return }
        await sessions.withLock { $0.removeValue(forKey: Secrecy.digest(value)) }?.end()
    }

    /// Ends those that are over, so that their tokens don't stay in memory.
    func sweep() async {
        let over = sessions.withLock { sessions in
            let over = sessions.filter { isOver($0.value) || $0.value.isEnded }
            for key in over.keys { sessions[key] = nil }
            return Array(over.values)
        }
        for session in over { await session.end() }
    }

    func endAll() async {
        let all = sessions.withLock { sessions in
            defer { sessions = [:] }
            return Array(sessions.values)
        }
        for session in all { await session.end() }
    }
}

/// Values that nobody guesses, and what follows from them.
enum Secrecy {
    /// 256 bits of the system's generator, which is made for secrets.
    static func randomText() -> String { (0..<32).map { _ in UInt8.random(in: .min ... .max) }.hexadecimal }

    static func digest(_ value: String) -> SHA256.Digest { SHA256.hash(data: Array(value.utf8)) }

    /// Says nothing about the cookie's value that a page's other scripts or a log could use.
    static func formKey(of value: String) -> String { digest("form of " + value).hexadecimal }
}

/// Something said at the top of a page.
struct Note: Sendable, Hashable {
    enum Kind: Sendable { case done, refused }

    var kind: Kind
    var text: String
}
