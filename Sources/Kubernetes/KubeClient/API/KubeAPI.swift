public import KubeModel

/// An API server, as far as callers need to know. ``KubeClient`` is the real one; wrappers narrow it (``ReadOnlyAPI``), act
/// for somebody else (``ImpersonatingAPI``), or count.
///
/// The requirements are for those who implement the protocol. Whoever uses it calls the verbs, and says once for whom
/// with ``impersonating(_:)``.
public protocol KubeAPI: Sendable {
    /// Sends one request and returns the answer, whatever its HTTP status.
    ///
    /// - Parameters:
    ///   - request: The request, which is sent as it is.
    ///   - identity: Whom to impersonate; nil sends as whoever this API acts for. A wrapper hands it on, or throws:
    ///     none drops it or puts another in its place.
    /// - Returns: The answer, whose status the caller has to judge.
    /// - Throws: ``KubeClientError`` when there was no answer, `CancellationError` when the task was cancelled. After
    ///   such an error of a write it is not known whether the server did it.
    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse

    /// Sends one request and hands out the body as it arrives: watches and followed logs.
    ///
    /// The stream ends when the server ends it, throws ``KubeClientError`` when the connection breaks, and is closed
    /// when the consuming task is cancelled or `body` returns.
    /// - Parameters:
    ///   - request: The request, which is sent as it is.
    ///   - identity: Whom to impersonate, as in ``send(_:as:)``.
    ///   - body: Takes the chunks of the answer's body.
    /// - Returns: What `body` returns.
    /// - Throws: `APIStatus` when the answer's status is not 2xx, and what `body` throws.
    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?,
        body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result

    /// Runs a command in a container and waits for its end. An API that doesn't implement it refuses.
    ///
    /// - Parameters:
    ///   - command: The command with its pod and its limits.
    ///   - identity: Whom to impersonate, as in ``send(_:as:)``.
    /// - Returns: The result, also of commands that fail: see ``ExecResult/exitCode``.
    /// - Throws: The errors of ``KubeClient/exec(_:pod:namespace:input:options:as:)``.
    func exec(_ command: ContainerCommand, as identity: Impersonation?) async throws -> ExecResult
}

extension KubeAPI {
    /// Refuses with ``KubeClientError`` (`unsupported`), for APIs that don't implement it: nothing was run.
    public func exec(_ command: ContainerCommand, as identity: Impersonation?) async throws -> ExecResult {
        throw KubeClientError(.unsupported, message: "\(type(of: self)) runs no commands in containers")
    }

    /// Runs a command in a container as whoever this API acts for, and waits for its end.
    public func exec(_ command: ContainerCommand) async throws -> ExecResult {
        try await exec(command, as: nil)
    }
}

/// The body of a streamed answer, chunk by chunk as it came off the wire. Chunks don't align with lines or events.
public struct KubeByteStream {
    private let nextChunk: () async throws -> [UInt8]?

    /// Makes a stream of a function that returns the next chunk, and nil at the end.
    public init(next: @escaping () async throws -> [UInt8]?) { nextChunk = next }

    /// The next chunk, which may be of any length; nil at the end. What ends the connection early is thrown.
    public mutating func next() async throws -> [UInt8]? { try await nextChunk() }
}

/// The failure of a request to which an API server gave no (complete) answer.
public struct KubeClientError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure. A struct over a private enum, so that codes can be added without breaking anyone's
    /// `switch`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case unreachable, timeout, configuration, badResponse, unsupported, tooLarge, noToken
        }
        private let value: Value
        /// The name of the code, such as `unreachable`.
        public var description: String { value.rawValue }

        /// No connection could be made, or it broke before the answer was complete.
        public static let unreachable = Code(value: .unreachable)
        /// No answer came in time.
        public static let timeout = Code(value: .timeout)
        /// The kubeconfig, the in-cluster files or the credentials can't be used.
        public static let configuration = Code(value: .configuration)
        /// The answer is not what the API promises, such as a body that is no JSON.
        public static let badResponse = Code(value: .badResponse)
        /// The client doesn't do what it was asked for.
        public static let unsupported = Code(value: .unsupported)
        /// A token is needed to prove who sends the request, and the client has none.
        public static let noToken = Code(value: .noToken)
        /// The answer is larger than the caller allows.
        public static let tooLarge = Code(value: .tooLarge)
    }

    /// The kind of the failure, for programs.
    public var code: Code
    /// A sentence for people: all that is told. Errors of libraries are no part of it: some of them hold header values.
    public var message: String

    /// Makes an error of its code and message.
    public init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The same as ``message``.
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

/// The verbs. Each takes the object's place apart from its content, and throws `APIStatus` for every answer that is not
/// 2xx.
extension KubeAPI {
    /// Sends a request and reads the JSON body of a 2xx answer; `APIStatus` is thrown for any other.
    public func call(_ request: KubeRequest) async throws -> JSONValue {
        let response = try await send(request)
        return try response.json()
    }

    /// Reads one object, or a subresource of it. `APIStatus` 404 is thrown where it doesn't exist.
    public func get(
        _ resource: APIResource, namespace: String? = nil, name: String, subresource: String? = nil
    ) async throws -> KubeObject {
        let path = resource.path(namespace: namespace, name: name, subresource: subresource)
        return KubeObject(try await call(KubeRequest(.get, path: path)))
    }

    /// Reads one object like ``get(_:namespace:name:subresource:)``, with nil where it doesn't exist (404).
    public func find(
        _ resource: APIResource, namespace: String? = nil, name: String
    ) async throws -> KubeObject? {
        do {
            return try await get(resource, namespace: namespace, name: name)
        } catch let status as APIStatus where status.isNotFound {
            return nil
        }
    }

    /// Lists one page of a collection, its items packed. Without a namespace it is that of all namespaces.
    public func list(
        _ resource: APIResource, namespace: String? = nil, options: ListOptions = ListOptions()
    ) async throws -> KubeList {
        let request = KubeRequest(.get, path: resource.path(namespace: namespace), query: options.query)
        return try await send(request).list()
    }

    /// Creates an object in its namespace and returns it as the server stored it. `APIStatus` 409
    /// (`isAlreadyExists`) is thrown where one of that name exists.
    public func create(
        _ object: KubeObject, in resource: APIResource, options: WriteOptions = WriteOptions()
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

    /// Changes a part of an object, or of its subresource, and returns the whole of it as the server stored it.
    public func patch(
        _ resource: APIResource, namespace: String? = nil, name: String, subresource: String? = nil, patch: Patch,
        options: WriteOptions = WriteOptions()
    ) async throws -> KubeObject {
        let path = resource.path(namespace: namespace, name: name, subresource: subresource)
        return try await write(.patch, path: path, contentType: patch.contentType, body: patch.body, options: options)
    }

    /// Applies an object on the server's side (KEP-555). `options.fieldManager` is required by the API.
    public func apply(
        _ object: KubeObject, in resource: APIResource, subresource: String? = nil, options: WriteOptions
    ) async throws -> KubeObject {
        try await patch(
            resource, namespace: object.namespace, name: object.name, subresource: subresource,
            patch: .apply(object.json),
            options: options)
    }

    /// Deletes an object. It returns the object where it is only marked as deleted, or the server's `Status`.
    @discardableResult
    public func delete(
        _ resource: APIResource, namespace: String? = nil, name: String, options: DeleteOptions = DeleteOptions()
    ) async throws -> KubeObject {
        let path = resource.path(namespace: namespace, name: name)
        let request = KubeRequest(
            .delete, path: path, contentType: "application/json", body: JSONWriter.string(options.json))
        return KubeObject(try await call(options.dryRun ? request.asDryRun : request))
    }

    private func write(
        _ method: KubeRequest.Method, path: String, contentType: String, body: JSONValue, options: WriteOptions
    ) async throws -> KubeObject {
        let request = KubeRequest(
            method, path: path, query: options.query, contentType: contentType, body: JSONWriter.string(body))
        return KubeObject(try await call(request))
    }
}

extension KubeResponse {
    /// The JSON body of a 2xx answer.
    ///
    /// - Returns: The value in the body.
    /// - Throws: `APIStatus` for any other status, also where its body is not a `Status` (a proxy's error page);
    ///   ``KubeClientError`` when a 2xx body is no JSON.
    public func json() throws -> JSONValue {
        try read { () throws(JSONParser.Failure) in try JSONParser.parse(body) }
    }

    /// The list in the body of a 2xx answer, its items packed. The errors are those of ``json()``.
    func list() throws -> KubeList {
        try read { () throws(JSONParser.Failure) in try KubeList(parsing: body) }
    }

    private func read<Value>(_ parse: () throws(JSONParser.Failure) -> Value) throws -> Value {
        guard (200..<300).contains(status) else { throw failure }
        do {
            return try parse()
        } catch {
            throw KubeClientError(.badResponse, message: "the API server's answer is not JSON (byte \(error.offset))")
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

/// The choice of a collection's objects, their number a page, and the version that is read (`metav1.ListOptions`).
public struct ListOptions: Sendable {
    /// The labels of the objects; nil for any.
    public var labelSelector: LabelSelector?
    /// The fields of the objects in the API's text form, `metadata.name=web`; nil for any. ``FieldSelector`` makes it.
    public var fieldSelector: String?
    /// The number of objects a page; nil lets the server send all at once.
    public var limit: Int?
    /// The token of the page before; nil for the first page.
    public var continueToken: String?
    /// The version of the state that is read: nil for the most recent (a consistent read), "0" for any that the server
    /// has at hand.
    public var resourceVersion: String?
    /// The meaning of ``resourceVersion``; nil for not older than it, or exactly it together with ``limit``.
    public var resourceVersionMatch: VersionMatch?

    /// The meanings of a resource version (`metav1.ResourceVersionMatch`).
    public enum VersionMatch: String, Sendable {
        /// The state of that version and no other (410 when the server has it no more).
        case exact = "Exact"
        /// The state of that version or any later one.
        case notOlderThan = "NotOlderThan"
    }

    /// Makes options; without arguments all objects of the most recent state.
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

    /// The options as parameters of the request's query.
    public var query: [KubeRequest.QueryItem] {
        var query: [KubeRequest.QueryItem] = []
        func add(_ name: String, value: String?) {
            if let value, !value.isEmpty { query.append(.init(name, value: value)) }
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

/// The settings of a write (`metav1.CreateOptions`, `UpdateOptions` and `PatchOptions`).
public struct WriteOptions: Sendable {
    /// The name under which the server notes who set which fields; nil for one made of the user agent. Server-side
    /// apply requires it.
    public var fieldManager: String?
    /// Whether to take over fields that other managers own (server-side apply only).
    public var force: Bool
    /// Whether the server only validates and admits the write, and stores nothing (KEP-576).
    public var dryRun: Bool

    /// Makes options; without arguments a real write that forces nothing.
    public init(fieldManager: String? = nil, force: Bool = false, dryRun: Bool = false) {
        self.fieldManager = fieldManager
        self.force = force
        self.dryRun = dryRun
    }

    var query: [KubeRequest.QueryItem] {
        var query: [KubeRequest.QueryItem] = []
        if let fieldManager { query.append(.init("fieldManager", value: fieldManager)) }
        if force { query.append(.init("force", value: "true")) }
        if dryRun { query.append(.init("dryRun", value: "All")) }
        return query
    }
}

/// The settings of a deletion (`metav1.DeleteOptions`).
public struct DeleteOptions: Sendable {
    /// The fate of the objects that the deleted one owns (`metav1.DeletionPropagation`).
    public enum Propagation: String, Sendable {
        /// The garbage collector deletes them after their owner.
        case background = "Background"
        /// Their owner stays, marked as deleted, until those that block its deletion are gone.
        case foreground = "Foreground"
        /// They stay, without the reference to their owner.
        case orphan = "Orphan"
    }

    /// The UID of the only object that is deleted, 409 otherwise; nil for whichever has the name.
    public var uid: String?
    /// The only version of the object that is deleted, 409 otherwise; nil for any.
    public var resourceVersion: String?
    /// The fate of the objects that it owns; nil for the default of the resource.
    public var propagation: Propagation?
    /// The seconds that a pod may still run; zero removes it at once, nil leaves it to the pod.
    public var gracePeriodSeconds: Int?
    /// Whether the server only validates and admits the deletion, and deletes nothing (KEP-576).
    public var dryRun: Bool

    /// Makes options; without arguments a real deletion without conditions.
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

/// A change of a part of an object, in one of the forms that the API takes.
public enum Patch: Sendable {
    /// A JSON merge patch (RFC 7386): members replace, `null` removes, lists are replaced as a whole.
    case merge(JSONValue)
    /// A strategic merge patch, which merges lists by their keys. Only built-in resources take it.
    case strategic(JSONValue)
    /// A JSON patch (RFC 6902): a list of operations.
    case json(JSONValue)
    /// The fields that their manager wants to own, for server-side apply (KEP-555).
    case apply(JSONValue)

    /// The media type by which the server tells the form.
    public var contentType: String {
        switch self {
        case .merge: "application/merge-patch+json"
        case .strategic: "application/strategic-merge-patch+json"
        case .json: "application/json-patch+json"
        case .apply: "application/apply-patch+yaml"
        }
    }

    /// The patch itself.
    public var body: JSONValue {
        switch self {
        case .merge(let body), .strategic(let body), .json(let body), .apply(let body): body
        }
    }
}
