import KubeModel

/// One message to a server over Streamable HTTP, as a value: what is sent, never where or as whom.
package struct MCPPost: Sendable, Hashable {
    package struct Header: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    package var body: String
    /// Those of the protocol.
    package var headers: [Header]
    /// Of the request whose answer is waited for; nil for a notification.
    package var id: RPCID?
    /// How many bytes of the answer are read.
    package var limit: Int

    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// How far a server is with a call, by its own word (`notifications/progress`).
package struct MCPProgress: Sendable, Hashable {
    package var progress: Double
    package var total: Double?
    /// Somebody else's text.
    package var message: String?

    /// nil for what isn't what the protocol says.
    init?(_ params: JSONValue?) {
        guard let progress = params?["progress"]?.double, progress.isFinite else { return nil }
        self.progress = progress
        total = params?["total"]?.double.flatMap { $0.isFinite ? $0 : nil }
        message = params?["message"]?.string
    }
}

package typealias MCPProgressHandler = @Sendable (MCPProgress) -> Void

/// What a server answered.
package struct MCPReply: Sendable, Hashable {
    package var status: Int
    /// `Mcp-Session-Id`, of servers before 2026-07-28.
    package var session: String?
    /// The message with a result or an error; nil where the answer has none.
    package var message: JSONValue?

    package init(status: Int, session: String? = nil, message: JSONValue? = nil) {
        self.status = status
        self.session = session
        self.message = message
    }
}

/// Posts messages to one server. Whoever implements it knows the address and the credential, and tells neither.
package protocol MCPTransport: Sendable {
    /// - Parameter progress: told what the server says before its answer, if it says anything.
    /// - Throws: ``MCPClientError`` where no complete answer came; `CancellationError`.
    func post(_ post: MCPPost, progress: MCPProgressHandler?) async throws -> MCPReply

    /// Sends a notification once, as far as that can be done, and waits for nothing: also where the task is cancelled.
    func notify(_ post: MCPPost)
}
