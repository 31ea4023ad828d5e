public import KubeClient
import KubeModel
public import Logging
public import Metrics
import ServiceLifecycle

/// Lets one of several processes lead, by a `coordination.k8s.io/v1 Lease` that the leader keeps renewing.
///
/// It is the scheme of client-go's `leaderelection`, with its limits: at most one process *believes* that it leads as
/// long as clocks run at about the same rate (`leaseDuration` against `renewDeadline`) and the leader stops when it is
/// told. It is no fence: a request that was sent before the loss may arrive after it.
public struct LeaderElector: Sendable {
    public struct Options: Sendable {
        public var namespace: String
        public var name: String
        /// Different for each process; usually the pod's name with something random.
        public var identity: String
        /// How long others wait after the last renewal that they saw before they take over.
        public var leaseDuration: Duration
        /// How long the leader may go without a successful renewal before it gives up. Less than `leaseDuration`.
        public var renewDeadline: Duration
        /// Between attempts.
        public var retryPeriod: Duration

        public init(
            namespace: String, name: String, identity: String, leaseDuration: Duration = .seconds(15),
            renewDeadline: Duration = .seconds(10), retryPeriod: Duration = .seconds(2)
        ) {
            self.namespace = namespace
            self.name = name
            self.identity = identity
            self.leaseDuration = leaseDuration
            self.renewDeadline = renewDeadline
            self.retryPeriod = retryPeriod
        }
    }

    public let options: Options
    private let api: any KubeAPI
    private let clock: any RuntimeClock
    private let logger: Logger
    private let isLeading: Gauge

    public init(
        api: any KubeAPI, _ options: Options, clock: any RuntimeClock = SystemClock(),
        metrics: any MetricsFactory = MetricsSystem.factory, logger: Logger = Logger(label: "leader-election")
    ) {
        self.api = api
        self.options = options
        self.clock = clock
        self.logger = logger
        isLeading = Gauge(
            label: "leader_election_master_status", dimensions: [("name", options.name)], factory: metrics)
    }

    /// Waits for leadership, then runs `onStartedLeading`. When that returns or throws, the lease is released and so
    /// does this. When the lease is lost, it is cancelled and waited for.
    ///
    /// A graceful shutdown ends the waiting; a leader's closure has to end by itself then. When the task is cancelled,
    /// the lease is not released but expires.
    /// - Throws: ``RuntimeError`` `leadershipLost` (end the process: whatever still runs must not write);
    ///   `CancellationError`; what the closure throws.
    public func run(onStartedLeading: @escaping @Sendable () async throws -> Void) async throws {
        guard options.renewDeadline < options.leaseDuration, options.retryPeriod < options.renewDeadline else {
            throw RuntimeError(.misuse, "leader election needs retryPeriod < renewDeadline < leaseDuration")
        }
        isLeading.record(0)
        guard let term = try await acquire() else { return }
        logger.info("became leader", metadata: ["identity": "\(options.identity)"])
        isLeading.record(1)
        defer { isLeading.record(0) }
        try await lead(term, onStartedLeading)
    }
}

// MARK: - Phases

extension LeaderElector {
    /// Leadership from a successful write on.
    private struct Term: Sendable {
        var state: LeaseState
        /// When the last successful write was sent. Counting from the answer would count its travel time twice: others
        /// count from when they see it.
        var renewedAt: Duration
    }

    private enum End { case finished, failed(any Error), lost(RuntimeError) }

    /// - Returns: nil when a graceful shutdown came first.
    private func acquire() async throws -> Term? {
        let term = await cancelWhenGracefulShutdown { () -> Term? in
            var state = LeaseState(
                identity: self.options.identity, durationSeconds: Int(self.options.leaseDuration.components.seconds))
            while !Task.isCancelled {
                let start = self.clock.uptime
                if await self.attempt(&state, until: start + self.options.renewDeadline) {
                    return Term(state: state, renewedAt: start)
                }
                // Jittered as in client-go, so that candidates don't all try at the same moment.
                try? await self.clock.sleep(for: self.options.retryPeriod * Double.random(in: 1...1.2))
            }
            return nil
        }
        if term == nil { try Task.checkCancellation() }
        return term
    }

    private func lead(_ term: Term, _ body: @escaping @Sendable () async throws -> Void) async throws {
        let state = try await withThrowingTaskGroup(of: (End, LeaseState?).self) { group in
            group.addTask {
                do {
                    try await body()
                    return (.finished, nil)
                } catch {
                    return (.failed(error), nil)
                }
            }
            group.addTask { await self.keep(term) }
            var state = term.state
            var end: End?
            while let (childEnd, lastState) = try await group.next() {
                // The first to end decides; the other one is cancelled and only waited for.
                if end == nil { end = childEnd }
                state = lastState ?? state
                group.cancelAll()
            }
            switch end {
            case .lost(let error): throw error
            case .failed(let error):
                await release(state)
                throw error
            case .finished, nil: return state
            }
        }
        await release(state)
    }

    /// Renews until it fails for too long or the task is cancelled.
    private func keep(_ term: Term) async -> (End, LeaseState?) {
        var term = term
        while true {
            do {
                try await clock.sleep(for: options.retryPeriod)
            } catch {
                return (.finished, term.state)
            }
            let start = clock.uptime
            let deadline = term.renewedAt + options.renewDeadline
            if await attempt(&term.state, until: deadline) { term.renewedAt = start }
            if Task.isCancelled { return (.finished, term.state) }
            if let observed = term.state.observed, observed.holder != options.identity {
                return (.lost(RuntimeError(.leadershipLost, "the lease was taken by \(observed.holder)")), nil)
            }
            if clock.uptime >= term.renewedAt + options.renewDeadline {
                return (.lost(RuntimeError(.leadershipLost, "the lease couldn't be renewed in time")), nil)
            }
        }
    }
}

// MARK: - The lease

extension LeaderElector {
    /// Reads the lease and writes it where it may.
    /// - Returns: whether this process leads from now on. Every failure is logged and is a no.
    private func attempt(_ state: inout LeaseState, until deadline: Duration) async -> Bool {
        let before = state
        let result = await withTaskGroup(of: (LeaseState, Bool)?.self) { group in
            group.addTask { await self.attempt(before) }
            group.addTask {
                try? await self.clock.sleep(until: deadline)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let result else { return false }
        state = result.0
        return result.1
    }

    private func attempt(_ before: LeaseState) async -> (LeaseState, Bool) {
        var state = before
        do {
            let lease = try await api.find(.leases, namespace: options.namespace, name: options.name)
            state.observe(lease.map(LeaseState.Record.init), at: clock.uptime)
            guard case .write(let record) = state.decide(at: clock.uptime, now: clock.now) else {
                return (state, false)
            }
            try await write(record, over: lease)
            state.observe(record, at: clock.uptime)
            return (state, true)
        } catch {
            let level: Logger.Level = (error as? APIStatus)?.code == 409 ? .debug : .warning
            if !Task.isCancelled { logger.log(level: level, "lease not written", metadata: ["error": "\(error)"]) }
            return (state, false)
        }
    }

    /// With the version that was read: of two candidates only one succeeds.
    private func write(_ record: LeaseState.Record, over lease: KubeObject?) async throws {
        var object = lease ?? KubeObject(.leases, namespace: options.namespace, name: options.name)
        object["spec"] = record.json
        if lease == nil {
            _ = try await api.create(object, in: .leases)
        } else {
            _ = try await api.update(object, in: .leases)
        }
    }

    private func release(_ state: LeaseState) async {
        guard state.isLeader, !Task.isCancelled else { return }
        do {
            guard let lease = try await api.find(.leases, namespace: options.namespace, name: options.name),
                LeaseState.Record(lease).holder == options.identity
            else { return }
            try await write(state.released(now: clock.now), over: lease)
            logger.info("released the lease", metadata: ["identity": "\(options.identity)"])
        } catch {
            logger.warning("lease not released; it will expire", metadata: ["error": "\(error)"])
        }
    }
}
