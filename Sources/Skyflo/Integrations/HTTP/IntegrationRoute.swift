/// Requests of one sort that a tool may send to an integration: a method, and a pattern of the path below the integration's
/// prefix.
package struct IntegrationRoute: Sendable, Hashable, CustomStringConvertible {
    package let method: IntegrationRequest.Method
    /// `/job/**/api/json`: `*` is one segment or, beside other characters, a part of one; `**` is any number of segments.
    package let path: String

    private init(_ method: IntegrationRequest.Method, path: String) {
        self.method = method
        self.path = path
    }

    package static func get(_ path: String) -> IntegrationRoute { IntegrationRoute(.get, path: path) }
    package static func post(_ path: String) -> IntegrationRoute { IntegrationRoute(.post, path: path) }

    /// `GET /job/**/api/json`
    package var description: String { "\(method.rawValue) \(path)" }

    /// Whether it covers a request, whatever its query.
    package func allows(_ request: IntegrationRequest) -> Bool {
        request.method == method
            && Self.matches(Self.segments(String(request.target.prefix { $0 != "?" })), Self.segments(path))
    }

    private static func segments(_ path: String) -> ArraySlice<Substring> {
        path.split(separator: "/", omittingEmptySubsequences: true)[...]
    }

    /// A pattern has one `**` or two, so that this ends soon.
    private static func matches(_ path: ArraySlice<Substring>, _ pattern: ArraySlice<Substring>) -> Bool {
        guard let first = pattern.first else { return path.isEmpty }
        if first == "**" {
            return (0...path.count).contains { matches(path.dropFirst($0), pattern.dropFirst()) }
        }
        guard let segment = path.first, NamePatterns.matches(String(segment), pattern: String(first)) else {
            return false
        }
        return matches(path.dropFirst(), pattern.dropFirst())
    }
}

extension [IntegrationRoute] {
    package func allow(_ request: IntegrationRequest) -> Bool { contains { $0.allows(request) } }
}

/// Sends requests that ask and change nothing, and of these what somebody has declared to send.
package struct ReadingTransport: IntegrationTransport {
    private let transport: any IntegrationTransport
    private let routes: [IntegrationRoute]?
    private let sender: String

    /// - Parameters:
    ///   - routes: nil for all GETs.
    ///   - sender: whose routes they are, for messages.
    package init(_ transport: any IntegrationTransport, routes: [IntegrationRoute]? = nil, sender: String = "") {
        self.transport = transport
        self.routes = routes
        self.sender = sender
    }

    package func send(_ request: IntegrationRequest) async throws -> IntegrationResponse {
        guard request.method == .get else {
            throw IntegrationError(.refused, message: "only requests that read are sent from here")
        }
        guard routes?.allow(request) ?? true else {
            let path = request.target.prefix { $0 != "?" }.prefix(200)
            throw IntegrationError(
                .refused, message: "\(sender) doesn't declare that it sends GET \(path): this is a fault of the tool")
        }
        return try await transport.send(request)
    }
}
