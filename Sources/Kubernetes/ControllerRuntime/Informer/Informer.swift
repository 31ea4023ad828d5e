public import KubeClient
public import KubeModel
public import Logging
import NIOConcurrencyHelpers
public import ServiceLifecycle

/// A cache of one resource that follows the server: it lists, watches, and tells handlers what changes.
///
/// Guarantees:
/// - No change is lost across disconnects: at the latest after the next list the cache is what the server has, and
///   handlers have been told every difference, deletions included. Changes that a disconnect covers may come as one.
/// - Handlers are called one event at a time, in the order in which the cache changed.
/// - A reader sees at least what the handlers have been told.
/// - Memory is bounded by the objects. A slow handler holds up the watch, and others with it: what takes time belongs
///   behind a ``WorkQueue``. Where more than a thousand changes wait for a handler, those of one object become one.
public final class Informer: Service {
    /// Takes the changes of the cache, one after the other. It must not block.
    public typealias Handler = @Sendable (InformerEvent) -> Void

    struct Waiter {
        var id: UInt64
        /// The last change before it began to wait.
        var since: UInt64
        var predicate: @Sendable (KubeObject?) -> Bool
        var continuation: CheckedContinuation<KubeObject?, any Error>
    }

    struct Shared {
        var store = ObjectStore()
        var handlers: [HandlerRegistration] = []
        var lastHandler: UInt64 = 0
        var outbox = PendingNotifications()
        /// Whether someone empties the outbox just now. Whoever adds to it then need not, and must not: the order would
        /// be lost.
        var isDelivering = false
        var waiters: [ObjectKey: [Waiter]] = [:]
        var lastWaiter: UInt64 = 0
        var lastChange: UInt64 = 0
        var isStopped = false
        /// Whether the first list is in the store.
        var hasSynced = false
        /// The events of the change under way, kept for its memory.
        var fresh: [InformerEvent] = []
    }

    let api: any KubeAPI
    /// The resource whose objects are cached.
    public let resource: APIResource
    /// The namespace whose objects are cached; nil for all of them.
    public let namespace: String?
    let labelSelector: LabelSelector?
    let fieldSelector: String?
    let transform: @Sendable (KubeObject) -> KubeObject
    let usesWatchList: Bool
    let resyncPeriod: Duration?
    let clock: any RuntimeClock
    let logger: Logger
    /// Not `Mutex`, for the reason given at ``WorkQueue``: workers read while the watch writes.
    let shared = NIOLockedValueBox(Shared())
    let synced = Latch<Void>()

    /// Makes an informer, which follows the server after ``run()``.
    ///
    /// - Parameters:
    ///   - api: The API server that is listed and watched.
    ///   - resource: The resource whose objects are cached.
    ///   - namespace: The namespace; nil for all of them, and for a resource without namespaces.
    ///   - labelSelector: The labels of the objects; nil for any.
    ///   - fieldSelector: The fields of the objects in the API's text form, `metadata.name=web`; nil for any.
    ///   - transform: Makes of an object what is kept. It must leave `metadata`'s name, namespace, uid and
    ///     resourceVersion.
    ///   - usesWatchList: Whether to ask for the initial objects as watch events (KEP-3157), which spares the server's
    ///     memory. A server that refuses it, or doesn't say when it is through, is listed instead from then on.
    ///   - resyncPeriod: The time after which about every object is told to the handlers again, as an update without a
    ///     change, spread over the period; nil for never. It is for reconcilers whose world changes without the API
    ///     server knowing; most need none.
    ///   - clock: The clock of pauses and deadlines.
    ///   - logger: The logger of the server's errors.
    public init(
        api: any KubeAPI, resource: APIResource, namespace: String? = nil, labelSelector: LabelSelector? = nil,
        fieldSelector: String? = nil,
        transform: @escaping @Sendable (KubeObject) -> KubeObject = Informer.withoutManagedFields,
        usesWatchList: Bool = false, resyncPeriod: Duration? = nil, clock: any RuntimeClock = SystemClock(),
        logger: Logger = Logger(label: "informer")
    ) {
        self.api = api
        self.resource = resource
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.transform = transform
        self.usesWatchList = usesWatchList
        self.resyncPeriod = resyncPeriod
        self.clock = clock
        var logger = logger
        logger[metadataKey: "resource"] = "\(resource.qualifiedName)"
        self.logger = logger
    }

    /// The transformation that drops `metadata.managedFields`, often half of an object, which controllers have no use
    /// for.
    public static let withoutManagedFields: @Sendable (KubeObject) -> KubeObject = { $0.withoutManagedFields() }

    /// The transformation that also drops what `kubectl apply` remembers of an object, which is the whole of it once
    /// more.
    ///
    /// It is only for caches whose objects are never written back as a whole: a PUT of such an object would make
    /// kubectl forget what it applied.
    public static let withoutBookkeeping: @Sendable (KubeObject) -> KubeObject = { object in
        var object = withoutManagedFields(object).decoded()
        let name = "kubectl.kubernetes.io/last-applied-configuration"
        if object.metadata["annotations"]?[name] != nil { object["metadata", "annotations", name] = nil }
        return object.packed()
    }
}

// MARK: - Reading

extension Informer {
    /// The cached object of that name as a tree: who asks for one by its name works with it. nil where the cache has
    /// none.
    public func get(_ key: ObjectKey) -> KubeObject? { shared.withLockedValue { $0.store.objects[key] }?.decoded() }

    /// The cached objects, of one namespace or of all, in no particular order and as they are kept: packed (see
    /// `KubeObject.packed()`).
    public func list(namespace: String? = nil) -> [KubeObject] {
        let objects = shared.withLockedValue { $0.store.objects }
        guard let namespace else { return Array(objects.values) }
        return objects.compactMap { $0.key.namespace == namespace ? $0.value : nil }
    }

    /// Makes ``byIndex(_:value:)`` work for `name`. `values` gives the values under which an object is found; it is
    /// called under a lock, so it must be quick and must not call the informer.
    public func addIndex(_ name: String, values: @escaping @Sendable (KubeObject) -> [String]) {
        shared.withLockedValue { $0.store.addIndex(name, values: values) }
    }

    /// The cached objects with that value in an index, in no particular order; none where the index doesn't exist.
    public func byIndex(_ name: String, value: String) -> [KubeObject] {
        shared.withLockedValue { $0.store.byIndex(name, value: value) }
    }

    /// Whether the first list is in the cache.
    public var hasSynced: Bool { synced.value != nil }

    /// Returns when the first list is in the cache.
    /// - Throws: `CancellationError`; ``RuntimeError`` when the informer stops before.
    public func waitForSync() async throws { try await synced.wait() }

    /// Calls `handler` for every change from now on, and first `.added` (initial) for every object that the cache has.
    /// Calls come one after the other, from whatever task made the change; a handler must not block.
    @discardableResult
    public func addHandler(_ handler: @escaping Handler) -> HandlerRegistration {
        change { shared in
            shared.lastHandler += 1
            let own = shared.lastHandler...shared.lastHandler
            let registration = HandlerRegistration(id: shared.lastHandler, handler: handler)
            shared.handlers.append(registration)
            for object in shared.store.objects.values {
                shared.outbox.append(.event(.added(object, isInitial: true)), to: own)
            }
            if shared.hasSynced { shared.outbox.append(.synced, to: own) }
            return registration
        }
    }

    /// The handler isn't called any more. A call that has begun in another task may still be running.
    public func removeHandler(_ registration: HandlerRegistration) {
        registration.deactivate()
        shared.withLockedValue { shared in shared.handlers.removeAll { $0.id == registration.id } }
    }

    /// The number of handlers that are registered.
    public var handlerCount: Int { shared.withLockedValue(\.handlers.count) }
}

// MARK: - Changing

extension Informer {
    /// Puts the result of a write into the cache, so that who wrote it reads it from now on, and handlers hear of it.
    ///
    /// Ignored unless it is certainly newer than what the cache knows (KEP-5504), and where the watch would never tell
    /// what becomes of the object because it doesn't belong to this informer. A deleted object is never brought back:
    /// while the cache doesn't have the object, only a version later than all that the server has told about is
    /// accepted.
    public func insert(_ object: KubeObject) {
        if let namespace, object.namespace != namespace { return }
        if let labelSelector, !labelSelector.matches(object.labels) { return }
        let object = transform(object).packed()
        update { store, events in
            // Whether a field selector matches can't be said here, but what is in the cache will be removed from it if
            // not.
            if fieldSelector != nil, store.objects[object.key] == nil { return }
            if store.progress.isEmpty { return }
            store.insert(object, into: &events)
        }
    }

    /// Changes the cache and tells the handlers. `completesSync` says that the store now has everything that the server
    /// has.
    func update(completesSync: Bool = false, _ body: (inout ObjectStore, inout [InformerEvent]) -> Void) {
        change { shared in
            body(&shared.store, &shared.fresh)
            let everyone = 0...shared.lastHandler
            for event in shared.fresh {
                shared.lastChange += 1
                shared.outbox.append(.event(event), to: everyone, number: shared.lastChange)
            }
            shared.fresh.removeAll(keepingCapacity: true)
            if completesSync, !shared.hasSynced {
                shared.hasSynced = true
                shared.outbox.append(.synced, to: everyone)
            }
        }
        if completesSync { synced.open() }
    }

    private func change<Result>(_ body: (inout Shared) -> Result) -> Result {
        let (result, mustDeliver) = shared.withLockedValue { shared in
            let result = body(&shared)
            guard !shared.isDelivering, !shared.outbox.isEmpty else { return (result, false) }
            shared.isDelivering = true
            return (result, true)
        }
        if mustDeliver { deliver() }
        return result
    }

    /// Empties the outbox. Handlers run without the lock, so that they may read the informer and even insert.
    private func deliver() {
        while true {
            let (batch, handlers, hasWaiters) = shared.withLockedValue { shared in
                let batch = shared.outbox.takeAll()
                if batch.isEmpty { shared.isDelivering = false }
                return (batch, shared.handlers, !shared.waiters.isEmpty)
            }
            if batch.isEmpty { return }
            for delivery in batch {
                for handler in handlers where delivery.audience.contains(handler.id) {
                    switch delivery.content {
                    case .event(let event): handler.handle(event)
                    case .synced: handler.markSynced()
                    }
                }
                if hasWaiters, case .event(let event) = delivery.content { wake(for: event, number: delivery.number) }
            }
        }
    }
}
