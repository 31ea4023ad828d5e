import Concurrency
import Crypto
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import KubeClient
import KubeModel
import LiveServer
import Logging
import NIOCore
import ServiceLifecycle

/// The web pages of people: ask, watch, decide, each with their own rights in the cluster. The server itself has none.
package struct CommandCenter: Service {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 lets the system choose.
        package var port: Int
        /// nil speaks plain HTTP: for loopback, and behind a proxy on the same machine.
        package var certificate: ServingCertificate?
        /// Whether browsers take the certificate without being told to.
        package var isCertified = false
        /// Addresses of proxies whose X-Forwarded-For is believed.
        package var trustedProxies: Set<String> = []
        /// How often an address may try to sign in, after some times at once.
        package var signInsPerSecond = 0.2
        /// What the cluster is called on the pages.
        package var clusterName: String
        /// Is told the port once the server listens.
        package var onListening: @Sendable (_ port: Int) async -> Void = { _ in }

        package init(host: String, port: Int, certificate: ServingCertificate?, clusterName: String) {
            self.host = host
            self.port = port
            self.certificate = certificate
            self.clusterName = clusterName
        }
    }

    private let configuration: Configuration
    private let cluster: ClusterConfiguration
    private let options: KubeClient.Options
    private let now: @Sendable () -> KubeTime
    private let logger: Logger

    /// - Parameters:
    ///   - cluster: where people's requests go; its credentials are not used.
    ///   - options: of the clients of people.
    package init(
        _ configuration: Configuration, cluster: ClusterConfiguration, options: KubeClient.Options, logger: Logger,
        now: @escaping @Sendable () -> KubeTime
    ) {
        self.configuration = configuration
        self.cluster = cluster
        self.options = options
        self.now = now
        self.logger = logger
    }

    /// Serves until the task is cancelled or gracefully shut down. All sessions end with it.
    /// - Throws: when the port can't be had, or the certificate can't be used.
    package func run() async throws {
        let sessions = WebSessions(cluster, options: options, logger: logger)
        let prober = try KubeClient(cluster.anonymous, logger: logger, options: options)
        let outcome: Result<Void, any Error>
        do {
            try await serve(sessions, prober: prober)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await sessions.endAll()
        try? await prober.shutdown()
        try outcome.get()
    }

    private func serve(_ sessions: WebSessions, prober: KubeClient) async throws {
        let readiness = ServerReadiness { await Self.answers(prober) }
        let front = WebFront(
            sessions: sessions, limiter: SignInLimiter(perSecond: configuration.signInsPerSecond),
            streams: StreamLimits(),
            transport: .init(
                isSecure: configuration.certificate != nil, isCertified: configuration.isCertified),
            trustedProxies: configuration.trustedProxies, clusterName: configuration.clusterName,
            isReady: { await readiness.isReady }, now: now, logger: logger)
        let application = Application(
            responder: front, server: try server(),
            configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { [onListening = configuration.onListening] channel in
                if let port = channel.localAddress?.port { await onListening(port) }
            }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runStoppingGracefully(application, logger: logger) }
            group.addTask {
                while true {
                    try await Concurrency.sleep(for: .seconds(60))
                    await sessions.sweep()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// A proxy is one address for all who come through it.
    private static var limits: LiveServerLimits {
        var limits = LiveServerLimits()
        limits.connections = 2048
        (limits.burst, limits.perSecond) = (500, 100)
        return limits
    }

    private func server() throws -> HTTPServerBuilder {
        let limiter = ConnectionLimiter(Self.limits)
        let http: @Sendable (@escaping HTTPChannelHandler.Responder) -> HTTP1Channel = { responder in
            // A connection that says nothing isn't kept.
            HTTP1Channel(responder: responder, configuration: .init(idleTimeout: .seconds(30)))
        }
        guard let tls = try configuration.certificate?.serverTLS() else {
            return HTTPServerBuilder { responder in LimitedChannel(base: http(responder), limiter: limiter) }
        }
        return HTTPServerBuilder { responder in
            LimitedChannel(base: try TLSChannel(http(responder), tlsConfiguration: tls), limiter: limiter)
        }
    }

    /// Whether the API server is there: one that refuses to say its version to nobody is, too.
    private static func answers(_ api: KubeClient) async -> Bool {
        do {
            return try await withDeadline(.now + .seconds(3)) {
                try await api.send(KubeRequest(.get, path: "/version"))
            } != nil
        } catch {
            return false
        }
    }
}
