import KubeClient
import KubeModel
import SkyfloAPI

/// A call of a tool of an MCP server, exactly as it would be sent. It names the server; where that is and as whom it is asked is
/// known to the SkyfloAI alone.
package struct PlannedMCPCall: Sendable, Hashable {
    package var server: String
    /// Of the conversation.
    package var namespace: String
    /// As the server calls it.
    package var tool: String
    /// An object.
    package var arguments: JSONValue
    /// The digest of the tool's description and schema, as they were accepted. The call isn't sent to any other.
    package var definition: String

    package init(server: String, namespace: String, tool: String, arguments: JSONValue, definition: String) {
        self.server = server
        self.namespace = namespace
        self.tool = tool
        self.arguments = arguments
        self.definition = definition
    }

    /// The JSON-RPC message. What is sent has besides an id and what each request of the protocol says of the client.
    package var body: String { Self.body(of: tool, arguments) }

    private static func body(of tool: String, _ arguments: JSONValue) -> String {
        JSONWriter.string([
            "jsonrpc": "2.0", "method": "tools/call", "params": ["name": .string(tool), "arguments": arguments],
        ])
    }

    package var target: PlannedRequest.Target {
        PlannedRequest.Target(
            resource: .mcpServers, namespace: namespace, name: server, uid: "", resourceVersion: "")
    }

    /// Who approves it needs the same right as the conversation's ServiceAccount.
    var access: ResourceAccess? {
        ResourceAccess(KubeRequest(.put, path: APIResource.mcpServers.path(namespace: namespace, name: server)))
    }

    var size: Int { body.utf8.count }
}

extension PlannedMCPCall {
    var stored: StoredWrite {
        var stored = StoredWrite()
        stored.server = server
        stored.tool = tool
        stored.method = "POST"
        stored.body = body
        stored.definition = definition
        stored.target = target.stored
        return stored
    }

    /// nil for what ``stored`` doesn't make.
    init?(_ stored: StoredWrite) {
        guard let server = stored.server, !server.isEmpty, let tool = stored.tool, !tool.isEmpty,
            let definition = stored.definition, !definition.isEmpty, let namespace = stored.target?.namespace,
            let body = stored.body, let arguments = try? JSONParser.parse(body)["params", "arguments"],
            arguments.object != nil
        else { return nil }
        self.init(server: server, namespace: namespace, tool: tool, arguments: arguments, definition: definition)
        guard self.stored.body == body, stored.method == "POST", target.stored == stored.target else { return nil }
    }

    func shown(by redactor: Redactor) -> StoredWrite {
        var shown = stored
        shown.body = Self.body(of: tool, redactor.redact(json: arguments))
        return shown
    }

    func secrets(_ redactor: Redactor) -> Set<String> {
        Redactor.hidden(in: arguments, shown: redactor.redact(json: arguments))
    }
}
