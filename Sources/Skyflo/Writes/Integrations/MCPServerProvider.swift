import Crypto
import KubeClient
import KubeModel
import MCP

/// The servers of the Model Context Protocol that a conversation's SkyfloAI names, as it names them at the moment.
package protocol MCPServerProvider: Sendable {
    /// Those that are enabled, in the order of the spec.
    var mcpServers: [MCPServerDescription] { get }

    /// The tools of a server whose descriptions and schemas are accepted.
    ///
    /// - Parameter isNew: the server is asked, whatever is remembered.
    /// - Throws: ``MCP/MCPClientError``, `CancellationError`.
    func mcpTools(of name: String, isNew: Bool) async throws -> [AcceptedMCPTool]

    /// - Throws: ``MCP/MCPClientError`` where its settings or its Secret can't be used.
    func mcpClient(to name: String) async throws -> MCPClient
}

extension MCPServerProvider {
    package var mcpServers: [MCPServerDescription] { [] }
    package func mcpTools(of name: String, isNew: Bool) async throws -> [AcceptedMCPTool] { [] }
    package func mcpClient(to name: String) async throws -> MCPClient {
        throw MCPClientError(.notSent, "no MCP server is configured")
    }
}

/// What may be said of an MCP server: neither its address nor its credential is part of it.
package struct MCPServerDescription: Sendable, Hashable {
    package var name: String
    /// For the model: what its tools are for.
    package var purpose: String
    package var isReadOnly: Bool
    /// The names of the tools that change nothing.
    package var reads: Set<String>

    package init(name: String, purpose: String = "", isReadOnly: Bool = false, reads: Set<String> = []) {
        self.name = name
        self.purpose = purpose
        self.isReadOnly = isReadOnly
        self.reads = reads
    }
}

/// A tool of an MCP server, as somebody has accepted it.
package struct AcceptedMCPTool: Sendable, Hashable {
    package let definition: MCPToolDefinition
    /// Of the definition.
    package let digest: String

    package init(_ definition: MCPToolDefinition) {
        self.definition = definition
        digest = definition.digest
    }
}

extension MCPToolDefinition {
    /// `sha256:` and the hexadecimal SHA-256 over the canonical JSON of all that leads a model or a person.
    package var digest: String { Self.digest(of: pinned) }

    /// Of several together, whatever their order.
    package static func digest(of tools: [MCPToolDefinition]) -> String {
        digest(of: JSONValue(Dictionary(tools.map { ($0.name, $0.digest) }) { first, _ in first }))
    }

    private static func digest(of json: JSONValue) -> String {
        "sha256:" + SHA256.hash(data: JSONWriter.bytes(json, options: .canonical)).hexadecimal
    }
}

extension APIResource {
    /// No such resource is served. Who may `get` one may have its reads called, and who may `update` one its other tools.
    package static let mcpServers = APIResource(
        group: "skyflo.ai", version: "v1", plural: "mcpservers", kind: "MCPServer")
}

// MARK: Reading

extension IntegrationReader {
    package var mcpServers: [MCPServerDescription] { provider.mcpServers }

    func mcpServer(_ name: String) throws(ToolFailure) -> MCPServerDescription {
        guard let found = provider.mcpServers.first(where: { $0.name == name }) else {
            throw ToolFailure("the MCP server \(name) is not configured any more, or disabled (spec.mcpServers)")
        }
        return found
    }

    func requireMCPRight(_ method: KubeRequest.Method, to name: String, api: ReadOnlyAPI) async throws {
        let path = APIResource.mcpServers.path(namespace: namespace, name: name)
        try await AccessReview.requireForTool(KubeRequest(method, path: path), api: api)
    }

    /// Calls a tool that the SkyfloAI lists as one that reads.
    ///
    /// - Parameters:
    ///   - tool: as it was offered.
    ///   - progress: told how far the server is.
    /// - Throws: ``ToolFailure`` where it isn't one of these by now, isn't what it was, may not be used, or gives no answer;
    ///   `CancellationError`.
    package func readMCP(
        _ tool: AcceptedMCPTool, of server: String, arguments: JSONValue, api: ReadOnlyAPI,
        progress: MCPProgressHandler? = nil
    ) async throws -> MCPToolResult {
        let name = tool.definition.name
        guard try mcpServer(server).reads.contains(name) else {
            throw ToolFailure("the SkyfloAI doesn't list \(name) among the reads of the MCP server \(server) any more")
        }
        try await requireMCPRight(.get, to: server, api: api)
        do {
            try await requireSame(tool.digest, name, of: server, isNew: false)
            return try await provider.mcpClient(to: server).call(
                tool.definition, arguments: arguments, progress: progress)
        } catch let error as MCPClientError {
            throw ToolFailure("MCP server \(server): \(error.message)")
        }
    }

    /// - Throws: ``ToolFailure`` where the tool isn't accepted as it was when it was offered; ``MCP/MCPClientError``.
    @discardableResult func requireSame(
        _ digest: String, _ name: String, of server: String, isNew: Bool
    ) async throws -> MCPToolDefinition {
        let tools = try await provider.mcpTools(of: server, isNew: isNew)
        guard let found = tools.first(where: { $0.definition.name == name && $0.digest == digest }) else {
            throw ToolFailure(
                "the tool \(name) of the MCP server \(server) is gone, or is not what it was when it was offered; "
                    + "it can be used when an admin has accepted it as it is now")
        }
        return found.definition
    }
}

extension IntegrationWriter {
    /// Sends what was approved, once.
    /// - Throws: ``MCP/MCPClientError``, `CancellationError`.
    func callMCP(_ call: PlannedMCPCall, _ definition: MCPToolDefinition) async throws -> MCPToolResult {
        try await provider.mcpClient(to: call.server).call(definition, arguments: call.arguments)
    }
}
