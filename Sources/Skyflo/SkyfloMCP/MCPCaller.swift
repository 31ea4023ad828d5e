import Concurrency
import Crypto
import KubeClient
import KubeModel
import Logging
import MCP
import NIOConcurrencyHelpers

/// Who sent a request, and what answers it with that one's rights.
package struct MCPCaller: Sendable {
    /// As the API server knows them.
    package var name: String
    package var server: MCPServer

    package init(name: String, server: MCPServer) {
        self.name = name
        self.server = server
    }
}

package struct MCPCallerRefused: Error, Sendable, Hashable {
    package var status: Int
    package var message: String

    package init(status: Int, message: String) {
        self.status = status
        self.message = message
    }
}

/// Says who a caller is.
package protocol CallerDirectory: Sendable {
    /// - Parameter authorization: the header's value.
    /// - Throws: ``MCPCallerRefused``.
    func caller(authorization: String?) async throws -> MCPCaller
    /// Whether the API server answers.
    func isReady() async -> Bool
}

/// Everybody who can connect is the same person: over stdio, or on loopback.
package struct SingleCaller: CallerDirectory {
    private let caller: MCPCaller
    private let api: any KubeAPI

    package init(_ caller: MCPCaller, api: any KubeAPI) {
        self.caller = caller
        self.api = api
    }

    package func caller(authorization: String?) async throws -> MCPCaller { caller }
    package func isReady() async -> Bool { await api.answers() }
}

/// Callers with tokens of the API server. Each is served with its own token, so its own rights decide, and nothing of this
/// server's is lent to it.
package struct TokenCallers: CallerDirectory {
    private let clients: CallerClients
    private let api: any KubeAPI

    /// - Parameters:
    ///   - configuration: of the cluster; its credentials are not used for callers.
    ///   - api: asks whether the API server answers.
    ///   - makeServer: what answers a user with these rights.
    package init(
        _ configuration: ClusterConfiguration, api: any KubeAPI, logger: Logger,
        makeServer: @escaping @Sendable (_ api: any KubeAPI, _ user: String) -> MCPServer
    ) {
        self.api = api
        clients = CallerClients(configuration, logger: logger, makeServer: makeServer)
    }

    package func caller(authorization: String?) async throws -> MCPCaller {
        let words = (authorization ?? "").split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer", !words[1].isEmpty else {
            throw MCPCallerRefused(status: 401, message: "a bearer token of the cluster is needed")
        }
        return try await clients.caller(token: String(words[1]))
    }

    package func isReady() async -> Bool { await api.answers() }

    /// Closes all connections.
    package func shutdown() async { await clients.shutdown() }
}

extension KubeAPI {
    fileprivate func answers() async -> Bool {
        do {
            return try await withDeadline(.now + .seconds(3)) { try await send(KubeRequest(.get, path: "/version")) }
                != nil
        } catch {
            return false
        }
    }
}

/// How many requests of each caller are worked on.
final class CallerPlaces: Sendable {
    private let taken = NIOLockedValueBox<[String: Int]>([:])

    func take(_ name: String, limit: Int) -> Bool {
        taken.withLockedValue { taken in
            guard taken[name, default: 0] < limit else { return false }
            taken[name, default: 0] += 1
            return true
        }
    }

    func give(_ name: String) {
        taken.withLockedValue { taken in
            let left = taken[name, default: 1] - 1
            taken[name] = left > 0 ? left : nil
        }
    }
}
