import KubeModel
import MCP
import Testing

@Suite struct EndpointRulesTests {
    private let rules = EndpointRules(hosts: ["127.0.0.1", "localhost"], origins: ["https://desk.example.com"])

    private static let headers = [
        ("Host", "127.0.0.1:8080"), ("Content-Type", "application/json; charset=utf-8"),
        ("Accept", "application/json, text/event-stream"), ("MCP-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "tools/call"), ("Mcp-Name", "k8s_get"),
    ]

    private static func body(_ changes: (inout JSONValue) -> Void = { _ in }) -> JSONValue {
        var body: JSONValue = [
            "jsonrpc": "2.0", "id": 7, "method": "tools/call",
            "params": [
                "name": "k8s_get", "arguments": [:],
                "_meta": [
                    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                    "io.modelcontextprotocol/clientCapabilities": [:],
                ],
            ],
        ]
        changes(&body)
        return body
    }

    private func decide(
        _ body: JSONValue = body(), verb: String = "POST", headers changes: [String: String?] = [:],
        more: [(String, String)] = []
    ) -> EndpointDecision {
        let headers = Self.headers.compactMap { name, value in
            // What is changed to nil is left out.
            (changes[name] ?? value).map { (name, $0) }
        }
        return rules.decide(
            MCPHTTPRequest(
                verb: verb, headers: (headers + more).map { (name: $0.0, value: $0.1) }, body: JSONWriter.bytes(body)))
    }

    private func refusal(_ decision: EndpointDecision) throws -> (status: Int, code: Int?, id: JSONValue?) {
        guard case .refuse(let status, let error, _) = decision else {
            Issue.record("not refused: \(decision)")
            return (0, nil, nil)
        }
        return (status, error?["error", "code"]?.int, error?["id"])
    }

    @Test func `a whole request is answered, with what it says of itself`() throws {
        guard case .answer(let request, let meta) = decide() else {
            Issue.record("refused")
            return
        }
        #expect(request.id == .number(7) && request.method == "tools/call")
        #expect(meta.revision == .july2026 && meta.client == nil && meta.progressToken == nil)
    }

    @Test(arguments: [
        ("Origin", "https://evil.example", 403), ("Origin", "null", 403),
        ("Origin", "https://127.0.0.1.evil.example", 403),
    ])
    func `pages of others are refused before anything else`(name: String, value: String, status: Int) throws {
        let refused = try refusal(decide(verb: "GET", more: [(name, value)]))
        #expect(refused.status == status)
    }

    @Test(arguments: ["https://desk.example.com", "http://localhost:3000", "http://127.0.0.1"])
    func `own and named pages may call`(origin: String) {
        guard case .answer = decide(more: [("origin", origin)]) else {
            Issue.record("refused")
            return
        }
    }

    @Test(arguments: ["rebound.example", "127.0.0.1.evil.example", "", "[::1]:8080"])
    func `a host that isn't ours is refused`(host: String) throws {
        #expect(try refusal(decide(headers: ["Host": host])).status == 421)
    }

    @Test func `only POST of JSON that takes both kinds of answers is served`() throws {
        #expect(try refusal(decide(verb: "GET")).status == 405)
        #expect(try refusal(decide(headers: ["Content-Type": "text/plain"])).status == 415)
        #expect(try refusal(decide(headers: ["Accept": "application/json"])).status == 406)
        #expect(try refusal(decide(headers: ["Accept": "text/event-stream"])).status == 406)
        guard case .answer = decide(headers: ["Accept": "*/*"]) else {
            Issue.record("refused")
            return
        }
    }

    @Test func `what is no message is told, with the id where there is one`() throws {
        for (text, code) in [
            ("{", -32700), ("[]", -32600), ("[{}]", -32600), ("3", -32600), (#"{"jsonrpc":"1.0","id":7}"#, -32600),
            (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":7,"method":"tools/list","params":[]}"#, -32602),
        ] {
            let decision = rules.decide(
                MCPHTTPRequest(
                    verb: "POST", headers: Self.headers.map { (name: $0.0, value: $0.1) }, body: Array(text.utf8)))
            let refused = try refusal(decision)
            #expect(refused.status == 400 && refused.code == code, "\(text)")
            #expect(refused.id == (text.contains("\"id\":7") ? 7 : .null), "\(text)")
        }
    }

    @Test(arguments: ["io.modelcontextprotocol/protocolVersion", "io.modelcontextprotocol/clientCapabilities"])
    func `what each request has to say of itself is required`(key: String) throws {
        let refused = try refusal(decide(Self.body { $0["params", "_meta", key] = nil }))
        #expect(refused.status == 400 && refused.code == -32602 && refused.id == 7)
    }

    @Test(
        arguments: [
            ["MCP-Protocol-Version": "2025-11-25"], ["MCP-Protocol-Version": nil], ["Mcp-Method": "tools/list"],
            ["Mcp-Method": nil], ["Mcp-Method": "Tools/Call"], ["Mcp-Name": "k8s_delete"], ["Mcp-Name": nil],
            ["Mcp-Name": "=?base64?!?="], ["Mcp-Name": "=?base64?azhzX2dldA=?="],
        ] as [[String: String?]])
    func `headers have to say what the body says`(headers: [String: String?]) throws {
        let refused = try refusal(decide(headers: headers))
        #expect(refused.status == 400 && refused.code == -32020 && refused.id == 7)
    }

    @Test func `a header that is given twice is refused`() throws {
        #expect(try refusal(decide(more: [("mcp-name", "k8s_get")])).code == -32020)
    }

    @Test func `a name in base64 is read, and white space around a header isn't part of it`() {
        for name in ["=?base64?azhzX2dldA==?=", "  k8s_get\t"] {
            guard case .answer = decide(headers: ["Mcp-Name": name]) else {
                Issue.record("refused: \(name)")
                continue
            }
        }
    }

    @Test func `a revision that isn't known is told with those that are, a disagreement before that`() throws {
        let body = Self.body { $0["params", "_meta", "io.modelcontextprotocol/protocolVersion"] = "2999-01-01" }
        #expect(try refusal(decide(body)).code == -32020)
        guard case .refuse(400, let error?, _) = decide(body, headers: ["MCP-Protocol-Version": "2999-01-01"]) else {
            Issue.record("answered")
            return
        }
        #expect(error["error", "code"] == -32022 && error["error", "data", "requested"] == "2999-01-01")
        #expect(error["error", "data", "supported"]?.array?.first == "2026-07-28")
    }

    @Test func `a method that isn't known is 404, also one that older revisions have`() throws {
        for method in ["ping", "resources/subscribe", "nothing"] {
            let decision = decide(Self.body { $0["method"] = .string(method) }, headers: ["Mcp-Method": method])
            let refused = try refusal(decision)
            #expect(refused.status == 404 && refused.code == -32601 && refused.id == 7)
        }
    }

    @Test func `notifications are accepted and dropped`() {
        guard case .accept = decide(["jsonrpc": "2.0", "method": "notifications/cancelled"]) else {
            Issue.record("not accepted")
            return
        }
    }

    @Test func `an older client says its revision in the header only`() {
        let body: JSONValue = ["jsonrpc": "2.0", "id": 1, "method": "ping"]
        for (version, revision) in [("2025-06-18", Revision.june2025), (nil, .march2025)] {
            let headers = [
                "MCP-Protocol-Version": version, "Mcp-Method": nil, "Mcp-Name": nil,
            ]
            guard case .answer(_, let meta) = decide(body, headers: headers) else {
                Issue.record("refused")
                continue
            }
            #expect(meta.revision == revision)
        }
    }
}
