import KubeClient
import KubeModel
import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import Synchronization

extension Informer {
    /// Follows the server until the task is cancelled or gracefully shut down. Errors of the server are logged and
    /// tried again: this never throws.
    public func run() async {
        shared.withLockedValue { $0.isStopped = false }
        defer { failWaiters() }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.follow() }
                if let period = self.resyncPeriod { group.addTask { await self.resync(every: period) } }
            }
        }
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
            let list = try await api.listAll(resource, namespace: namespace, options: options, transform: transform)
            if list.unreadableItems > 0 {
                logger.warning(
                    "objects that nest too deep or have keys that look alike are left out",
                    metadata: ["resource": "\(resource.plural)", "count": "\(list.unreadableItems)"])
            }
            replace(with: list.items, resourceVersion: list.resourceVersion)
            reflector.listed(resourceVersion: list.resourceVersion)
        } catch {
            report(error, of: "list")
            reflector.failed(.init(error), random: .random(in: 0...1))
        }
    }

    /// Watches from `version` on; nil to get the present objects as events first.
    private func watch(_ reflector: inout ReflectorState, from version: String?) async {
        let start = clock.uptime
        let watch = Watch(reflector, collectsInitial: version == nil, at: start)
        do {
            try await consume(watch, from: version)
            reflector = watch.reflector
            reflector.ended(after: clock.uptime - start, random: .random(in: 0...1))
        } catch {
            // What was heard before the break counts: the next watch goes on from there.
            reflector = watch.reflector
            report(error, of: "watch")
            reflector.failed(.init(error), after: clock.uptime - start, random: .random(in: 0...1))
        }
    }

    /// How long the server shall keep a watch open: about 5 to 10 minutes, at random so that not all end together.
    private static let watchSeconds = 300...600
    /// The time that a server may take longer than that before the connection is taken for dead.
    private static let watchMargin = Duration.seconds(30)
    /// How long a server may be silent before it has said that the initial events are complete.
    private static let initialSilence = Duration.seconds(30)

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
                throw RuntimeError(.overdue, message: "the watch stayed open for longer than was asked for")
            }
            group.addTask {
                try await self.expectInitial(watch)
                // The others decide how the watch ends.
                try await self.clock.sleep(until: deadline + Self.watchMargin)
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Returns when the initial objects are complete.
    private func expectInitial(_ watch: Watch) async throws {
        while let lastHeard = watch.initialProgress {
            let deadline = lastHeard + Self.initialSilence
            if clock.uptime >= deadline {
                throw RuntimeError(.incomplete, message: "the server didn't say that the initial events are complete")
            }
            try await clock.sleep(until: deadline)
        }
    }

    private func stream(_ options: WatchOptions, to watch: Watch) async throws {
        try await api.watch(resource, namespace: namespace, options: options) { events in
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
        var initial: [ObjectKey: KubeObject]?
        var lastHeard: Duration
    }

    let state: Mutex<State>

    init(_ reflector: ReflectorState, collectsInitial: Bool, at uptime: Duration) {
        state = Mutex(State(reflector: reflector, initial: collectsInitial ? [:] : nil, lastHeard: uptime))
    }

    /// What an event is to the cache.
    enum Meaning {
        /// One of the initial events.
        case collected
        case completed([KubeObject], resourceVersion: String)
        case change
    }

    func take(_ event: WatchEvent, at uptime: Duration) throws -> Meaning {
        try state.withLock { state in
            state.reflector.received(event)
            state.lastHeard = uptime
            guard state.initial != nil else { return .change }
            return try Self.collect(event, state: &state)
        }
    }

    /// Initial events may be mixed with changes of objects that came before them.
    private static func collect(_ event: WatchEvent, state: inout State) throws -> Meaning {
        switch event {
        case .added(let object), .modified(let object): state.initial?[object.key] = object
        case .deleted(let object): state.initial?[object.key] = nil
        case .bookmark(let version, initialEventsEnd: true):
            defer { state.initial = nil }
            return .completed(state.initial.map { Array($0.values) } ?? [], resourceVersion: version)
        case .bookmark:
            throw RuntimeError(
                .incomplete, message: "the server sends bookmarks, and none that ends the initial events")
        case .error: break
        }
        return .collected
    }

    var reflector: ReflectorState { state.withLock(\.reflector) }
    /// When the last of the initial events came; nil when they are complete.
    var initialProgress: Duration? { state.withLock { $0.initial == nil ? nil : $0.lastHeard } }
}

extension Informer {
    /// Applies an event to the cache. The status of an `ERROR` event, which ends the watch, is thrown.
    private func apply(_ event: WatchEvent, to watch: Watch) throws {
        if case .error(let status) = event { throw status }
        let event = transformed(event)
        switch try watch.take(event, at: clock.uptime) {
        case .collected: break
        case .completed(let objects, let version): replace(with: objects, resourceVersion: version)
        case .change: follow(event)
        }
    }

    /// Transforms an event's object before anything is kept, also of initial events.
    private func transformed(_ event: WatchEvent) -> WatchEvent {
        switch event {
        case .added(let object): .added(transform(object))
        case .modified(let object): .modified(transform(object))
        case .deleted(let object): .deleted(transform(object))
        case .bookmark, .error: event
        }
    }

    private func follow(_ event: WatchEvent) {
        update { store, changes in
            switch event {
            case .added(let object), .modified(let object): store.put(object, into: &changes)
            case .deleted(let object): store.remove(object, into: &changes)
            case .bookmark(let version, _): store.advance(to: version)
            case .error: break
            }
        }
    }

    private func replace(with items: [KubeObject], resourceVersion: String) {
        update(completesSync: true) { store, changes in
            store.replace(with: items, resourceVersion: resourceVersion, into: &changes)
        }
    }
}
