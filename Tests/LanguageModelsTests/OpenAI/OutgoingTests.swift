import HTTPTransport
import Testing

@testable import LanguageModels

/// Which way requests go, and what never comes out of them.
@Suite struct OutgoingTests {
    private static let canary = "c4nary-T0ken.with_Everything"

    private func model(_ address: String, _ environment: [String: String], key: String? = nil) throws
        -> HTTPLanguageModel
    {
        try HTTPLanguageModel.openAI(
            at: address, apiKey: key.map { Credential($0) }, proxies: ProxyEnvironment(environment))
    }

    @Test func `a model is reached through the environment's proxy for its address`() throws {
        let environment = [
            "HTTPS_PROXY": "http://secure:1", "http_proxy": "plain:2",
            "NO_PROXY": ".svc,10.0.0.0/8,llm.test:8443,[fd00::1]",
        ]
        for (address, proxy) in [
            ("https://llm.internal/v1", "secure"), ("http://llm.internal/v1", "plain"),
            ("https://llm.test/v1", "secure"),
            ("https://llm.test:8443/v1", nil), ("http://llm.ai.svc:8000/v1", nil), ("http://10.1.2.3/v1", nil),
            ("https://[fd00::1]:8443/v1", nil), ("https://[fd00::2]/v1", "secure"), ("http://localhost:11434/v1", nil),
            ("https://user:pw@llm.internal/v1?key=a@b", "secure"),
        ] {
            #expect(try model(address, environment).proxy?.host == proxy, "\(address)")
        }
    }

    @Test func `a model's own proxy is used instead of the environment's`() throws {
        let api = try OpenAIChatAPI(model: "m", baseURL: "https://llm.internal/v1", apiKey: nil)
        let proxies = ProxyEnvironment(["HTTPS_PROXY": "http://secure:1"])
        let route = ModelRoute(proxies: proxies, proxy: "socks5://own:2")
        #expect(try HTTPLanguageModel(api, route: route).proxy?.host == "own")
    }

    @Test func `certificate authorities that are none are refused`() throws {
        let api = try OpenAIChatAPI(model: "m", baseURL: "https://llm.internal/v1", apiKey: nil)
        for authorities in ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let error = #expect(throws: LanguageModelError.self) {
                try HTTPLanguageModel(api, route: ModelRoute(authorities: authorities))
            }
            #expect(error?.message == "the certificate authorities are no certificates in PEM")
        }
    }

    @Test func `a proxy that isn't there is named, without its password`() async throws {
        let model = try model("https://llm.internal/v1", ["HTTPS_PROXY": "http://me:\(Self.canary)@127.0.0.1:1"])
        let error = await #expect(throws: LanguageModelError.self) {
            _ = try await model.reply(to: ModelRequest(messages: [.user("hello")]))
        }
        #expect(error?.code == .unreachable)
        #expect(
            error?.message == "no connection to the model endpoint llm.internal, through the proxy 127.0.0.1:1 of "
                + "HTTPS_PROXY: the connection was refused (after 5 tries)")
    }

    @Test(arguments: [
        ("http://127.0.0.1:1", "the connection was refused"),
        ("http://nobody.invalid", "the name nobody.invalid can't be resolved"),
    ])
    func `what is wrong with an address is told`(address: String, why: String) async throws {
        let model = try model(address, [:])
        let error = await #expect(throws: LanguageModelError.self) {
            _ = try await model.reply(to: ModelRequest(messages: [.user("hello")]))
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains(why) == true, "\(error?.message ?? "")")
    }

    @Test func `a server without TLS is told at an https address`() async throws {
        try await ScriptedServer.with([]) { model, _ in
            let secure = try HTTPLanguageModel.openAI(at: "https://\(model.endpoint.host)")
            let error = await #expect(throws: LanguageModelError.self) {
                _ = try await secure.reply(to: ModelRequest(messages: [.user("hello")]))
            }
            #expect(error?.code == .unreachable)
            #expect(error?.message.contains("TLS") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a proxy that can't be used is refused by its variable's name`() throws {
        let error = #expect(throws: LanguageModelError.self) {
            try model("https://llm.internal/v1", ["https_proxy": "https://me:\(Self.canary)@proxy"])
        }
        #expect(
            error?.message
                == "no connection to llm.internal can be made: https_proxy: only http and socks5 proxies are "
                + "supported, not https")
    }

    @Test(arguments: ["a\nb", "a\u{0}b", "schlüssel", "a\r\nb"])
    func `a key that no header can carry is refused, and not shown`(key: String) throws {
        let error = #expect(throws: LanguageModelError.self) { try model("https://h/v1", [:], key: key + Self.canary) }
        #expect(error?.message.contains(Self.canary) == false)
    }

    @Test(arguments: ["key\n", "key\r\n", "\u{FEFF}key", " key\t\n\n"])
    func `white space and a byte order mark around a key are dropped`(key: String) {
        #expect(Credential(key).secret == "key")
    }

    @Test func `the key and the address's query are in no error, also where the provider quotes them`() async throws {
        let filler = String(repeating: "x", count: 480)
        let text = "\(filler) key \(Self.canary), POST /v1/chat/completions?key=\(Self.canary)"
        let answer = ScriptedServer.Answer.status(400, #"{"error":{"message":"\#(text)"}}"#)
        try await ScriptedServer.with([answer], apiKey: Credential(Self.canary + "\n")) { model, _ in
            let error = await #expect(throws: LanguageModelError.self) {
                _ = try await model.reply(to: ModelRequest(messages: [.user("hello")]))
            }
            #expect(error?.message.contains("c4nary") == false, "\(error?.message ?? "")")
        }
        let model = try model("http://me:\(Self.canary)@127.0.0.1:1/v1?key=\(Self.canary)", [:], key: Self.canary)
        let error = await #expect(throws: LanguageModelError.self) {
            _ = try await model.reply(to: ModelRequest(messages: [.user("hello")]))
        }
        var dumped = ""
        dump(model, to: &dumped)
        dump(error, to: &dumped)
        #expect(!(dumped + "\(model) \(String(reflecting: error))").contains("c4nary"), "\(dumped)")
    }
}
