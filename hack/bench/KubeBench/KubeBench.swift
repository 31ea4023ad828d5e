import KubeClient
import KubeModel
import Logging

/// Measures the way of Kubernetes objects from the wire to a reconciler. Run by hack/bench/kube.
@main
struct KubeBench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.dropFirst().first) {
        case ("serve", let pods?):
            let port = arguments.dropFirst(2).first.flatMap { Int($0) } ?? 0
            try await PodServer(pods: PodCollection(count: Int(pods) ?? 0)).run(port: port)
        case ("list", let url?): try await measure(url) { client, _ in try await ListScenario.run(client) }
        case ("cache", let url?):
            let events = arguments.dropFirst(2).first.flatMap { Int($0) } ?? 50_000
            try await measure(url) { client, logger in
                try await CacheScenario(client, logger: logger).run(events: events)
            }
        default: print("usage: KubeBench serve PODS PORT | list URL | cache URL [EVENTS]")
        }
    }

    /// Away from the main actor, on which every `await` would change threads.
    @concurrent
    private static func measure(
        _ url: String, _ scenario: @Sendable (KubeClient, Logger) async throws -> Void
    ) async throws {
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let kubeconfig =
            "{clusters: [{name: b, cluster: {server: \"\(url)\"}}], current-context: b, "
            + "contexts: [{name: b, context: {cluster: b}}]}"
        try await withKubeClient(try .kubeconfig(text: kubeconfig), logger: logger) { client in
            try await scenario(client, logger)
        }
    }
}
