import AsyncHTTPClient
import HTTPTransport
import HTTPTypes
import Hummingbird
import KubeModel
import Logging
import NIOCore
import NIOHTTPCompression
import Synchronization

@testable import LanguageModels

/// A model endpoint that answers each request with the next answer of a script.
final class ScriptedServer: Sendable {
    enum Piece: Sendable {
        case bytes([UInt8])
        /// Sends nothing more, and waits until the client has gone.
        case stall
        /// Cuts the connection.
        case cut
        static func text(_ text: String) -> Piece { .bytes(Array(text.utf8)) }
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [String: String] = ["content-type": "text/event-stream"]
        var pieces: [Piece]
        /// Not even a status is sent.
        var stallsAtOnce = false

        /// A stream with these objects as events.
        static func stream(_ events: [String], then rest: [Piece] = []) -> Answer {
            Answer(pieces: events.map { .text("data: \($0)\n\n") } + rest)
        }
        static func status(_ status: Int, _ body: String = "", headers: [String: String] = [:]) -> Answer {
            Answer(status: status, headers: headers, pieces: [.text(body)])
        }
    }

    struct Seen: Sendable {
        var path: String
        var headers: [String: String]
        var body: JSONValue
    }

    private struct Cut: Error {}

    private let script: Mutex<[Answer]>
    private let seenRequests = Mutex<[Seen]>([])
    /// How many stalled answers ended because the client went away.
    let abandoned = Mutex(0)

    private init(_ script: [Answer]) { self.script = Mutex(script) }

    var requests: [Seen] { seenRequests.withLock { $0 } }

    /// Runs `body` with a server that has that script and a model that talks to it.
    static func with(
        _ script: [Answer], options: ModelOptions = .quick, apiKey: Credential? = Credential("sk-test-key"),
        _ body: @escaping @Sendable (HTTPLanguageModel, ScriptedServer) async throws -> Void
    ) async throws {
        try await with(
            script,
            api: { try OpenAIChatAPI(model: "test-model", baseURL: "\($0)/v1", apiKey: apiKey) },
            options: options, body)
    }

    /// - Parameter api: of the server's address.
    static func with(
        _ script: [Answer], api: @escaping @Sendable (String) throws -> any ProviderAPI,
        options: ModelOptions = .quick,
        _ body: @escaping @Sendable (HTTPLanguageModel, ScriptedServer) async throws -> Void
    ) async throws {
        let server = ScriptedServer(script)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let app = Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                try await server.answer(request)
            },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) },
            logger: .init(label: "test") { _ in SwiftLogNoOpLogHandler() })
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .enabled(limit: .size(64 << 20))
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        // It stays until the tests end: a connection that a server accepts while it is being cancelled traps in NIO.
        Task.detached { try await app.run() }
        var iterator = ports.makeAsyncIterator()
        let number = await iterator.next() ?? 0
        let result: Result<Void, any Error>
        do {
            let model = try HTTPLanguageModel(
                try api("http://127.0.0.1:\(number)"), route: ModelRoute(), httpClient: client, options: options)
            result = .success(try await body(model, server))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        try result.get()
    }

    private func answer(_ request: Request) async throws -> Response {
        let next = script.withLock { $0.isEmpty ? Answer.status(418, "the script is over") : $0.removeFirst() }
        if next.stallsAtOnce { try await stall(request) }
        let body = ResponseBody { writer in
            try await self.write(next.pieces, to: &writer, after: request)
            try await writer.finish(nil)
        }
        var response = Response(status: .init(code: next.status), body: body)
        for (name, value) in next.headers {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }

    private func note(_ request: Request, _ body: RequestBody) async throws {
        let bytes = try await body.collect(upTo: 1 << 20)
        let headers = request.headers.map { ($0.name.canonicalName, $0.value) }
        let seen = Seen(
            path: request.uri.path, headers: Dictionary(headers) { $1 },
            // A form is kept as text.
            body: (try? JSONParser.parse(bytes.readableBytesView)) ?? .string(String(buffer: bytes)))
        seenRequests.withLock { $0.append(seen) }
    }

    @concurrent private func write(_ pieces: [Piece], to writer: inout any ResponseBodyWriter, after request: Request)
        async throws
    {
        let stalls = pieces.contains { if case .stall = $0 { true } else { false } }
        if !stalls { try await note(request, request.body) }
        for piece in pieces {
            switch piece {
            case .bytes(let bytes): try await writer.write(ByteBuffer(bytes: bytes))
            case .cut: throw Cut()
            case .stall: try await stall(request)
            }
        }
    }

    /// Waits until the client goes away, which cancels it.
    private func stall(_ request: Request) async throws {
        try await request.body.consumeWithCancellationOnInboundClose { [self] body in
            try await note(request, body)
            let (never, continuation) = AsyncStream.makeStream(of: Void.self)
            defer { continuation.finish() }
            for await _ in never {}
            abandoned.withLock { $0 += 1 }
            try Task.checkCancellation()
        }
    }
}

extension HTTPLanguageModel {
    static func openAI(
        _ name: String = "m", at baseURL: String, apiKey: Credential? = nil, httpClient: HTTPClient? = nil,
        proxies: ProxyEnvironment = ProxyEnvironment(), options: ModelOptions = .quick
    ) throws -> HTTPLanguageModel {
        try HTTPLanguageModel(
            OpenAIChatAPI(model: name, baseURL: baseURL, apiKey: apiKey), route: ModelRoute(proxies: proxies),
            httpClient: httpClient, options: options)
    }
}

extension ModelOptions {
    /// With waits that tests can afford.
    static var quick: ModelOptions {
        ModelOptions(
            timeouts: Timeouts(firstToken: .seconds(20), silence: .seconds(20), reply: .seconds(40)),
            retries: ModelRetryPolicy(
                base: .milliseconds(1), maxDelay: .milliseconds(5), maxLimitDelay: .milliseconds(5)))
    }

    func with(_ change: (inout ModelOptions) -> Void) -> ModelOptions {
        var copy = self
        change(&copy)
        return copy
    }
}
