import Concurrency
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import KubeModel
import LiveServer
import Logging
import MCP
import NIOCore
import ServiceLifecycle

/// Serves the Model Context Protocol by Streamable HTTP at `/mcp`, and `/healthz` and `/readyz` beside it.
package struct MCPHTTPService: Service {
    package struct Configuration: Sendable {
        package var host: String
        /// 0 lets the system choose.
        package var port: Int
        package var rules: EndpointRules
        /// How many requests of one caller are worked on at the same time.
        package var concurrencyPerCaller: Int
        /// After how long a comment is written to a stream on which nothing happens: nothing between takes it for dead, and a
        /// client that is gone is noticed.
        package var keepAlive: Duration
        /// nil speaks plain HTTP: for loopback, and behind something that speaks TLS.
        package var certificate: ServingCertificate?

        package init(
            host: String, port: Int, rules: EndpointRules, concurrencyPerCaller: Int = 32,
            keepAlive: Duration = .seconds(15)
        ) {
            self.keepAlive = keepAlive
            self.host = host
            self.port = port
            self.rules = rules
            self.concurrencyPerCaller = concurrencyPerCaller
        }
    }

    private let configuration: Configuration
    private let callers: any CallerDirectory
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) -> Void
    private let places = CallerPlaces()

    package init(
        _ configuration: Configuration, callers: any CallerDirectory, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.callers = callers
        self.logger = logger
        self.onListening = onListening
    }

    package func run() async throws {
        let router = Router()
        router.get("/healthz") { _, _ in Self.text(.ok, "ok") }
        router.get("/readyz") { _, _ in
            await callers.isReady()
                ? Self.text(.ok, "ok") : Self.text(.serviceUnavailable, "the API server is out of reach")
        }
        for method in [HTTPRequest.Method.get, .post, .delete, .put, .patch, .head, .options] {
            router.on("/mcp", method: method) { request, _ in try await answer(request) }
        }
        let application = Application(
            router: router, server: try server(),
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { onListening(port) }
            },
            logger: logger)
        try await runStoppingGracefully(application, logger: logger)
    }

    private func server() throws -> HTTPServerBuilder {
        guard let tls = try configuration.certificate?.serverTLS() else { return .http1() }
        return try .tls(.http1(), tlsConfiguration: tls)
    }

    // MARK: One request

    private func answer(_ request: Request) async throws -> Response {
        var exchange = MCPHTTPRequest(
            verb: request.method.rawValue, headers: request.headers.map { ($0.name.rawName, $0.value) }, body: [])
        if let authority = request.head.authority { exchange.headers.append(("Host", authority)) }
        if let refusal = configuration.rules.checkPlace(exchange) { return Self.response(to: refusal) }
        let caller: MCPCaller
        do {
            caller = try await callers.caller(authorization: request.headers[.authorization])
        } catch let refusal as MCPCallerRefused {
            return Self.response(to: refusal)
        }
        guard places.take(caller.name, limit: configuration.concurrencyPerCaller) else {
            return Self.error(
                .tooManyRequests, "too many requests at the same time; try again", headers: [.retryAfter: "1"])
        }
        let body: ByteBuffer
        do {
            // More than allowed, so that a client that sends somewhat too much hears why.
            body = try await request.body.collect(upTo: 4 * EndpointRules.bodyLimit)
        } catch {
            places.give(caller.name)
            return Self.error(.contentTooLarge, "the body has more than \(EndpointRules.bodyLimit) bytes")
        }
        exchange.body = Array(buffer: body)
        switch configuration.rules.decide(exchange) {
        case .answer(let rpc, let meta): return await respond(to: rpc, meta: meta, caller: caller)
        case let decision:
            places.give(caller.name)
            return Self.response(to: decision)
        }
    }

    /// As JSON; as events where the caller asked to hear how far a call is, and where it may take long: a client that went
    /// away is noticed by what can't be written to it.
    private func respond(to rpc: RPCRequest, meta: RequestMeta, caller: MCPCaller) async -> Response {
        if rpc.method == "tools/call", meta.progressToken != nil || caller.server.mayWait(rpc) {
            return events(for: rpc, meta: meta, caller: caller)
        }
        defer { places.give(caller.name) }
        do {
            return Self.response(to: try await caller.server.answer(rpc, revision: meta.revision))
        } catch {
            return Self.error(.serviceUnavailable, "the request was given up")
        }
    }

    private static func response(to answer: JSONValue) -> Response {
        let code = answer["error", "code"]?.int.flatMap { RPCError.Code(rawValue: $0) }
        let status = code.map { RPCError($0, "").httpStatus } ?? 200
        return json(HTTPResponse.Status(code: status), body: answer)
    }

    /// Proxies that collect a response before they send it on are asked not to.
    private static let headersOfEvents: HTTPFields = {
        var fields: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-cache"]
        if let name = HTTPField.Name("X-Accel-Buffering") { fields[name] = "no" }
        return fields
    }()

    private func events(for rpc: RPCRequest, meta: RequestMeta, caller: MCPCaller) -> Response {
        let stream = EventStream(token: meta.progressToken, keepAlive: configuration.keepAlive)
        let (places, name) = (places, caller.name)
        let body = ResponseBody { writer in
            defer { places.give(name) }
            try await stream.run(
                work: { progress in try await caller.server.answer(rpc, revision: meta.revision, progress: progress) },
                writer: &writer)
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: Self.headersOfEvents, body: body)
    }

    // MARK: Answers

    private static func response(to decision: EndpointDecision) -> Response {
        switch decision {
        case .refuse(let status, let error, let headers):
            var response =
                error.map { json(HTTPResponse.Status(code: status), body: $0) } ?? text(.init(code: status), "")
            for (name, value) in headers {
                if let name = HTTPField.Name(name) { response.headers[name] = value }
            }
            return response
        case .accept, .answer: return Response(status: .accepted)
        }
    }

    private static func response(to refusal: MCPCallerRefused) -> Response {
        var response = error(.init(code: refusal.status), refusal.message)
        if refusal.status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }

    private static func error(_ status: HTTPResponse.Status, _ message: String, headers: HTTPFields = [:]) -> Response {
        var response = json(status, body: RPCError(.invalidRequest, message).response(to: nil))
        for field in headers { response.headers[field.name] = field.value }
        return response
    }

    private static func json(_ status: HTTPResponse.Status, body value: JSONValue) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSONWriter.bytes(value))))
    }

    private static func text(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
