public import KubeClient
public import KubeModel
public import Logging
public import Metrics
import ServiceLifecycle
import Synchronization

/// Lets one of several processes lead, by a `coordination.k8s.io/v1 Lease` that the leader keeps renewing.
///
/// It is the scheme of client-go's `leaderelection`, with its limits: at most one process *believes* that it leads as
/// long as clocks run at about the same speed (`leaseDuration` against `renewDeadline`) and the leader stops when it is
/// told: what it runs is cancelled at the renew deadline, whatever a request that hangs does. It is no fence: a request
/// that was sent before the loss may arrive after it. Write under a resourceVersion where that matters.
public struct LeaderElector: Sendable {
    /// The lease, the candidate, and the times of the election.
    public struct Options: Sendable {
        /// The namespace of the lease.
        public var namespace: String
        /// The name of the lease, which all candidates share.
        public var name: String
        /// The name of this candidate, different for each process; usually the pod's name with something random.
        public var identity: String
        /// The time that others wait after the last renewal that they saw before they take over, rounded up to whole
        /// seconds.
        public var leaseDuration: Duration
        /// The time that the leader may go without a successful renewal before it gives up. It has to be less than
        /// `leaseDuration`.
        public var renewDeadline: Duration
        /// The pause between attempts; 1.2 times it has to be less than `renewDeadline`.
        public var retryPeriod: Duration
        /// The object with which the lease is deleted, for one that only this process ever holds; in the lease's
        /// namespace.
        public var owner: OwnerReference?

        /// Makes options with the times of client-go: 15, 10 and 2 seconds.
        public init(
            namespace: String, name: String, identity: String, leaseDuration: Duration = .seconds(15),
            renewDeadline: Duration = .seconds(10), retryPeriod: Duration = .seconds(2), owner: OwnerReference? = nil
        ) {
            self.namespace = namespace
            self.name = name
            self.identity = identity
            self.leaseDuration = leaseDuration
            self.renewDeadline = renewDeadline
            self.retryPeriod = retryPeriod
            self.owner = owner
        }
    }

    /// The options that the elector was made with.
    public let options: Options
    private let api: any KubeAPI
    private let clock: any RuntimeClock
    private let logger: Logger
    private let isLeading: Gauge

    /// Makes an elector, which does nothing before ``run(onStartedLeading:)``. Its metric is
    /// `leader_election_master_status`.
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
        guard options.renewDeadline < options.leaseDuration, options.retryPeriod * 1.2 < options.renewDeadline else {
            throw RuntimeError(
                .misuse, message: "leader election needs 1.2 * retryPeriod < renewDeadline < leaseDuration")
        }
        isLeading.record(0)
        let term = Term(options)
        guard try await acquire(term) else { return }
        logger.info("became leader", metadata: ["identity": "\(options.identity)"])
        isLeading.record(1)
        defer { isLeading.record(0) }
        try await lead(term, body: onStartedLeading)
    }
}

// MARK: - Phases

extension LeaderElector {
    /// What the tasks of one run share.
    private final class Term: Sendable {
        private let shared: Mutex<ElectionState>

        init(_ options: Options) { shared = Mutex(ElectionState(options)) }

        var state: ElectionState { shared.withLock(\.self) }
        func change(_ body: (inout ElectionState) -> Void) { shared.withLock { body(&$0) } }
    }

    private enum End { case finished, failed(any Error), lost(RuntimeError) }

    /// Tries until it leads; returns false when a graceful shutdown came first.
    private func acquire(_ term: Term) async throws -> Bool {
        let leads = await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let start = self.clock.uptime
                await self.attempt(term)
                if term.state.leads(at: self.clock.uptime) { return true }
                try? await self.pause(term, after: start)
            }
            return false
        }
        if !leads { try Task.checkCancellation() }
        return leads
    }

    private func lead(_ term: Term, body: @escaping @Sendable () async throws -> Void) async throws {
        let end = await withTaskGroup(of: End.self) { group in
            group.addTask {
                do {
                    try await body()
                    return .finished
                } catch {
                    return .failed(error)
                }
            }
            group.addTask { await self.keep(term) }
            group.addTask { await self.watch(term) }
            // The first to end decides; the others are cancelled and only waited for.
            defer { group.cancelAll() }
            return await group.next() ?? .finished
        }
        switch end {
        case .lost(let error): throw error
        case .failed(let error):
            await release(term.state.lease)
            throw error
        case .finished: await release(term.state.lease)
        }
    }

    /// Renews until someone else has the lease or the task is cancelled.
    private func keep(_ term: Term) async -> End {
        var start = term.state.renewedAt ?? clock.uptime
        while (try? await pause(term, after: start)) != nil {
            start = clock.uptime
            await attempt(term)
            if Task.isCancelled { break }
            if let loss = term.state.loss(at: clock.uptime) { return .lost(loss) }
        }
        return .finished
    }

    /// Ends leadership at its deadline, also while a renewal hangs.
    private func watch(_ term: Term) async -> End {
        while let deadline = term.state.leadsUntil, (try? await clock.sleep(until: deadline)) != nil {
            if let loss = term.state.loss(at: clock.uptime) { return .lost(loss) }
        }
        return .finished
    }

    private func pause(_ term: Term, after start: Duration) async throws {
        let next = term.state.nextAttempt(after: start, at: clock.uptime, random: .random(in: 0...1))
        try await clock.sleep(until: next)
    }
}

// MARK: - The lease

extension LeaderElector {
    /// Reads the lease and writes it where it may. Every failure is logged and leaves things as they were.
    private func attempt(_ term: Term) async {
        let start = clock.uptime
        let deadline = term.state.attemptDeadline(at: start)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.attempt(term, start: start) }
            group.addTask { try? await self.clock.sleep(until: deadline) }
            await group.next()
            group.cancelAll()
        }
    }

    private func attempt(_ term: Term, start: Duration) async {
        do {
            let lease = try await api.find(.leases, namespace: options.namespace, name: options.name)
            let (uptime, now) = (clock.uptime, clock.now)
            term.change { $0.read(lease.map(LeaseState.Record.init), at: uptime) }
            guard case .write(let record) = term.state.lease.decide(at: uptime, now: now) else { return }
            try await write(record, over: lease)
            let answered = clock.uptime
            term.change { $0.wrote(record, start: start, at: answered) }
        } catch {
            let level: Logger.Level = (error as? APIStatus)?.code == 409 ? .debug : .warning
            if !Task.isCancelled { logger.log(level: level, "lease not written", metadata: ["error": "\(error)"]) }
        }
    }

    /// Writes a record over the version that was read: of two candidates only one succeeds.
    private func write(_ record: LeaseState.Record, over lease: KubeObject?) async throws {
        var object = lease ?? KubeObject(.leases, namespace: options.namespace, name: options.name)
        object["spec"] = record.json
        if lease == nil {
            if let owner = options.owner { object.ownerReferences = [owner] }
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
