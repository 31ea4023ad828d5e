import Testing

@testable import ControllerRuntime

@Suite struct ElectionStateTests {
    private typealias Simulation = ElectionSimulation

    @Test(arguments: 0..<10)
    func `two never lead at once, whatever is delayed, lost, frozen or set back`(block: UInt64) {
        var (terms, writes) = (0, 0)
        for seed in block * 10..<block * 10 + 10 {
            var simulation = Simulation(seed: seed, .init(lossPercent: seed.isMultiple(of: 2) ? 2 : 20))
            simulation.run(until: .seconds(1800))
            #expect(simulation.conflicts == 0, "seed \(seed)")
            terms += simulation.terms
            writes += simulation.writes
        }
        #expect(terms > 20 && writes > 500, "leadership must move for this to say anything")
    }

    @Test func `the simulation notices when two lead: clocks that differ by more than the deadlines allow`() {
        var conflicts = 0
        for seed in 0..<20 as Range<UInt64> {
            var simulation = Simulation(seed: seed, .init(drift: 0.6))
            simulation.run(until: .seconds(1800))
            conflicts += simulation.conflicts
        }
        #expect(conflicts > 0)
    }

    @Test func `without disorder one leads for ever`() {
        var simulation = Simulation(seed: 1, .none)
        simulation.run(until: .seconds(600))
        #expect(simulation.writes > 200 && simulation.terms == 1)
    }

    private let options = LeaderElector.Options(namespace: "ns", name: "lease", identity: "me")
    private let mine = LeaseState.Record(
        holder: "me", durationSeconds: 15, acquireTime: nil, renewTime: nil, transitions: 0)

    @Test func `leadership counts from before the write was sent`() {
        var state = ElectionState(options)
        #expect(!state.leads(at: .zero))
        state.wrote(mine, start: .seconds(100), at: .seconds(109))
        #expect(state.leads(at: .seconds(109)))
        #expect(state.loss(at: .seconds(110))?.code == .leadershipLost)
        #expect(state.attemptDeadline(at: .seconds(109)) == .seconds(110))
    }

    @Test func `a write that was answered late is renewed at once`() {
        var state = ElectionState(options)
        state.wrote(mine, start: .seconds(100), at: .seconds(109))
        #expect(state.nextAttempt(after: .seconds(100), at: .seconds(109), random: 1) == .seconds(109))
        #expect(state.nextAttempt(after: .seconds(109), at: .seconds(109), random: 0) == .seconds(111))
    }

    @Test func `a lease that another holds is lost before the deadline`() {
        var state = ElectionState(options)
        state.wrote(mine, start: .zero, at: .zero)
        var other = mine
        other.holder = "other"
        state.read(other, at: .seconds(1))
        #expect(!state.leads(at: .seconds(1)))
    }
}
