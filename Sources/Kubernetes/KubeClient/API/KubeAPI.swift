public import KubeModel

/// An API server, as far as callers need to know. ``KubeClient`` is the real one; wrappers narrow it (``ReadOnlyAPI``), act
/// for somebody else (``ImpersonatingAPI``), or count.
///
/// The requirements are for those who implement the protocol. Whoever uses it calls the verbs, and says once for whom
/// with ``impersonating(_:)``.
public protocol KubeAPI: Sendable {
    /// Sends one request and returns the answer, whatever its HTTP status.
    ///
    /// - Parameter identity: whom to impersonate; nil sends as whoever this API acts for. A wrapper hands it on, or throws:
    ///   none drops it or puts another in its place.
    /// - Throws: ``KubeClientError`` when there was no answer, `CancellationError` when the task was cancelled. After such
    ///   an error of a write it is not known whether the server did it.
    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse

    /// Sends one request and hands out the body as it arrives: watches and followed logs.
    ///
    /// The stream ends when the server ends it, throws ``KubeClientError`` when the connection breaks, and is closed when
    /// the consuming task is cancelled or `body` returns.
    /// - Throws: `APIStatus` when the answer's status is not 2xx.
    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?,
        body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result

    /// Runs a command in a container and waits for its end. What doesn't implement it refuses.
    ///
    /// - Returns: also for commands that fail: see ``ExecResult/exitCode``.
    /// - Throws: as ``KubeClient/exec(_:pod:namespace:input:options:as:)``.
    func exec(_ command: ContainerCommand, as identity: Impersonation?) async throws -> ExecResult
}

extension KubeAPI {
    /// - Throws: ``KubeClientError`` (`unsupported`): nothing was run.
    public func exec(_ command: ContainerCommand, as identity: Impersonation?) async throws -> ExecResult {
        throw KubeClientError(.unsupported, "\(type(of: self)) runs no commands in containers")
    }

    /// As whoever this API acts for.
    public func exec(_ command: ContainerCommand) async throws -> ExecResult {
        try await exec(command, as: nil)
    }
}

/// The body of a streamed answer, chunk by chunk as it came off the wire. Chunks don't align with lines or events.
public struct KubeByteStream {
    private let nextChunk: () async throws -> [UInt8]?

    public init(next: @escaping () async throws -> [UInt8]?) { nextChunk = next }

    /// nil at the end.
    public mutating func next() async throws -> [UInt8]? { try await nextChunk() }
}

/// What goes wrong between this process and an API server that gave no (complete) answer.
public struct KubeClientError: Error, Sendable, CustomStringConvertible {
    /// A struct over a private enum, so that codes can be added without breaking anyone's `switch`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String { case unreachable, timeout, configuration, badResponse, unsupported, tooLarge }
        private let value: Value
        public var description: String { value.rawValue }

        /// No connection, or it broke before the answer was complete.
        public static let unreachable = Code(value: .unreachable)
        /// No answer in time.
        public static let timeout = Code(value: .timeout)
        /// The kubeconfig, the in-cluster files or the credentials can't be used.
        public static let configuration = Code(value: .configuration)
        /// An answer that is not what the API promises, such as a body that is no JSON.
        public static let badResponse = Code(value: .badResponse)
        /// Something that this client doesn't do.
        public static let unsupported = Code(value: .unsupported)
        /// The answer is larger than the caller allows.
        public static let tooLarge = Code(value: .tooLarge)
    }

    public var code: Code
    /// All that is told. Errors of libraries are no part of it: some of them hold header values.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}

// MARK: - The verbs

extension KubeAPI {
    /// Sends one request as whoever this API acts for, and returns the answer, whatever its HTTP status.
    public func send(_ request: KubeRequest) async throws -> KubeResponse { try await send(request, as: nil) }

    /// Sends one request as whoever this API acts for, and hands out the body as it arrives.
    public func stream<Result: Sendable>(
        _ request: KubeRequest, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await stream(request, as: nil, body: body)
    }
}

/// Each takes the object's place apart from its content, and throws `APIStatus` for every answer that is not 2xx.
extension KubeAPI {
    /// Sends and reads the JSON body of a 2xx answer.
    public func call(_ request: KubeRequest) async throws -> JSONValue {
        let response = try await send(request)
        return try response.json()
    }

    public func get(
        _ resource: APIResource, namespace: String? = nil, name: String, subresource: String? = nil
    ) async throws -> KubeObject {
        let path = resource.path(namespace: namespace, name: name, subresource: subresource)
        return KubeObject(try await call(KubeRequest(.get, path)))
    }

    /// Like ``get(_:namespace:name:subresource:)``, with nil for 404.
    public func find(
        _ resource: APIResource, namespace: String? = nil, name: String
    ) async throws -> KubeObject? {
        do {
            return try await get(resource, namespace: namespace, name: name)
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
    }

    /// One page.
    public func list(
        _ resource: APIResource, namespace: String? = nil, _ options: ListOptions = ListOptions()
    ) async throws -> KubeList {
        let request = KubeRequest(.get, resource.path(namespace: namespace), query: options.query)
        return try await send(request).list()
    }

    public func create(
        _ object: KubeObject, in resource: APIResource, _ options: WriteOptions = WriteOptions()
    ) async throws -> KubeObject {
        let path = resource.path(namespace: object.namespace)
        return try await write(.post, path: path, contentType: "application/json", body: object.json, options: options)
    }

    /// Replaces the object (PUT). With a resourceVersion in it, only that version is replaced (409 otherwise).
    public func update(
        _ object: KubeObject, in resource: APIResource, subresource: String? = nil,
        options: WriteOptions = WriteOptions()
    ) async throws -> KubeObject {
        let path = resource.path(namespace: object.namespace, name: object.name, subresource: subresource)
        return try await write(.put, path: path, contentType: "application/json", body: object.json, options: options)
    }

    public func patch(
        _ resource: APIResource, namespace: String? = nil, name: String, subresource: String? = nil, _ patch: Patch,
        _ options: WriteOptions = WriteOptions()
    ) async throws -> KubeObject {
        let path = resource.path(namespace: namespace, name: name, subresource: subresource)
        return try await write(.patch, path: path, contentType: patch.contentType, body: patch.body, options: options)
    }

    /// Server-side apply (KEP-555). `options.fieldManager` is required by the API.
    public func apply(
        _ object: KubeObject, in resource: APIResource, subresource: String? = nil, options: WriteOptions
    ) async throws -> KubeObject {
        try await patch(
            resource, namespace: object.namespace, name: object.name, subresource: subresource, .apply(object.json),
            options)
    }

    /// - Returns: the object where it is only marked as deleted, or the server's `Status`.
    @discardableResult
    public func delete(
        _ resource: APIResource, namespace: String? = nil, name: String, _ options: DeleteOptions = DeleteOptions()
    ) async throws -> KubeObject {
        let path = resource.path(namespace: namespace, name: name)
        let request = KubeRequest(
            .delete, path, contentType: "application/json", body: JSONWriter.string(options.json))
        return KubeObject(try await call(options.dryRun ? request.asDryRun : request))
    }

    private func write(
        _ method: KubeRequest.Method, path: String, contentType: String, body: JSONValue, options: WriteOptions
    ) async throws -> KubeObject {
        let request = KubeRequest(
            method, path, query: options.query, contentType: contentType, body: JSONWriter.string(body))
        return KubeObject(try await call(request))
    }
}

extension KubeResponse {
    /// The JSON body of a 2xx answer.
    /// - Throws: `APIStatus` for any other status, also where its body is not a `Status` (a proxy's error page);
    ///   ``KubeClientError`` when a 2xx body is no JSON.
    public func json() throws -> JSONValue {
        try read { () throws(JSONParser.Failure) in try JSONParser.parse(body) }
    }

    /// The list in the body of a 2xx answer, its items packed. Throws as ``json()`` does.
    func list() throws -> KubeList {
        try read { () throws(JSONParser.Failure) in try KubeList(parsing: body) }
    }

    private func read<Value>(_ parse: () throws(JSONParser.Failure) -> Value) throws -> Value {
        guard (200..<300).contains(status) else { throw failure }
        do {
            return try parse()
        } catch {
            throw KubeClientError(.badResponse, "the API server's answer is not JSON (byte \(error.offset))")
        }
    }

    /// The `Status` that a non-2xx answer carries, or one made of the HTTP status where it carries none.
    public var failure: APIStatus {
        if let json = try? JSONParser.parse(body), json["kind"]?.string == "Status" {
            var status = APIStatus(json)
            if status.code == 0 { status.code = self.status }
            if let retryAfter { status.retryAfterSeconds = status.retryAfterSeconds ?? retryAfter }
            return status
        }
        let excerpt = String(text.prefix(200)).trimmingSuffix { $0.isWhitespace }
        return APIStatus(
            code: status, reason: .unknown,
            message: "the API server answered HTTP \(status)" + (excerpt.isEmpty ? "" : ": \(excerpt)"),
            retryAfterSeconds: retryAfter)
    }
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var result = Substring(self)
        while let last = result.last, predicate(last) { result.removeLast() }
        return String(result)
    }
}

// MARK: - Options

public struct ListOptions: Sendable {
    public var labelSelector: LabelSelector?
    /// In the API's text form: `metadata.name=web`.
    public var fieldSelector: String?
    /// Objects a page; nil lets the server send all at once.
    public var limit: Int?
    public var continueToken: String?
    /// nil: most recent (a consistent read); "0": any that the server has at hand.
    public var resourceVersion: String?
    /// How ``resourceVersion`` is meant; nil: not older than it, or exactly it together with ``limit``.
    public var resourceVersionMatch: VersionMatch?

    public enum VersionMatch: String, Sendable {
        /// That state and no other (410 when the server has it no more).
        case exact = "Exact"
        /// That state or any later one.
        case notOlderThan = "NotOlderThan"
    }

    public init(
        labelSelector: LabelSelector? = nil, fieldSelector: String? = nil, limit: Int? = nil,
        continueToken: String? = nil, resourceVersion: String? = nil, resourceVersionMatch: VersionMatch? = nil
    ) {
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.limit = limit
        self.continueToken = continueToken
        self.resourceVersion = resourceVersion
        self.resourceVersionMatch = resourceVersionMatch
    }

    public var query: [KubeRequest.QueryItem] {
        var query: [KubeRequest.QueryItem] = []
        func add(_ name: String, value: String?) {
            if let value, !value.isEmpty { query.append(.init(name, value)) }
        }
        add("labelSelector", value: labelSelector?.description)
        add("fieldSelector", value: fieldSelector)
        add("limit", value: limit.map(String.init))
        add("continue", value: continueToken)
        add("resourceVersion", value: resourceVersion)
        // The API refuses a match without a version.
        if resourceVersion?.isEmpty == false { add("resourceVersionMatch", value: resourceVersionMatch?.rawValue) }
        return query
    }
}

public struct WriteOptions: Sendable {
    public var fieldManager: String?
    /// Take over fields that other managers own (server-side apply only).
    public var force: Bool
    public var dryRun: Bool

    public init(fieldManager: String? = nil, force: Bool = false, dryRun: Bool = false) {
        self.fieldManager = fieldManager
        self.force = force
        self.dryRun = dryRun
    }

    var query: [KubeRequest.QueryItem] {
        var query: [KubeRequest.QueryItem] = []
        if let fieldManager { query.append(.init("fieldManager", fieldManager)) }
        if force { query.append(.init("force", "true")) }
        if dryRun { query.append(.init("dryRun", "All")) }
        return query
    }
}

public struct DeleteOptions: Sendable {
    public enum Propagation: String, Sendable {
        case background = "Background", foreground = "Foreground", orphan = "Orphan"
    }

    /// Only the object with this uid; 409 otherwise.
    public var uid: String?
    /// Only this version of it; 409 otherwise.
    public var resourceVersion: String?
    public var propagation: Propagation?
    public var gracePeriodSeconds: Int?
    public var dryRun: Bool

    public init(
        uid: String? = nil, resourceVersion: String? = nil, propagation: Propagation? = nil,
        gracePeriodSeconds: Int? = nil, dryRun: Bool = false
    ) {
        self.uid = uid
        self.resourceVersion = resourceVersion
        self.propagation = propagation
        self.gracePeriodSeconds = gracePeriodSeconds
        self.dryRun = dryRun
    }

    /// The `DeleteOptions` object that goes into the body.
    public var json: JSONValue {
        let preconditions = JSONValue.compact([
            "uid": uid.map(JSONValue.string), "resourceVersion": resourceVersion.map(JSONValue.string),
        ])
        return .compact([
            "kind": "DeleteOptions", "apiVersion": "v1",
            "preconditions": preconditions.object?.isEmpty == false ? preconditions : nil,
            "propagationPolicy": propagation.map { .string($0.rawValue) },
            "gracePeriodSeconds": gracePeriodSeconds.map { JSONValue($0) },
        ])
    }
}

/// A patch with its content type.
public enum Patch: Sendable {
    case merge(JSONValue)
    case strategic(JSONValue)
    case json(JSONValue)
    case apply(JSONValue)

    public var contentType: String {
        switch self {
        case .merge: "application/merge-patch+json"
        case .strategic: "application/strategic-merge-patch+json"
        case .json: "application/json-patch+json"
        case .apply: "application/apply-patch+yaml"
        }
    }

    public var body: JSONValue {
        switch self {
        case .merge(let body), .strategic(let body), .json(let body), .apply(let body): body
        }
    }
}
