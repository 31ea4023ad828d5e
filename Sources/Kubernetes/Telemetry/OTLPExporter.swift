import AsyncHTTPClient
import Concurrency
import HTTPTransport
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle

/// Sends spans to a collector: OTLP over HTTP, in binary form, batch by batch.
///
/// A batch that the collector can't take now is sent again, as it asks for, for ``patience`` at most. What can't be delivered is
/// dropped, counted and logged; nothing ever waits for it.
package struct OTLPExporter: Service {
    private static let patience = Duration.seconds(60)
    private static let lastFlush = Duration.seconds(5)
    private static let retried: Set<UInt> = [429, 502, 503, 504]

    package let queue: SpanQueue
    private let configuration: OTLPConfiguration
    private let scope: (name: String, version: String)
    private let client: HTTPClient
    private let logger: Logger

    /// - Parameters:
    ///   - scope: who makes the spans.
    ///   - proxies: those of the environment.
    /// - Throws: where a certificate can't be read or the proxy can't be used.
    package init(
        _ configuration: OTLPConfiguration, scope: (name: String, version: String), proxies: ProxyEnvironment,
        logger: Logger
    ) throws {
        self.configuration = configuration
        self.scope = scope
        self.logger = logger
        queue = SpanQueue(limit: configuration.queueLimit, batch: configuration.batchLimit)
        var options = HTTPClient.Configuration.singletonConfiguration
        options.timeout = .init(connect: .seconds(10), read: nil)
        let target = try HTTPClient.Request(url: configuration.url)
        options.proxy = try proxies.proxy(isSecure: target.useTLS, host: target.host, port: target.port)?.configuration
        options.redirectConfiguration = .disallow
        // Its own requests are no spans.
        options.tracing.tracer = nil
        options.tlsConfiguration = try Self.tls(configuration)
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: options)
    }

    private static func tls(_ configuration: OTLPConfiguration) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if let path = configuration.certificatePath {
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(path))
        }
        if let chain = configuration.clientCertificatePath, let key = configuration.clientKeyPath {
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(chain).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
        }
        return tls
    }

    /// Exports until the task is cancelled. On graceful shutdown what is queued is sent once more.
    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while true {
                    let delay = configuration.scheduleDelay
                    _ = try await withDeadline(.now + delay) { await queue.waitForBatch() }
                    try Task.checkCancellation()
                    try await exportAll(within: Self.patience)
                }
            }
        } catch is CancellationError {
            if Task.isShuttingDownGracefully, !Task.isCancelled {
                _ = try? await withDeadline(.now + Self.lastFlush) { try await exportAll(within: Self.lastFlush) }
            }
        }
        await shutDown()
    }

    /// Closes the connections; ``run()`` does it at its end. What is queued isn't sent.
    package func shutDown() async { try? await client.shutdown() }

    /// Sends all that is queued.
    /// - Throws: `CancellationError`.
    package func exportAll(within patience: Duration) async throws {
        while true {
            let (spans, dropped) = queue.take()
            if dropped > 0 { warn("spans dropped: the queue was full", count: dropped) }
            guard !spans.isEmpty else { return }
            try await export(spans, within: patience)
        }
    }

    private func warn(_ what: Logger.Message, count: Int, why: String? = nil) {
        var metadata: Logger.Metadata = ["count": "\(count)"]
        metadata["why"] = why.map { "\($0)" }
        logger.warning(what, metadata: metadata)
    }

    private func export(_ spans: [FinishedSpan], within patience: Duration) async throws {
        let request = OTLPTraceRequest(resource: configuration.resource, scope: scope, spans: spans)
        let body = ByteBuffer(bytes: request.bytes)
        let backoff = Backoff(base: .seconds(1), maximum: .seconds(30), jitter: 0.5)
        let deadline = ContinuousClock.now + patience
        var failures = 0
        while true {
            let attempt = await send(body)
            try Task.checkCancellation()
            guard case .failed(let why, let isRetried, let hint) = attempt else { return }
            failures += 1
            let delay = hint ?? backoff.delay(failures: failures, random: .random(in: 0...1))
            guard isRetried, ContinuousClock.now + delay < deadline else {
                return warn("spans dropped: the collector didn't take them", count: spans.count, why: why)
            }
            try await Concurrency.sleep(for: delay)
        }
    }

    private enum Attempt {
        case delivered
        /// - hint: how long the collector asks to wait.
        case failed(String, isRetried: Bool, hint: Duration?)
    }

    private func send(_ body: ByteBuffer) async -> Attempt {
        var request = HTTPClientRequest(url: configuration.url)
        request.method = .POST
        request.headers = [
            "content-type": "application/x-protobuf", "user-agent": "OTel-OTLP-Exporter-skyflo/\(scope.version)",
        ]
        for header in configuration.headers { request.headers.replaceOrAdd(name: header.name, value: header.value) }
        request.body = .bytes(body)
        do {
            let response = try await client.execute(request, timeout: TimeAmount(configuration.timeout))
            // The connection is used again only where the answer was read.
            _ = try? await response.body.collect(upTo: 64 << 10)
            let status = response.status.code
            guard !(200..<300).contains(status) else { return .delivered }
            let hint = response.headers.first(name: "retry-after").flatMap { Int($0) }.map {
                Duration.seconds(min(max($0, 0), 3600))
            }
            return .failed("status \(status)", isRetried: Self.retried.contains(status), hint: hint)
        } catch {
            return .failed(TransportFault.explanation(error), isRetried: true, hint: nil)
        }
    }
}
