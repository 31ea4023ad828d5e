import Integrations
import MCP

/// Posts messages of the Model Context Protocol to the address of one server (Streamable HTTP).
package struct HTTPMCPTransport: MCPTransport {
    private let transport: HTTPIntegrationTransport
    private let secrets: [String]

    /// - Parameters:
    ///   - transport: with the headers that the server asks for.
    ///   - secrets: those among the headers; where an answer repeats one, it is replaced.
    package init(_ transport: HTTPIntegrationTransport, hiding secrets: [String] = []) {
        self.transport = transport
        self.secrets = secrets
    }

    private struct Body: BodyReader {
        /// nil where no answer is waited for.
        var reader: ReplyReader?

        mutating func read(_ bytes: [UInt8], of head: IntegrationResponse) -> Bool {
            reader?.read(bytes, contentType: head.header("content-type")) ?? true
        }
    }

    private static func request(_ post: MCPPost) -> JSONPost {
        JSONPost(
            post.body, accept: "application/json, text/event-stream",
            headers: post.headers.map { .init($0.name, value: $0.value) }, limit: post.limit)
    }

    package func notify(_ post: MCPPost) { transport.send(Self.request(post)) }

    package func post(_ post: MCPPost) async throws -> MCPReply {
        do {
            let body = Body(reader: post.id.map { ReplyReader(id: $0, limit: post.limit) })
            var (head, read) = try await transport.post(Self.request(post), hiding: secrets, reader: body)
            read.reader?.finish()
            return MCPReply(
                status: head.status, session: head.header("mcp-session-id"), message: read.reader?.message)
        } catch let error as IntegrationError {
            throw Self.failure(error)
        }
    }

    private static func failure(_ error: IntegrationError) -> MCPClientError {
        switch error.code {
        case .configuration, .refused, .unreachable: MCPClientError(.notSent, error.message)
        case .tooLarge, .malformed: MCPClientError(.malformed, error.message)
        default: MCPClientError(.lost, error.message)
        }
    }
}
