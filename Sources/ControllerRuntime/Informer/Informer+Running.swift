import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import Synchronization

extension Informer {
    /// Follows the server until the task is cancelled or gracefully shut down. Errors of the server are logged and
    /// tried again: this never throws.
    public func run() async {
        shared.withLock { $0.isStopped = false }
        defer { failWaiters() }
        await cancelWhenGracefulShutdown { await self.follow() }
    }

    private func follow() async {
        var reflector = ReflectorState(usesWatchList: usesWatchList)
        while !Task.isCancelled {
            switch reflector.step {
            case .pause(let delay):
                try? await clock.sleep(for: delay)
                reflector.paused()
            case .list: await list(&reflector)
            case .watch(let version): await watch(&reflector, from: version)
            case .watchList: await watch(&reflector, from: nil)
            }
        }
    }

    private func list(_ reflector: inout ReflectorState) async {
        do {
            let options = ListOptions(labelSelector: labelSelector, fieldSelector: fieldSelector)
            let list = try await api.listAll(resource, namespace: namespace, options, transform: transform)
            replace(with: list.items, resourceVersion: list.resourceVersion)
            reflector.listed(resourceVersion: list.resourceVersion)
        } catch {
            report(error, of: "list")
            reflector.failed(.init(error), random: .random(in: 0...1))
        }
    }

    /// - Parameter version: nil to get the present objects as events first.
    private func watch(_ reflector: inout ReflectorState, from version: String?) async {
        let start = clock.uptime
        let watch = Watch(reflector, collectsInitial: version == nil)
        do {
            try await consume(watch, from: version)
            reflector = watch.reflector
            reflector.ended(after: clock.uptime - start, hasHeard: watch.hasHeard, random: .random(in: 0...1))
        } catch {
            // What was heard before the break counts: the next watch goes on from there.
            reflector = watch.reflector
            report(error, of: "watch")
            reflector.failed(.init(error), random: .random(in: 0...1))
        }
    }

    /// How long the server shall keep a watch open: about 5 to 10 minutes, at random so that not all end together.
    private static let watchSeconds = 300...600
    /// What a server may take longer than that before the connection is taken for dead.
    private static let watchMargin = Duration.seconds(30)

    private func consume(_ watch: Watch, from version: String?) async throws {
        let seconds = Int.random(in: Self.watchSeconds)
        let options = WatchOptions(
            resourceVersion: version, labelSelector: labelSelector, fieldSelector: fieldSelector,
            sendInitialEvents: version == nil, timeoutSeconds: seconds)
        let deadline = clock.uptime + .seconds(seconds) + Self.watchMargin
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.stream(options, to: watch) }
            group.addTask {
                try await self.clock.sleep(until: deadline)
                throw RuntimeError(.overdue, "the watch stayed open for longer than was asked for")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func stream(_ options: WatchOptions, to watch: Watch) async throws {
        try await api.watch(resource, namespace: namespace, options) { events in
            while let event = try await events.next() { try self.apply(event, to: watch) }
        }
    }

    private func report(_ error: any Error, of verb: String) {
        if Task.isCancelled { return }
        let level: Logger.Level = ReflectorState.Failure(error) == .expired ? .info : .warning
        logger.log(level: level, "\(verb) failed; trying again", metadata: ["error": "\(error)"])
    }
}

/// One watch, from its start to its end. It outlives the task that reads the stream, which may have to be given up.
private final class Watch: Sendable {
    struct State {
        var reflector: ReflectorState
        /// Objects of a watch that sends them first, until it says that they are complete.
        var initial: [KubeObject]?
        var hasHeard = false
    }

    let state: Mutex<State>

    init(_ reflector: ReflectorState, collectsInitial: Bool) {
        state = Mutex(State(reflector: reflector, initial: collectsInitial ? [] : nil))
    }

    var reflector: ReflectorState { state.withLock(\.reflector) }
    var hasHeard: Bool { state.withLock(\.hasHeard) }
}

extension Informer {
    /// - Throws: the status of an `ERROR` event, which ends the watch.
    private func apply(_ event: WatchEvent, to watch: Watch) throws {
        if case .error(let status) = event { throw status }
        let isComplete = watch.state.withLock { watch in
            update { store, changes in apply(event, &watch, &store, &changes) }
            return watch.initial == nil
        }
        if isComplete { synced.open() }
    }

    private func apply(
        _ event: WatchEvent, _ watch: inout Watch.State, _ store: inout ObjectStore, _ changes: inout [InformerEvent]
    ) {
        watch.reflector.received(event)
        watch.hasHeard = true
        switch event {
        case .added(let object), .modified(let object):
            let object = transform(object)
            if watch.initial == nil { store.put(object, into: &changes) } else { watch.initial?.append(object) }
        case .deleted(let object):
            if watch.initial == nil { store.remove(transform(object), into: &changes) }
        case .bookmark(let version, let initialEventsEnd):
            if initialEventsEnd, let initial = watch.initial {
                watch.initial = nil
                store.replace(with: initial, resourceVersion: version, into: &changes)
            } else if watch.initial == nil {
                store.advance(to: version)
            }
        case .error: break
        }
    }

    private func replace(with items: [KubeObject], resourceVersion: String) {
        update { store, changes in store.replace(with: items, resourceVersion: resourceVersion, into: &changes) }
        synced.open()
    }
}
