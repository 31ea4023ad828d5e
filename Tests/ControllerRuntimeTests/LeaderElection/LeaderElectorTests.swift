import KubeClient
import KubeModel
import Logging
import OperatorTestKit
import Testing

@testable import ControllerRuntime

@Suite(.timeLimit(.minutes(5))) struct LeaderElectorTests {
    let api = FakeAPIServer()
    let clock = ManualClock()

    private func elector(_ identity: String) -> LeaderElector {
        LeaderElector(
            api: api, .init(namespace: "ns", name: "lease", identity: identity), clock: clock,
            metrics: MetricsRegistry(), logger: .silent)
    }

    private var holder: String? { api.object(.leases, "ns", "lease")?["spec", "holderIdentity"]?.string }

    /// Lets time go by in steps until `condition` holds, each when nothing seems to happen any more: this task has had its
    /// turn so often that every other that could go on had it, too, however busy the machine is.
    private func advance(until condition: () -> Bool) async throws {
        var before: [Duration] = []
        var looks = 0
        try await eventually(within: .seconds(240)) {
            if condition() { return true }
            let deadlines = clock.deadlines
            looks = deadlines == before && !deadlines.isEmpty ? looks + 1 : 0
            if looks == 20 {
                clock.advance(by: .milliseconds(500))
                looks = 0
            }
            before = deadlines
            return false
        }
    }

    @Test func `one leads, and when it ends another takes the released lease`() async throws {
        let journal = Journal<String>()
        let end = Latch<Void>()
        let candidates: [@Sendable () async throws -> Void] = ["a", "b"].map { name in
            {
                try await elector(name).run {
                    journal.add(name)
                    try await end.wait()
                }
            }
        }
        try await running(candidates) {
            try await eventually { journal.count == 1 }
            let first = holder
            let start = clock.uptime
            // Twice the lease's duration.
            try await advance { clock.uptime > start + .seconds(30) }
            #expect(journal.count == 1)
            #expect(holder == first)
            let released = clock.uptime
            end.open()
            try await advance { journal.count == 2 }
            #expect(clock.uptime < released + .seconds(5), "a released lease needn't expire")
            try await eventually { holder == "" }
            #expect(api.object(.leases, "ns", "lease")?["spec", "leaseTransitions"] == 1)
        }
        #expect(Set(journal.entries) == ["a", "b"])
    }

    @Test func `a leader that can't renew stops before anyone else may start`() async throws {
        let journal = Journal<String>()
        let stopped = Journal<Duration>()
        try await running([
            { [api, clock] in
                do {
                    try await elector("a").run {
                        api.intercept { request in
                            if request.method != .get { throw KubeClientError(.unreachable, message: "down") }
                        }
                        journal.add("a leads")
                        try? await Latch<Void>().wait()
                        journal.add("a was cancelled")
                    }
                } catch let error as RuntimeError {
                    stopped.add(clock.uptime)
                    journal.add("\(error.code)")
                }
            }
        ]) {
            try await advance { stopped.count == 1 }
        }
        #expect(journal.entries == ["a leads", "a was cancelled", "leadershipLost"])
        let time = try #require(stopped.entries.first)
        #expect(time >= .seconds(8) && time < .seconds(13))
    }

    @Test func `a renewal that hangs counts as one that fails`() async throws {
        let lost = Journal<RuntimeError.Code>()
        try await running([
            { [api] in
                do {
                    try await elector("a").run {
                        api.intercept { _ in try await Latch<Void>().wait() }
                        try? await Latch<Void>().wait()
                    }
                } catch let error as RuntimeError {
                    lost.add(error.code)
                }
            }
        ]) {
            try await advance { lost.count == 1 }
        }
        #expect(clock.uptime < .seconds(13))
    }

    @Test func `a renewal that hangs and can't be cancelled doesn't hold up the end of the leader's work`() async throws
    {
        let cancelled = Journal<Duration>()
        let gate = Latch<Void>()
        try await running([
            { [api, clock] in
                try? await elector("a").run {
                    // Bridged so that cancellation doesn't reach it.
                    api.intercept { _ in
                        await withCheckedContinuation { continuation in
                            Task {
                                try? await gate.wait()
                                continuation.resume()
                            }
                        }
                    }
                    try? await Latch<Void>().wait()
                    cancelled.add(clock.uptime)
                }
            }
        ]) {
            try await advance { cancelled.count == 1 }
            gate.open()
        }
        #expect(clock.uptime < .seconds(13))
    }

    @Test func `a lease that someone took away is lost at once`() async throws {
        let lost = Journal<Duration>()
        let leads = Latch<Void>()
        try await running([
            { [clock] in
                do {
                    try await elector("a").run {
                        leads.open()
                        try? await Latch<Void>().wait()
                    }
                } catch is RuntimeError {
                    lost.add(clock.uptime)
                }
            }
        ]) {
            try await leads.wait()
            var lease = try #require(api.object(.leases, "ns", "lease"))
            lease["spec", "holderIdentity"] = "thief"
            api.put(lease, in: .leases)
            try await advance { lost.count == 1 }
        }
        #expect(try #require(lost.entries.first) < .seconds(10), "before the renew deadline")
        #expect(holder == "thief")
    }

    @Test func `after a crash another takes over when the lease has expired`() async throws {
        let crashed = elector("a")
        let journal = Journal<String>()
        try await running([{ try await crashed.run { try await Latch<Void>().wait() } }]) {
            try await eventually { holder == "a" }
        }
        #expect(holder == "a", "a cancelled leader releases nothing")
        let start = clock.uptime
        try await running([{ try await elector("b").run { journal.add("b") } }]) {
            try await advance { journal.count == 1 }
        }
        #expect(clock.uptime >= start + .seconds(15))
        #expect(clock.uptime < start + .seconds(20))
    }

    @Test func `a lease of one's own is deleted with its owner`() async throws {
        let pod = OwnerReference(
            apiVersion: "v1", kind: "Pod", name: "a", uid: "1", controller: false, blockOwnerDeletion: false)
        let elector = LeaderElector(
            api: api, .init(namespace: "ns", name: "lease", identity: "a", owner: pod), clock: clock,
            metrics: MetricsRegistry(), logger: .silent)
        try await elector.run {}
        #expect(api.object(.leases, "ns", "lease")?.ownerReferences == [pod])
    }

    @Test func `what the leader throws comes out, after the release`() async throws {
        await #expect(throws: Failure.self) { try await elector("a").run { throw Failure() } }
        #expect(holder == "")
    }
}
