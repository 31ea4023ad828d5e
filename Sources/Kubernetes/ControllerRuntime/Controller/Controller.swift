public import KubeModel
public import Logging
public import Metrics
public import ServiceLifecycle
import Synchronization

/// Calls a reconciler for every name that one of its watches says may need it.
///
/// Guarantees:
/// - A name is never reconciled twice at the same time. What happens to it meanwhile leads to one more reconcile after.
/// - After a failure it comes again, with growing delays; a success resets them.
/// - Workers start when all watched informers have their first list: a reconciler never mistakes "not known yet" for
///   "gone".
/// - On ``stop()`` or graceful shutdown nothing new begins; what runs may end within the grace period and is cancelled
///   after it. When the task is cancelled, what runs is cancelled at once.
public final class Controller: Service {
    /// An informer whose changes lead to reconciles, and of which names.
    public struct Watch: Sendable {
        let informer: Informer
        let predicate: Predicate
        let priority: WorkPriority
        let map: @Sendable (KubeObject) -> [ObjectKey]

        /// Makes a watch.
        ///
        /// - Parameters:
        ///   - informer: The informer whose changes are looked at. The controller doesn't run it.
        ///   - predicate: The changes that matter; all by default.
        ///   - priority: The priority of changes. Objects that exist at the start, and resyncs, always come with
        ///     ``WorkPriority/low``.
        ///   - map: The names to reconcile for an object; its own by default. After an update it is asked about both
        ///     the old and the new state. It is called for each event, in order, and must not block.
        public init(
            _ informer: Informer, predicate: Predicate = .all, priority: WorkPriority = .normal,
            map: @escaping @Sendable (KubeObject) -> [ObjectKey] = { [$0.key] }
        ) {
            self.informer = informer
            self.predicate = predicate
            self.priority = priority
            self.map = map
        }

        /// Watches objects that are owned by one of `owner`: the owner is reconciled.
        ///
        /// - Parameters:
        ///   - owner: The resource of the owners.
        ///   - informer: The informer of the owned objects.
        ///   - onlyController: Whether to leave out owners that are mentioned beside the one that manages the object.
        ///   - predicate: The changes that matter; all by default.
        ///   - priority: The priority of changes, as in ``init(_:predicate:priority:map:)``.
        /// - Returns: A watch that maps an object to the names of its owners, in its own namespace.
        public static func owned(
            by owner: APIResource, _ informer: Informer, onlyController: Bool = true, predicate: Predicate = .all,
            priority: WorkPriority = .normal
        ) -> Watch {
            Watch(informer, predicate: predicate, priority: priority) { object in
                let owners = object.ownerReferences.filter { reference in
                    reference.kind == owner.kind && (reference.controller || !onlyController)
                        && GroupVersion(apiVersion: reference.apiVersion)?.group == owner.group
                }
                return owners.map { ObjectKey(namespace: owner.namespaced ? object.namespace : nil, name: $0.name) }
            }
        }

        /// The priority of an event: what nobody waits for goes behind what happens.
        func priority(of event: InformerEvent) -> WorkPriority {
            event.isInitial || event.isResync ? .low : priority
        }

        func keys(for event: InformerEvent) -> [ObjectKey] {
            guard predicate.accepts(event) else { return [] }
            let keys = map(event.object)
            guard let old = event.old else { return keys }
            return keys + map(old).filter { !keys.contains($0) }
        }
    }

    /// The name of the controller in metrics and logs.
    public let name: String
    private let reconciler: any Reconciler
    private let watches: [Watch]
    private let concurrency: Int
    private let gracePeriod: Duration
    private let clock: any RuntimeClock
    private let logger: Logger
    private let metrics: ControllerMetrics
    private let queue: WorkQueue<ObjectKey>
    private let stopped = Latch<Void>()
    private let hasStarted = Mutex(false)

    /// Makes a controller, which does nothing before ``run()``.
    ///
    /// - Parameters:
    ///   - name: The name of this controller in metrics and logs.
    ///   - reconciler: What is called for each name.
    ///   - watches: The informers whose changes lead to reconciles.
    ///   - concurrency: How many names are reconciled at the same time.
    ///   - gracePeriod: For how long running reconciles may go on after a stop.
    ///   - queue: The delays after failures, their limit, and the fairness between priorities.
    ///   - clock: The clock of delays and of the grace period.
    ///   - metrics: The backend of its metrics; the process's own by default.
    ///   - logger: The logger of failures.
    public init(
        name: String, reconciler: any Reconciler, watches: [Watch], concurrency: Int = 1,
        gracePeriod: Duration = .seconds(30), queue: WorkQueueState<ObjectKey>.Options = .init(),
        clock: any RuntimeClock = SystemClock(), metrics: any MetricsFactory = MetricsSystem.factory,
        logger: Logger = Logger(label: "controller")
    ) {
        self.name = name
        self.reconciler = reconciler
        self.watches = watches
        self.concurrency = concurrency
        self.gracePeriod = gracePeriod
        self.clock = clock
        var logger = logger
        logger[metadataKey: "controller"] = "\(name)"
        self.logger = logger
        self.metrics = ControllerMetrics(name: name, concurrency: concurrency, factory: metrics)
        self.queue = WorkQueue(queue, clock: clock, metrics: self.metrics.queue)
    }

    /// Asks for a reconcile because of something that comes from elsewhere than a watch.
    public func enqueue(_ key: ObjectKey, priority: WorkPriority = .normal) { queue.add(key, priority: priority) }

    /// Begins a graceful stop; ``run()`` returns when it is done.
    public func stop() {
        queue.shutDown()
        stopped.open()
    }

    /// Reconciles until it is stopped, gracefully shut down or cancelled.
    /// - Throws: ``RuntimeError`` when it was run before: its queue ends with its run.
    public func run() async throws {
        let isFirst = hasStarted.withLock { hasStarted in
            defer { hasStarted = true }
            return !hasStarted
        }
        guard isFirst else { throw RuntimeError(.misuse, message: "controller \(name) can run only once") }
        await withGracefulShutdownHandler {
            let handlers = subscribe()
            if await hasSynced(handlers) { await serve() }
            // The informers may go on for others.
            for (informer, handler) in zip(watches.map(\.informer), handlers) { informer.removeHandler(handler) }
        } onGracefulShutdown: {
            self.stop()
        }
        queue.shutDown()
    }

    private func subscribe() -> [HandlerRegistration] {
        watches.map { watch in
            watch.informer.addHandler { [queue] event in
                for key in watch.keys(for: event) { queue.add(key, priority: watch.priority(of: event)) }
            }
        }
    }

    /// Whether the handlers know every object of the first lists; false when the stop came first.
    private func hasSynced(_ handlers: [HandlerRegistration]) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                do {
                    for handler in handlers { try await handler.waitForSync() }
                    return true
                } catch {
                    return false
                }
            }
            group.addTask { [stopped] in
                try? await stopped.wait()
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }
}

// MARK: - Working

extension Controller {
    private enum Child { case worker, timer, graceExpired }

    private func serve() async {
        await withTaskGroup(of: Child.self) { group in
            group.addTask { await self.runTimer() }
            group.addTask { await self.runGracePeriod() }
            for _ in 0..<concurrency { group.addTask { await self.runWorker() } }
            var running = concurrency
            while running > 0, let child = await group.next() {
                switch child {
                case .worker: running -= 1
                case .timer: break
                case .graceExpired:
                    if Task.isCancelled { break }
                    logger.warning("reconciles were still running at the end of the grace period; cancelling them")
                    group.cancelAll()
                }
            }
            group.cancelAll()
        }
    }

    private func runTimer() async -> Child {
        await queue.run()
        return .timer
    }

    private func runGracePeriod() async -> Child {
        do {
            try await stopped.wait()
            try await clock.sleep(for: gracePeriod)
        } catch {}
        return .graceExpired
    }

    private func runWorker() async -> Child {
        var next = await queue.next()
        while let taken = next {
            metrics.active.increment()
            let outcome = await reconcile(taken.item)
            let now = clock.uptime
            metrics.time.recordNanoseconds((now - taken.at).inNanoseconds)
            metrics.active.decrement()
            next = await queue.next(finishing: taken, outcome, now: now)
        }
        return .worker
    }

    private func reconcile(_ key: ObjectKey) async -> WorkQueue<ObjectKey>.Outcome {
        do {
            switch try await reconciler.reconcile(key) {
            case .done:
                metrics.count(.success)
                return .succeeded
            case .requeue(let delay):
                metrics.count(.requeueAfter)
                return .succeededAgain(after: delay)
            case .retry:
                metrics.count(.requeue)
                return .failed
            }
        } catch let error as TerminalError {
            metrics.count(.terminal)
            logger.error("reconcile failed for good", metadata: ["key": "\(key)", "error": "\(error)"])
            return .succeeded
        } catch {
            if Task.isCancelled { return .abandoned }
            metrics.count(.error)
            // A conflict says that the cache was behind. It is part of normal work and resolves itself.
            let level: Logger.Level = (error as? APIStatus)?.isConflict == true ? .debug : .error
            logger.log(level: level, "reconcile failed", metadata: ["key": "\(key)", "error": "\(error)"])
            return .failed
        }
    }
}
