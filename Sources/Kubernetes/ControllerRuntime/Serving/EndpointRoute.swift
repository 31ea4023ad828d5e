public import KubeModel

/// A request to a server of endpoints, as its routes see it.
public struct EndpointRequest: Sendable {
    /// The HTTP method, such as `GET`.
    public var method: String
    /// The segments of the path, decoded.
    public var path: [String]
    /// The parameters of the query, decoded; of several of one name the first.
    public var query: [String: String]
    /// Reads the body, of at most so many bytes.
    ///
    /// - Returns: nil for one that has more.
    /// - Throws: what keeps it from being read.
    public var body: @Sendable (_ limit: Int) async throws -> [UInt8]?
    private let fields: [(name: String, value: String)]

    /// Makes a request.
    public init(
        method: String = "GET", path: [String], query: [String: String] = [:],
        headers: [(name: String, value: String)] = [],
        body: @escaping @Sendable (_ limit: Int) async throws -> [UInt8]? = { _ in [] }
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        fields = headers.map { ($0.name.lowercased(), $0.value) }
    }

    /// The value of the first header of that name; nil without one.
    public func header(_ name: String) -> String? { headers(name).first }

    /// The values of all headers of that name.
    public func headers(_ name: String) -> [String] {
        let name = name.lowercased()
        return fields.filter { $0.name == name }.map(\.value)
    }
}

/// The answer of a route.
public struct EndpointResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The media type of the body.
    public var contentType: String
    /// Further headers.
    public var headers: [(name: String, value: String)]
    /// The body.
    public var body: [UInt8]

    /// Makes an answer.
    public init(
        status: Int = 200, contentType: String = "application/json", headers: [(name: String, value: String)] = [],
        body: [UInt8]
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    /// Makes an answer of a JSON value.
    public init(_ json: JSONValue) { self.init(body: JSONWriter.bytes(json)) }

    /// Makes an answer of a failure, in the form that API servers have for it, so that their clients understand it.
    public init(_ failure: APIStatus) {
        self.init(status: failure.code, body: JSONWriter.bytes(failure.json))
        if let seconds = failure.retryAfterSeconds { headers = [("Retry-After", String(seconds))] }
    }
}

/// Answers some of the requests to a server. Each finds out itself who asks (``CallerReview``).
public protocol EndpointRoute: Sendable {
    /// The answer to a request; nil for one that belongs to another route.
    func answer(_ request: EndpointRequest) async -> EndpointResponse?
}
