import Concurrency
import Crypto
import KubeClient
import KubeModel
import Logging
import MCP

/// A client of the API server for each token that was used lately, so that a caller's requests share connections. A client
/// never acts for two tokens.
actor CallerClients {
    private struct Entry {
        let client: KubeClient
        let caller: MCPCaller
        var checkedAt: ContinuousClock.Instant
    }

    private let configuration: ClusterConfiguration
    private let logger: Logger
    private let makeServer: @Sendable (_ api: any KubeAPI, _ user: String) -> MCPServer
    /// By the token's digest: tokens themselves aren't kept as keys.
    private var entries: [SHA256.Digest: Entry] = [:]

    /// A token that was revoked is refused by the API server at once; this bounds how long its client is kept.
    private static let lifetime: Duration = .seconds(60)
    private static let limit = 512

    init(
        _ configuration: ClusterConfiguration, logger: Logger,
        makeServer: @escaping @Sendable (_ api: any KubeAPI, _ user: String) -> MCPServer
    ) {
        self.configuration = configuration.anonymous
        self.logger = logger
        self.makeServer = makeServer
    }

    /// - Throws: ``MCPCallerRefused`` for a token that the API server doesn't accept.
    func caller(token: String) async throws -> MCPCaller {
        let key = SHA256.hash(data: Array(token.utf8))
        if let entry = entries[key], entry.checkedAt + Self.lifetime > .now { return entry.caller }
        await removeOld()
        var configuration = configuration
        configuration.credentials = .token(token)
        let client = try KubeClient(configuration, logger: logger)
        do {
            let user = try await client.userName()
            guard user != "system:anonymous" else {
                throw MCPCallerRefused(status: 401, message: "the token isn't accepted")
            }
            let caller = MCPCaller(name: user, server: makeServer(client, user))
            if let old = entries.updateValue(Entry(client: client, caller: caller, checkedAt: .now), forKey: key) {
                try? await old.client.shutdown()
            }
            return caller
        } catch {
            try? await client.shutdown()
            throw Self.refusal(of: error)
        }
    }

    private static func refusal(of error: any Error) -> any Error {
        switch error {
        case let status as APIStatus where status.code == 401:
            MCPCallerRefused(status: 401, message: "the API server doesn't accept the token")
        case is APIStatus, is KubeClientError:
            MCPCallerRefused(status: 503, message: "the API server can't say who the token belongs to")
        default: error
        }
    }

    private func removeOld() async {
        let now = ContinuousClock.now
        var old = entries.filter { $0.value.checkedAt + Self.lifetime + Self.grace < now }.map(\.key)
        if entries.count >= Self.limit, let oldest = entries.min(by: { $0.value.checkedAt < $1.value.checkedAt })?.key {
            old.append(oldest)
        }
        for key in old {
            if let entry = entries.removeValue(forKey: key) { try? await entry.client.shutdown() }
        }
    }

    /// Longer than a call may take: no client is closed below one.
    private static let grace: Duration = .seconds(300)

    func shutdown() async {
        let all = entries.values
        entries = [:]
        for entry in all { try? await entry.client.shutdown() }
    }
}
