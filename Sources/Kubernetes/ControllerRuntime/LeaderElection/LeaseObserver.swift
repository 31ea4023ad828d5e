public import KubeClient
import KubeModel
import Synchronization

/// Tells whether other processes live, by the leases that they keep renewing (``LeaderElector``).
///
/// As in client-go, only what this process has seen itself counts: a lease has run out when it was read unchanged for its
/// whole duration, on this process's monotonic clock. What a lease says of the time is compared with nothing but what it
/// said before, so a wall clock that jumps, here or there, changes nothing.
public final class LeaseObserver: Sendable {
    private struct Sighting {
        var lease: LeaseState
        var readAt: Duration
    }

    private let api: any KubeAPI
    private let namespace: String
    private let clock: any RuntimeClock
    private let sightings = Mutex<[String: Sighting]>([:])

    /// The time for which a lease that was held is not read again: many may ask about the same one.
    private static let freshness = Duration.seconds(1)
    /// The duration of a lease that names none.
    private static let defaultDuration = Duration.seconds(15)

    /// Makes an observer of the leases of a namespace, which has seen none yet.
    public init(api: any KubeAPI, namespace: String, clock: any RuntimeClock = SystemClock()) {
        self.api = api
        self.namespace = namespace
        self.clock = clock
    }

    /// Whether `holder` may still believe to have the lease. One that is seen for the first time counts as held.
    /// - Throws: `APIStatus`, `KubeClientError`: the lease can't be read, so nothing is known.
    public func isHeld(_ name: String, by holder: String) async throws -> Bool {
        // That one has run out is never said from memory: it may have been renewed since.
        if let last = sightings.withLock({ $0[name] }), last.lease.observed?.holder == holder,
            last.lease.isHeld(at: last.readAt), last.readAt + Self.freshness > clock.uptime
        {
            return true
        }
        let record = try await api.find(.leases, namespace: namespace, name: name).map(LeaseState.Record.init)
        let now = clock.uptime
        return sightings.withLock { sightings in
            var lease = sightings[name]?.lease ?? LeaseState(identity: "", duration: Self.defaultDuration)
            lease.observe(record, at: now)
            sightings[name] = Sighting(lease: lease, readAt: now)
            return lease.observed?.holder == holder && lease.isHeld(at: now)
        }
    }
}
