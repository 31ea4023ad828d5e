import KubeModel

/// An HTTP request as the server's parts see it, free of the HTTP library, so that it can be handled in a test as well.
struct APIRequest: Sendable {
    var method: String
    /// Not decoded.
    var path: String
    var query: [KubeRequest.QueryItem]
    /// Names in lower case.
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    /// Whom the connection's client certificate names.
    var certified: UserInfo?

    init(
        method: String, target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
    ) {
        self.method = method
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first.map(String.init) ?? "/"
        query = parts.count > 1 ? Self.query(parts[1]) : []
        self.headers = headers
        self.body = body
    }

    private static func query(_ text: Substring) -> [KubeRequest.QueryItem] {
        text.split(separator: "&").map { item in
            let pair = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decode(_ part: Substring) -> String { PercentEncoding.decode(part, plusIsBlank: true) ?? String(part) }
            return KubeRequest.QueryItem(decode(pair[0]), value: pair.count > 1 ? decode(pair[1]) : "")
        }
    }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    func headers(_ name: String) -> [String] { headers.filter { $0.name == name }.map(\.value) }

    subscript(query name: String) -> String? { query.first { $0.name == name }?.value }

    /// `true` and `1`, as Go's ParseBool in conversions of query parameters reads them; present without value counts, too.
    func flag(_ name: String) -> Bool {
        switch self[query: name] {
        case nil, "false", "0", "False", "F", "f": false
        default: true
        }
    }
}

/// What the server answers.
struct APIResponse: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        case watch(WatchStream)
        case log(LogFollower)
        case forward(ForwardedRequest)
    }

    var status: Int
    var contentType: String
    var headers: [(name: String, value: String)] = []
    var body: Body

    init(status: Int = 200, contentType: String = "application/json", _ body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = .bytes(body)
    }

    init(watch: WatchStream) {
        status = 200
        contentType = "application/json"
        body = .watch(watch)
    }

    init(log: LogFollower) {
        status = 200
        contentType = "text/plain"
        body = .log(log)
    }

    /// Somebody else answers.
    init(forward: ForwardedRequest) {
        status = 200
        contentType = "application/json"
        body = .forward(forward)
    }

    static func json(_ value: JSONValue, status: Int = 200, contentType: String = "application/json") -> APIResponse {
        APIResponse(status: status, contentType: contentType, JSONWriter.bytes(value) + [UInt8(ascii: "\n")])
    }

    static func text(_ text: String, status: Int = 200) -> APIResponse {
        APIResponse(status: status, contentType: "text/plain; charset=utf-8", Array(text.utf8))
    }

    static let pageNotFound = text("404 page not found\n", status: 404)

    static func failure(_ status: APIStatus) -> APIResponse {
        var response = json(status.wireJSON, status: status.code)
        if let seconds = status.retryAfterSeconds { response.headers.append(("Retry-After", String(seconds))) }
        return response
    }
}

extension APIStatus {
    /// As the real server writes it: `details` stands there even when empty for its generic errors, and is absent where
    /// a handler answers with a plain error.
    var wireJSON: JSONValue {
        var json = json
        let isGeneric =
            [404, 405, 422].contains(code) && group.isEmpty && kind.isEmpty && name.isEmpty
            || code == 403 && kind.isEmpty || code == 406 && message.hasPrefix("406: ")
        let isEmpty = json["details"]?.object?.isEmpty ?? true
        if isEmpty { json["details"] = isGeneric ? .object([:]) : nil }
        return json
    }
}

/// An answer that goes on while its client listens.
protocol StreamedBody: Sendable {
    /// Writes until all is said, or the task is cancelled (the client left). The first write sends the head as well.
    @concurrent func run(_ write: @concurrent ([UInt8]) async throws -> Void) async throws
}

extension WatchStream: StreamedBody {}
