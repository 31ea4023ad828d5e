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
        var progress: MCPProgressHandler?
        private var lastTold: ContinuousClock.Instant?
        /// Nobody reads faster.
        private static let interval = Duration.milliseconds(200)

        init(_ reader: ReplyReader?, progress: MCPProgressHandler?) {
            self.reader = reader
            self.progress = progress
        }

        mutating func read(_ bytes: [UInt8], of head: IntegrationResponse) -> Bool {
            let isDone = reader?.read(bytes, contentType: head.header("content-type")) ?? true
            if let progress, let newest = reader?.takeProgress().last {
                let now = ContinuousClock.now
                if lastTold.map({ now - $0 >= Self.interval }) ?? true {
                    lastTold = now
                    progress(newest)
                }
            }
            return isDone
        }
    }

    private static func request(_ post: MCPPost) -> JSONPost {
        JSONPost(
            post.body, accept: "application/json, text/event-stream",
            headers: post.headers.map { .init($0.name, value: $0.value) }, limit: post.limit)
    }

    package func notify(_ post: MCPPost) { transport.send(Self.request(post)) }

    package func post(_ post: MCPPost, progress: MCPProgressHandler?) async throws -> MCPReply {
        do {
            let body = Body(post.id.map { ReplyReader(id: $0, limit: post.limit) }, progress: progress)
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
