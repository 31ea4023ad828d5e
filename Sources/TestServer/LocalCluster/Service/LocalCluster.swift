import Concurrency
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import NIOCore
public import ServiceLifecycle
import Synchronization

/// An embedded Kubernetes-compatible API server on loopback, with its state in memory: for trying the product and for
/// tests, never for production.
///
/// It speaks to kubectl and to client libraries as a real API server does, for the kinds that it serves. With
/// ``Configuration/simulatesWorkloads`` Deployments get ReplicaSets and Pods that appear to run.
public final class LocalCluster: Sendable, Service {
    /// The settings of a cluster: the address, the simulation, and the observers.
    public struct Configuration: Sendable {
        /// The address to listen at, one of loopback or `localhost`; ``LocalCluster/run()`` refuses anything else.
        public var host = "127.0.0.1"
        /// The port to listen at; 0 takes a free one.
        public var port = 0
        /// Whether Deployments roll out and Pods get a status. Without it objects are only stored.
        public var simulatesWorkloads = true
        /// Whether simulated pods and nodes have metrics (`metrics.k8s.io`), as in a cluster with metrics-server.
        public var servesMetrics = true
        /// The logger of the server; it writes nothing by default.
        public var logger = Logger(label: "local-cluster", factory: { _ in SwiftLogNoOpLogHandler() })
        /// The number of changes of a collection that a watch can resume over, before it gets 410.
        public var watchHistory = 1024
        /// Takes each request after it was carried out and before it is answered; a watch when it begins.
        public var audit: (@Sendable (AuditEvent) -> Void)?

        var hasMetrics: Bool { simulatesWorkloads && servesMetrics }

        /// Makes a configuration; without arguments a free port of 127.0.0.1, with simulated workloads.
        public init(
            host: String = "127.0.0.1", port: Int = 0, simulatesWorkloads: Bool = true, logger: Logger? = nil,
            watchHistory: Int = 1024, audit: (@Sendable (AuditEvent) -> Void)? = nil
        ) {
            self.host = host
            self.port = port
            self.simulatesWorkloads = simulatesWorkloads
            if let logger { self.logger = logger }
            self.watchHistory = watchHistory
            self.audit = audit
        }
    }

    private enum Address {
        case pending([Int: CheckedContinuation<Endpoint, any Error>])
        case known(Endpoint)
        case failed(any Error)
    }

    let server: APIServer
    private let configuration: Configuration
    private let address = Mutex(Address.pending([:]))
    private let waiterCount = Mutex(0)
    private let administratorToken: String

    /// Makes a cluster, which listens after ``run()``.
    public init(_ configuration: Configuration = .init()) {
        self.configuration = configuration
        let store = ClusterStore(historyLimit: configuration.watchHistory)
        let storage = ObjectStorage(
            store: store,
            catalog: ResourceCatalog(
                builtIn: BuiltInResources.all + (configuration.hasMetrics ? MetricsResources.all : [])),
            hasKubelet: configuration.simulatesWorkloads)
        let authenticator = Authenticator(store: store)
        server = APIServer(
            storage: storage, authenticator: authenticator, authorizer: Authorizer(store: store), logs: PodLogs(),
            audit: configuration.audit)
        administratorToken = authenticator.addUser("kubernetes-admin", groups: ["system:masters"])
    }

    /// A bearer token for a new user, who has no rights but those that RBAC objects give to the name or the groups.
    public func addUser(_ name: String, groups: [String]) -> String {
        server.authenticator.addUser(name, groups: groups)
    }

    /// Serves until the task is cancelled or the service shuts down gracefully. A cluster runs once.
    /// - Throws: ``LocalClusterError`` for a host that isn't loopback; whatever binding the port throws.
    public func run() async throws {
        do {
            try await serve()
            settle(.failed(LocalClusterError(.stopped, message: "the cluster has stopped")))
        } catch {
            settle(.failed(error))
            throw error
        }
    }

    private func serve() async throws {
        let host = try Self.loopback(configuration.host)
        let authority = try CertificateAuthority()
        try Bootstrap(storage: server.storage).run(
            withNode: configuration.simulatesWorkloads, withMetrics: configuration.hasMetrics)
        server.store.forgetHistory()
        let forwarder = ServiceForwarder()
        let application = Application(
            responder: HTTPFront(server: server, forwarder: forwarder),
            server: try .tls(
                HTTPServerBuilder { [server] in UpgradableChannel(server: server, responder: $0) },
                tlsConfiguration: authority.serverTLS()),
            configuration: .init(address: .hostname(host, port: configuration.port)),
            onServerRunning: { [self] channel in
                let port = channel.localAddress?.port ?? configuration.port
                let name = host.contains(":") ? "[\(host)]" : host
                settle(
                    .known(
                        Endpoint(
                            url: "https://\(name):\(port)", token: administratorToken, authority: authority)))
            }, logger: configuration.logger)
        let served: Result<Void, any Error>
        do {
            try await serve(application, rootCertificatePEM: authority.certificatePEM)
            served = .success(())
        } catch {
            served = .failure(error)
        }
        await forwarder.shutdown()
        try served.get()
    }

    private func serve(_ application: some Service, rootCertificatePEM: String) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let controllers = ClusterControllers(
                storage: server.storage, logger: configuration.logger, rootCertificatePEM: rootCertificatePEM)
            group.addTask { await controllers.run() }
            if configuration.simulatesWorkloads {
                let simulation = WorkloadSimulation(
                    cluster: SimulatedCluster(storage: server.storage, logger: configuration.logger))
                group.addTask { await simulation.run() }
            }
            defer { group.cancelAll() }
            try await runStoppingGracefully(application, logger: configuration.logger)
        }
    }

    /// What listens there has no production-grade protection, so nobody else may reach it.
    private static func loopback(_ host: String) throws -> String {
        let isV4 = host.hasPrefix("127.") && host.split(separator: ".").count == 4
        guard isV4 || host == "::1" || host == "localhost" else {
            throw LocalClusterError(.hostNotLoopback, message: "\(host) isn't a loopback address")
        }
        return host
    }

    // MARK: Endpoint

    /// Waits until the server listens.
    /// - Throws: what made it stop before it listened; `CancellationError`.
    public func endpoint() async throws -> Endpoint {
        let id = waiterCount.withLock { count in
            count += 1
            return count
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in wait(id, continuation: continuation) }
        } onCancel: {
            abandon(id)
        }
    }

    private func wait(_ id: Int, continuation: CheckedContinuation<Endpoint, any Error>) {
        if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
        let result: Result<Endpoint, any Error>? = address.withLock { address in
            switch address {
            case .known(let endpoint): return .success(endpoint)
            case .failed(let error): return .failure(error)
            case .pending(var waiters):
                waiters[id] = continuation
                address = .pending(waiters)
                return nil
            }
        }
        if let result { continuation.resume(with: result) }
    }

    private func abandon(_ id: Int) {
        let continuation: CheckedContinuation<Endpoint, any Error>? = address.withLock { address in
            guard case .pending(var waiters) = address else { return nil }
            let found = waiters.removeValue(forKey: id)
            address = .pending(waiters)
            return found
        }
        continuation?.resume(throwing: CancellationError())
    }

    private func settle(_ new: Address) {
        let waiters: [CheckedContinuation<Endpoint, any Error>] = address.withLock { address in
            defer { address = new }
            guard case .pending(let waiters) = address else { return [] }
            return Array(waiters.values)
        }
        for waiter in waiters {
            switch new {
            case .known(let endpoint): waiter.resume(returning: endpoint)
            case .failed(let error): waiter.resume(throwing: error)
            case .pending: waiter.resume(throwing: CancellationError())
            }
        }
    }
}
