import KubeModel

/// What a candidate knows of its lease and of its own leadership, without I/O; ``LeaderElector`` acts on it.
///
/// Why two never lead at once: a leader counts its `renewDeadline` from before it sent its last successful write, the
/// others count the longer `leaseDuration` from after they saw that write, each on a monotonic clock of its own. This
/// holds as long as no two clocks differ in speed by more than `leaseDuration / renewDeadline`; what a wall clock shows
/// doesn't matter.
struct ElectionState: Sendable {
    let options: LeaderElector.Options
    private(set) var lease: LeaseState
    /// When the last successful write was sent; nil before the first. Counting from the answer would count its travel
    /// time twice.
    private(set) var renewedAt: Duration?

    init(_ options: LeaderElector.Options) {
        self.options = options
        lease = LeaseState(identity: options.identity, duration: options.leaseDuration)
    }

    /// When leadership ends unless the lease is renewed before; nil: it never began.
    var leadsUntil: Duration? { renewedAt.map { $0 + options.renewDeadline } }

    func leads(at uptime: Duration) -> Bool { renewedAt != nil && loss(at: uptime) == nil }

    /// Why this process, once the leader, isn't any more.
    func loss(at uptime: Duration) -> RuntimeError? {
        if let observed = lease.observed, observed.holder != options.identity {
            return RuntimeError(.leadershipLost, message: "the lease was taken by \(observed.holder)")
        }
        if let leadsUntil, uptime >= leadsUntil {
            return RuntimeError(.leadershipLost, message: "the lease couldn't be renewed in time")
        }
        return nil
    }

    /// How long an attempt that begins now may take.
    func attemptDeadline(at uptime: Duration) -> Duration {
        leads(at: uptime) ? leadsUntil ?? uptime : uptime + options.renewDeadline
    }

    /// When to try again after an attempt. It is jittered as in client-go, by `random` from 0 to 1, so that candidates
    /// don't all try at the same moment.
    func nextAttempt(after start: Duration, at uptime: Duration, random: Double) -> Duration {
        let pause = options.retryPeriod * (1 + 0.2 * random)
        // A write that took long to be answered has used up a part of the time already.
        return renewedAt == start ? max(uptime, start + pause) : uptime + pause
    }

    /// The lease was read.
    mutating func read(_ record: LeaseState.Record?, at uptime: Duration) { lease.observe(record, at: uptime) }

    /// A write succeeded that belongs to an attempt which began at `start`.
    mutating func wrote(_ record: LeaseState.Record, start: Duration, at uptime: Duration) {
        lease.observe(record, at: uptime)
        renewedAt = start
    }
}
