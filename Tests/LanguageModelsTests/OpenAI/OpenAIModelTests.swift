import AsyncHTTPClient
import KubeModel
import Synchronization
import Testing

@testable import LanguageModels

@Suite(.timeLimit(.minutes(1)))
struct OpenAIModelTests {
    private static let hello = [
        #"{"choices":[{"delta":{"content":"Hel"}}]}"#, #"{"choices":[{"delta":{"content":"lo"}}]}"#,
        #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#,
        #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#, "[DONE]",
    ]
    private static let toolCall = [
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"k8s_delete","arguments":"{\"na"}}]}}]}"#,
        #"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"me\":\"web\"}"}}]}}]}"#,
        #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
    ]
    private let request = ModelRequest(messages: [.user("hi")])

    private func failure(
        of script: [ScriptedServer.Answer], options: ModelOptions = .quick,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> LanguageModelError {
        let found = Mutex<LanguageModelError?>(nil)
        let request = request
        try await ScriptedServer.with(script, options: options) { model, _ in
            do {
                let reply = try await model.reply(to: request)
                Issue.record("expected an error, got \(reply)", sourceLocation: sourceLocation)
            } catch let error as LanguageModelError {
                found.withLock { $0 = error }
            }
        }
        return try #require(found.withLock { $0 }, sourceLocation: sourceLocation)
    }

    @Test func `a streamed reply arrives in pieces and as a whole`() async throws {
        let request = request
        try await ScriptedServer.with([.stream(Self.hello)]) { model, server in
            let deltas = Mutex<[ModelDelta]>([])
            let reply = try await model.reply(to: request) { delta in deltas.withLock { $0.append(delta) } }
            #expect(reply.content == "Hello")
            #expect(reply.usage == TokenUsage(prompt: 3, completion: 2))
            #expect(reply.timeToFirstToken.map { $0 > 0 } == true)
            #expect(deltas.withLock { $0 } == [.content("Hel"), .content("lo")])
            let seen = try #require(server.requests.first)
            #expect(seen.path == "/v1/chat/completions")
            #expect(seen.headers["authorization"] == "Bearer sk-test-key")
            #expect(seen.body["model"] == "test-model")
        }
    }

    @Test func `the first piece is timed from the request, each other from the one before`() {
        var times = HTTPLanguageModel.ChunkTimes()
        for milliseconds in [250, 300, 425] { times.add(.milliseconds(milliseconds)) }
        #expect(times.first == 0.25 && times.between == [0.05, 0.125])
    }

    @Test(arguments: [1, 2, 3, 7, 50])
    func `chunks may be cut at any byte`(size: Int) async throws {
        let bytes = Array((Self.toolCall + ["[DONE]"]).map { "data: \($0)\r\n\r\n" }.joined().utf8)
        let pieces = stride(from: 0, to: bytes.count, by: size).map { start in
            ScriptedServer.Piece.bytes(Array(bytes[start..<min(start + size, bytes.count)]))
        }
        let request = request
        try await ScriptedServer.with([.init(pieces: pieces)]) { model, _ in
            let reply = try await model.reply(to: request)
            #expect(reply.toolCalls == [ModelToolCall(id: "a", name: "k8s_delete", arguments: "{\"name\":\"web\"}")])
            #expect(reply.finish == .toolCalls)
        }
    }

    @Test func `a server that doesn't stream works too`() async throws {
        let whole =
            #"{"choices":[{"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1}}"#
        let request = request
        try await ScriptedServer.with([.status(200, whole, headers: ["content-type": "application/json"])]) {
            model, _ in
            let deltas = Mutex<[ModelDelta]>([])
            let reply = try await model.reply(to: request) { delta in deltas.withLock { $0.append(delta) } }
            let author = ProviderData.Author(format: "openai-chat", host: model.endpoint.host, model: "test-model")
            #expect(
                reply
                    == ModelReply(
                        content: "Hi", usage: TokenUsage(prompt: 1), providerData: ProviderData(author: author)))
            #expect(deltas.withLock { $0 } == [.content("Hi")])
        }
    }

    @Test func `what a provider attached goes back to its model, and to no other`() async throws {
        let first = [
            #"{"choices":[{"delta":{"role":"assistant","content":null,"reasoning_content":"I should list"}}]}"#,
            #"{"choices":[{"delta":{"reasoning_content":" the pods."}}]}"#,
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a+/=","extra_content":{"google":{"thought_signature":"+v/="}},"function":{"name":"k8s_get","arguments":"{}"}}]}}]}"#,
            #"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
        ]
        try await ScriptedServer.with([.stream(first), .stream(Self.hello), .stream(Self.hello)]) { model, server in
            let reply = try await model.reply(to: ModelRequest(messages: [.user("x")]))
            let stored = try #require(reply.providerData)
            let data = try #require(ProviderData(json: stored.json))
            #expect(data == stored)
            let next = ModelRequest(messages: [
                .user("x"), .assistant(reply.content, toolCalls: reply.toolCalls, providerData: data),
                .tool(callID: "a+/=", content: "r"),
            ])
            _ = try await model.reply(to: next)
            let sent = try #require(server.requests.last?.body["messages"]?[1])
            #expect(sent["reasoning_content"] == "I should list the pods.")
            #expect(sent["tool_calls"]?[0]?["id"] == "a+/=")
            #expect(sent["tool_calls"]?[0]?["extra_content"] == ["google": ["thought_signature": "+v/="]])
            let other = try HTTPLanguageModel.openAI(
                "other", at: "http://\(model.endpoint.host)/v1", httpClient: model.httpClient)
            _ = try await other.reply(to: next)
            let foreign = try #require(server.requests.last?.body["messages"])
            #expect(foreign[1]?.object?.keys == ["role", "content", "tool_calls"])
            #expect(foreign[1]?["tool_calls"]?[0]?.object?.keys == ["id", "type", "function"])
            #expect(foreign[1]?["tool_calls"]?[0]?["id"] == "call_1")
            #expect(foreign[2]?["tool_call_id"] == "call_1")
        }
    }

    @Test func `an id that is longer than any provider's fails the reply`() async throws {
        let id = String(repeating: "x", count: ModelToolCall.idLimit + 1)
        let call =
            #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"\#(id)","function":{"name":"k8s_get","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#
        #expect(try await failure(of: [.stream([call])]).code == .badReply)
    }

    @Test(arguments: 0..<2)
    func `a connection that is cut in the middle of a tool call is an error`(events: Int) async throws {
        let stream = ScriptedServer.Answer.stream(Array(Self.toolCall.prefix(events + 1)), then: [.cut])
        #expect(try await failure(of: [stream, stream, stream, .stream(Self.hello)]).code == .incomplete)
    }

    @Test func `a stream that ends without an end is incomplete`() async throws {
        let stream = ScriptedServer.Answer.stream(Array(Self.toolCall.prefix(2)))
        #expect(try await failure(of: [stream, stream, stream]).code == .incomplete)
    }

    @Test(arguments: [
        (ScriptedServer.Answer.status(200, "<html>sign in</html>"), LanguageModelError.Code.badReply),
        (.status(200, ""), .incomplete), (.status(200, "{\"choices\":[]}"), .incomplete),
        (.status(200, "{\"choices\":[{\"message\":{\"content\":\"\"}}]}"), .incomplete),
        (.status(200, "{\"choices\":[{\"mess"), .incomplete), (.status(200, "{\"choices\"=1}"), .badReply),
        (.stream(["{\"choices\":"]), .badReply), (.stream([#"{"error":{"message":"boom","code":500}}"#]), .unavailable),
        (.stream(["[DONE]"]), .incomplete), (.status(204, ""), .incomplete),
    ])
    func `answers that are none are told apart`(answer: ScriptedServer.Answer, code: LanguageModelError.Code)
        async throws
    {
        let error = try await failure(of: Array(repeating: answer, count: 6))
        #expect(error.code == code)
        #expect(error.message.contains("(after ") == [.incomplete, .unavailable].contains(code))
    }

    @Test func `a reply that is too large is refused`() async throws {
        let options = ModelOptions.quick.with { $0.replyLimit = 1000 }
        let big = #"{"choices":[{"delta":{"content":""# + String(repeating: "x", count: 900) + #""}}]}"#
        #expect(try await failure(of: [.stream([big, big, big])], options: options).code == .badReply)
    }

    /// Some servers reset a connection right behind the end of the reply, while the reader is still busy with its beginning.
    @Test func `a reset after the end of a reply harms nothing`() async throws {
        var pieces = (Self.hello + ["[DONE]"]).map { event in
            let text = "data: \(event)\n\n"
            return "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
        }
        pieces[0] =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n" + pieces[0]
        try await ResettingServer.with(pieces) { server, port in
            let model = try HTTPLanguageModel.openAI(
                at: "http://127.0.0.1:\(port)/v1",
                options: .quick.with { $0.retries = ModelRetryPolicy.none })
            let isFirst = Atomic(true)
            let reply = try await model.reply(to: request) { _ in
                guard isFirst.exchange(false, ordering: .relaxed) else { return }
                #expect(throws: Never.self) { try server.finish() }
            }
            #expect(reply.content == "Hello")
            #expect(reply.usage == TokenUsage(prompt: 3, completion: 2))
        }
    }

    // MARK: Retries

    @Test(arguments: [408, 409, 425, 429, 500, 502, 503, 504, 529])
    func `a passing failure is asked again`(status: Int) async throws {
        let request = request
        try await ScriptedServer.with([.status(status, "busy"), .status(status), .stream(Self.hello)]) {
            model, server in
            let reply = try await model.reply(to: request)
            #expect(reply.content == "Hello")
            #expect(server.requests.count == 3)
        }
    }

    @Test func `it gives up after the retries`() async throws {
        let answers = Array(repeating: ScriptedServer.Answer.status(503, #"{"error":{"message":"busy"}}"#), count: 6)
        let error = try await failure(of: answers + [.stream(Self.hello)])
        #expect(error.code == .unavailable)
        #expect(error.message.contains("busy"))
    }

    @Test(arguments: [
        (401, LanguageModelError.Code.unauthorized), (403, .unauthorized), (400, .rejected), (404, .rejected),
        (422, .rejected),
    ])
    func `a final failure is not asked again`(status: Int, code: LanguageModelError.Code) async throws {
        let answer = ScriptedServer.Answer.status(status, #"{"error":{"message":"no sk-test-key here"}}"#)
        let error = try await failure(of: [answer, .stream(Self.hello)])
        #expect(error.code == code)
        #expect(error.message.contains("no [redacted] here"))
    }

    @Test func `the provider's message is bounded`() async throws {
        let error = try await failure(of: [.status(400, String(repeating: "long ", count: 5000))])
        #expect(error.message.count < 600)
    }

    @Test func `Retry-After is waited for, and not past the end`() async throws {
        let request = request
        let wait = ScriptedServer.Answer.status(429, "later", headers: ["retry-after": "1"])
        try await ScriptedServer.with([wait, .stream(Self.hello)]) { model, _ in
            let time = try await ContinuousClock().measure { _ = try await model.reply(to: request) }
            #expect(time >= .seconds(1))
        }
        let long = ScriptedServer.Answer.status(429, "Quota exceeded for the day", headers: ["retry-after": "50"])
        let error = try await failure(of: [long, .stream(Self.hello)])
        #expect(error.code == .rateLimited)
        #expect(error.message.contains("Quota exceeded for the day"))
    }

    @Test func `a wait that the provider asks for is no silence, and is told`() async throws {
        let request = request
        let wait = ScriptedServer.Answer.status(
            429, #"{"error":{"message":"slow down, sk-test-key"}}"#, headers: ["retry-after": "4"])
        let options = ModelOptions.quick.with { $0.timeouts.silence = .seconds(3) }
        try await ScriptedServer.with([wait, .stream(Self.hello)], options: options) { model, _ in
            let deltas = Mutex<[ModelDelta]>([])
            let reply = try await model.reply(to: request) { delta in deltas.withLock { $0.append(delta) } }
            #expect(reply.content == "Hello")
            let reason = "the provider's rate limit was reached (429): slow down, [redacted]"
            #expect(deltas.withLock { $0.first } == .waiting(ModelWait(for: .seconds(4), reason: reason)))
        }
    }

    @Test(arguments: [
        ScriptedServer.Answer.stream(Array(hello.prefix(2)), then: [.cut]), .stream(Array(hello.prefix(2))),
        .stream([#"{"error":{"message":"Overloaded","type":"overloaded_error","code":529}}"#]),
        .stream([
            hello[0],
            #"{"error":{"message":"Internal server error","type":null,"param":null,"code":"500"}}"#,
        ]),
        .stream([#"{"choices":[{"delta":{"content":"x"},"finish_reason":"insufficient_system_resource"}]}"#]),
        .status(503, #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#),
    ])
    func `a reply that broke off is asked for again`(broken: ScriptedServer.Answer) async throws {
        let request = request
        try await ScriptedServer.with([broken, .stream(Self.hello)]) { model, server in
            let reply = try await model.reply(to: request)
            #expect(reply.content == "Hello")
            #expect(server.requests.count == 2)
        }
    }

    @Test(arguments: [400, 401])
    func `an error in the stream that is final isn't asked again`(code: Int) async throws {
        let error = #"{"error":{"message":"no","code":\#(code)}}"#
        let found = try await failure(of: [.stream([Self.hello[0], error]), .stream(Self.hello)])
        #expect(found.code == (code == 400 ? .rejected : .unauthorized))
    }

    @Test func `a stream that is cut anywhere gives the same reply or an error`() async throws {
        let text = Self.toolCall.map { "data: \($0)\n\n" }.joined()
        let bytes = Array(text.utf8)
        let api = try OpenAIChatAPI(model: "m", baseURL: "http://h", apiKey: nil)
        for end in 0...bytes.count {
            for split in [end / 2, end] {
                var decoder = api.decoder(limit: 1 << 20)
                let decoded: DecodedReply
                do {
                    _ = try decoder.push(Array(bytes[..<split]))
                    _ = try decoder.push(Array(bytes[split..<end]))
                    decoded = try decoder.finish()
                } catch {
                    continue
                }
                #expect(decoded.reply.toolCalls.map(\.arguments) == [#"{"name":"web"}"#], "cut at \(end)")
            }
        }
    }

    @Test func `a refused connection is tried again and reported`() async throws {
        let client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: {
                var configuration = HTTPClient.Configuration()
                configuration.connectionPool.retryConnectionEstablishment = false
                return configuration
            }())
        // Port 1 is assigned (tcpmux) and used by nobody.
        let model = try HTTPLanguageModel.openAI(at: "http://127.0.0.1:1/v1", httpClient: client)
        let error = await #expect(throws: LanguageModelError.self) { _ = try await model.reply(to: request) }
        #expect(error?.code == .unreachable)
        try await client.shutdown()
    }

    // MARK: Time

    @Test func `no first byte in time is a timeout`() async throws {
        let options = ModelOptions.quick.with {
            $0.timeouts = .init(firstToken: .milliseconds(100), silence: .milliseconds(50))
        }
        let error = try await failure(of: [.init(pieces: [], stallsAtOnce: true)], options: options)
        #expect(error.code == .timeout)
        #expect(error.message.contains("timeouts.firstToken"))
    }

    @Test func `a stream that stalls is a timeout`() async throws {
        let options = ModelOptions.quick.with { $0.timeouts.silence = .milliseconds(100) }
        let error = try await failure(of: [.stream(Array(Self.hello.prefix(1)), then: [.stall])], options: options)
        #expect(error.code == .timeout)
        #expect(error.message.contains("stalled"))
    }

    @Test func `the whole reply has a time limit`() async throws {
        let options = ModelOptions.quick.with { $0.timeouts.reply = .milliseconds(150) }
        let error = try await failure(of: [.stream(Array(Self.hello.prefix(1)), then: [.stall])], options: options)
        #expect(error.code == .timeout)
    }

    @Test func `cancelling closes the connection at once`() async throws {
        let request = request
        try await ScriptedServer.with([.stream(Array(Self.hello.prefix(1)), then: [.stall])]) { model, server in
            let (pieces, piece) = AsyncStream.makeStream(of: ModelDelta.self)
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    await #expect(throws: CancellationError.self) {
                        _ = try await model.reply(to: request) { piece.yield($0) }
                    }
                }
                for await _ in pieces { break }
                group.cancelAll()
            }
            let deadline = ContinuousClock.now + .seconds(120)
            while server.abandoned.withLock({ $0 }) == 0, ContinuousClock.now < deadline { await Task.yield() }
            #expect(server.abandoned.withLock { $0 } == 1)
        }
    }

    @Test(arguments: ["", "api.openai.com", "ftp://x"])
    func `a base address that is none is refused`(base: String) {
        #expect(throws: LanguageModelError.self) { try HTTPLanguageModel.openAI(at: base) }
    }
}
