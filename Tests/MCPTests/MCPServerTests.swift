import KubeModel
import MCP
import Testing

@Suite struct MCPServerTests {
    private let server = MCPServer(
        .init(name: "test", title: "Test", version: "1.2.3", instructions: "Be kind."), features: FixedFeatures())

    private static let modern: JSONValue = [
        "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [:],
    ]

    private func answer(
        _ method: String, _ params: JSONValue = [:], revision: Revision? = nil
    ) async throws -> JSONValue {
        var params = params
        if revision?.isModern ?? true { params["_meta"] = Self.modern }
        let request = RPCRequest(id: .string("a"), method: method, params: params.object ?? [:])
        let answer = try await server.answer(request, revision: revision)
        #expect(answer["jsonrpc"] == "2.0" && answer["id"] == "a")
        return answer
    }

    @Test func `discovery tells revisions, and only what has a handler`() async throws {
        let result = try await answer("server/discover")["result"]
        #expect(result?["supportedVersions"]?.array?.first == "2026-07-28")
        #expect(result?["capabilities"]?.object?.keys == ["tools", "resources", "prompts", "completions"])
        #expect(result?["instructions"] == "Be kind." && result?["resultType"] == "complete")
        #expect(result?["_meta", "io.modelcontextprotocol/serverInfo", "version"] == "1.2.3")
    }

    @Test(arguments: ["2025-03-26", "2025-06-18", "2025-11-25"])
    func `a handshake gives the revision that was asked for`(version: String) async throws {
        let result = try await answer("initialize", ["protocolVersion": .string(version)], revision: .november2025)
        #expect(result["result", "protocolVersion"]?.string == version)
        #expect(result["result", "serverInfo", "name"] == "test")
    }

    @Test(arguments: ["2026-07-28", "1999-01-01"])
    func `a handshake never gives a revision that has none`(version: String) async throws {
        let result = try await answer("initialize", ["protocolVersion": .string(version)], revision: .november2025)
        #expect(result["result", "protocolVersion"] == "2025-11-25")
    }

    @Test(arguments: [
        ("tools/list", "tools"), ("resources/list", "resources"), ("resources/templates/list", "resourceTemplates"),
        ("prompts/list", "prompts"),
    ])
    func `a list says how long it may be kept, and that it is the caller's own`(method: String, key: String)
        async throws
    {
        let result = try #require(try await answer(method)["result"])
        #expect(result[key]?.array?.isEmpty == false && result["resultType"] == "complete")
        #expect(result["ttlMs"]?.int != nil && result["cacheScope"] == "private")
    }

    @Test(arguments: ["tools/list", "prompts/list", "resources/templates/list"])
    func `a cursor that nobody gave is refused, the empty one too`(method: String) async throws {
        for cursor in ["x", ""] {
            #expect(try await answer(method, ["cursor": .string(cursor)])["error", "code"] == -32602)
        }
    }

    @Test func `a call gives its text, and what it failed of as a result`() async throws {
        let done = try await answer("tools/call", ["name": "echo", "arguments": ["text": "hello"]])["result"]
        #expect(done?["content"] == [["type": "text", "text": "hello"]] && done?["isError"] == nil)
        #expect(done?["structuredContent", "text"] == "hello")
        let failed = try await answer("tools/call", ["name": "echo"])["result"]
        #expect(failed?["isError"] == true && failed?["structuredContent"] == nil)
    }

    @Test(
        arguments: [
            ["name": "nothing"], ["arguments": [:]], ["name": "echo", "arguments": []], ["name": 3],
        ] as [JSONValue])
    func `a call that can't be understood is an error of the protocol`(params: JSONValue) async throws {
        #expect(try await answer("tools/call", params)["error", "code"] == -32602)
    }

    @Test func `a resource that isn't there is named`() async throws {
        let error = try await answer("resources/read", ["uri": "test://none"])["error"]
        #expect(error?["code"] == -32602 && error?["data", "uri"] == "test://none")
        #expect(try await answer("resources/read", ["uri": "test://one"])["result", "contents"]?.array?.count == 1)
    }

    @Test func `a prompt needs the arguments that it says`() async throws {
        #expect(try await answer("prompts/get", ["name": "greet"])["error", "code"] == -32602)
        #expect(try await answer("prompts/get", ["name": "greet", "arguments": ["who": 3]])["error", "code"] == -32602)
        let result = try await answer("prompts/get", ["name": "greet", "arguments": ["who": "Ann"]])["result"]
        #expect(result?["messages", "0"] == nil && result?["messages"]?.array?.first?["content", "text"] == "Hello Ann")
    }

    @Test func `a completion has at most a hundred values`() async throws {
        let params: JSONValue = [
            "ref": ["type": "ref/prompt", "name": "greet"], "argument": ["name": "who", "value": "a"],
        ]
        let completion = try await answer("completion/complete", params)["result", "completion"]
        #expect(completion?["values"]?.array?.count == 100)
        #expect(completion?["total"] == 150 && completion?["hasMore"] == true)
        #expect(
            try await answer("completion/complete", ["ref": ["type": "ref/other"]])["error", "code"] == -32602)
    }

    @Test(arguments: [
        ("ping", true, false), ("ping", false, true), ("initialize", true, false), ("server/discover", false, true),
        ("logging/setLevel", false, false), ("tasks/get", true, false), ("", true, false),
    ])
    func `methods belong to revisions`(method: String, isModern: Bool, isKnown: Bool) {
        // A request for discovery is always one of the newest revision.
        let revision: Revision = isModern || method == "server/discover" ? .july2026 : .november2025
        #expect(MCPServer.knows(method, in: revision) == isKnown)
    }

    @Test func `an error that isn't of the protocol is an internal one, in its own words`() async throws {
        let error = try await answer("tools/call", ["name": "break"])["error"]
        #expect(error?["code"] == -32603 && error?["message"] == "it broke")
    }
}

/// Features without a cluster.
private struct FixedFeatures: ServedFeatures {
    struct Broken: Error, CustomStringConvertible { let description = "it broke" }

    func tools() -> [ServedTool] {
        [
            ServedTool(
                name: "echo", title: "Echo", description: "Says it", inputSchema: ["type": "object"], annotations: [:])
        ]
    }

    func call(tool: String, arguments: JSONObject, request: RequestMeta, progress: ProgressReporter) async throws
        -> ToolResult
    {
        switch tool {
        case "echo":
            guard let text = arguments["text"]?.string else { return .failure("text is missing") }
            return ToolResult(text: text, structured: ["text": .string(text)])
        case "break": throw Broken()
        default: throw RPCError(.invalidParams, "there is no tool \(tool)")
        }
    }

    func mayWait(_ tool: String) -> Bool { false }

    func resources(after cursor: String?) -> (resources: [ServedResource], next: String?) {
        ([ServedResource(uri: "test://one", name: "one", mimeType: "text/plain")], nil)
    }

    func resourceTemplates() -> [ResourceTemplate] {
        [ResourceTemplate(uriTemplate: "test://{n}", name: "n", title: "N", description: "N", mimeType: "text/plain")]
    }

    func read(resource uri: String) async throws -> [ResourceContents] {
        guard uri == "test://one" else { throw RPCError(.invalidParams, "none", data: ["uri": .string(uri)]) }
        return [ResourceContents(uri: uri, mimeType: "text/plain", text: "1")]
    }

    func prompts() -> [ServedPrompt] {
        [
            ServedPrompt(
                name: "greet", title: "Greet", description: "Greets",
                arguments: [.init(name: "who", description: "Whom", isRequired: true)])
        ]
    }

    func prompt(named name: String, arguments: [String: String]) -> PromptMessages {
        PromptMessages(description: "Greets", text: "Hello \(arguments["who"] ?? "")")
    }

    func complete(
        _ reference: CompletionReference, argument: String, value: String, context: [String: String]
    ) -> [String] { (0..<150).map { "a\($0)" } }
}
