import Crypto
import HTTPTransport
import KubeClient
import KubeModel
import Logging
import Synchronization

/// The sessions of who came with a token of the cluster. They are in this process only: no such token is written anywhere, and
/// of a cookie's value only a digest is kept.
final class TokenSessions: Sendable {
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

    func endAll(of user: String) async {
        let ended = sessions.withLock { sessions in
            let ended = sessions.filter { $0.value.user == user }
            for key in ended.keys { sessions[key] = nil }
            return Array(ended.values)
        }
        for session in ended { await session.end() }
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
