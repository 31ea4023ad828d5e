/// A request and how it was answered, as a real API server's audit log tells of it.
public struct AuditEvent: Sendable {
    public var method: String
    /// Path and query, not decoded.
    public var target: String
    public var body: [UInt8]
    public var status: Int
    private let headers: [(name: String, value: String)]

    init(_ request: APIRequest, target: String, status: Int) {
        method = request.method
        self.target = target
        body = request.body
        headers = request.headers
        self.status = status
    }

    /// - Parameter name: in lower case.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
