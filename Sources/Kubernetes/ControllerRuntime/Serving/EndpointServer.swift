import Concurrency
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import KubeModel
public import Logging
import NIOCore
public import ServiceLifecycle

/// Serves routes over HTTPS, to whoever gets through to it: each route finds out itself who asks (``CallerReview``).
///
/// Limits: ``maximumConnections`` at a time; a connection on which nothing happens for a minute is closed. Requests with a
/// body are answered without looking at it.
public struct EndpointServer: Service, Startable {
    /// The number of connections at the same time; those beyond wait for one to end.
    static let maximumConnections = 512

    private let host: String
    private let port: Int
    private let name: String
    private let routes: [any EndpointRoute]
    private let logger: Logger
    private let bound = Latch<Int>()

    /// Makes a server, which listens after ``run()``.
    ///
    /// - Parameters:
    ///   - host: The address to listen at.
    ///   - port: The port to listen at; 0 lets the system choose, see ``boundPort()``.
    ///   - name: The name in the server's certificate, which it makes and signs itself.
    ///   - routes: Who answers; the first that has an answer does.
    ///   - logger: The logger of the server.
    public init(
        host: String = "0.0.0.0", port: Int = 8443, name: String, routes: [any EndpointRoute],
        logger: Logger = Logger(label: "endpoints")
    ) {
        self.host = host
        self.port = port
        self.name = name
        self.routes = routes
        self.logger = logger
    }

    /// Waits until the server listens, and returns its port.
    /// - Throws: `CancellationError`.
    public func boundPort() async throws -> Int { try await bound.wait() }

    /// Returns when the server listens.
    public func waitUntilReady() async throws { _ = try await boundPort() }

    /// Serves until the task is cancelled or gracefully shut down.
    /// - Throws: when the port can't be had.
    public func run() async throws {
        let application = Application(
            responder: Front(routes: routes),
            server: try .tls(
                .http1(configuration: .init(idleTimeout: .seconds(60))),
                tlsConfiguration: SelfSignedCertificate.configuration(name: name)),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.maximumConnections)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { bound.open(port) }
            },
            logger: logger)
        try await runStoppingGracefully(application, logger: logger)
    }

    private struct Front: HTTPResponder {
        typealias Context = BasicRequestContext

        let routes: [any EndpointRoute]

        func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
            let request = EndpointServer.request(request)
            for route in routes {
                if let answer = await route.answer(request) { return EndpointServer.response(answer) }
            }
            return EndpointServer.response(
                EndpointResponse(APIStatus(code: 404, reason: .notFound, message: "nothing is served at this path")))
        }
    }

    private static func request(_ request: Request) -> EndpointRequest {
        let path = request.uri.path.split(separator: "/").map { PercentEncoding.decode($0) ?? String($0) }
        let query = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
        return EndpointRequest(
            method: request.method.rawValue, path: path,
            query: Dictionary(query, uniquingKeysWith: { first, _ in first }),
            headers: request.headers.map { ($0.name.canonicalName, $0.value) })
    }

    private static func response(_ answer: EndpointResponse) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = answer.contentType
        fields[.cacheControl] = "no-store"
        for header in answer.headers {
            guard let name = HTTPField.Name(header.name) else { continue }
            fields.append(HTTPField(name: name, value: header.value))
        }
        return Response(
            status: .init(code: answer.status), headers: fields,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
