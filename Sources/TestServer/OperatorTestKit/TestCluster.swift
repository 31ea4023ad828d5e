public import KubeClient
import KubeModel
public import LocalCluster
import Logging

/// An API server in this process with an administrator's client.
public struct TestCluster: Sendable {
    /// The cluster itself, to which a test can add users.
    public let cluster: LocalCluster
    /// The address of the cluster with the administrator's token.
    public let endpoint: LocalCluster.Endpoint
    /// The administrator's client.
    public let api: KubeClient

    /// Runs a cluster of its own while `body` runs.
    ///
    /// - Parameters:
    ///   - configuration: How it is served; `simulatesWorkloads` makes Deployments roll out and Pods appear to run.
    ///   - body: Uses the cluster.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why the cluster doesn't run.
    public static func run<Result: Sendable>(
        _ configuration: LocalCluster.Configuration = .init(simulatesWorkloads: false),
        body: (TestCluster) async throws -> Result
    ) async throws -> Result {
        try await LocalCluster.withRunning(configuration) { cluster, endpoint in
            try await withClient(of: endpoint) {
                try await body(TestCluster(cluster: cluster, endpoint: endpoint, api: $0))
            }
        }
    }

    /// Runs `body` with the client of a user, who has no rights but those that RBAC objects give to the name or groups.
    public func withUser<Result>(
        _ name: String, groups: [String] = [], body: (KubeClient) async throws -> Result
    ) async throws -> Result {
        var own = endpoint
        own.token = cluster.addUser(name, groups: groups)
        return try await Self.withClient(of: own, body)
    }

    /// Applies the objects of a YAML text, of any kind that the server knows by now.
    public func apply(_ yaml: String) async throws {
        let mapper = RESTMapper(api: api)
        for object in try YAML.parseAll(yaml).map(KubeObject.init) {
            let version = object.groupVersion
            let kind = GroupVersionKind(
                group: version?.group ?? "", version: version?.version ?? "", kind: object.kind)
            let resource = try await mapper.resource(for: kind)
            _ = try await api.apply(object, in: resource, options: WriteOptions(fieldManager: "test", force: true))
        }
    }

    private static func withClient<Result>(
        of endpoint: LocalCluster.Endpoint, _ body: (KubeClient) async throws -> Result
    ) async throws -> Result {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        return try await withKubeClient(.kubeconfig(text: endpoint.kubeconfig()), logger: logger, body: body)
    }
}
