import KubeClient
import KubeModel
import Logging
import SignIn
import Synchronization

/// Who is signed in, by whichever way.
final class WebSessions: Sendable {
    private static let limit = 4096
    private static let idle = Duration.seconds(3600)

    let tokens: TokenSessions
    /// nil where people come with tokens of the cluster only.
    let service: SignInService?
    /// Of the server itself, which impersonates people; nil without ``service``.
    private let api: (any KubeAPI)?
    private let namespace: String
    /// What this process remembers of stored sessions: nothing that another one would miss.
    private let known = Mutex<[String: WebSession]>([:])

    init(tokens: TokenSessions, service: SignInService?, api: (any KubeAPI)?, namespace: String) {
        (self.tokens, self.service, self.api, self.namespace) = (tokens, service, api, namespace)
    }

    enum Visitor: Sendable {
        case session(WebSession)
        /// The browser may be able to go on with its session.
        case expired
        case stranger
    }

    /// - Parameters:
    ///   - access: the cookie of a stored session.
    ///   - session: the cookie of who came with a token of the cluster.
    /// - Throws: what keeps the API server from answering.
    func visitor(access: String?, session: String?) async throws -> Visitor {
        if let access, let service, let api {
            switch try await service.arrival(access) {
            case .signedIn(let person): return .session(remembered(person, service: service, api: api))
            case .expired: return .expired
            case .unknown: break
            }
        }
        return tokens.find(session).map(Visitor.session) ?? .stranger
    }

    private func remembered(
        _ person: SignInService.SignedIn, service: SignInService, api: any KubeAPI
    ) -> WebSession {
        let id = person.session.id
        return known.withLock { known in
            // Who has other roles or groups now is somebody else to whatever was asked before.
            if let session = known[id], session.signedIn?.identity == person.identity, !session.isEnded {
                session.touch()
                return session
            }
            if known.count >= Self.limit, known[id] == nil {
                known = known.filter { $0.value.usedAt.duration(to: .now) < Self.idle }
                if known.count >= Self.limit { known = [:] }
            }
            let session = WebSession(person, api: api, namespaces: [namespace]) {
                await Self.counts(person, service: service)
            }
            known[id] = session
            return session
        }
    }

    /// An API server that doesn't answer has withdrawn nothing.
    private static func counts(_ person: SignInService.SignedIn, service: SignInService) async -> Bool {
        (try? await service.stillCounts(person)) ?? true
    }

    /// Ends the session of a browser, whichever it has.
    func end(access: String?, session: String?) async throws {
        await tokens.end(session)
        guard let access, let service else { return }
        if let id = try await service.end(accessToken: access) {
            await known.withLock { $0.removeValue(forKey: id) }?.end()
        }
    }

    /// Ends all sessions of a person, on all replicas for those that are stored.
    func endAll(of session: WebSession) async throws {
        guard let person = session.signedIn, let service else { return await tokens.endAll(of: session.user) }
        try await service.endAll(of: person)
        await forget(session.user)
    }

    func forget(_ user: String) async {
        let ended = known.withLock { known in
            let ended = known.filter { $0.value.user == user }
            for key in ended.keys { known[key] = nil }
            return Array(ended.values)
        }
        for session in ended { await session.end() }
    }

    func sweep() async {
        await tokens.sweep()
        known.withLock { known in known = known.filter { $0.value.usedAt.duration(to: .now) < Self.idle } }
    }

    func endAll() async { await tokens.endAll() }
}
