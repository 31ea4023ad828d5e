import Crypto
import CryptoExtras
import FoundationEssentials
import KubeModel
import Synchronization
import Testing

@testable import LanguageModels

/// How tokens are kept, renewed and shared.
@Suite(.timeLimit(.minutes(1)))
struct TokenServiceTests {
    /// A token service that answers with a new token each time, and a clock that is set by hand.
    private final class Script: Sendable {
        struct State {
            var now = TestAPI.moment
            var requests: [String] = []
            var answers: [(Int, String)] = []
            /// Who waits for ``open()``.
            var gate: AsyncStream<Void>?
        }
        let state = Mutex(State())

        var count: Int { state.withLock { $0.requests.count } }

        func service(retries: ModelRetryPolicy = .none) -> TokenService {
            TokenService(
                now: { self.state.withLock { $0.now } }, retries: retries,
                send: { request, _ in try await self.answer(request) })
        }

        private func answer(_ request: TokenRequest) async throws -> (status: Int, body: [UInt8]) {
            let (gate, answer) = state.withLock { state in
                state.requests.append(String(decoding: request.body, as: UTF8.self))
                let fallback = (200, #"{"access_token":"token-\#(state.requests.count)","expires_in":3600}"#)
                return (state.gate, state.answers.isEmpty ? fallback : state.answers.removeFirst())
            }
            if let gate { for await _ in gate {} }
            try Task.checkCancellation()
            return (answer.0, Array(answer.1.utf8))
        }

        func pass(seconds: Double) { state.withLock { $0.now = $0.now.adding(seconds: seconds) } }
        func answer(_ status: Int, _ body: String = "") { state.withLock { $0.answers.append((status, body)) } }
    }

    private static func grant(_ proof: EntraGrant.Proof = .secret(Credential("client-secret"))) throws -> IdentityGrant
    {
        let endpoint = try #require(ModelEndpoint(base: "https://r.openai.azure.com"))
        return .entraID(try EntraGrant(tenantID: "t", clientID: "c", proof: proof, endpoint: endpoint))
    }

    private static func token(_ number: Int) -> GrantedCredential { .bearer(Credential("token-\(number)")) }

    @Test func `a token is kept until shortly before its end`() async throws {
        let (script, grant) = (Script(), try Self.grant())
        let service = script.service()
        #expect(try await service.credential(for: grant, by: ModelRoute()) == Self.token(1))
        script.pass(seconds: 3290)
        #expect(try await service.credential(for: grant, by: ModelRoute()) == Self.token(1))
        script.pass(seconds: 20)
        #expect(try await service.credential(for: grant, by: ModelRoute()) == Self.token(2))
        #expect(script.count == 2)
    }

    @Test func `of many who ask at once one sends a request`() async throws {
        let (script, grant) = (Script(), try Self.grant())
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        script.state.withLock { $0.gate = gate }
        let service = script.service()
        try await withThrowingTaskGroup(of: GrantedCredential.self) { group in
            for _ in 0..<50 { group.addTask { try await service.credential(for: grant, by: ModelRoute()) } }
            group.addTask {
                while script.count == 0 { await Task.yield() }
                opening.finish()
                return Self.token(1)
            }
            for try await found in group { #expect(found == Self.token(1)) }
        }
        #expect(script.count == 1)
    }

    @Test func `a failure is told to all who waited, and isn't kept`() async throws {
        let (script, grant) = (Script(), try Self.grant())
        script.answer(401, #"{"error":"invalid_client","error_description":"client-secret is wrong"}"#)
        let service = script.service()
        let error = await #expect(throws: LanguageModelError.self) {
            try await service.credential(for: grant, by: ModelRoute())
        }
        #expect(error?.code == .unauthorized)
        #expect(
            error?.message
                == "the token service login.microsoftonline.com refused (401): invalid_client: [redacted] is wrong")
        #expect(try await service.credential(for: grant, by: ModelRoute()) == Self.token(2))
    }

    @Test func `a service that is busy is asked again`() async throws {
        let (script, grant) = (Script(), try Self.grant())
        script.answer(503)
        script.answer(429)
        let service = script.service(retries: ModelRetryPolicy(maxRetries: 2, base: .milliseconds(1)))
        #expect(try await service.credential(for: grant, by: ModelRoute()) == Self.token(3))
    }

    @Test func `where no new one can be had the old one is used to its end`() async throws {
        let (script, grant) = (Script(), try Self.grant())
        let service = script.service()
        _ = try await service.credential(for: grant, by: ModelRoute())
        script.pass(seconds: 3500)
        script.answer(503)
        #expect(try await service.credential(for: grant, by: ModelRoute()) == Self.token(1))
        script.pass(seconds: 200)
        script.answer(503)
        let error = await #expect(throws: LanguageModelError.self) {
            try await service.credential(for: grant, by: ModelRoute())
        }
        #expect(error?.code == .unavailable)
    }

    @Test func `one that the provider refused isn't given out again`() async throws {
        let (script, grant) = (Script(), try Self.grant())
        let service = script.service()
        let first = try await service.credential(for: grant, by: ModelRoute())
        #expect(try await service.credential(for: grant, by: ModelRoute(), refused: first) == Self.token(2))
        // Another who had the first one gets the second without a request.
        #expect(try await service.credential(for: grant, by: ModelRoute(), refused: first) == Self.token(2))
        #expect(script.count == 2)
    }

    @Test func `who gives up leaves the others their token`() async throws {
        let (script, grant) = (Script(), try Self.grant())
        let (gate, opening) = AsyncStream.makeStream(of: Void.self)
        script.state.withLock { $0.gate = gate }
        let service = script.service()
        let first = Task { try await service.credential(for: grant, by: ModelRoute()) }
        while script.count == 0 { await Task.yield() }
        let second = Task { try await service.credential(for: grant, by: ModelRoute()) }
        first.cancel()
        opening.finish()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(try await second.value == Self.token(2))
    }

    @Test func `another secret is another grant, and its token another`() async throws {
        let script = Script()
        let service = script.service()
        let old = try await service.credential(for: Self.grant(), by: ModelRoute())
        let new = try await service.credential(for: Self.grant(.secret(Credential("rotated"))), by: ModelRoute())
        #expect(old != new && script.count == 2)
    }

    @Test func `a token file is read for each request, and named where it can't be`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "skyflo-token-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "token")
        let (script, grant) = (Script(), try Self.grant(.tokenFile(file.path)))
        let service = script.service()
        let missing = await #expect(throws: LanguageModelError.self) {
            try await service.credential(for: grant, by: ModelRoute())
        }
        #expect(missing?.message.contains(file.path) == true)
        for (number, text) in [(1, "first.token\n"), (2, "second.token")] {
            try Data(text.utf8).write(to: file)
            #expect(try await service.credential(for: grant, by: ModelRoute()) == Self.token(number))
            script.pass(seconds: 3600)
        }
        let sent = script.state.withLock { $0.requests }
        #expect(sent[0].hasSuffix("client_assertion=first.token") && sent[1].hasSuffix("client_assertion=second.token"))
    }

    // MARK: With a model

    @Test func `a model shows the newest token, and another one where that is refused`() async throws {
        let hello: ScriptedServer.Answer = .stream([
            #"{"choices":[{"delta":{"content":"Hello"},"finish_reason":"stop"}]}"#, "[DONE]",
        ])
        let refusal = ScriptedServer.Answer.status(401, #"{"error":{"message":"token-1 has expired"}}"#)
        let (script, grant) = (Script(), try Self.grant())
        let service = script.service()
        try await ScriptedServer.with([refusal, hello, hello, refusal, refusal]) { plain, server in
            let host = plain.endpoint.host
            let model = IdentityLanguageModel(name: "m", grant: grant, tokens: service, route: ModelRoute()) {
                credential in
                guard case .bearer(let token) = credential else { throw LanguageModelError(.badReply, message: "keys") }
                return try HTTPLanguageModel(
                    AzureOpenAIAPI(model: "m", baseURL: "http://\(host)/v1", apiKey: nil, token: token),
                    httpClient: plain.httpClient, options: .quick)
            }
            let request = ModelRequest(messages: [.user("hi")])
            for _ in 0..<2 {
                let reply = try await model.reply(to: request)
                #expect(reply.content == "Hello")
            }
            #expect(
                server.requests.map { $0.headers["authorization"] ?? "" } == [
                    "Bearer token-1", "Bearer token-2", "Bearer token-2",
                ])
            let error = await #expect(throws: LanguageModelError.self) { try await model.reply(to: request) }
            #expect(error?.code == .unauthorized)
            #expect(script.count == 3)
        }
    }

    @Test func `a service account signs what Google can verify, over HTTP`() async throws {
        let bytes = try RecordedStream.bytes("identity/service-account.json")
        let json = try JSONParser.parse(bytes)
        let answer = ScriptedServer.Answer.status(200, #"{"access_token":"tok","expires_in":3600}"#)
        try await ScriptedServer.with([answer]) { plain, server in
            var local = json
            local["token_uri"] = .string("http://\(plain.endpoint.host)/token")
            let account = try GoogleServiceAccount(json: Credential(JSONWriter.string(local)))
            let service = TokenService { TestAPI.moment }
            let token = try await service.credential(for: .google(account), by: ModelRoute())
            #expect(token == .bearer(Credential("tok")))
            let form = try #require(server.requests.first?.body.string)
            let assertion = try #require(form.split(separator: "assertion=").last).split(separator: ".")
            let pem = try #require(json["private_key"]?.string)
            let key = try _RSA.Signing.PrivateKey(pemRepresentation: pem).publicKey
            let signature = try #require(Base64.decodeURL(String(assertion[2])))
            let digest = SHA256.hash(data: Array("\(assertion[0]).\(assertion[1])".utf8))
            #expect(
                key.isValidSignature(
                    .init(rawRepresentation: signature), for: digest, padding: .insecurePKCS1v1_5))
        }
    }
}
