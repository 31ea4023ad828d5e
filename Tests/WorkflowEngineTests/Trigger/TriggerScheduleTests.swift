import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct TriggerScheduleTests {
    private func schedule(_ cron: JSONValue) throws -> TriggerSchedule {
        let trigger: JSONValue = ["name": "t", "serviceAccountName": "s", "message": "m", "cron": cron]
        let skyflo = SkyfloAI(KubeObject(["spec": ["triggers": [trigger]]]))
        guard case .cron(let settings) = try #require(skyflo.triggers.first).source else {
            Issue.record("no cron trigger")
            throw CancellationError()
        }
        return TriggerSchedule(schedule: try CronSchedule(settings.schedule), zone: nil, settings: settings)
    }

    private func time(_ text: String) throws -> KubeTime { try #require(KubeTime("2026-12-01T\(text)Z")) }

    private func decide(
        _ cron: JSONValue, since: String, now: String, isActive: Bool = false
    ) throws -> TriggerSchedule.Decision {
        try schedule(cron).decide(since: time(since), now: time(now), isActive: isActive)
    }

    @Test func `before its time nothing happens`() throws {
        #expect(try decide(["schedule": "0 9 * * *"], since: "08:00:00", now: "08:59:59") == .wait)
    }

    @Test func `at its time it starts, and not again`() throws {
        let due = try time("09:00:00")
        #expect(
            try decide(["schedule": "0 9 * * *"], since: "08:00:00", now: "09:00:00") == .start(due, replaces: false))
        #expect(try decide(["schedule": "0 9 * * *"], since: "09:00:00", now: "09:00:30") == .wait)
    }

    @Test func `of many that were missed the last one starts, once`() throws {
        let due = try time("10:15:00")
        let cron: JSONValue = ["schedule": "*/15 * * * *", "startingDeadlineSeconds": 1800]
        #expect(try decide(cron, since: "03:00:00", now: "10:20:00") == .start(due, replaces: false))
        #expect(try decide(cron, since: "10:15:00", now: "10:20:00") == .wait)
    }

    @Test func `what is too late is missed, and told once`() throws {
        let cron: JSONValue = ["schedule": "0 9 * * *", "startingDeadlineSeconds": 600]
        let from = try time("09:20:00")
        #expect(
            try decide(cron, since: "08:00:00", now: "09:30:00") == .missed(time("09:00:00"), countedFrom: from))
        #expect(try decide(cron, since: "09:20:00", now: "09:30:00") == .wait)
    }

    @Test func `a clock that was set back doesn't hold it up`() throws {
        // By when it was started it is in the future.
        let base = try #require(KubeTime("2027-12-01T09:00:00Z"))
        let schedule = try schedule(["schedule": "0 9 * * *"])
        #expect(schedule.decide(since: base, now: try time("08:00:00"), isActive: false) == .wait)
        #expect(schedule.next(since: base, now: try time("08:00:00")) == (try time("09:00:00")))
    }

    @Test func `an earlier one that isn't over holds it up, is replaced or is let be`() throws {
        let due = try time("09:00:00")
        for (policy, expected) in [
            ("Forbid", TriggerSchedule.Decision.blocked(due)), ("Replace", .start(due, replaces: true)),
            ("Allow", .start(due, replaces: false)),
        ] {
            let cron: JSONValue = ["schedule": "0 9 * * *", "concurrencyPolicy": .string(policy)]
            #expect(try decide(cron, since: "08:00:00", now: "09:00:10", isActive: true) == expected)
        }
    }

    @Test func `intervals are counted from the last one`() throws {
        let cron: JSONValue = ["schedule": "@every 7m", "startingDeadlineSeconds": 60]
        #expect(try decide(cron, since: "09:00:00", now: "09:14:30") == .start(time("09:14:00"), replaces: false))
        #expect(
            try decide(cron, since: "09:00:00", now: "09:16:00")
                == .missed(time("09:07:00"), countedFrom: time("09:15:00")))
        let next = try schedule(cron).next(since: time("09:00:00"), now: time("09:14:30"))
        #expect(next == (try time("09:21:00")))
    }
}
