import KubeModel
import MCP

extension FuzzTarget {
    private static let words = [
        "{", "}", "[", "]", ":", ",", "\"", "null", "true", "1", "-1", "1.5", "\"jsonrpc\"", "\"2.0\"", "\"id\"",
        "\"method\"", "\"params\"", "\"_meta\"", "\"result\"", "\"error\"", "\"arguments\"", "\"name\"", "\"uri\"",
        "\"tools/call\"", "\"initialize\"", "\"server/discover\"", "\"notifications/cancelled\"",
        "\"io.modelcontextprotocol/protocolVersion\"", "\"io.modelcontextprotocol/clientCapabilities\"",
        "\"2026-07-28\"", "\"2025-11-25\"", "\"progressToken\"", "é", "\\ud83d\\ude00", "\\u0000",
    ]

    private static let corpus = [
        #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"progressToken":"p"}}}"#,
        #"{"jsonrpc":"2.0","id":"x","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}"#,
        #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#,
        #"{"jsonrpc":"2.0","id":2,"result":{}}"#,
    ]

    /// Every body is refused with an error that says why, or understood; what is answered has the id that was sent.
    static let mcpRequest = FuzzTarget.text("mcp-request", corpus: corpus, words: words) { input in
        let headers = [
            ("Host", "localhost"), ("Content-Type", "application/json"), ("Accept", "*/*"),
            ("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "tools/call"), ("Mcp-Name", "a"),
        ]
        let id = (try? JSONParser.parse(input))?["id"]
        let request = MCPHTTPRequest(
            verb: "POST", headers: headers.map { (name: $0.0, value: $0.1) }, body: input)
        switch EndpointRules(hosts: ["localhost"]).decide(request) {
        case .accept: break
        case .answer(let rpc, let meta):
            try require(rpc.id.json == id, "the id differs")
            try require(MCPServer.knows(rpc.method, in: meta.revision), "an unknown method is answered")
        case .refuse(let status, let error, _):
            try require((400..<500).contains(status), "refused with \(status)")
            try require(error?["error", "message"]?.string?.isEmpty == false, "refused without a word")
            let answered = error?["id"] ?? .null
            try require(answered.isNull || answered == id, "the id of the error differs")
        }
    }

    private static let replies = [
        #"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","content":[{"type":"text","text":"é"}]}}"#,
        #"{"jsonrpc":"2.0","id":"server-error","error":{"code":-32600,"message":"Missing session ID"}}"#,
        #"{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a","description":"b","inputSchema":{"type":"object","properties":{"c":{"type":"string","x-mcp-header":"D"}}}}],"nextCursor":""}}"#,
        """
        : ping\r
        \r
        event: message\r
        data: {"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":0.5}}\r
        \r
        id: 7
        data:

        data: {"jsonrpc":"2.0",
        data: "id":"1","result":{"content":[],"structuredContent":{"a":[1]}}}


        """,
    ]

    /// However the bytes of an answer are cut, the same is found in it; it answers the request that was sent; and what is
    /// read out of it is within its limits.
    static let mcpReply = FuzzTarget.text(
        "mcp-reply", corpus: replies, words: words + ["data: ", "\n\n", "\r\n", "event: ", ": ", "\u{FEFF}"]
    ) { input in
        for type in ["application/json", "text/event-stream"] {
            let whole = reply(in: input, pieces: max(1, input.count), type: type)
            for size in [1, 5] {
                try require(reply(in: input, pieces: size, type: type) == whole, "cut into \(size) bytes it is another")
            }
            guard let whole else { continue }
            try require(whole["method"] == nil, "a request is taken for an answer")
            try require(whole["result"] != nil || whole["error"] != nil, "an answer without a result or an error")
            for tool in MCPToolList((whole["result", "tools"]?.array ?? [])).tools {
                try require((1...128).contains(tool.name.utf8.count), "a name of \(tool.name.utf8.count) bytes")
                try require(tool.inputSchema["type"] == "object", "a schema that is none of an object")
            }
        }
    }

    private static func reply(in bytes: [UInt8], pieces size: Int, type: String) -> JSONValue? {
        var reader = ReplyReader(id: .number(1), limit: 1 << 20)
        for start in stride(from: 0, to: bytes.count, by: size)
        where reader.read(bytes[start..<min(start + size, bytes.count)], contentType: type) {
            break
        }
        reader.finish()
        return reader.message
    }
}
