import AsyncHTTPClient
import Concurrency
import ControllerRuntime
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import KubeClient
import LiveEvents
import Logging
import Metrics
import NIOCore
import ServiceLifecycle
import Synchronization
import Transcripts

/// The one port at which the operator is reached, over TLS.
///
/// It lets people follow turns while they happen: `/v1/namespaces/{namespace}/conversations/{name}/events`, as server-sent events
/// or by a WebSocket. What else is served (transcripts, the webhook of triggers) are its routes.
///
/// Nothing that a client does, or doesn't, holds a turn up: each reads from the turn's log at its own pace.
package struct LiveServer: Service {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 lets the system choose.
        package var port: Int
        package var certificate: ServingCertificate
        /// Where the certificate comes from, if it may change: the server then begins anew, and streams go on where they were.
        package var files: CertificateFiles?
        package var limits: LiveServerLimits
        /// Where the API server is that stops and decisions of a WebSocket go to, with their senders' tokens; nil takes none.
        package var cluster: ClusterConfiguration?
        /// Where it counts; the process's own by default.
        package var metrics: any MetricsFactory
        /// Who answers what isn't for events; the first that has an answer does.
        package var routes: [any EndpointRoute] = []
        /// Is told the port once the server listens.
        package var onListening: @Sendable (Int) async -> Void

        package init(
            host: String, port: Int, certificate: ServingCertificate, limits: LiveServerLimits = LiveServerLimits(),
            cluster: ClusterConfiguration? = nil, metrics: any MetricsFactory = MetricsSystem.factory,
            onListening: @escaping @Sendable (Int) async -> Void = { _ in }
        ) {
            self.host = host
            self.port = port
            self.certificate = certificate
            self.limits = limits
            self.cluster = cluster
            self.metrics = metrics
            self.onListening = onListening
        }
    }

    private let configuration: Configuration
    private let directory: TurnDirectory
    private let logger: Logger

    package init(
        _ configuration: Configuration, turns: LiveTurns, conversations: Informer, api: any KubeAPI,
        transcripts: any TranscriptReader, identity: String, logger: Logger
    ) {
        self.configuration = configuration
        directory = TurnDirectory(
            turns: turns, conversations: conversations, api: api, transcripts: transcripts, identity: identity)
        self.logger = logger
    }

    /// Serves until the task is cancelled or gracefully shut down.
    /// - Throws: when the port can't be had.
    package func run() async throws {
        guard let files = configuration.files else { return try await serve(configuration.certificate) }
        var certificate = configuration.certificate
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            let current = certificate
            let found = Mutex<ServingCertificate?>(nil)
            _ = try await result(
                of: { try await serve(current) },
                before: {
                    let next = try await files.change(from: current, logger: logger)
                    found.withLock { $0 = next }
                })
            certificate = found.withLock(\.self) ?? current
        }
    }

    private func serve(_ certificate: ServingCertificate) async throws {
        let limits = configuration.limits
        let limiter = ConnectionLimiter(limits)
        let metrics = LiveMetrics(configuration.metrics)
        var settings = HTTPClient.Configuration(
            tlsConfiguration: try certificate.peerTLS(),
            timeout: .init(connect: .seconds(3), read: .init(limits.heartbeat * 3)))
        settings.httpVersion = .http1Only
        // Each stream that is passed on holds a connection. Unless told otherwise the client has eight to a host, and whoever
        // is next waits for one to end.
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.streams
        try await HTTPClient.withHTTPClient(configuration: settings) { client in
            let front = LiveFront(
                directory: directory, review: StreamReview(api: directory.api), limits: limits, limiter: limiter,
                slots: StreamSlots(limits, metrics: metrics), peers: client,
                commands: StreamCommands(configuration.cluster, logger: logger), metrics: metrics,
                routes: configuration.routes, logger: logger)
            let tls = try certificate.serverTLS()
            let application = Application(
                responder: front,
                server: HTTPServerBuilder { responder in
                    let channel = LiveChannel(responder: responder, front: front)
                    return LimitedChannel(
                        base: try TLSChannel(channel, tlsConfiguration: tls), limiter: limiter,
                        metrics: metrics)
                },
                configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
                onServerRunning: { channel in
                    if let port = channel.localAddress?.port { await configuration.onListening(port) }
                }, logger: logger)
            try await runStoppingGracefully(application, logger: logger)
        }
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) { self = .nanoseconds(Int64(duration / .nanoseconds(1))) }
}
