import KubeClient
import KubeModel
import MCP
import SkyfloAPI

/// Has a tool of an MCP server called. Nothing in the protocol keeps a call from being done twice, and nothing tells later
/// whether one was done: each is sent once only, and where its answer is lost its outcome stays unknown.
package struct MCPBackend: WriteBackend {
    private let reader: IntegrationReader
    /// nil for whoever only looks.
    private let writer: IntegrationWriter?

    init(_ reader: IntegrationReader) {
        self.reader = reader
        writer = nil
    }

    init(_ writer: IntegrationWriter) {
        self.writer = writer
        reader = writer.reader
    }

    /// Of what the server answers, in bytes.
    private static let outputLimit = 8 * 1024

    package func preview(
        _ write: PlannedMCPCall, after earlier: ArraySlice<PlannedWrite>, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WritePreview {
        let definition: MCPToolDefinition
        do {
            try requireWritable(write.server)
            try await reader.requireMCPRight(.put, to: write.server, api: api)
            definition = try await reader.requireSame(write.definition, write.tool, of: write.server, isNew: false)
        } catch let error as MCPClientError {
            throw ToolFailure("MCP server \(write.server): \(error.message)")
        }
        let shown = redactor.redact(json: write.arguments)
        let arguments = YAML.format(shown).split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
        var warnings = [
            "what it does can't be tried out or undone; if the answer is lost, whether it was done stays unknown"
        ]
        if definition.annotations["readOnlyHint"] == true {
            warnings.append(
                "the server says that it only reads, which nobody has checked; spec.mcpServers[].reads lists what does")
        }
        return WritePreview(
            write: PlannedWrite(.mcp(write)),
            text: "MCP server \(write.server): would be called\n  \(write.tool)\n\(arguments)\n", warnings: warnings)
    }

    private func requireWritable(_ server: String) throws(ToolFailure) {
        guard try reader.mcpServer(server).isReadOnly else { return }
        throw ToolFailure("refused: the MCP server \(server) is read-only (readOnly in the SkyfloAI)")
    }

    package func execute(_ write: PlannedMCPCall, api: ImpersonatingAPI, redactor: Redactor) async -> WriteOutcome {
        guard let writer else { return .rejected("not sent: there is no leave to write") }
        let definition: MCPToolDefinition
        do {
            try requireWritable(write.server)
            try await reader.requireMCPRight(.put, to: write.server, api: ReadOnlyAPI(api))
            // The server is asked anew: what a person has read is what is called.
            definition = try await reader.requireSame(write.definition, write.tool, of: write.server, isNew: true)
        } catch {
            return .rejected("not sent: \(Self.text(error))")
        }
        do {
            let result = try await writer.callMCP(write, definition)
            let shown = result.shown(by: redactor, limit: Self.outputLimit)
            return result.isError
                ? .failed("the server says that it failed: \(shown)") : .applied(shown.isEmpty ? "done" : shown)
        } catch let error as MCPClientError where error.isCertainlyNotDone {
            return .rejected("not done: \(redactor.redact(text: error.message))")
        } catch let error as MCPClientError {
            if case .rpc = error.code {
                return .failed("\(redactor.redact(text: error.message)); something may have been done")
            }
            return .unknown("\(redactor.redact(text: error.message)); whether it was done can't be found out")
        } catch {
            return .unknown("\(Self.text(error)); whether it was done can't be found out")
        }
    }

    private static func text(_ error: any Error) -> String {
        switch error {
        case is CancellationError: "cancelled"
        case let error as MCPClientError: error.message
        default: ToolFailure(describing: error).message
        }
    }

    package func recover(
        _ write: PlannedMCPCall, change: ChangeRecord?, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> WriteOutcome {
        .unknown("the call of \(write.tool) was sent to the MCP server \(write.server), and its answer is lost")
    }

    package func refresh(
        _ write: PlannedMCPCall, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> PlannedMCPCall? { nil }
}

extension MCPToolResult {
    /// For a model and for people: without what looks like credentials, and without what could steer a terminal.
    package func shown(by redactor: Redactor, limit: Int) -> String {
        var shown = redactor.redact(text: text)
        if shown.isEmpty, let structured { shown = YAML.format(redactor.redact(json: structured)) }
        return OutputLimit.cutMiddle(shown, to: limit, rest: "ask for less at once to see them")
    }
}
