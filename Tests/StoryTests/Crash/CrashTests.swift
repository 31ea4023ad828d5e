import FoundationEssentials
import Synchronization
import Testing

/// Whole conversations, with faults at every request to the API server and every question to the model: whatever happens to
/// the workers, what was approved is written once, and nothing else is.
///
/// Runs a sample. `hack/crash` runs all faults of one worker and all pairs of deaths of two.
@Suite struct CrashTests {
    private static let runs = ProcessInfo.processInfo.environment["SKYFLO_CRASH_RUNS"].flatMap { Int($0) }

    @Test func `whatever happens to the workers, what was approved is written once and nothing else`() async throws {
        let runs = Self.runs ?? 90
        let seed = UInt64(ProcessInfo.processInfo.environment["SKYFLO_CRASH_SEED"] ?? "") ?? 1
        let tally = Tally()
        async let other: Void = Self.lane(1, runs: runs / 2, seed: seed, tally)
        try await Self.lane(0, runs: runs - runs / 2, seed: seed, tally)
        try await other
        print(tally)
        #expect(tally.runs == runs && tally.workers > runs)
    }

    /// Runs after runs in a cluster of its own.
    private static func lane(_ lane: Int, runs: Int, seed: UInt64, _ tally: Tally) async throws {
        try await Story.run(nil) { story in
            try await mayEdit(story)
            for (id, planned) in try await plan(story, lane: lane, runs: runs, seed: seed).enumerated() {
                let run = CrashRun(id: id, scenario: planned.0, faults: planned.1, story: story)
                let outcome = try await run.run()
                for complaint in outcome.complaints { Issue.record(Comment(rawValue: complaint)) }
                tally.add(outcome)
            }
        }
    }

    /// The scenarios of one lane: each without a fault first, to count its effects, and then with them.
    private static func plan(
        _ story: Story, lane: Int, runs: Int, seed: UInt64
    ) async throws -> [(CrashScenario, [Fault])] {
        var all: [(CrashScenario, [Fault])] = []
        for (index, scenario) in CrashScenario.allCases.enumerated() {
            let run = CrashRun(id: -1 - index, scenario: scenario, faults: [], story: story)
            let outcome = try await run.run()
            #expect(outcome.complaints.isEmpty && outcome.unknown == 0, "\(outcome.complaints)")
            for fault in Fault.all(Fault.Kind.allCases, effects: outcome.effects) { all.append((scenario, [fault])) }
            let deaths = Fault.all([.diesBefore, .diesAfter], effects: outcome.effects)
            for first in deaths { for second in deaths { all.append((scenario, [first, second])) } }
        }
        var random = SplitMix(state: seed)
        all.shuffle(using: &random)
        let mine = all.indices.filter { $0 % 2 == lane }.map { all[$0] }
        guard let first = mine.first else { return [] }
        return runs <= mine.count ? Array(mine.prefix(runs)) : mine + Array(repeating: first, count: runs - mine.count)
    }

    private static func mayEdit(_ story: Story) async throws {
        try await story.apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: copilot-edits, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
            subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
            """)
    }
}

private final class Tally: Sendable, CustomStringConvertible {
    private let sums = Mutex((runs: 0, workers: 0, unknown: 0))

    func add(_ outcome: CrashRun.Outcome) {
        sums.withLock {
            $0.runs += 1
            $0.workers += outcome.workers
            $0.unknown += outcome.unknown
        }
    }

    var runs: Int { sums.withLock(\.runs) }
    var workers: Int { sums.withLock(\.workers) }
    var description: String {
        let sums = sums.withLock(\.self)
        return "\(sums.runs) runs, \(sums.workers) workers, \(sums.unknown) calls that ended as unknown"
    }
}

/// Vigna's splitmix64: the same runs for the same seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
