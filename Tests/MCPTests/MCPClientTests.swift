import KubeModel
import MCP
import Synchronization
import Testing

/// Answers posts by a function, and remembers them.
private final class ScriptedTransport: MCPTransport {
    private let seen = Mutex<[MCPPost]>([])
    private let answer: @Sendable (MCPPost, JSONValue) throws -> MCPReply

    init(_ answer: @escaping @Sendable (MCPPost, JSONValue) throws -> MCPReply) { self.answer = answer }

    var posts: [MCPPost] { seen.withLock(\.self) }
    var methods: [String] { posts.compactMap { try? JSONParser.parse($0.body)["method"]?.string } }

    func post(_ post: MCPPost, progress: MCPProgressHandler?) async throws -> MCPReply {
        seen.withLock { $0.append(post) }
        return try answer(post, try JSONParser.parse(post.body))
    }

    func notify(_ post: MCPPost) { seen.withLock { $0.append(post) } }

    static func result(_ result: JSONValue, session: String? = nil) -> MCPReply {
        MCPReply(status: 200, session: session, message: ["jsonrpc": "2.0", "id": 1, "result": result])
    }

    static func error(_ code: Int, status: Int = 200, data: JSONValue? = nil) -> MCPReply {
        MCPReply(
            status: status,
            message: [
                "jsonrpc": "2.0", "id": 1,
                "error": .compact(["code": JSONValue(code), "message": "no", "data": data]),
            ])
    }

    static let discovered = result([
        "resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]],
        "_meta": ["io.modelcontextprotocol/serverInfo": ["name": "weather", "version": "1"]],
    ])
    static func initialized(_ revision: String) -> MCPReply {
        result(
            [
                "protocolVersion": .string(revision), "capabilities": [:],
                "serverInfo": ["name": "weather", "version": "0"],
            ], session: "s-1")
    }
}

@Suite struct MCPClientTests {
    private static func client(_ transport: ScriptedTransport, memory: MCPPeerMemory = MCPPeerMemory()) -> MCPClient {
        MCPClient(transport, memory: memory, version: "9")
    }

    private static func tool(_ name: String, schema: JSONValue = ["type": "object"]) -> JSONValue {
        ["name": .string(name), "description": "does \(name)", "inputSchema": schema]
    }

    // MARK: Revisions

    @Test func `a server of today is asked without a handshake, and every request says everything`() async throws {
        let transport = ScriptedTransport { _, json in
            json["method"] == "server/discover"
                ? ScriptedTransport.discovered
                : ScriptedTransport.result(["resultType": "complete", "tools": [Self.tool("forecast")]])
        }
        let list = try await Self.client(transport).tools()
        #expect(list.tools.map(\.name) == ["forecast"] && list.problems.isEmpty)
        #expect(transport.methods == ["server/discover", "tools/list"])
        for post in transport.posts {
            let meta = try JSONParser.parse(post.body)["params", "_meta"]
            #expect(meta?["io.modelcontextprotocol/protocolVersion"] == "2026-07-28")
            #expect(meta?["io.modelcontextprotocol/clientCapabilities"] == [:])
            #expect(post.header("MCP-Protocol-Version") == "2026-07-28")
            #expect(post.header("Mcp-Session-Id") == nil)
        }
        #expect(transport.posts[1].header("Mcp-Method") == "tools/list")
    }

    @Test(
        arguments: [
            ScriptedTransport.error(-32600, status: 400), ScriptedTransport.error(-32601),
            MCPReply(status: 404), MCPReply(status: 405), MCPReply(status: 200), MCPReply(status: 202),
        ])
    func `a server that doesn't know the revision of today is greeted as one of before`(
        _ answer: MCPReply
    ) async throws {
        let transport = ScriptedTransport { _, json in
            switch json["method"]?.string {
            case "server/discover": answer
            case "initialize": ScriptedTransport.initialized("2025-06-18")
            case "notifications/initialized": MCPReply(status: 202)
            default: ScriptedTransport.result(["tools": []])
            }
        }
        _ = try await Self.client(transport).tools()
        #expect(transport.methods == ["server/discover", "initialize", "notifications/initialized", "tools/list"])
        let last = try #require(transport.posts.last)
        #expect(last.header("MCP-Protocol-Version") == "2025-06-18" && last.header("Mcp-Session-Id") == "s-1")
        #expect(try JSONParser.parse(last.body)["params", "_meta"] == nil)
        #expect(transport.posts[1].header("MCP-Protocol-Version") == nil)
    }

    @Test(
        arguments: [
            MCPReply(status: 401), MCPReply(status: 403), MCPReply(status: 429), MCPReply(status: 503),
            MCPReply(status: 302), ScriptedTransport.error(-32020, status: 400),
        ])
    func `an outage is no reason to speak an older revision`(_ answer: MCPReply) async {
        let transport = ScriptedTransport { _, _ in answer }
        await #expect(throws: MCPClientError.self) { try await Self.client(transport).tools() }
        #expect(transport.methods == ["server/discover"])
    }

    @Test func `of the revisions that a server names, the newest known one is spoken`() async throws {
        let transport = ScriptedTransport { _, json in
            switch json["method"]?.string {
            case "server/discover":
                ScriptedTransport.error(
                    -32022, status: 400, data: ["supported": ["2025-03-26", "2025-06-18", "2099-01-01"]])
            case "initialize": ScriptedTransport.initialized("2025-06-18")
            default: MCPReply(status: 202)
            }
        }
        #expect(try await Self.client(transport).connect().revision == .june2025)
        #expect(try JSONParser.parse(transport.posts[1].body)["params", "protocolVersion"] == "2025-06-18")
        let foreign = ScriptedTransport { _, _ in
            ScriptedTransport.error(-32022, status: 400, data: ["supported": ["2099-01-01"]])
        }
        await #expect(throws: MCPClientError.self) { try await Self.client(foreign).connect() }
    }

    @Test func `a session that the server forgot is begun anew for a list`() async throws {
        let sessions = Mutex(0)
        let transport = ScriptedTransport { post, json in
            switch json["method"]?.string {
            case "server/discover": return MCPReply(status: 404)
            case "initialize":
                let number = sessions.withLock { count in
                    count += 1
                    return count
                }
                var reply = ScriptedTransport.initialized("2025-11-25")
                reply.session = "s-\(number)"
                return reply
            case "notifications/initialized": return MCPReply(status: 202)
            default:
                return post.header("Mcp-Session-Id") == "s-2"
                    ? ScriptedTransport.result(["tools": []]) : MCPReply(status: 404)
            }
        }
        _ = try await Self.client(transport).tools()
        #expect(sessions.withLock(\.self) == 2)
    }

    @Test func `one of our own servers is refused`() async {
        let transport = ScriptedTransport { _, _ in
            ScriptedTransport.result([
                "resultType": "complete", "supportedVersions": ["2026-07-28"],
                "_meta": ["io.modelcontextprotocol/serverInfo": ["name": "skyflo", "version": "1"]],
            ])
        }
        let error = await #expect(throws: MCPClientError.self) { try await Self.client(transport).tools() }
        #expect(error?.message.contains("circles") == true)
    }

    // MARK: Lists

    private static func list(_ tools: [JSONValue]) async throws -> MCPToolList {
        let transport = ScriptedTransport { _, json in
            json["method"] == "server/discover"
                ? ScriptedTransport.discovered
                : ScriptedTransport.result(["resultType": "complete", "tools": .array(tools)])
        }
        return try await client(transport).tools()
    }

    @Test func `what can't be used of a list is left out, and the rest is kept`() async throws {
        let deep = (0..<40).reduce(JSONValue.object(["type": "string"])) { schema, _ in
            ["type": "object", "properties": ["a": schema]]
        }
        let list = try await Self.list([
            Self.tool("good"), Self.tool("twice"), Self.tool("twice"), Self.tool("bad name"),
            ["name": "bare", "description": "x"], Self.tool("array", schema: ["type": "array"]),
            Self.tool("deep", schema: deep), ["description": "nameless", "inputSchema": ["type": "object"]],
            Self.tool(
                "large", schema: ["type": "object", "description": .string(String(repeating: "x", count: 20_000))]),
            Self.tool(
                "header", schema: ["type": "object", "properties": ["a": ["type": "array", "x-mcp-header": "A"]]]),
        ])
        #expect(list.tools.map(\.name) == ["good"])
        #expect(list.problems.count == 8)
    }

    @Test func `no more than so many tools are used of one server`() async throws {
        let list = try await Self.list((0..<300).map { Self.tool("t\($0)") })
        #expect(list.tools.count == MCPToolList.mostTools && list.problems.count == 1)
    }

    @Test func `of a list that is far too long only the beginning is looked at, and few of its problems are told`() {
        let same = MCPToolList(Array(repeating: Self.tool("same"), count: 20_000))
        #expect(same.tools.isEmpty && same.problems.count == 2)
        let pairs = MCPToolList((0..<20_000).map { Self.tool("t\($0 % 10_000)") })
        #expect(pairs.tools.isEmpty && pairs.problems.count == 33)
        #expect(pairs.problems.last?.hasSuffix(" more") == true)
        let good = MCPToolList((0..<20_000).map { Self.tool("t\($0)") })
        #expect(good.tools.count == MCPToolList.mostTools && good.problems.count == 1)
    }

    @Test func `pages are followed, and a list without end is refused`() async throws {
        let transport = ScriptedTransport { _, json in
            guard json["method"] == "tools/list" else { return ScriptedTransport.discovered }
            let cursor = json["params", "cursor"]?.string
            return ScriptedTransport.result(
                .compact([
                    "resultType": "complete", "tools": [Self.tool("t\(cursor ?? "0")")],
                    "nextCursor": cursor == "2" ? nil : cursor == nil ? "1" : "2",
                ]))
        }
        #expect(try await Self.client(transport).tools().tools.map(\.name) == ["t0", "t1", "t2"])
        let endless = ScriptedTransport { _, json in
            guard json["method"] == "tools/list" else { return ScriptedTransport.discovered }
            let next = Int(json["params", "cursor"]?.string ?? "0").map { $0 + 1 } ?? 0
            return ScriptedTransport.result(["tools": [], "nextCursor": .string(String(next))])
        }
        await #expect(throws: MCPClientError.self) { try await Self.client(endless).tools() }
        #expect(endless.posts.count < 30)
    }

    // MARK: Calls

    private static func call(
        _ schema: JSONValue = ["type": "object"], _ arguments: JSONValue = [:], answer: MCPReply
    ) async throws -> (MCPToolResult, MCPPost) {
        let transport = ScriptedTransport { _, json in
            json["method"] == "server/discover" ? ScriptedTransport.discovered : answer
        }
        let result = try await client(transport).call(
            try MCPToolDefinition(tool("forecast", schema: schema)), arguments: arguments)
        return (result, try #require(transport.posts.last))
    }

    @Test func `arguments with a header of their own are sent in it too`() async throws {
        let schema: JSONValue = [
            "type": "object",
            "properties": [
                "city": ["type": "string", "x-mcp-header": "City"],
                "days": ["type": "integer", "x-mcp-header": "Days"],
                "dry": ["type": "boolean", "x-mcp-header": "Dry"], "none": ["type": "string", "x-mcp-header": "None"],
            ],
        ]
        let (_, post) = try await Self.call(
            schema, ["city": "Zürich", "days": 3, "dry": true],
            answer: ScriptedTransport.result(["resultType": "complete", "content": []]))
        #expect(post.header("Mcp-Param-City") == "=?base64?WsO8cmljaA==?=")
        #expect(post.header("Mcp-Param-Days") == "3" && post.header("Mcp-Param-Dry") == "true")
        #expect(post.header("Mcp-Param-None") == nil && post.header("Mcp-Name") == "forecast")
    }

    @Test func `parts of a result become text`() async throws {
        let (result, _) = try await Self.call(
            answer: ScriptedTransport.result([
                "resultType": "complete", "structuredContent": ["sun": true],
                "content": [
                    ["type": "text", "text": "sunny"], ["type": "image", "data": "AAAA", "mimeType": "image/png"],
                    ["type": "resource", "resource": ["uri": "a://b", "text": "more"]], ["type": "hologram"],
                ],
            ]))
        #expect(!result.isError && result.structured == ["sun": true])
        #expect(result.text.hasPrefix("sunny\n[image of type image/png, 3 bytes, not shown]\n[resource a://b]\nmore"))
    }

    @Test(
        arguments: [
            (ScriptedTransport.error(-32602, status: 400), true), (ScriptedTransport.error(-32603), false),
            (ScriptedTransport.error(-32000), false), (MCPReply(status: 401), true), (MCPReply(status: 404), true),
            (MCPReply(status: 500), false), (MCPReply(status: 408), false), (MCPReply(status: 200), false),
            (ScriptedTransport.error(-32602, status: 502), false),
            (ScriptedTransport.result(["resultType": "task", "taskId": "1"]), false),
            (ScriptedTransport.result(["resultType": "input_required", "requestState": "x"]), false),
            (ScriptedTransport.result(["content": []]), false),
        ])
    func `only what says that nothing was done counts as that`(_ answer: MCPReply, isNotDone: Bool) async {
        let error = await #expect(throws: MCPClientError.self) { try await Self.call(answer: answer) }
        #expect(error?.isCertainlyNotDone == isNotDone, "\(String(describing: error))")
    }

    // MARK: Ids and cancelling

    private static func legacy(
        _ call: @escaping @Sendable () throws -> MCPReply
    ) -> ScriptedTransport {
        ScriptedTransport { _, json in
            switch json["method"]?.string {
            case "server/discover": MCPReply(status: 404)
            case "initialize": ScriptedTransport.initialized("2025-11-25")
            case "notifications/initialized": MCPReply(status: 202)
            default: try call()
            }
        }
    }

    @Test func `no two requests have the same id, and notifications have none`() async throws {
        let transport = Self.legacy { ScriptedTransport.result(["tools": []]) }
        let client = Self.client(transport)
        _ = try await client.tools()
        _ = try await client.tools()
        let ids = try transport.posts.map { try JSONParser.parse($0.body)["id"] }
        #expect(ids.compactMap(\.self).count == 4 && Set(ids.compactMap(\.self)).count == 4)
        #expect(ids[2] == nil && transport.methods[2] == "notifications/initialized")
    }

    private static func cancellation(at transport: ScriptedTransport) async throws -> JSONValue? {
        let tool = try MCPToolDefinition(Self.tool("forecast"))
        await #expect(throws: (any Error).self) { try await Self.client(transport).call(tool, arguments: [:]) }
        let bodies = try transport.posts.map { try JSONParser.parse($0.body) }
        let call = try #require(bodies.first { $0["method"] == "tools/call" })
        let notice = bodies.first { $0["method"] == "notifications/cancelled" }
        if let notice { #expect(notice["params", "requestId"] == call["id"] && notice["id"] == nil) }
        return notice?["params", "reason"]
    }

    @Test func `a server of before is told that nobody waits any more`() async throws {
        let stopped = Self.legacy { throw CancellationError() }
        #expect(try await Self.cancellation(at: stopped) == "stopped")
        let late = Self.legacy { throw MCPClientError(.lost, "no answer in time") }
        #expect(try await Self.cancellation(at: late) == "no answer in time")
        let answered = Self.legacy { ScriptedTransport.error(-32603) }
        #expect(try await Self.cancellation(at: answered) == nil)
    }

    @Test func `to a server of today the end of the connection says it`() async throws {
        let transport = ScriptedTransport { _, json in
            guard json["method"] == "server/discover" else { throw CancellationError() }
            return ScriptedTransport.discovered
        }
        #expect(try await Self.cancellation(at: transport) == nil)
    }
}

@Suite struct ReplyReaderTests {
    private static let stream = """
        : hello\r
        \r
        event: message\r
        data: {"jsonrpc":"2.0","method":"notifications/progress","params":{}}\r
        \r
        id: 7
        data:

        data: {"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{}}

        data: {"jsonrpc":"2.0","id":9,"result":{"of":"another"}}

        data: {"jsonrpc":"2.0",
        data: "id":"1","result":{"ok":true}}

        data: {"jsonrpc":"2.0","id":1,"result":{"too":"late"}}


        """

    @Test(arguments: 1...40)
    func `the answer is found in a stream that is cut anywhere`(_ size: Int) {
        var reader = ReplyReader(id: .number(1), limit: 1 << 16)
        let bytes = Array(Self.stream.utf8)
        var isDone = false
        for start in stride(from: 0, to: bytes.count, by: size) where !isDone {
            isDone = reader.read(bytes[start..<min(start + size, bytes.count)], contentType: "text/event-stream; x=y")
        }
        #expect(isDone && reader.message?["result", "ok"] == true)
    }

    @Test(arguments: ["", "[]", "{\"id\":1}", "<html>", "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{}}"])
    func `what is no answer is none`(_ body: String) {
        for type in ["application/json", "text/event-stream"] {
            var reader = ReplyReader(id: .number(1), limit: 1 << 16)
            _ = reader.read((type.hasPrefix("text") ? "data: \(body)\n\n" : body).utf8, contentType: type)
            reader.finish()
            #expect(reader.message == nil)
        }
    }

    @Test func `progress is that of the request, and rises`() {
        var reader = ReplyReader(id: .number(7), limit: 1 << 16)
        func say(_ token: String, _ progress: String) -> [MCPProgress] {
            let json =
                #"{"method":"notifications/progress","params":{"progressToken":\#(token),"progress":\#(progress)}}"#
            _ = reader.read("data: \(json)\n\n".utf8, contentType: "text/event-stream")
            return reader.takeProgress()
        }
        #expect(say("7", #"1,"total":3,"message":"one""#).map(\.message) == ["one"])
        #expect(say("8", "2").isEmpty && say("7", "1").isEmpty && say("7", "0.5").isEmpty && say("7", "\"2\"").isEmpty)
        #expect(say("\"7\"", "2.5").map(\.progress) == [2.5])
        #expect(reader.message == nil)
    }

    @Test func `behind an event that is larger than is read nothing is found`() {
        var reader = ReplyReader(id: .number(1), limit: 100)
        let isDone = reader.read(Array(repeating: UInt8(ascii: "x"), count: 101), contentType: "text/event-stream")
        reader.finish()
        #expect(isDone && reader.message == nil)
    }

    @Test(arguments: ["application/json", "text/event-stream"])
    func `what is no UTF-8 is not repaired`(_ type: String) {
        var reader = ReplyReader(id: .number(1), limit: 1 << 16)
        let json = Array(#"{"id":1,"result":{"a":""#.utf8) + [0xFF] + Array(#""}}"#.utf8)
        let body = type.hasPrefix("text") ? Array("data: ".utf8) + json + Array("\n\n".utf8) : json
        _ = reader.read(body, contentType: type)
        reader.finish()
        #expect(reader.message == nil)
    }

    @Test func `an error without an id answers the only request`() {
        var reader = ReplyReader(id: .number(1), limit: 1 << 16)
        _ = reader.read(#"{"jsonrpc":"2.0","id":"server-error","error":{"code":-32600}}"#.utf8, contentType: nil)
        reader.finish()
        #expect(reader.message?["error", "code"] == -32600)
    }
}
