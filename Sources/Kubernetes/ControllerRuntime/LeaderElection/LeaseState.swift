import KubeModel

/// What a candidate for leadership does with the lease, by client-go's rules, without I/O.
///
/// Whether someone else's lease has expired is judged only by how long this process has seen it unchanged, on its own
/// monotonic clock: clocks of different machines are never compared.
struct LeaseState: Sendable {
    /// The `spec` of a `coordination.k8s.io/v1 Lease`.
    struct Record: Sendable, Equatable {
        var holder: String
        var durationSeconds: Int
        var acquireTime: KubeTime?
        var renewTime: KubeTime?
        var transitions: Int

        init(holder: String, durationSeconds: Int, acquireTime: KubeTime?, renewTime: KubeTime?, transitions: Int) {
            self.holder = holder
            self.durationSeconds = durationSeconds
            self.acquireTime = acquireTime
            self.renewTime = renewTime
            self.transitions = transitions
        }

        init(_ lease: KubeObject) {
            let spec = lease["spec"]
            self.init(
                holder: spec?["holderIdentity"]?.string ?? "",
                durationSeconds: spec?["leaseDurationSeconds"]?.int ?? 0,
                acquireTime: spec?["acquireTime"]?.string.flatMap(KubeTime.init),
                renewTime: spec?["renewTime"]?.string.flatMap(KubeTime.init),
                transitions: spec?["leaseTransitions"]?.int ?? 0)
        }

        var json: JSONValue {
            .compact([
                "holderIdentity": .string(holder), "leaseDurationSeconds": JSONValue(durationSeconds),
                "acquireTime": acquireTime.map { .string($0.microTime) },
                "renewTime": renewTime.map { .string($0.microTime) }, "leaseTransitions": JSONValue(transitions),
            ])
        }
    }

    enum Decision: Sendable, Equatable {
        /// Write this: it makes this process the leader, or keeps it so.
        case write(Record)
        /// Someone else leads.
        case wait
    }

    let identity: String
    let durationSeconds: Int
    private(set) var observed: Record?
    private var observedAt: Duration = .zero

    /// Makes the state of a candidate. `duration` is rounded up to the whole seconds that the API has: others must not
    /// wait for less.
    init(identity: String, duration: Duration) {
        self.identity = identity
        let (seconds, rest) = duration.components
        durationSeconds = Int(seconds) + (rest > 0 ? 1 : 0)
    }

    var isLeader: Bool { observed?.holder == identity }

    /// Takes notice of the lease as the server has it; nil: there is none.
    mutating func observe(_ record: Record?, at uptime: Duration) {
        guard record != observed else { return }
        observed = record
        observedAt = uptime
    }

    func decide(at uptime: Duration, now: KubeTime) -> Decision {
        guard let observed else { return .write(mine(acquired: now, now: now, transitions: 0)) }
        if observed.holder == identity {
            return .write(mine(acquired: observed.acquireTime ?? now, now: now, transitions: observed.transitions))
        }
        return isHeld(at: uptime) ? .wait : .write(mine(acquired: now, now: now, transitions: observed.transitions + 1))
    }

    /// Whether somebody has the lease and may still believe in it.
    func isHeld(at uptime: Duration) -> Bool {
        guard let observed, !observed.holder.isEmpty else { return false }
        // A lease without a duration was written by something else; its holder may still believe in it.
        let seconds = observed.durationSeconds > 0 ? observed.durationSeconds : durationSeconds
        return observedAt + .seconds(seconds) > uptime
    }

    /// What to write to let others take over at once.
    func released(now: KubeTime) -> Record {
        Record(
            holder: "", durationSeconds: 1, acquireTime: now, renewTime: now, transitions: observed?.transitions ?? 0)
    }

    private func mine(acquired: KubeTime, now: KubeTime, transitions: Int) -> Record {
        // Others see a renewal by a record that differs. With a wall clock that stands still or was set back it could
        // be the same as one before.
        let last = isLeader ? observed?.renewTime?.adding(seconds: 0.000_001) : nil
        let renewTime = max(now, last ?? now)
        return Record(
            holder: identity, durationSeconds: durationSeconds, acquireTime: acquired, renewTime: renewTime,
            transitions: transitions)
    }
}
