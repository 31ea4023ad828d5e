import KubeClient
import KubeModel
import Synchronization

/// An API server of a table: objects by path, with versions and preconditions, and whatever a test wants to happen before or
/// after a request. No admission, no authorization, no network.
final class FakeCluster: KubeAPI {
    struct Sent: Sendable {
        var request: KubeRequest
        var identity: Impersonation?
    }

    /// Happens once, at the first request that fits.
    struct Fault: Sendable {
        var fits: @Sendable (KubeRequest) -> Bool
        var isAfter = false
        var action: @Sendable (FakeCluster) throws -> Void
    }

    private struct State {
        var objects: [String: KubeObject] = [:]
        var version = 100
        var sent: [Sent] = []
        var faults: [Fault] = []
        /// Of SelfSubjectRulesReviews.
        var rules: JSONValue = [:]
    }

    private let state = Mutex(State())

    // MARK: Looking and arranging

    var sent: [Sent] { state.withLock(\.sent) }
    /// What was sent to change something, as whoever.
    var writes: [Sent] { sent.filter { !$0.request.isReadOnly } }

    /// What tools wrote: for real, and as the conversation's ServiceAccount.
    var toolWrites: [KubeRequest] { writes.filter { $0.identity != nil }.map(\.request) }

    func forgetSent() { state.withLock { $0.sent = [] } }

    func object(_ resource: APIResource, _ name: String, namespace: String? = "shop") -> KubeObject? {
        state.withLock { $0.objects[resource.path(namespace: namespace, name: name)] }
    }

    @discardableResult
    func put(_ object: KubeObject, in resource: APIResource) -> KubeObject {
        state.withLock { state in
            Self.store(object, at: resource.path(namespace: object.namespace, name: object.name), &state)
        }
    }

    /// Changes an object as somebody else does.
    func change(_ resource: APIResource, _ name: String, _ patch: JSONValue) {
        let path = resource.path(namespace: "shop", name: name)
        state.withLock { state in
            guard let old = state.objects[path] else { return }
            _ = Self.store(KubeObject(MergePatch.apply(patch, to: old.json)), at: path, &state)
        }
    }

    /// What everybody may do from here on, for whoever asks for all of it.
    func allow(_ rules: [JSONValue]) { state.withLock { $0.rules = ["resourceRules": .array(rules)] } }

    func remove(_ resource: APIResource, _ name: String, namespace: String = "shop") {
        state.withLock { $0.objects[resource.path(namespace: namespace, name: name)] = nil }
    }

    /// The Secrets of a namespace, in the order of their names.
    func secrets(namespace: String) -> [KubeObject] { objects(.secrets, namespace: namespace) }

    /// Those of a namespace, in the order of their names.
    func objects(_ resource: APIResource, namespace: String = "shop") -> [KubeObject] {
        let prefix = resource.path(namespace: namespace) + "/"
        return state.withLock { state in
            state.objects.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Something happens right before the server gets the first request that fits; what it throws is what the client gets.
    func before(
        _ fits: @escaping @Sendable (KubeRequest) -> Bool, _ action: @escaping @Sendable (FakeCluster) throws -> Void
    ) {
        state.withLock { $0.faults.append(Fault(fits: fits, action: action)) }
    }

    /// Something happens right after the server did the first request that fits.
    func after(
        _ fits: @escaping @Sendable (KubeRequest) -> Bool, _ action: @escaping @Sendable (FakeCluster) throws -> Void
    ) {
        state.withLock { $0.faults.append(Fault(fits: fits, isAfter: true, action: action)) }
    }

    /// What was to happen and hasn't yet doesn't.
    func forgetFaults() { state.withLock { $0.faults = [] } }

    private func strike(_ request: KubeRequest, isAfter: Bool) throws {
        let fault = state.withLock { state -> Fault? in
            let at = state.faults.firstIndex { $0.isAfter == isAfter && $0.fits(request) }
            return at.map { state.faults.remove(at: $0) }
        }
        try fault?.action(self)
    }

    // MARK: KubeAPI

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        try strike(request, isAfter: false)
        let response = state.withLock { state in
            state.sent.append(Sent(request: request, identity: identity))
            return Self.answer(request, &state)
        }
        try strike(request, isAfter: true)
        return response
    }

    /// Watches say nothing.
    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        let (silence, continuation) = AsyncStream.makeStream(of: [UInt8].self)
        defer { continuation.finish() }
        var iterator = silence.makeAsyncIterator()
        var stream = KubeByteStream { await iterator.next(isolation: #isolation) }
        return try await body(&stream)
    }

    private static func answer(_ request: KubeRequest, _ state: inout State) -> KubeResponse {
        let isDryRun = request.isReadOnly
        let body = request.body.flatMap { try? JSONParser.parse($0) } ?? .null
        let isStatus = request.path.hasSuffix("/status")
        let path = isStatus ? String(request.path.dropLast("/status".count)) : request.path
        switch request.method {
        case .get: return state.objects[path].map { success($0.json) } ?? list(path, state)
        // Whoever asks may do it; nothing is stored.
        case .post where path.hasSuffix("/selfsubjectaccessreviews"): return success(["status": ["allowed": true]])
        case .post where path.hasSuffix("/selfsubjectrulesreviews"): return success(["status": state.rules])
        case .post:
            let object = KubeObject(body)
            let path = "\(path)/\(object.name)"
            guard state.objects[path] == nil else { return failure(409, .alreadyExists) }
            return success((isDryRun ? object : store(object, at: path, &state)).json)
        case .put, .patch:
            guard let old = state.objects[path] else { return failure(404, .notFound) }
            let (uid, version) = (body["metadata", "uid"]?.string, body["metadata", "resourceVersion"]?.string)
            guard uid ?? old.uid == old.uid, version ?? old.resourceVersion == old.resourceVersion else {
                return failure(409, .conflict)
            }
            let new = KubeObject(request.method == .put ? body : MergePatch.apply(body, to: old.json))
            return success((isDryRun ? new : store(new, at: path, &state)).json)
        case .delete:
            guard let old = state.objects[path] else { return failure(404, .notFound) }
            if !isDryRun { state.objects[path] = nil }
            return success(old.json)
        }
    }

    private static func list(_ path: String, _ state: State) -> KubeResponse {
        let last = path.split(separator: "/").last.map(String.init) ?? ""
        guard ["conversations", "skyfloais", "events", "pods", "deployments", "secrets"].contains(last) else {
            return failure(404, .notFound)
        }
        let isInNamespace = path.contains("/namespaces/")
        let items = state.objects.filter {
            isInNamespace ? $0.key.hasPrefix(path + "/") : $0.key.contains("/\(last)/")
        }.sorted { $0.key < $1.key }
        return success([
            "kind": "List", "apiVersion": "v1",
            "metadata": ["resourceVersion": .string(String(state.version))], "items": .array(items.map(\.value.json)),
        ])
    }

    /// Stores an object under the next version.
    private static func store(_ object: KubeObject, at path: String, _ state: inout State) -> KubeObject {
        state.version += 1
        var object = object
        object.resourceVersion = String(state.version)
        if object.uid.isEmpty { object["metadata", "uid"] = .string("uid-\(object.name)-\(state.version)") }
        if state.objects[path]?["spec"] != object["spec"] {
            object["metadata", "generation"] = JSONValue(state.version)
        }
        state.objects[path] = object
        return object
    }

    private static func success(_ json: JSONValue) -> KubeResponse {
        KubeResponse(status: 200, body: JSONWriter.bytes(json))
    }

    private static func failure(_ code: Int, _ reason: APIStatus.Reason) -> KubeResponse {
        let status = APIStatus(code: code, reason: reason, message: reason.rawValue)
        return KubeResponse(status: code, body: JSONWriter.bytes(status.json))
    }
}
