/// How many replicas the ReplicaSets of a Deployment should have next: the rules of the real Deployment controller for
/// rolling updates, as a value.
///
/// It never takes away more ready pods than `maxUnavailable` allows, so a new version whose pods don't become ready
/// leaves the old ones running.
struct RolloutPlan: Sendable, Equatable {
    struct Counts: Sendable, Equatable {
        var name: String
        var desired: Int
        var current: Int
        var available: Int
    }

    var replicas: Int
    var maxSurge: Int
    var maxUnavailable: Int
    var new: Counts
    /// Oldest first.
    var old: [Counts]

    /// - Parameters: `maxSurge` and `maxUnavailable` as in the spec, a number or a percentage of `replicas`.
    init(replicas: Int, surge: String, unavailable: String, new: Counts, old: [Counts]) {
        self.replicas = replicas
        self.new = new
        self.old = old
        maxSurge = Self.resolve(surge, of: replicas, roundsUp: true)
        maxUnavailable = Self.resolve(unavailable, of: replicas, roundsUp: false)
        // Both zero would mean that nothing may ever change.
        if maxSurge == 0, maxUnavailable == 0 { maxUnavailable = 1 }
    }

    private static func resolve(_ text: String, of total: Int, roundsUp: Bool) -> Int {
        guard text.hasSuffix("%") else { return Int(text) ?? 0 }
        let product = (Int(text.dropLast()) ?? 0) * total
        return roundsUp ? (product + 99) / 100 : product / 100
    }

    /// What the new one should have now.
    var newDesired: Int {
        if old.allSatisfy({ $0.desired == 0 }) { return replicas }
        if new.desired > replicas { return replicas }
        let total = new.desired + old.reduce(0) { $0 + max($1.desired, $1.current) }
        let room = replicas + maxSurge - total
        return room > 0 ? min(replicas, new.desired + room) : new.desired
    }

    /// What the old ones should have now: unhealthy pods go first, then healthy ones as far as enough stay available.
    var oldDesired: [String: Int] {
        var result = Dictionary(uniqueKeysWithValues: old.map { ($0.name, $0.desired) })
        let minimum = replicas - maxUnavailable
        let newUnavailable = max(0, new.desired - new.available)
        var removable = old.reduce(new.desired) { $0 + $1.desired } - minimum - newUnavailable
        for set in old where removable > 0 {
            let unhealthy = min(max(0, set.desired - set.available), removable)
            result[set.name, default: 0] -= unhealthy
            removable -= unhealthy
        }
        let available = old.reduce(new.available) { $0 + $1.available }
        var surplus = min(removable, available - minimum)
        for set in old where surplus > 0 {
            let count = min(result[set.name] ?? 0, surplus)
            result[set.name, default: 0] -= count
            surplus -= count
        }
        return result
    }
}
