import ChartRepositories
import Glibc
import Integrations
import KubeModel
import TestCharts
import ToolKit
import Writes

/// The chart server and the registry of the tests, for other clients, and our client, for other servers.
///
/// Prints the addresses. Then each line of its input, `URL CHART VERSION` (`-` for none), is a chart to fetch from a repository,
/// and each line of its output the digest of what came, or what was said.
@main struct ChartServer {
    static func main() async throws {
        let server = TestChartServer()
        for version in ["1.2.0", "1.10.0", "2.0.0-rc.1"] {
            let archive = ChartArchives.simple("web", version: version)
            server.add("web", version: version, archive: archive)
            server.push("acme/web", tag: version, archive: archive)
        }
        server.push("acme/web", tag: "1.10.0_b2", archive: ChartArchives.simple("web", version: "1.10.0+b2"))
        server.require(.user("copilot", password: "hush-hush"))
        try await server.serve {
            say("\(server.url) \(server.registry)")
            while let line = readLine() {
                let parts = line.split(separator: " ").map(String.init)
                guard parts.count == 3 else { break }
                say(await fetch(parts[0], chart: parts[1], version: parts[2] == "-" ? nil : parts[2]))
            }
        }
    }

    private static func say(_ text: String) {
        print(text)
        fflush(nil)
    }

    private static func fetch(_ url: String, chart: String, version: String?) async -> String {
        do {
            let access = RepositoryAccess(credential: try .init(username: "copilot", secret: "hush-hush"))
            let fetcher = ChartFetcher(
                [ChartRepository(name: "peer", url: url, isPlainHTTP: url.hasPrefix("oci://"))],
                cache: RepositoryIndexCache(), uptime: { .zero }
            ) { _, _ in access }
            return try await fetcher.chart(ChartReference("peer/\(chart)", version: version)).digest
        } catch {
            return "failed: \((error as? ToolFailure)?.message ?? "\(error)")"
        }
    }
}
