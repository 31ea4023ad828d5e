import KubeModel
import Synchronization
import TestWeb

/// A server of the Model Context Protocol on loopback, of today's revision or with a handshake and a session.
package final class TestMCP: Sendable {
    package enum Era: Sendable { case modern, legacy }

    package struct Call: Sendable, Hashable {
        package var tool: String
        package var arguments: JSONValue

        package init(tool: String, arguments: JSONValue) {
            self.tool = tool
            self.arguments = arguments
        }
    }

    private struct State {
        var tools: [JSONValue]
        var calls: [Call] = []
        var answer: @Sendable (Call) -> JSONValue = { _ in TestMCP.text("done") }
        var replaced: [String: TestAnswer] = [:]
        var session = 0
    }

    private let web = TestWebServer()
    private let state: Mutex<State>
    private let era: Era
    /// Whether answers come as events.
    private let streams: Bool
    /// What each request has to have as `Authorization`; nil for nothing.
    private let authorization: String?

    package init(_ era: Era = .modern, streams: Bool = false, authorization: String? = nil, tools: [JSONValue]) {
        self.era = era
        self.streams = streams
        self.authorization = authorization
        state = Mutex(State(tools: tools))
        web.handle { [weak self] request in self?.answer(to: request) ?? .page(503, "gone") }
    }

    package static func tool(
        _ name: String, _ description: String = "does something", properties: JSONValue = [:], hints: JSONValue = [:]
    ) -> JSONValue {
        [
            "name": .string(name), "description": .string(description), "annotations": hints,
            "inputSchema": ["type": "object", "properties": properties, "additionalProperties": false],
        ]
    }

    package static func text(_ text: String, isError: Bool = false) -> JSONValue {
        ["resultType": "complete", "content": [["type": "text", "text": .string(text)]], "isError": .bool(isError)]
    }

    package var url: String { web.url + "/mcp" }
    package var requests: [SeenRequest] { web.requests }
    package var calls: [Call] { state.withLock(\.calls) }
    package var tools: [JSONValue] {
        get { state.withLock(\.tools) }
        set { state.withLock { $0.tools = newValue } }
    }

    /// What calls are answered by.
    package func answer(_ body: @escaping @Sendable (Call) -> JSONValue) { state.withLock { $0.answer = body } }

    /// Answers a method this way, whatever it asks; an id of 1 becomes that of the request. A call is counted all the same.
    package func replace(_ method: String, with answer: TestAnswer?) { state.withLock { $0.replaced[method] = answer } }

    /// The first message of a method; nil where none came yet.
    package func message(of method: String) -> JSONValue? {
        requests.lazy.compactMap { try? JSONParser.parse($0.body) }.first { $0["method"]?.string == method }
    }

    package func forgetSessions() { state.withLock { $0.session += 1 } }

    package func serve(_ body: () async throws -> Void) async throws { try await web.serve(body) }

    // MARK: Answering

    private func answer(to request: SeenRequest) -> TestAnswer {
        guard request.method == "POST" else { return TestAnswer(405, headers: ["allow": "POST"]) }
        if let authorization, request.headers["authorization"] != authorization { return TestAnswer(401) }
        guard let json = try? JSONParser.parse(request.body), let method = json["method"]?.string else {
            return Self.error(-32700, "no JSON", id: .null, status: 400)
        }
        if method == "tools/call", let name = json["params", "name"]?.string {
            let call = Call(tool: name, arguments: json["params", "arguments"] ?? [:])
            state.withLock { $0.calls.append(call) }
        }
        if let replaced = state.withLock({ $0.replaced[method] }) {
            return Self.addressed(replaced, to: json["id"] ?? .null)
        }
        return era == .modern ? modern(method, json, request) : legacy(method, json, request)
    }

    private func modern(_ method: String, _ json: JSONValue, _ request: SeenRequest) -> TestAnswer {
        let id = json["id"] ?? .null
        guard json["params", "_meta", "io.modelcontextprotocol/protocolVersion"] == "2026-07-28" else {
            return Self.error(-32602, "no version", id: id, status: 400)
        }
        guard request.headers["mcp-protocol-version"] == "2026-07-28", request.headers["mcp-method"] == method else {
            return Self.error(-32020, "headers and body disagree", id: id, status: 400)
        }
        switch method {
        case "server/discover":
            return result(
                [
                    "resultType": "complete", "supportedVersions": ["2026-07-28"], "capabilities": ["tools": [:]],
                    "ttlMs": 0, "cacheScope": "private", "_meta": ["io.modelcontextprotocol/serverInfo": Self.info],
                ], id: id)
        case "tools/list":
            return result(
                [
                    "resultType": "complete", "tools": .array(tools), "ttlMs": 0, "cacheScope": "private",
                ], id: id)
        case "tools/call": return called(json, id: id)
        default: return Self.error(-32601, "unknown method", id: id, status: 404)
        }
    }

    private func legacy(_ method: String, _ json: JSONValue, _ request: SeenRequest) -> TestAnswer {
        let id = json["id"] ?? .null
        let session = "session-\(state.withLock(\.session))"
        if method == "initialize" {
            var answer = result(
                ["protocolVersion": "2025-11-25", "capabilities": ["tools": [:]], "serverInfo": Self.info], id: id)
            answer.headers["mcp-session-id"] = session
            return answer
        }
        guard let known = request.headers["mcp-session-id"] else {
            return Self.error(-32600, "Bad Request: Missing session ID", id: "server-error", status: 400)
        }
        guard known == session else { return Self.error(-32600, "Session not found", id: "server-error", status: 404) }
        switch method {
        case "notifications/initialized", "notifications/cancelled": return TestAnswer(202)
        case "tools/list": return result(["tools": .array(tools)], id: id)
        case "tools/call": return called(json, id: id)
        default: return Self.error(-32601, "unknown method", id: id, status: 200)
        }
    }

    private static func addressed(_ answer: TestAnswer, to id: JSONValue) -> TestAnswer {
        var answer = answer
        let own = "\"id\":\(JSONWriter.string(id)),"
        answer.body = answer.body.replacing("\"id\":1,".utf8, with: own.utf8)
            .replacing("\"progressToken\":1,".utf8, with: "\"progressToken\":\(JSONWriter.string(id)),".utf8)
        return answer
    }

    private static let info: JSONValue = ["name": "fixture", "version": "1.0"]

    private func called(_ json: JSONValue, id: JSONValue) -> TestAnswer {
        let name = json["params", "name"]?.string ?? ""
        guard tools.contains(where: { $0["name"]?.string == name }) else {
            return Self.error(-32602, "unknown tool", id: id, status: 400)
        }
        let call = Call(tool: name, arguments: json["params", "arguments"] ?? [:])
        return result(state.withLock(\.answer)(call), id: id)
    }

    private func result(_ result: JSONValue, id: JSONValue) -> TestAnswer {
        let message: JSONValue = ["jsonrpc": "2.0", "id": id, "result": result]
        return streams ? Self.events([message]) : TestAnswer(200, json: message)
    }

    /// An answer of server-sent events.
    package static func events(_ messages: [JSONValue]) -> TestAnswer {
        let text = messages.map { "event: message\ndata: \(JSONWriter.string($0))\n\n" }.joined()
        return TestAnswer(200, ": hello\n\n" + text, headers: ["content-type": "text/event-stream"])
    }

    private static func error(_ code: Int, _ message: String, id: JSONValue, status: Int) -> TestAnswer {
        TestAnswer(
            status,
            json: ["jsonrpc": "2.0", "id": id, "error": ["code": JSONValue(code), "message": .string(message)]])
    }
}
