import HTTPTypes
import Hummingbird
import KubeModel
import Logging
import NIOCore
import Synchronization

/// A Jenkins for tests: what its API answers, with users, crumbs, a queue and Pipelines, from memory. What it does is held to
/// Jenkins's behaviour by real clients (`hack/peers/jenkins`).
package final class TestJenkins: Sendable {
    package struct Seen: Sendable {
        package var method: String
        /// Path and query, as they were sent.
        package var target: String
        package var form: [(name: String, value: String)]
        package var headers: [String: String]
    }

    package struct Answer: Sendable {
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

        init(_ status: Int, json: JSONValue) {
            self.init(status, JSONWriter.string(json), headers: ["content-type": "application/json;charset=utf-8"])
        }

        static func page(_ status: Int, _ title: String) -> Answer {
            Answer(
                status, "<!DOCTYPE html><html><head><title>\(title)</title></head><body>\(title)</body></html>",
                headers: ["content-type": "text/html;charset=utf-8"])
        }
    }

    struct Server {
        var state = JenkinsState()
        var seen: [Seen] = []
        var answers: [(method: String, path: String, answer: Answer)] = []
        /// By user name.
        var passwords = ["copilot": "pass word:1"]
        var tokens = ["copilot": "11aabbccddeeff00112233445566778899"]
        var crumbs: [String: String] = [:]
        var sessions = 0
        /// What Jenkins takes for its own address.
        var rootURL: String?
        var port = 0
        /// Whom may not write.
        var readers: Set<String> = []
    }

    let server = Mutex(Server())
    /// Of all paths.
    package let prefix: String

    package init(prefix: String = "") { self.prefix = prefix }

    package static let user = "copilot"
    package var token: String { server.withLock { $0.tokens[Self.user] ?? "" } }
    package var password: String { server.withLock { $0.passwords[Self.user] ?? "" } }
    package var requests: [Seen] { server.withLock { $0.seen } }
    package var writes: [Seen] { requests.filter { $0.method == "POST" } }

    package func change(_ body: (inout JenkinsState) -> Void) { server.withLock { body(&$0.state) } }
    package var state: JenkinsState { server.withLock { $0.state } }

    /// Answers requests whose path (without the prefix) begins so this way, from now on.
    package func answer(_ method: String, _ path: String, with answer: Answer) {
        server.withLock { $0.answers.insert((method, path, answer), at: 0) }
    }

    package func forgetAnswers() { server.withLock { $0.answers = [] } }
    package func rotate(token: String) { server.withLock { $0.tokens[Self.user] = token } }
    package func setRootURL(_ url: String) { server.withLock { $0.rootURL = url } }
    package func forbidWrites() { server.withLock { _ = $0.readers.insert(Self.user) } }

    // MARK: Serving

    package var url: String { "http://127.0.0.1:\(server.withLock { $0.port })\(prefix)" }

    /// Runs `body` while it is served. The server itself stays until the process ends: a connection that one accepts while it
    /// is being cancelled traps in NIO.
    package func serve(_ body: () async throws -> Void) async throws {
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let app = application(port: 0) { port.yield($0) }
        Task.detached { try await app.run() }
        var iterator = ports.makeAsyncIterator()
        let number = await iterator.next() ?? 0
        server.withLock { $0.port = number }
        try await body()
    }

    /// Serves until the task is cancelled.
    package func run(port: Int, onReady: @escaping @Sendable (Int) -> Void) async throws {
        try await application(port: port) { [self] number in
            server.withLock { $0.port = number }
            onReady(number)
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
            logger: .init(label: "jenkins") { _ in SwiftLogNoOpLogHandler() })
    }

    private func respond(to request: Request) async throws -> Response {
        let form: [(name: String, value: String)]
        if request.method == .post {
            let bytes = try await request.body.collect(upTo: 4 << 20)
            form = Self.fields(String(decoding: bytes.readableBytesView, as: UTF8.self))
        } else {
            form = []
        }
        let headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { $1 }
        let seen = Seen(
            method: request.method.rawValue, target: request.uri.description, form: form, headers: headers)
        var answer = answer(to: seen)
        if request.method == .head { answer.body = [] }
        return Self.response(answer)
    }

    static func fields(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decode(_ text: Substring) -> String { PercentEncoding.decode(text, plusIsBlank: true) ?? String(text) }
            return (decode(parts[0]), parts.count > 1 ? decode(parts[1]) : "")
        }
    }

    private static func response(_ answer: Answer) -> Response {
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

    private static func head(_ answer: Answer, body: ResponseBody) -> Response {
        var response = Response(status: .init(code: answer.status), body: body)
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }
}
