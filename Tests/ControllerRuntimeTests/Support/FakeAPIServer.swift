import KubeClient
import KubeModel
import Synchronization

/// An API server in memory: objects with versions, lists, watches with a history, and faults on demand.
final class FakeAPIServer: KubeAPI {
    struct Change: Sendable {
        var version: Int
        var type: String
        var path: Path
        var object: KubeObject
    }

    struct Path: Sendable, Hashable {
        var resource: String
        var namespace: String?
        var name: String?

        init(_ text: String) {
            var segments = text.split(separator: "/").map(String.init)
            let isCore = segments.removeFirst() == "api"
            resource = segments.prefix(isCore ? 1 : 2).joined(separator: "/")
            segments.removeFirst(isCore ? 1 : 2)
            if segments.count >= 3, segments[0] == "namespaces" {
                namespace = segments[1]
                segments.removeFirst(2)
            }
            resource += "/" + segments.removeFirst()
            name = segments.first
        }

        func contains(_ other: Path) -> Bool {
            resource == other.resource && (namespace == nil || namespace == other.namespace)
        }
    }

    typealias Interceptor = @Sendable (KubeRequest) async throws -> Void

    private struct Watcher {
        var path: Path
        var selector: LabelSelector
        var continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation
    }

    private struct State {
        var version = 100
        var objects: [Path: KubeObject] = [:]
        var history: [Change] = []
        var compacted = 0
        var watchers: [Int: Watcher] = [:]
        var lastWatcher = 0
        var isHeld = false
        var interceptor: Interceptor?
        var requests: [KubeRequest] = []
    }

    private let state = Mutex(State())

    // MARK: Controls

    var requests: [KubeRequest] { state.withLock(\.requests) }
    var lists: [KubeRequest] {
        requests.filter { $0.method == .get && $0[query: "watch"] == nil && Path($0.path).name == nil }
    }
    var watches: [KubeRequest] { requests.filter { $0[query: "watch"] != nil } }
    var watcherCount: Int { state.withLock(\.watchers.count) }
    var version: Int { state.withLock(\.version) }

    /// Called before each request; what it throws is what the client gets.
    func intercept(_ interceptor: Interceptor?) { state.withLock { $0.interceptor = interceptor } }

    /// Breaks all watches, as a network does.
    func breakWatches(_ error: (any Error)? = KubeClientError(.unreachable, message: "connection reset")) {
        let watchers = state.withLock { state in
            defer { state.watchers = [:] }
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher.continuation.finish(throwing: error) }
    }

    /// Forgets the history: a watch from before answers 410.
    func compact() { state.withLock { $0.compacted = $0.version } }

    /// As after a restore from a backup: the versions go back.
    func rewind(to version: Int) {
        state.withLock { state in
            state.version = version
            for path in state.objects.keys { state.objects[path]?.resourceVersion = String(version) }
            state.history = []
            state.compacted = 0
        }
    }

    func bookmark() {
        let (watchers, version) = state.withLock { (Array($0.watchers.values), $0.version) }
        for watcher in watchers {
            watcher.continuation.yield(
                Self.line("BOOKMARK", ["metadata": ["resourceVersion": .string(String(version))]]))
        }
    }

    func sendToWatchers(_ bytes: [UInt8]) {
        for watcher in state.withLock({ Array($0.watchers.values) }) { watcher.continuation.yield(bytes) }
    }

    // MARK: Objects

    func object(_ resource: APIResource, _ namespace: String?, _ name: String) -> KubeObject? {
        state.withLock { $0.objects[Path(resource.path(namespace: namespace, name: name))] }
    }

    func objects(_ resource: APIResource) -> [KubeObject] {
        let path = Path(resource.path())
        return state.withLock { state in state.objects.filter { path.contains($0.key) }.map(\.value) }
    }

    @discardableResult
    func put(_ object: KubeObject, in resource: APIResource, silently: Bool = false) -> KubeObject {
        let path = Path(resource.path(namespace: object.namespace, name: object.name))
        return state.withLock { Self.store(object, path, &$0) }
    }

    @discardableResult
    func remove(_ resource: APIResource, _ namespace: String?, _ name: String) -> KubeObject? {
        let path = Path(resource.path(namespace: namespace, name: name))
        return state.withLock { Self.delete(path, &$0) }
    }

    // MARK: KubeAPI

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        try await admit(request)
        return state.withLock { Self.answer(request, &$0) }
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await admit(request)
        let (chunks, continuation) = AsyncThrowingStream<[UInt8], any Error>.makeStream()
        let id = try state.withLock { try Self.open(request, continuation, &$0) }
        defer { state.withLock { $0.watchers[id] = nil } }
        var iterator = chunks.makeAsyncIterator()
        var stream = KubeByteStream {
            let chunk = try await iterator.next(isolation: #isolation)
            if chunk == nil { try Task.checkCancellation() }
            return chunk
        }
        return try await body(&stream)
    }

    private func admit(_ request: KubeRequest) async throws {
        let interceptor = state.withLock { state in
            state.requests.append(request)
            return state.interceptor
        }
        try await interceptor?(request)
    }
}

// MARK: - Inside

extension FakeAPIServer {
    private static func open(
        _ request: KubeRequest, _ continuation: AsyncThrowingStream<[UInt8], any Error>.Continuation,
        _ state: inout State
    ) throws -> Int {
        let path = Path(request.path)
        let selector = try LabelSelector(parsing: request[query: "labelSelector"] ?? "")
        if request[query: "sendInitialEvents"] == "true" {
            for (at, object) in state.objects where path.contains(at) && selector.matches(object.labels) {
                continuation.yield(line("ADDED", object.json))
            }
            continuation.yield(
                line(
                    "BOOKMARK",
                    [
                        "metadata": [
                            "resourceVersion": .string(String(state.version)),
                            "annotations": ["k8s.io/initial-events-end": "true"],
                        ]
                    ]))
        } else {
            let from = Int(request[query: "resourceVersion"] ?? "") ?? 0
            if from < state.compacted {
                throw APIStatus(code: 410, reason: .expired, message: "too old resource version")
            }
            if from > state.version {
                throw APIStatus(code: 504, reason: .timeout, message: "Too large resource version: \(from)")
            }
            for change in state.history where change.version > from && path.contains(change.path) {
                if selector.matches(change.object.labels) {
                    continuation.yield(line(change.type, change.object.json))
                }
            }
        }
        state.lastWatcher += 1
        state.watchers[state.lastWatcher] = Watcher(path: path, selector: selector, continuation: continuation)
        return state.lastWatcher
    }

    private static func line(_ type: String, _ object: JSONValue) -> [UInt8] {
        JSONWriter.bytes(["type": .string(type), "object": object]) + [UInt8(ascii: "\n")]
    }

    private static func store(_ object: KubeObject, _ path: Path, _ state: inout State) -> KubeObject {
        state.version += 1
        var object = object
        let old = state.objects[path]
        object.resourceVersion = String(state.version)
        object["metadata", "uid"] = .string(old?.uid ?? "uid-\(state.version)")
        let isChanged = old?.json["spec"] != object.json["spec"]
        object["metadata", "generation"] = JSONValue((old?.generation ?? 0) + (isChanged ? 1 : 0))
        state.objects[path] = object
        publish(
            Change(version: state.version, type: old == nil ? "ADDED" : "MODIFIED", path: path, object: object), &state)
        return object
    }

    private static func delete(_ path: Path, _ state: inout State) -> KubeObject? {
        guard var object = state.objects.removeValue(forKey: path) else { return nil }
        state.version += 1
        object.resourceVersion = String(state.version)
        publish(Change(version: state.version, type: "DELETED", path: path, object: object), &state)
        return object
    }

    private static func publish(_ change: Change, _ state: inout State) {
        state.history.append(change)
        for watcher in state.watchers.values where watcher.path.contains(change.path) {
            if watcher.selector.matches(change.object.labels) {
                watcher.continuation.yield(line(change.type, change.object.json))
            }
        }
    }

    private static func answer(_ request: KubeRequest, _ state: inout State) -> KubeResponse {
        var path = Path(request.path)
        let body = request.body.flatMap { try? JSONParser.parse($0) }
        switch request.method {
        case .get where path.name == nil: return list(path, request, state)
        case .get: break
        case .post:
            guard let body else { return failure(400, .badRequest) }
            path.name = KubeObject(body).name
            if state.objects[path] != nil { return failure(409, .alreadyExists) }
            return success(store(KubeObject(body), path, &state))
        case .put, .patch:
            guard let body, let old = state.objects[path] else { return failure(404, .notFound) }
            let sent = KubeObject(body).resourceVersion
            if !sent.isEmpty, sent != old.resourceVersion { return failure(409, .conflict) }
            let new = request.method == .put ? KubeObject(body) : KubeObject(merge(old.json, body))
            return success(store(new, path, &state))
        case .delete: return delete(path, &state).map(success) ?? failure(404, .notFound)
        }
        return state.objects[path].map(success) ?? failure(404, .notFound)
    }

    private static func list(_ path: Path, _ request: KubeRequest, _ state: State) -> KubeResponse {
        let selector = (try? LabelSelector(parsing: request[query: "labelSelector"] ?? "")) ?? LabelSelector()
        let items = state.objects.filter { path.contains($0.key) && selector.matches($0.value.labels) }
        let sorted = items.values.sorted { $0.key < $1.key }.map(\.json)
        return KubeResponse(
            status: 200,
            body: JSONWriter.bytes([
                "kind": "List", "apiVersion": "v1",
                "metadata": ["resourceVersion": .string(String(state.version))], "items": .array(sorted),
            ]))
    }

    private static func merge(_ old: JSONValue, _ patch: JSONValue) -> JSONValue {
        guard let members = patch.object else { return patch }
        var result = old
        for (key, value) in members { result[key] = value.isNull ? nil : merge(old[key] ?? .null, value) }
        return result
    }

    private static func success(_ object: KubeObject) -> KubeResponse {
        KubeResponse(status: 200, body: JSONWriter.bytes(object.json))
    }

    private static func failure(_ code: Int, _ reason: APIStatus.Reason) -> KubeResponse {
        let status = APIStatus(code: code, reason: reason, message: reason.rawValue)
        return KubeResponse(status: code, body: JSONWriter.bytes(status.json))
    }
}
