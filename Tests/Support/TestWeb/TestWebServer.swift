import HTTPTypes
import Hummingbird
import KubeModel
import Logging
import NIOCore
import Synchronization

/// A request as a server of a test saw it.
package struct SeenRequest: Sendable {
    package var method: String
    /// Path and query, as they were sent.
    package var target: String
    package var form: [(name: String, value: String)]
    package var body: [UInt8] = []
    /// By names in lower case.
    package var headers: [String: String]

    /// Encoded, without the query.
    package var path: String { String(target.prefix { $0 != "?" }) }
    /// The parts of the path, unencoded once.
    package var parts: [String] { path.split(separator: "/").map { PercentEncoding.decode($0) ?? String($0) } }
    package var query: [(name: String, value: String)] {
        TestWebServer.fields(String(target.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""))
    }
    package func parameter(_ name: String) -> String? {
        (query.first { $0.name == name } ?? form.first { $0.name == name })?.value
    }
}

/// What a server of a test answers.
package struct TestAnswer: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: [UInt8]
    /// Sends the body again and again, until the client has gone.
    package var isEndless = false
    /// Sends nothing after the body, and waits until the client has gone.
    package var stalls = false
    /// The request is carried out, and this is answered in place of its answer.
    package var isAfterwards = false

    package init(_ status: Int, _ body: String = "", headers: [String: String] = [:]) {
        self.status = status
        self.headers = headers
        self.body = Array(body.utf8)
    }

    package init(_ status: Int, json: JSONValue, headers: [String: String] = [:]) {
        self.init(
            status, JSONWriter.string(json),
            headers: headers.merging(["content-type": "application/json;charset=utf-8"]) { own, _ in own })
    }

    package static func page(_ status: Int, _ title: String) -> TestAnswer {
        TestAnswer(
            status, "<!DOCTYPE html><html><head><title>\(title)</title></head><body>\(title)</body></html>",
            headers: ["content-type": "text/html;charset=utf-8"])
    }
}

/// An HTTP server on loopback that answers by a function, or by what it is told to answer to some paths.
package final class TestWebServer: Sendable {
    private struct State {
        var port = 0
        var seen: [SeenRequest] = []
        var scripted: [(method: String, path: String, answer: TestAnswer)] = []
        var handle: @Sendable (SeenRequest) -> TestAnswer = { _ in .page(404, "Not Found") }
    }

    private let state = Mutex(State())
    /// Of all paths; the function and scripted answers are given paths without it.
    package let prefix: String

    package init(prefix: String = "") { self.prefix = prefix }

    /// Answers by a function what isn't scripted.
    package func handle(_ body: @escaping @Sendable (SeenRequest) -> TestAnswer) { state.withLock { $0.handle = body } }

    package var url: String { "http://127.0.0.1:\(port)\(prefix)" }
    package var port: Int { state.withLock { $0.port } }
    package var requests: [SeenRequest] { state.withLock { $0.seen } }

    /// Answers requests whose path (without the prefix) begins so this way, from now on.
    package func answer(_ method: String, _ path: String, with answer: TestAnswer) {
        state.withLock { $0.scripted.insert((method, path, answer), at: 0) }
    }

    package func forgetAnswers() { state.withLock { $0.scripted = [] } }

    private func answer(to request: SeenRequest) -> TestAnswer {
        var local = request
        guard request.target.hasPrefix(prefix) else { return .page(404, "Not Found") }
        local.target = String(request.target.dropFirst(prefix.count))
        let (scripted, handle) = state.withLock { state in
            state.seen.append(request)
            let found = state.scripted.first { $0.method == local.method && local.path.hasPrefix($0.path) }?.answer
            return (found, state.handle)
        }
        if let scripted, !scripted.isAfterwards { return scripted }
        let answer = handle(local)
        return scripted ?? answer
    }

    // MARK: Serving

    /// Runs `body` while it is served. The server itself stays until the process ends: a connection that one accepts while it
    /// is being cancelled traps in NIO.
    package func serve(_ body: () async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let app = application(port: 0) { port.yield($0) }
        Task.detached { try await app.run() }
        var iterator = ports.makeAsyncIterator()
        let number = await iterator.next() ?? 0
        state.withLock { $0.port = number }
        try await body()
    }

    /// Serves until the task is cancelled.
    package func run(port: Int, onReady: @escaping @Sendable () -> Void) async throws {
        try await application(port: port) { [self] number in
            state.withLock { $0.port = number }
            onReady()
        }.run()
    }

    private func application(
        port: Int, onReady: @escaping @Sendable (Int) -> Void
    ) -> some ApplicationProtocol {
        Application(
            responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
                try await self.respond(to: request)
            },
            configuration: .init(address: .hostname("127.0.0.1", port: port)),
            onServerRunning: { onReady($0.localAddress?.port ?? 0) },
            logger: .init(label: "web") { _ in SwiftLogNoOpLogHandler() })
    }

    private func respond(to request: Request) async throws -> Response {
        var body: [UInt8] = []
        if [.post, .put, .patch].contains(request.method) {
            body = Array(try await request.body.collect(upTo: 4 << 20).readableBytesView)
        }
        let form = Self.fields(String(decoding: body, as: UTF8.self))
        let headers = Dictionary(request.headers.map { ($0.name.canonicalName.lowercased(), $0.value) }) { $1 }
        var answer = answer(
            to: SeenRequest(
                method: request.method.rawValue, target: request.uri.description, form: form, body: body,
                headers: headers))
        if request.method == .head {
            answer.headers["content-length"] = String(answer.body.count)
            answer.body = []
        }
        return Self.response(answer)
    }

    package static func fields(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decode(_ text: Substring) -> String { PercentEncoding.decode(text, plusIsBlank: true) ?? String(text) }
            return (decode(parts[0]), parts.count > 1 ? decode(parts[1]) : "")
        }
    }

    private static func response(_ answer: TestAnswer) -> Response {
        if answer.body.isEmpty, !answer.stalls { return Self.head(answer, body: ResponseBody()) }
        let body = ResponseBody { writer in
            if !answer.body.isEmpty { try await writer.write(ByteBuffer(bytes: answer.body)) }
            while answer.isEndless { try await writer.write(ByteBuffer(bytes: answer.body)) }
            if answer.stalls {
                let (never, continuation) = AsyncStream.makeStream(of: Void.self)
                try await withTaskCancellationHandler {
                    for await _ in never {}
                    try Task.checkCancellation()
                } onCancel: {
                    continuation.finish()
                }
            }
            try await writer.finish(nil)
        }
        return head(answer, body: body)
    }

    private static func head(_ answer: TestAnswer, body: ResponseBody) -> Response {
        var response = Response(status: .init(code: answer.status), body: body)
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }
}
