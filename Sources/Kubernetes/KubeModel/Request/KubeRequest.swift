/// One HTTP request to an API server as a value: it can be compared, stored, digested, and sent later exactly as it is.
///
/// It holds no credentials and no identity; who sends it adds those.
public struct KubeRequest: Sendable, Hashable {
    /// The HTTP methods that the API of Kubernetes uses.
    public enum Method: String, Sendable, Hashable {
        /// Reads an object, a list, a log, or opens a watch.
        case get = "GET"
        /// Creates an object, or calls a subresource that takes one.
        case post = "POST"
        /// Replaces an object as a whole.
        case put = "PUT"
        /// Changes a part of an object, or applies it; the content type says how.
        case patch = "PATCH"
        /// Deletes an object or a collection.
        case delete = "DELETE"
    }

    /// The HTTP method.
    public var method: Method
    /// The path of the request. It begins with `/`, and its segments are percent-encoded:
    /// ``APIResource/path(namespace:name:subresource:)`` makes it.
    public var path: String
    /// The parameters of the query in the order given, not encoded.
    public var query: [QueryItem]
    /// The media type of the body; nil without a body.
    public var contentType: String?
    /// The media types that the sender takes as an answer.
    public var accept: String
    /// The body as UTF-8 text, JSON or YAML; nil for none. It is kept as text, so that what was stored is sent byte for
    /// byte.
    public var body: String?
    /// Bytes of the answer's body that are wanted; the rest isn't read. nil for all of it. Not part of what is stored.
    public var answerLimit: Int?
    /// Further header fields, for whom the API server hands the request on to (`proxy`). Not part of what is stored, and
    /// never one that says who is asking.
    public var headers: [KubeResponse.Header] = []
    /// The headers in which the client proves to a service behind the API server's proxy who it is; nil for none. Not part of
    /// what is stored.
    public var callerHeaders: CallerHeaders?

    /// The names of the headers in which a client tells a service who sends a request: the API server's proxy lets neither
    /// `Authorization` nor `Impersonate-*` through.
    public struct CallerHeaders: Sendable, Hashable {
        /// The header for the client's bearer token.
        public var token: String
        /// The header for the user that the client acts for.
        public var user: String
        /// The header for each group that the client acts for.
        public var group: String

        /// Makes the names.
        public init(token: String, user: String, group: String) {
            self.token = token
            self.user = user
            self.group = group
        }
    }

    /// One parameter of a query.
    public struct QueryItem: Sendable, Hashable {
        /// The name of the parameter, not encoded.
        public var name: String
        /// The value of the parameter, not encoded.
        public var value: String
        /// Makes a parameter of its name and value.
        public init(_ name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Makes a request whose path is encoded already. It accepts JSON unless `accept` says otherwise.
    public init(
        _ method: Method, path: String, query: [QueryItem] = [], contentType: String? = nil, body: String? = nil,
        accept: String = "application/json"
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.contentType = contentType
        self.body = body
        self.accept = accept
    }

    /// The target of the request line: `path?query`, encoded.
    public var target: String {
        guard !query.isEmpty else { return path }
        return path + "?"
            + query.map { "\(PercentEncoding.query($0.name))=\(PercentEncoding.query($0.value))" }.joined(
                separator: "&")
    }

    /// The value of the first query item of that name. Setting replaces it, or appends it, or removes all with nil.
    public subscript(query name: String) -> String? {
        get { query.first { $0.name == name }?.value }
        set {
            if let newValue, let at = query.firstIndex(where: { $0.name == name }) {
                query[at].value = newValue
            } else if let newValue {
                query.append(QueryItem(name, value: newValue))
            } else {
                query.removeAll { $0.name == name }
            }
        }
    }

    /// Whether the request changes nothing, judged from the request alone.
    ///
    /// True for a GET of an object or a list, for a dry run (KEP-576: validated and admitted, stored nowhere;
    /// ``asDryRun`` says where it has to be asked for), and for the review kinds of `authorization.k8s.io` and
    /// `authentication.k8s.io`, which are answered and not stored. A GET that opens a connection into a pod, a node or a
    /// service (`exec`, `attach`, `portforward`, `proxy`) can do anything there and is none of these. Whatever isn't known
    /// to be harmless is a write, and so is a path that can't be read for sure (``ResourcePath``).
    public var isReadOnly: Bool {
        guard let place = ResourcePath(path) else { return method == .get && isDiscovery }
        if let subresource = place.subresource, Self.connectSubresources.contains(subresource) { return false }
        switch method {
        case .get: return true
        case .post where Self.isReview(place): return true
        // What it answers works outside of the cluster's storage: a token issued in a dry run is as good as any.
        case .post where place.subresource == "token": return false
        case .post, .put, .patch: return asksForDryRun
        case .delete: return asksForDryRun && body.map(Self.deletesNothing) ?? true
        }
    }

    private var isDiscovery: Bool {
        if Self.readOnlyRoots.contains(path) { return true }
        guard let segments = ResourcePath.segments(path) else { return false }
        switch segments.first {
        case "api": return segments.count <= 2
        case "apis": return segments.count <= 3
        case "openapi": return segments.count > 2 && segments[1] == "v3"
        default: return false
        }
    }

    private static func isReview(_ place: ResourcePath) -> Bool {
        place.name == nil && reviews[place.groupVersion.group]?.contains(place.resource) == true
    }

    private var asksForDryRun: Bool {
        let values = query.filter { $0.name == "dryRun" }.map(\.value)
        return !values.isEmpty && values.allSatisfy { $0 == "All" }
    }

    /// Whether DeleteOptions ask for a dry run. Those that can't be read don't.
    private static func deletesNothing(_ body: String) -> Bool {
        guard !body.isEmpty else { return true }
        return (try? JSONParser.parse(body))?["dryRun"] == ["All"]
    }

    private static let connectSubresources: Set<String> = ["exec", "attach", "portforward", "proxy"]
    private static let readOnlyRoots: Set<String> = [
        "/api", "/apis", "/version", "/healthz", "/livez", "/readyz", "/openapi/v3", "/openapi/v2",
    ]
    private static let reviews: [String: Set<String>] = [
        "authorization.k8s.io": [
            "selfsubjectaccessreviews", "localsubjectaccessreviews", "subjectaccessreviews", "selfsubjectrulesreviews",
        ],
        "authentication.k8s.io": ["selfsubjectreviews"],
    ]

    /// The same request as a server-side dry run: validated and admitted as the real one, stored nowhere.
    ///
    /// A DELETE that has a body is asked there as well: the API server takes DeleteOptions from the body or from the query,
    /// never from both, and would delete in earnest.
    public var asDryRun: KubeRequest {
        var request = self
        request[query: "dryRun"] = "All"
        if method == .delete, let body, !body.isEmpty, var options = try? JSONParser.parse(body) {
            options["dryRun"] = ["All"]
            request.body = JSONWriter.string(options)
        }
        return request
    }
}

/// An answer of an API server, with any HTTP status: `KubeResponse` itself judges nothing.
public struct KubeResponse: Sendable {
    /// The HTTP status, such as 200.
    public var status: Int
    /// The value of `Content-Type`; nil where the server sent none.
    public var contentType: String?
    /// The texts of the `Warning: 299` headers, in their order.
    public var warnings: [String]
    /// The seconds of `Retry-After`; nil without that header.
    public var retryAfter: Int?
    /// The bytes of the body, all of them.
    public var body: [UInt8]
    /// As they came, where only a part of the body was wanted.
    public var headers: [Header] = []
    /// Whether the body is longer than was wanted (``KubeRequest/answerLimit``).
    public var isCut = false

    /// A header field of an answer.
    public struct Header: Sendable, Hashable {
        /// The name, as the server wrote it.
        public var name: String
        /// The value, without blanks at its ends.
        public var value: String

        /// Makes a header field.
        public init(_ name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Makes an answer; what is left out is absent or empty.
    public init(
        status: Int, contentType: String? = nil, warnings: [String] = [], retryAfter: Int? = nil, body: [UInt8] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.warnings = warnings
        self.retryAfter = retryAfter
        self.body = body
    }

    /// The body as UTF-8, invalid bytes replaced by U+FFFD.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// The identity that a request acts for, by the impersonation headers of Kubernetes. The sender needs the RBAC verb
/// `impersonate`.
public struct Impersonation: Sendable, Hashable {
    /// The user name, sent as `Impersonate-User`.
    public var user: String
    /// The groups, each sent as an `Impersonate-Group`. Without any the API server gives none but its own.
    public var groups: [String]

    /// Makes an identity of a user name and groups.
    public init(user: String, groups: [String] = []) {
        self.user = user
        self.groups = groups
    }

    /// The identity of a ServiceAccount. The API server adds the groups that its own token would have, so that the
    /// sender needs the right to impersonate ServiceAccounts only.
    public static func serviceAccount(namespace: String, name: String) -> Impersonation {
        Impersonation(user: "system:serviceaccount:\(namespace):\(name)")
    }
}
