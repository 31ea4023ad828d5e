public import KubeClient
public import KubeModel
public import Logging
public import ServiceLifecycle
import Synchronization

/// The informers of a process, one for each scope: who asks for the same objects gets the same cache, fed by one watch.
///
/// Add it to a ``Manager``'s caches. Informers may be asked for at any time; while this runs, they run. They stay until
/// it ends, also without handlers: a cache that is read has none.
public final class SharedInformers: Service, Startable {
    /// The objects that an informer is of.
    private struct Scope: Hashable {
        var resource: APIResource
        var namespace: String?
        var labelSelector: LabelSelector?
        var fieldSelector: String?
    }

    private struct State {
        var informers: [Scope: Informer] = [:]
        /// The informers that aren't running yet.
        var fresh: [Informer] = []
    }

    /// Makes of an object what the caches keep of it.
    public typealias Transform = @Sendable (KubeObject) -> KubeObject

    private let api: any KubeAPI
    private let transform: Transform
    private let usesWatchList: Bool
    private let resyncPeriod: Duration?
    private let clock: any RuntimeClock
    private let logger: Logger
    private let state = Mutex(State())
    private let added = Signal()

    /// Makes an empty set of informers. The parameters are those of every ``Informer``.
    public init(
        api: any KubeAPI, transform: @escaping Transform = Informer.withoutManagedFields, usesWatchList: Bool = true,
        resyncPeriod: Duration? = nil, clock: any RuntimeClock = SystemClock(),
        logger: Logger = Logger(label: "informer")
    ) {
        self.api = api
        self.transform = transform
        self.usesWatchList = usesWatchList
        self.resyncPeriod = resyncPeriod
        self.clock = clock
        self.logger = logger
    }

    /// The informer of a scope: the same for everyone who asks for the same.
    ///
    /// - Parameters:
    ///   - resource: The resource whose objects are cached.
    ///   - namespace: The namespace; nil for all. A process that may read only some namespaces asks for an informer of
    ///     each.
    ///   - labelSelector: The labels of the objects; nil for any.
    ///   - fieldSelector: The fields of the objects in the API's text form, `metadata.name=web`; nil for any.
    /// - Returns: The informer, which runs while this does.
    public func informer(
        for resource: APIResource, namespace: String? = nil, labelSelector: LabelSelector? = nil,
        fieldSelector: String? = nil
    ) -> Informer {
        let scope = Scope(
            resource: resource, namespace: namespace, labelSelector: labelSelector, fieldSelector: fieldSelector)
        let informer = state.withLock { state in
            if let known = state.informers[scope] { return known }
            let informer = make(scope)
            state.informers[scope] = informer
            state.fresh.append(informer)
            return informer
        }
        added.notify()
        return informer
    }

    private func make(_ scope: Scope) -> Informer {
        Informer(
            api: api, resource: scope.resource, namespace: scope.namespace, labelSelector: scope.labelSelector,
            fieldSelector: scope.fieldSelector, transform: transform, usesWatchList: usesWatchList,
            resyncPeriod: resyncPeriod, clock: clock, logger: logger)
    }

    /// Runs the informers, also those that are asked for later, until the task is cancelled or gracefully shut down.
    public func run() async {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    for informer in self.takeFresh() { group.addTask { await informer.run() } }
                    await self.added.wait()
                }
            }
        }
    }

    private func takeFresh() -> [Informer] {
        state.withLock { state in
            defer { state.fresh = [] }
            return state.fresh
        }
    }

    /// Returns when all informers that were asked for until now have their first list.
    /// - Throws: `CancellationError`.
    public func waitUntilReady() async throws {
        for informer in state.withLock({ Array($0.informers.values) }) { try await informer.waitForSync() }
    }
}
