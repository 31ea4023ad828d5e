/// A request and how it was answered, as the audit log of a real API server has it.
public struct AuditEvent: Sendable {
    /// The HTTP method, such as `GET`.
    public var method: String
    /// The path and the query, not decoded.
    public var target: String
    /// The body of the request.
    public var body: [UInt8]
    /// The HTTP status of the answer.
    public var status: Int
    private let headers: [(name: String, value: String)]

    init(_ request: APIRequest, target: String, status: Int) {
        method = request.method
        self.target = target
        body = request.body
        headers = request.headers
        self.status = status
    }

    /// The first header of that name, which is given in lower case; nil without one.
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}
