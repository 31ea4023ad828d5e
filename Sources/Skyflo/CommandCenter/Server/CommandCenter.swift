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
import SignIn

/// The web pages of people: ask, watch, decide, each with their own rights in the cluster. The server itself has none, but where
/// people come by a provider or a local account that of acting for them.
package struct CommandCenter: Service {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 lets the system choose.
        package var port: Int
        /// nil speaks plain HTTP: for loopback, and behind a proxy on the same machine.
        package var certificate: ServingCertificate?
        /// Whether browsers take the certificate without being told to.
        package var isCertified = false
        /// Whose X-Forwarded-For is believed.
        package var trustedProxies = TrustedProxies()
        /// How people sign in besides with tokens of the cluster; nil for no other way.
        package var signIn: SignInService.Configuration?
        /// The namespace of the server's own Secrets, and where the right to manage accounts is granted.
        package var stateNamespace = "skyflo-system"
        /// Where the operator runs; tokens are sent to its Service there, and to none that a status names.
        package var operatorNamespace = "skyflo-system"
        /// Where browsers reach the pages, without a slash at its end; nil where only they know it.
        package var externalURL: String?
        /// How often an address may try to sign in, after some times at once.
        package var signInsPerSecond = 0.2
        /// What the cluster is called on the pages.
        package var clusterName: String
        /// Is told the one-time code for the first admin, at the start and where a new one is made.
        package var onSetUpCode: @Sendable (_ code: String) -> Void = { _ in }
        /// Is told the port once the server listens.
        package var onListening: @Sendable (_ port: Int) async -> Void = { _ in }

        /// Behind a proxy that speaks TLS, the external URL says what browsers see.
        var transport: WebResponse.Transport {
            let isProxied = certificate == nil && externalURL?.lowercased().hasPrefix("https://") == true
            return .init(isSecure: certificate != nil || isProxied, isCertified: isCertified || isProxied)
        }

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
    ///   - cluster: where people's requests go; its credentials are not used but to act for who comes by a provider or a local
    ///     account, and to keep their sessions.
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
        let tokens = TokenSessions(cluster, options: options, logger: logger)
        let prober = try KubeClient(cluster.anonymous, logger: logger, options: options)
        let own = try configuration.signIn.map { _ in try KubeClient(cluster, logger: logger, options: options) }
        let sessions = WebSessions(
            tokens: tokens, service: own.flatMap { service(api: $0) }, api: own, namespace: cluster.namespace)
        let outcome: Result<Void, any Error>
        do {
            try await serve(sessions, prober: prober)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await sessions.endAll()
        try? await prober.shutdown()
        try? await own?.shutdown()
        try outcome.get()
    }

    private func service(api: any KubeAPI) -> SignInService? {
        configuration.signIn.map { settings in
            SignInService(
                settings, secrets: SignInSecrets(api: api, namespace: configuration.stateNamespace), logger: logger,
                now: now)
        }
    }

    private func serve(_ sessions: WebSessions, prober: KubeClient) async throws {
        let readiness = ServerReadiness { await Self.answers(prober) }
        let front = WebFront(
            sessions: sessions, limiter: SignInLimiter(perSecond: configuration.signInsPerSecond),
            requests: RequestLimiter(), streams: StreamLimits(),
            transport: configuration.transport,
            trustedProxies: configuration.trustedProxies, clusterName: configuration.clusterName,
            externalURL: configuration.externalURL, stateNamespace: configuration.stateNamespace,
            operatorNamespace: configuration.operatorNamespace,
            isReady: { await readiness.isReady }, now: now, logger: logger)
        let application = Application(
            responder: front, server: try server(),
            configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { [onListening = configuration.onListening] channel in
                if let port = channel.localAddress?.port { await onListening(port) }
            }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runStoppingGracefully(application, logger: logger) }
            group.addTask { try await offerSetUp(sessions.service?.accounts) }
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

    /// Has a code for the first admin as long as there is none, and tells it once.
    private func offerSetUp(_ accounts: LocalAccounts?) async throws {
        var told: String?
        while true {
            do {
                if let code = try await accounts?.setUpCode(), code != told {
                    configuration.onSetUpCode(code)
                    told = code
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                logger.warning("the Secrets of local accounts can't be read", metadata: ["error": "\(error)"])
            }
            try await Concurrency.sleep(for: .seconds(accounts == nil ? 86_400 : 60))
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
