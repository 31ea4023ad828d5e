import KubeClient
import KubeModel
import SignIn
import SkyfloAPI
import Synchronization

/// Somebody who is signed in, as this process knows them. Of who came with a token of the cluster, the token lives in the
/// client alone, in this process's memory; whoever has the cookie's value acts as that person until they sign out, or the
/// session ends by its age. Who came by a provider or a local account is served by the server's own client, which
/// impersonates them; their session is stored, and looked up at each request.
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
    let api: any KubeAPI
    /// Who it is as stored; nil for who came with a token of the cluster.
    let signedIn: SignInService.SignedIn?
    /// Proves that a form is from one of this session's pages.
    let formKey: String
    let startedAt: ContinuousClock.Instant
    private let state: Mutex<State>
    private let close: @Sendable () async -> Void
    private let recheck: @Sendable () async -> Bool

    init(user: String, api: KubeClient, formKey: String, namespaces: Set<String>) {
        self.user = user
        self.api = api
        self.formKey = formKey
        signedIn = nil
        // Whatever is on its way with these rights ends, too.
        close = { try? await api.shutdown() }
        recheck = { true }
        startedAt = .now
        state = Mutex(State(usedAt: .now, namespaces: namespaces))
    }

    /// - Parameters:
    ///   - api: of the server itself.
    ///   - recheck: whether the session still counts.
    init(
        _ signedIn: SignInService.SignedIn, api: any KubeAPI, namespaces: Set<String>,
        recheck: @escaping @Sendable () async -> Bool
    ) {
        user = signedIn.identity.user
        self.api = api.impersonating(signedIn.identity.impersonation)
        formKey = signedIn.session.formKey
        self.signedIn = signedIn
        self.recheck = recheck
        close = {}
        startedAt = .now
        state = Mutex(State(usedAt: .now, namespaces: namespaces))
    }

    /// Whether it still counts, asked where it is stored: what is open for long asks from time to time.
    func stillCounts() async -> Bool {
        if isEnded { return false }
        return await recheck()
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
    /// - Parameter operatorNamespace: where the operator is asked.
    func earlierTurns(of conversation: Conversation, operatorNamespace: String) async throws -> EarlierTurns {
        let (key, turn) = (conversation.uid, conversation.status.turn)
        guard turn > 1 else { return .none }
        if let known = state.withLock({ $0.earlier[key] }), known.turn == turn, known.at + Self.lifetime > .now {
            return known.turns
        }
        let turns = try await EarlierTurns.read(of: conversation, by: api, operatorNamespace: operatorNamespace)
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
        await close()
    }
}
