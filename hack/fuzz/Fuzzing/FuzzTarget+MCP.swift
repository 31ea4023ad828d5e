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
}
