public import Logging
public import ServiceLifecycle
import Synchronization

/// Something that others wait for before they start.
public protocol Startable: Sendable {
    /// Returns when it is ready.
    /// - Throws: `CancellationError`.
    func waitUntilReady() async throws
}

extension Informer: Startable {
    /// Returns when the first list is in the cache. ``RuntimeError`` is thrown when the informer stops before.
    public func waitUntilReady() async throws { try await waitForSync() }
}

extension HealthServer: Startable {
    /// Returns when the server listens.
    public func waitUntilReady() async throws { _ = try await boundPort() }
}

/// Runs the parts of an operator in the order in which they need each other.
///
/// Groups start one after the other, each when everything in the group before is ready, and stop in reverse:
/// controllers end while the caches that they read still live, and the health endpoints answer to the last. The first
/// failure of any part stops all the same way, and ``run()`` throws it.
public final class Manager: Service {
    /// The groups in the order in which they start.
    public enum Group: Int, Sendable, CaseIterable {
        /// The health and metrics endpoints, and event recorders.
        case servers
        /// The informers.
        case caches
        /// What runs in every process, whether it leads or not.
        case others
        /// The parts that start when this process becomes the leader; see ``LeaderElector``. Without an elector they
        /// start after `others`.
        case leaderElected
    }

    private enum Phase { case collecting, running(ServiceGroup), over }

    private struct State {
        var parts: [Group: [any Service]] = [:]
        var phase = Phase.collecting
    }

    private let elector: LeaderElector?
    private let maximumShutdown: Duration?
    private let logger: Logger
    private let state = Mutex(State())

    /// Makes a manager without parts. After `maximumShutdown` a graceful shutdown turns into a cancellation of all that
    /// still runs; nil waits without end.
    public init(
        elector: LeaderElector? = nil, maximumShutdown: Duration? = .seconds(40),
        logger: Logger = Logger(label: "manager")
    ) {
        self.elector = elector
        self.maximumShutdown = maximumShutdown
        self.logger = logger
    }

    /// Adds a part.
    ///
    /// - Parameters:
    ///   - service: The part, which ends on graceful shutdown. If it is ``Startable``, the next group waits for it.
    ///   - group: The group with which it starts and stops.
    /// - Precondition: ``run()`` hasn't begun; what is added later isn't run.
    public func add(_ service: any Service, to group: Group) {
        state.withLock { $0.parts[group, default: []].append(service) }
    }

    /// Runs a closure as a part. A graceful shutdown cancels it.
    public func add(to group: Group, _ run: @escaping @Sendable () async throws -> Void) {
        add(ClosurePart(body: run), to: group)
    }

    /// Begins a graceful stop, as a graceful shutdown of the surrounding service group does.
    public func stop() async {
        let running: ServiceGroup? = state.withLock { state in
            if case .running(let group) = state.phase { return group }
            state.phase = .over
            return nil
        }
        await running?.triggerGracefulShutdown()
    }

    /// Runs until it is stopped, gracefully shut down or cancelled, or until a part fails.
    /// - Throws: the first failure; ``RuntimeError`` when it was run before.
    public func run() async throws {
        let parts = state.withLock(\.parts)
        var configuration = ServiceGroupConfiguration(services: members(parts), logger: logger)
        configuration.maximumGracefulShutdownDuration = maximumShutdown
        let group = ServiceGroup(configuration: configuration)
        let mayRun = state.withLock { state in
            guard case .collecting = state.phase else { return false }
            state.phase = .running(group)
            return true
        }
        guard mayRun else { throw RuntimeError(.misuse, message: "a manager can run only once") }
        defer { state.withLock { $0.phase = .over } }
        try await group.run()
    }

    private func members(_ parts: [Group: [any Service]]) -> [ServiceGroupConfiguration.ServiceConfiguration] {
        var previous: Latch<Void>?
        return Group.allCases.map { group in
            let stage = RunnableGroup(
                name: "\(group)", parts: parts[group] ?? [], after: previous,
                elector: group == .leaderElected ? elector : nil)
            previous = stage.ready
            // A failure ends the others gracefully: they may have something to finish.
            return .init(service: stage, failureTerminationBehavior: .gracefullyShutdownGroup)
        }
    }
}

private struct ClosurePart: Service {
    let body: @Sendable () async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown(body)
        } catch is CancellationError where Task.isShuttingDownGracefully {
            // It was told to end, and has.
        }
    }
}
