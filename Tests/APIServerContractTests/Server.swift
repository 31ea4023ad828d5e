import FoundationEssentials
import KubeClient
import KubeModel
import LocalCluster
import Logging
import Testing

/// The API servers that the contract is held against: LocalCluster always, and a real one where SKYFLO_TEST_KUBECONFIG
/// names its kubeconfig, with the rights of an administrator.
enum Server: Sendable, CaseIterable, CustomTestStringConvertible {
    case local
    case real

    static var allCases: [Server] { realKubeconfig == nil ? [.local] : [.local, .real] }

    private static var realKubeconfig: String? { ProcessInfo.processInfo.environment["SKYFLO_TEST_KUBECONFIG"] }

    var testDescription: String { self == .local ? "LocalCluster" : "real API server" }

    /// Runs `body` in a namespace of its own, which is deleted afterwards.
    func run(_ body: @escaping @Sendable (_ api: KubeClient, _ namespace: String) async throws -> Void) async throws {
        switch self {
        case .local:
            try await LocalCluster.withRunning { _, endpoint in
                try await inNamespace(.kubeconfig(text: endpoint.kubeconfig()), body)
            }
        case .real: try await inNamespace(.kubeconfig(path: try #require(Self.realKubeconfig)), body)
        }
    }

    private func inNamespace(
        _ configuration: ClusterConfiguration,
        _ body: @escaping @Sendable (_ api: KubeClient, _ namespace: String) async throws -> Void
    ) async throws {
        let logger = Logger(label: "contract") { _ in SwiftLogNoOpLogHandler() }
        try await withKubeClient(configuration, logger: logger) { api in
            let namespace = "contract-\(UInt32.random(in: .min ... .max))"
            _ = try await api.create(KubeObject(.namespaces, name: namespace), in: .namespaces)
            let result = await Result { try await body(api, namespace) }
            try await api.delete(.namespaces, name: namespace)
            try result.get()
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
