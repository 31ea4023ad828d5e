import KubeModel
import Synchronization

/// The shared store: a ``StoreCore`` behind a lock, and whoever waits for its changes.
final class ClusterStore: Sendable {
    private struct State {
        var core: StoreCore
        var subscribers: [Int: Subscriber] = [:]
        var nextSubscriber = 0
    }

    private struct Subscriber {
        /// nil: all collections.
        var resource: ResourceID?
        var wake: AsyncStream<Void>.Continuation
    }

    private let state: Mutex<State>

    init(historyLimit: Int = 1024) { state = Mutex(State(core: StoreCore(historyLimit: historyLimit))) }

    var version: UInt64 { state.withLock { $0.core.version } }

    func get(_ resource: ResourceID, key: ObjectKey) -> StoredObject? {
        state.withLock { $0.core.get(ObjectID(resource, key: key)) }
    }

    func get(_ resource: APIResource, namespace: String? = nil, name: String) -> StoredObject? {
        get(ResourceID(resource), key: ObjectKey(namespace: namespace, name: name))
    }

    func list(_ resource: ResourceID, namespace: String? = nil) -> (items: [StoredObject], version: UInt64) {
        state.withLock { ($0.core.list(resource, namespace: namespace), $0.core.version) }
    }

    /// The collection as it was at `version`; nil when that is forgotten.
    func list(_ resource: ResourceID, namespace: String?, at version: UInt64) -> [StoredObject]? {
        state.withLock { $0.core.list(resource, namespace: namespace, at: version) }
    }

    func forgetHistory() { state.withLock { $0.core.forgetHistory() } }

    func object(uid: String) -> ObjectID? { state.withLock { $0.core.object(uid: uid) } }

    func dependents(of uid: String) -> Set<ObjectID> { state.withLock { $0.core.dependents(of: uid) } }

    func oldest(_ resource: ResourceID) -> UInt64 { state.withLock { $0.core.oldest(resource) } }

    /// Changes after `version` and the version up to which that is all; nil when some are forgotten.
    func events(_ resource: ResourceID, after version: UInt64) -> (events: [StoreEvent], version: UInt64)? {
        state.withLock { state in
            state.core.events(resource, after: version).map { ($0, state.core.version) }
        }
    }

    /// Changes of everything after `version`. Where some are forgotten, all objects stand in for them.
    func events(after version: UInt64) -> (events: [StoreEvent], version: UInt64) {
        state.withLock { state in
            (state.core.events(after: version) ?? state.core.allAsEvents, state.core.version)
        }
    }

    // MARK: Changing

    func create(_ object: KubeObject, in resource: ResourceID) throws(StoreCore.Failure) -> StoredObject {
        try change { core throws(StoreCore.Failure) in try core.create(object, in: resource) }
    }

    func replace(_ object: KubeObject, in resource: ResourceID, expected: UInt64) throws(StoreCore.Failure)
        -> StoredObject
    {
        try change { core throws(StoreCore.Failure) in
            try core.replace(object, in: resource, expected: expected)
        }
    }

    func remove(_ id: ObjectID, expected: UInt64, final: KubeObject? = nil) throws(StoreCore.Failure) -> StoredObject {
        try change { core throws(StoreCore.Failure) in
            try core.remove(id, expected: expected, final: final)
        }
    }

    func drop(_ resource: ResourceID) { state.withLock { $0.core.drop(resource) } }

    private func change(
        _ body: (inout StoreCore) throws(StoreCore.Failure) -> StoreEvent
    ) throws(StoreCore.Failure) -> StoredObject {
        let (object, woken) = try state.withLock { state throws(StoreCore.Failure) in
            let event = try body(&state.core)
            let subscribers = state.subscribers.values.filter { $0.resource == nil || $0.resource == event.resource }
            return (event.object, subscribers.map(\.wake))
        }
        // Not under the lock: waking a task takes the task's own lock, under which a cancelled one comes to unsubscribe.
        for continuation in woken { continuation.yield() }
        return object
    }

    // MARK: Waiting

    /// Wakes its receiver after changes. Many changes may come as one wake-up: the receiver asks ``events(_:after:)`` for
    /// what is new, so a slow one costs no memory here.
    struct Subscription: Sendable {
        let stream: AsyncStream<Void>
        fileprivate let continuation: AsyncStream<Void>.Continuation

        /// Wakes the receiver without a change, for its timers.
        func wake() { continuation.yield() }
    }

    /// A subscription to the changes of a resource; nil for changes of anything.
    func subscribe(_ resource: ResourceID?) -> Subscription {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextSubscriber += 1
            state.subscribers[state.nextSubscriber] = Subscriber(resource: resource, wake: continuation)
            return state.nextSubscriber
        }
        // Strong: the cycle ends with the stream, and the optimiser takes a weak reference here for one that is never set.
        continuation.onTermination = { _ in self.unsubscribe(id) }
        return Subscription(stream: stream, continuation: continuation)
    }

    private func unsubscribe(_ id: Int) {
        _ = state.withLock { $0.subscribers.removeValue(forKey: id) }
    }

    var subscriberCount: Int { state.withLock { $0.subscribers.count } }
}
