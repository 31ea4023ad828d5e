import Concurrency
import HTTPTypes
import Hummingbird
public import Logging
import NIOCore
public import ServiceLifecycle

/// Answers probes and Prometheus: `/healthz`, `/livez`, `/readyz` (all with `?verbose`) and `/metrics`, over plain
/// HTTP.
///
/// 200 when all checks pass, 500 with the names of those that don't otherwise.
public struct HealthServer: Service {
    private let host: String
    private let port: Int
    private let liveness: [HealthCheck]
    private let readiness: [HealthCheck]
    private let metrics: MetricsRegistry?
    private let logger: Logger
    private let bound = Latch<Int>()

    /// Makes a server, which listens after ``run()``.
    ///
    /// - Parameters:
    ///   - host: The address to listen at; that of all interfaces by default.
    ///   - port: The port to listen at; 0 lets the system choose, see ``boundPort()``.
    ///   - liveness: The checks behind `/livez` and `/healthz`. A failure here restarts the pod: nothing belongs here
    ///     that a restart doesn't cure.
    ///   - readiness: The checks behind `/readyz`.
    ///   - metrics: The registry behind `/metrics`; nil for no such endpoint.
    ///   - logger: The logger of checks that fail.
    public init(
        host: String = "0.0.0.0", port: Int = 8081, liveness: [HealthCheck] = [.ping], readiness: [HealthCheck] = [],
        metrics: MetricsRegistry? = nil, logger: Logger = Logger(label: "health")
    ) {
        self.host = host
        self.port = port
        self.liveness = liveness
        self.readiness = readiness
        self.metrics = metrics
        self.logger = logger
    }

    /// Waits until the server listens, and returns its port.
    /// - Throws: `CancellationError`.
    public func boundPort() async throws -> Int { try await bound.wait() }

    /// Serves until the task is cancelled or gracefully shut down.
    /// - Throws: when the port can't be had.
    public func run() async throws {
        let router = Router()
        for (name, checks) in [("healthz", liveness), ("livez", liveness), ("readyz", readiness)] {
            router.get("/\(name)") { request, _ in
                await answer(name, checks: checks, isVerbose: request.uri.queryParameters["verbose"] != nil)
            }
        }
        if let metrics {
            router.get("/metrics") { _, _ in Self.response(.ok, type: MetricsRegistry.contentType, text: metrics.text) }
        }
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { bound.open(port) }
            },
            logger: logger)
        try await runStoppingGracefully(application, logger: logger)
    }

    private func answer(_ name: String, checks: [HealthCheck], isVerbose: Bool) async -> Response {
        var report = HealthReport()
        for check in checks {
            if let error = await report.add(check) {
                logger.info("\(name) check failed", metadata: ["check": "\(check.name)", "error": "\(error)"])
            }
        }
        return Self.response(
            report.isHealthy ? .ok : .internalServerError, type: "text/plain; charset=utf-8",
            text: report.text(name: name, isVerbose: isVerbose))
    }

    private static func response(_ status: HTTPResponse.Status, type: String, text: String) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
