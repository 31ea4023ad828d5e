import Integrations
import TestCharts
import ToolKit
import Writes

@testable import ChartRepositories

/// Charts of servers that the tests script.
enum Bench {
    static func run(_ body: (TestChartServer) async throws -> Void) async throws {
        let server = TestChartServer()
        try await server.serve { try await body(server) }
    }
}

extension TestChartServer {
    var repository: ChartRepository { ChartRepository(name: "stable", url: url, timeout: .seconds(20)) }
    var registryEntry: ChartRepository {
        ChartRepository(name: "oci", url: registry, isPlainHTTP: true, timeout: .seconds(20))
    }

    func fetcher(
        _ repositories: [ChartRepository]? = nil, cache: RepositoryIndexCache = RepositoryIndexCache(),
        access: RepositoryAccess = RepositoryAccess(), uptime: @escaping @Sendable () -> Duration = { .zero }
    ) -> ChartFetcher {
        ChartFetcher(repositories ?? [repository], cache: cache, uptime: uptime) { _, _ in access }
    }

    /// The digest and the origin, or what is said.
    func outcome(
        _ name: String, version: String? = nil, in repositories: [ChartRepository]? = nil,
        access: RepositoryAccess = RepositoryAccess()
    ) async -> String {
        do {
            let found = try await fetcher(repositories, access: access).chart(ChartReference(name, version: version))
            return "\(found.digest) \(found.origin)"
        } catch {
            return (error as? ToolFailure)?.message ?? "another error: \(error)"
        }
    }
}
