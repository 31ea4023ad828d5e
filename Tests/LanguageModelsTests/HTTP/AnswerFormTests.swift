import KubeModel
import NIOHTTP1
import Synchronization
import Testing

@testable import LanguageModels

/// Answers that are neither a reply nor an error at first sight, over HTTP.
@Suite(.timeLimit(.minutes(1)))
struct AnswerFormTests {
    private static let hello = [#"{"choices":[{"delta":{"content":"Hello"},"finish_reason":"stop"}]}"#, "[DONE]"]
    /// The same stream with gzip.
    private static let gzipped =
        "H4sIAAAAAAACA0tJLEm0UqhWSs7Iz0xOLVayiq5WSknNKUlUsgIK5ueVpOaVKFkpeaTm5OQr1eoopWXmZRZnxBelJhbn5wElikvyC5RqY2u5uAD7r07iSgAAAA=="
    private let request = ModelRequest(messages: [.user("hi")])

    private func reply(_ script: [ScriptedServer.Answer]) async throws -> (content: String, requests: Int) {
        let found = Mutex<(String, Int)>(("", 0))
        let request = request
        try await ScriptedServer.with(script) { model, server in
            let reply = try await model.reply(to: request)
            found.withLock { $0 = (reply.content, server.requests.count) }
        }
        return found.withLock { $0 }
    }

    private func failure(_ script: [ScriptedServer.Answer]) async -> LanguageModelError? {
        await #expect(throws: LanguageModelError.self) { try await reply(script) }
    }

    @Test(arguments: [
        ScriptedServer.Answer.status(204), .status(200), .status(200, "\n\n"), .status(205), .stream(["[DONE]"]),
        .stream([#"{"choices":[]}"#]), .stream([#"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#]),
    ])
    func `an answer without a reply is asked for again, and not for ever`(answer: ScriptedServer.Answer) async throws {
        let found = try await reply([answer, .stream(Self.hello)])
        #expect(found.content == "Hello" && found.requests == 2)
        let error = await failure([answer, answer, answer, .stream(Self.hello)])
        #expect(error?.code == .incomplete)
        #expect(error?.message.hasSuffix("(after 3 tries)") == true)
    }

    @Test(arguments: [201, 202, 203, 206])
    func `any status of success has a reply`(status: Int) async throws {
        let body = Self.hello.map { "data: \($0)\n\n" }.joined()
        #expect(try await reply([.status(status, body)]).content == "Hello")
    }

    @Test func `a compressed answer is read, and another compression is told`() async throws {
        let bytes = try #require(Base64.decode(Self.gzipped))
        let headers = ["content-encoding": "gzip", "content-type": "text/event-stream"]
        let answer = ScriptedServer.Answer(headers: headers, pieces: bytes.map { .bytes([$0]) })
        #expect(try await reply([answer]).content == "Hello")
        let error = await failure([.status(200, "\u{1}\u{2}", headers: ["content-encoding": "br"])])
        #expect(error?.message.contains("compressed its answer with br") == true)
    }

    @Test(arguments: [301, 302, 307, 308])
    func `a redirect to the same host is followed with the request as it is`(status: Int) async throws {
        let redirect = ScriptedServer.Answer.status(status, headers: ["location": "/other/path?x=1"])
        let request = request
        try await ScriptedServer.with([redirect, .stream(Self.hello)]) { model, server in
            let reply = try await model.reply(to: request)
            #expect(reply.content == "Hello")
            #expect(server.requests.map(\.path) == ["/v1/chat/completions", "/other/path"])
            #expect(server.requests[1].headers["authorization"] == "Bearer sk-test-key")
            #expect(server.requests[1].body["model"] == "test-model")
        }
    }

    @Test(arguments: [
        "https://evil.example/v1", "//evil.example/v1", "http://127.0.0.1:1/v1", "ftp://x", "", "mailto:x",
    ])
    func `a redirect to anywhere else isn't followed`(location: String) async {
        let error = await failure([.status(307, headers: ["location": location]), .stream(Self.hello)])
        #expect(error?.code == .rejected)
        #expect(error?.message.contains("isn't followed") == true)
    }

    @Test func `redirects in a circle end`() async {
        let circle = Array(
            repeating: ScriptedServer.Answer.status(308, headers: ["location": "/v1/chat/completions"]), count: 9)
        #expect(await failure(circle)?.message.contains("in a circle") == true)
    }

    @Test func `a redirect to TLS at the same host is followed, and a signed request none`() throws {
        let redirect = try redirect(to: "https://A.example/v1")
        #expect(try redirect.target(from: "http://a.example/v1", isSigned: false) == "https://A.example/v1")
        #expect(throws: LanguageModelError.self) { try redirect.target(from: "http://a.example/v1", isSigned: true) }
        let down = try self.redirect(to: "http://a.example/v1")
        #expect(throws: LanguageModelError.self) { try down.target(from: "https://a.example/v1", isSigned: false) }
    }

    private func redirect(to location: String) throws -> Redirect {
        let head = HTTPResponseHead(version: .http1_1, status: .found, headers: ["location": location])
        return try #require(Redirect(head))
    }

    @Test func `thinking in the text is shown as such while it comes`() async throws {
        let events = ["<thi", "nk>h", "m</think>", "\\n\\nHi"].map { #"{"choices":[{"delta":{"content":"\#($0)"}}]}"# }
        let request = request
        try await ScriptedServer.with([.stream(events + ["[DONE]"])]) { model, _ in
            let deltas = Mutex<[ModelDelta]>([])
            let reply = try await model.reply(to: request) { delta in deltas.withLock { $0.append(delta) } }
            #expect(reply.content == "Hi")
            #expect(deltas.withLock { $0 } == [.reasoning("h"), .reasoning("m"), .content("Hi")])
        }
    }

    /// Found with LiteLLM's proxy: of sixteen conversations eight were answered.
    @Test func `many replies of one server go on at the same time`() async throws {
        let stalls = Array(repeating: ScriptedServer.Answer(pieces: [.stall]), count: 20)
        let request = request
        try await ScriptedServer.with(stalls + [.stream(Self.hello)]) { plain, server in
            let model = try HTTPLanguageModel.openAI(at: "http://\(plain.endpoint.host)/v1")
            let reply = try await withThrowingTaskGroup(of: ModelReply.self) { group in
                for _ in stalls { group.addTask { try await model.reply(to: request) } }
                while server.requests.count < stalls.count { try await Task.sleep(for: .milliseconds(10)) }
                let reply = try await model.reply(to: request)
                group.cancelAll()
                return reply
            }
            #expect(reply.content == "Hello")
        }
    }
}
