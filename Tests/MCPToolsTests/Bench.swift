import FakeKubeAPI
import IntegrationBench
import Integrations
import KubeClient
import KubeModel
import MCP
import SkyfloAPI
import Synchronization
import TestMCP
import Testing
import ToolKit
import Writes

@testable import MCPTools

/// One MCP server, with its tools as they were accepted in the beginning.
final class FixedMCPServer: IntegrationProvider {
    struct State {
        var description: MCPServerDescription?
        var accepted: Set<String>
    }

    let state: Mutex<State>
    private let client: MCPClient
    private let calls: MCPClient

    /// - Parameter calls: what calls are made by; what is found out before is asked for by `client`.
    init(_ description: MCPServerDescription, _ client: MCPClient, calls: MCPClient) async throws {
        self.client = client
        self.calls = calls
        let digests = try await client.tools().tools.map(\.digest)
        state = Mutex(State(description: description, accepted: Set(digests)))
    }

    func integrations(of kind: IntegrationKind) -> [IntegrationDescription] { [] }
    func transport(to name: String, of kind: IntegrationKind) async throws -> any IntegrationTransport {
        throw IntegrationError(.configuration, message: "there is none")
    }

    var mcpServers: [MCPServerDescription] { state.withLock { $0.description.map { [$0] } ?? [] } }
    func mcpTools(of name: String, isNew: Bool) async throws -> [AcceptedMCPTool] {
        let accepted = state.withLock(\.accepted)
        return try await client.tools().tools.map { AcceptedMCPTool($0) }.filter { accepted.contains($0.digest) }
    }
    func mcpClient(to name: String) async throws -> MCPClient { calls }
}

struct Bench: ChangeBench {
    let server: TestMCP
    let provider: FixedMCPServer
    let api: FakeAPI
    let tools: ToolRegistry

    static let token = "a-token-of-tests-0123456789"

    static func with(
        _ server: TestMCP = TestMCP(tools: standard), _ description: MCPServerDescription = weather,
        timeout: Duration = .seconds(60), limit: Int = 1 << 20, isAllowed: Bool = true,
        _ body: @escaping (Bench) async throws -> Void
    ) async throws {
        try await server.serve {
            let memory = MCPPeerMemory()
            func client(within timeout: Duration) throws -> MCPClient {
                let transport = try HTTPIntegrationTransport(
                    IntegrationOrigin(server.url), credential: nil,
                    headers: [.init("Authorization", value: "Bearer \(token)")], timeout: timeout)
                return MCPClient(
                    HTTPMCPTransport(transport, hiding: [token]), memory: memory, version: "9", resultLimit: limit)
            }
            let api = FakeAPI()
            api.answer(
                "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", status: 201,
                ["status": ["allowed": .bool(isAllowed)]])
            let provider = try await FixedMCPServer(
                description, client(within: .seconds(60)), calls: client(within: timeout))
            let (tools, groups) = MCPToolset.tools(
                of: description, try await provider.mcpTools(of: "", isNew: true), redactor: Self.redactor)
            try await body(
                Bench(
                    server: server, provider: provider, api: api,
                    tools: ToolRegistry([]).adding(tools, onDemand: groups)))
        }
    }

    static let weather = MCPServerDescription(name: "weather", reads: ["forecast", "look"])
    static let standard = [
        TestMCP.tool(
            "forecast", "tells the weather",
            properties: ["city": ["type": "string", "minLength": 2], "days": ["type": "integer", "maximum": 7]]),
        TestMCP.tool("look"),
        TestMCP.tool(
            "seed_clouds", "makes rain", properties: ["place": ["type": "string"], "password": ["type": "string"]],
            hints: ["readOnlyHint": true]),
    ]

    func output(_ name: String, _ arguments: JSONValue = [:]) async throws -> String {
        guard case .output(let text) = try await call(name, arguments) else { throw ToolFailure("no output") }
        return text
    }
}

extension WriteOutcome {
    var kind: String {
        switch self {
        case .applied: "applied"
        case .failed: "failed"
        case .rejected: "rejected"
        case .unknown: "unknown"
        case .stale, .postponed, .notDone: "other"
        }
    }

    var words: String {
        var found = ""
        _ = mapText { text in
            found = text
            return text
        }
        return found
    }
}
