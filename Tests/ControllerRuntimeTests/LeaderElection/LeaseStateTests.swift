import KubeModel
import Testing

@testable import ControllerRuntime

@Suite struct LeaseStateTests {
    typealias Record = LeaseState.Record
    let now = KubeTime(microseconds: 1_000_000_000)

    private func held(by holder: String, transitions: Int = 3, renewed: Int64 = 0) -> Record {
        Record(
            holder: holder, durationSeconds: 15, acquireTime: KubeTime(microseconds: 0),
            renewTime: KubeTime(microseconds: renewed), transitions: transitions)
    }

    @Test func `where there is no lease it makes one`() {
        let state = LeaseState(identity: "me", duration: .seconds(15))
        #expect(
            state.decide(at: .zero, now: now)
                == .write(Record(holder: "me", durationSeconds: 15, acquireTime: now, renewTime: now, transitions: 0)))
    }

    @Test func `a lease that someone else renews is left alone`() {
        var state = LeaseState(identity: "me", duration: .seconds(15))
        for second in stride(from: 0, to: 100, by: 10) {
            state.observe(held(by: "other", renewed: Int64(second)), at: .seconds(second))
            #expect(state.decide(at: .seconds(second + 9), now: now) == .wait)
        }
    }

    @Test func `a lease that didn't change for its duration is taken over, whatever times stand in it`() {
        var state = LeaseState(identity: "me", duration: .seconds(15))
        let ahead = held(by: "other", renewed: 9_000_000_000_000)
        state.observe(ahead, at: .seconds(100))
        state.observe(ahead, at: .seconds(110))
        #expect(state.decide(at: .seconds(114), now: now) == .wait)
        #expect(
            state.decide(at: .seconds(115), now: now)
                == .write(Record(holder: "me", durationSeconds: 15, acquireTime: now, renewTime: now, transitions: 4)))
    }

    @Test func `a released lease is taken at once`() {
        var state = LeaseState(identity: "me", duration: .seconds(15))
        state.observe(held(by: ""), at: .zero)
        #expect(state.decide(at: .zero, now: now) != .wait)
    }

    @Test func `its own lease is renewed without a new term`() {
        var state = LeaseState(identity: "me", duration: .seconds(15))
        state.observe(held(by: "me"), at: .zero)
        var renewed = held(by: "me")
        renewed.renewTime = now
        #expect(state.decide(at: .seconds(2), now: now) == .write(renewed))
    }

    @Test func `a renewal differs from the one before, whatever the wall clock does`() {
        var state = LeaseState(identity: "me", duration: .seconds(15))
        var seen: Set<String> = []
        for _ in 0..<5 {
            guard case .write(let record) = state.decide(at: .zero, now: now) else { return }
            state.observe(record, at: .zero)
            seen.insert(record.renewTime?.microTime ?? "")
        }
        #expect(seen.count == 5)
    }

    @Test func `nobody is told to wait for less than the lease lasts`() {
        #expect(LeaseState(identity: "me", duration: .milliseconds(2500)).durationSeconds == 3)
        var state = LeaseState(identity: "me", duration: .seconds(15))
        var foreign = held(by: "other")
        foreign.durationSeconds = 0
        state.observe(foreign, at: .zero)
        #expect(state.decide(at: .seconds(14), now: now) == .wait)
        #expect(state.decide(at: .seconds(15), now: now) != .wait)
    }

    @Test func `a record survives its JSON`() {
        let lease = KubeObject(
            .leases, namespace: "ns", name: "x", members: ["spec": held(by: "me", renewed: 12_345_678).json])
        #expect(Record(lease) == held(by: "me", renewed: 12_345_678))
        #expect(lease["spec", "renewTime"] == "1970-01-01T00:00:12.345678Z")
    }
}
