/// Why a server of the Model Context Protocol gave no usable answer, in one sentence that quotes no credential.
package struct MCPClientError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// Nothing was sent: the settings can't be used, or no connection was made.
        case notSent
        /// It was sent, and the answer is lost or came too late.
        case lost
        /// The answer is larger than is read, or isn't what the protocol says.
        case malformed
        /// HTTP 401 or 403, without an answer of the protocol.
        case unauthorized
        /// Any other status of HTTP, without an answer of the protocol.
        case status(Int)
        /// The server answered with an error of JSON-RPC.
        case rpc(Int)
        /// What the server says of itself can't be used here.
        case unusable
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    /// Whether it is certain, by the word of the server, that a call wasn't carried out. The codes are those that say that the
    /// request itself is refused (JSON-RPC 2.0 §5.1, and MCP 2026-07-28). Of redirects only those are sure after which the same
    /// request is to be sent again (RFC 9110 §15.4): the others may lead to the page of something that was done.
    package var isCertainlyNotDone: Bool {
        switch code {
        case .notSent, .unauthorized, .unusable: true
        case .status(307), .status(308): true
        case .status(let status): (400..<500).contains(status) && status != 408
        case .rpc(let code): [-32700, -32600, -32601, -32602].contains(code) || (-32022 ... -32020).contains(code)
        case .lost, .malformed: false
        }
    }
}
