import AsyncHTTPClient
import HTTPTransport
public import KubeModel
public import Logging
public import Tracing

/// A client of one API server, over HTTPS.
///
/// It may be used from any number of tasks. Requests that are answered at once share an HTTP/2 connection; watches and
/// other streams have connections of their own, so that they can't hold up the others.
///
/// Someone must ``shutdown()`` it before it goes away; ``withKubeClient(_:logger:options:body:)`` does that.
public final class KubeClient: KubeAPI, Sendable {
    /// The limits, the retries and the observers of a client.
    public struct Options: Sendable {
        /// The time for a request of ``send(_:as:)`` from the first byte sent to the last received, retries and waits
        /// included.
        public var timeout: Duration
        /// The time for a connection, with its TLS handshake.
        public var connectTimeout: Duration
        /// The most bytes that an answer may have, after decompression; more is an error (`tooLarge`).
        public var maximumBodyBytes: Int
        /// The number of streams at the same time. Those beyond wait for one to end.
        public var maximumStreams: Int
        /// The rules by which a request is sent again.
        public var retry: RetryPolicy
        /// The value of `User-Agent`.
        public var userAgent: String
        /// The limit on how often requests are sent, retries, streams and commands included; nil leaves it to the API
        /// server's flow control (KEP-1040).
        public var rateLimit: RateLimit?
        /// Takes each warning of the API server (KEP-1693): deprecated versions, unknown fields. nil logs each text
        /// once.
        public var onWarning: (@Sendable (_ text: String, _ request: KubeRequest) -> Void)?
        /// The token that services behind the API server's proxy get (``KubeModel/KubeRequest/callerHeaders``); nil for the
        /// client's own.
        public var callerToken: String?
        /// Takes a span for each request that is sent.
        public var tracer: any Tracer

        /// A number of requests a second, with more at once after a pause (client-go's QPS and Burst).
        public struct RateLimit: Sendable, Hashable {
            /// The requests a second in the long run.
            public var perSecond: Double
            /// The requests at once after a pause.
            public var burst: Int

            /// Makes a limit of its two numbers.
            public init(perSecond: Double, burst: Int) {
                self.perSecond = perSecond
                self.burst = burst
            }
        }

        /// Makes options; without arguments a request may take 30 seconds and an answer may have 128 MiB.
        public init(
            timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(5),
            maximumBodyBytes: Int = 128 << 20, maximumStreams: Int = 4096, retry: RetryPolicy = RetryPolicy(),
            userAgent: String = Options.userAgent(version: "dev"), rateLimit: RateLimit? = nil,
            onWarning: (@Sendable (_ text: String, _ request: KubeRequest) -> Void)? = nil,
            tracer: any Tracer = InstrumentationSystem.tracer
        ) {
            self.timeout = timeout
            self.connectTimeout = connectTimeout
            self.maximumBodyBytes = maximumBodyBytes
            self.maximumStreams = maximumStreams
            self.retry = retry
            self.userAgent = userAgent
            self.rateLimit = rateLimit
            self.onWarning = onWarning
            self.tracer = tracer
        }

        /// The user agent of this project, `skyflo/VERSION (os/arch)`: the form of Kubernetes components, by which
        /// audit logs tell clients apart.
        public static func userAgent(version: String) -> String { "skyflo/\(version) (\(Platform.description))" }
    }

    /// The cluster that the client was made for.
    public let configuration: ClusterConfiguration
    /// The options that the client was made with.
    public let options: Options
    let logger: Logger
    let builder: RequestBuilder
    let credentials: CredentialSource
    let tls: TLSSource
    let proxy: ProxyServer?
    let pacer: RateLimiter?
    let warnings: WarningSink
    let unary: HTTPClient
    let streams: HTTPClient

    /// Reads certificates and keys; connects to nothing.
    /// - Throws: ``KubeClientError`` (`configuration`, `unsupported`) for what can't be used.
    public init(
        _ configuration: ClusterConfiguration, logger: Logger, options: Options = Options()
    ) throws(KubeClientError) {
        let endpoint = try Endpoint(configuration)
        // Both before either client exists: one that is dropped without a shutdown traps.
        let unarySettings = try HTTPClients.unary(configuration, endpoint: endpoint, options: options)
        let streamSettings = try HTTPClients.streams(configuration, endpoint: endpoint, options: options)
        self.configuration = configuration
        self.options = options
        self.logger = logger
        builder = RequestBuilder(
            endpoint: endpoint, userAgent: options.userAgent, impersonation: configuration.impersonation,
            callerToken: options.callerToken)
        credentials = CredentialSource(configuration.credentials)
        tls = TLSSource(configuration)
        proxy = try configuration.proxy(for: endpoint)
        pacer = options.rateLimit.map { RateLimiter($0) }
        warnings = WarningSink(handler: options.onWarning, logger: logger)
        unary = HTTPClient(eventLoopGroupProvider: .singleton, configuration: unarySettings)
        streams = HTTPClient(eventLoopGroupProvider: .singleton, configuration: streamSettings)
    }

    /// Closes all connections. Requests under way fail. A second call does nothing.
    public func shutdown() async throws {
        for client in [unary, streams] {
            do {
                try await client.shutdown()
            } catch let error as HTTPClientError where error == .alreadyShutdown {
                continue
            }
        }
    }
}

/// The HTTP clients that it holds have the password of a proxy.
extension KubeClient: CustomReflectable {
    /// A mirror without children, so that dumping a client shows no password.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Runs `body` with a client that is shut down afterwards, whatever happens.
public func withKubeClient<Result>(
    _ configuration: ClusterConfiguration, logger: Logger, options: KubeClient.Options = KubeClient.Options(),
    body: (KubeClient) async throws -> Result
) async throws -> Result {
    let client = try KubeClient(configuration, logger: logger, options: options)
    let result: Result
    do {
        result = try await body(client)
    } catch {
        // The error of `body` is the one that matters.
        try? await client.shutdown()
        throw error
    }
    try await client.shutdown()
    return result
}

private enum Platform {
    static let description = "\(system)/\(architecture)"

    #if os(Linux)
        private static let system = "linux"
    #elseif os(macOS)
        private static let system = "darwin"
    #else
        private static let system = "unknown"
    #endif

    #if arch(x86_64)
        private static let architecture = "amd64"
    #elseif arch(arm64)
        private static let architecture = "arm64"
    #else
        private static let architecture = "unknown"
    #endif
}
