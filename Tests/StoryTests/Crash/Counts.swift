import Synchronization

/// What happened in runs.
struct Counts: Sendable {
    var runs = 0
    var workers = 0
    var deaths = 0
    var writes = 0
    /// Approved, nothing in the way, and not written.
    var lost = 0
    var twice = 0
    var unapproved = 0
    /// Begun after a stop.
    var late = 0
    /// Calls whose end could not be found out, and that say so.
    var unknown = 0

    static func += (all: inout Counts, one: Counts) {
        for count in [
            \Counts.runs, \.workers, \.deaths, \.writes, \.lost, \.twice, \.unapproved, \.late, \.unknown,
        ] { all[keyPath: count] += one[keyPath: count] }
    }
}

extension Counts: CustomStringConvertible {
    var description: String {
        "\(runs) runs, \(workers) workers, \(deaths) worker deaths, \(writes) writes executed, \(lost) lost, "
            + "\(twice) twice, \(unapproved) unapproved, \(late) begun after a stop, \(unknown) calls unknown"
    }
}

final class Tally: Sendable {
    private let sums = Mutex(Counts())
    func add(_ counts: Counts) {
        let sum = sums.withLock { sums in
            sums += counts
            return sums
        }
        // Long runs show how far they are.
        if sum.runs.isMultiple(of: 500) { print(sum) }
    }
    var counts: Counts { sums.withLock(\.self) }
}
