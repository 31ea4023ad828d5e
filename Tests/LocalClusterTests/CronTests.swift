import KubeModel
import Testing

@testable import LocalCluster

struct CronTests {
    @Test(
        arguments: [
            ("*/15 * * * *", "2026-02-28T23:50:00Z", "2026-03-01T00:00:00Z"),
            ("30 4 1,15 * 5", "2026-01-02T05:00:00Z", "2026-01-09T04:30:00Z"),
            ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("0 9-17/4 * jan-mar mon-fri", "2026-01-02T17:00:00Z", "2026-01-05T09:00:00Z"),
            ("@weekly", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"),
            ("@every 90s", "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z"),
        ])
    func `the next time of a schedule`(_ schedule: String, _ now: String, _ expected: String) throws {
        let next = try CronSchedule(schedule).next(after: #require(KubeTime(now)))
        #expect(next?.description == expected)
    }

    @Test(arguments: ["61 * * * *", "* * 0 * *", "5-3 * * * *", "*/0 * * * *", "x * * * *", "@sometimes", "* * * *"])
    func `what is no schedule is refused`(_ schedule: String) {
        #expect(throws: CronSchedule.Problem.self) { try CronSchedule(schedule) }
    }

    @Test func `a time that never comes is none`() throws {
        let now = try #require(KubeTime("2026-01-01T00:00:00Z"))
        #expect(try CronSchedule("0 0 31 2 *").next(after: now) == nil)
    }

    private func run(_ cluster: Simulated, image: String = "app:1", _ more: String = "") throws {
        try cluster.create(
            """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: tick}
            spec:
              schedule: "@every 60s"
              \(more)
              jobTemplate:
                spec:
                  template: {spec: {restartPolicy: Never, containers: [{name: app, image: "\(image)"}]}}
            """)
    }

    private func jobs(_ cluster: Simulated) -> [KubeObject] { cluster.items("/apis/batch/v1/namespaces/default/jobs") }

    @Test func `jobs start on time, and only so many are kept`() throws {
        let cluster = try Simulated()
        try run(cluster)
        #expect(jobs(cluster).isEmpty)
        cluster.advance(seconds: 60)
        #expect(jobs(cluster).count == 1)
        #expect(jobs(cluster).first?.controller?.name == "tick")
        for _ in 0..<5 { cluster.advance(seconds: 60) }
        #expect(jobs(cluster).count == 3)
        let status = cluster.get("/apis/batch/v1/namespaces/default/cronjobs/tick")["status"]
        #expect(status?["lastScheduleTime"] != nil)
        #expect(status?["active"] == nil)
    }

    @Test func `what still runs keeps the next one away, or makes room for it`() throws {
        let forbidding = try Simulated()
        try run(forbidding, image: "long:1", "concurrencyPolicy: Forbid")
        for _ in 0..<3 { forbidding.advance(seconds: 60) }
        #expect(jobs(forbidding).count == 1)
        #expect(forbidding.events(about: "CronJob").contains { $0.hasPrefix("JobAlreadyActive") })
        let replacing = try Simulated()
        try run(replacing, image: "long:1", "concurrencyPolicy: Replace")
        replacing.advance(seconds: 60)
        let first = jobs(replacing).first?.uid
        replacing.advance(seconds: 60)
        #expect(jobs(replacing).count == 1)
        #expect(jobs(replacing).first?.uid != first)
    }

    @Test func `a suspended one starts nothing`() throws {
        let cluster = try Simulated()
        try run(cluster, "suspend: true")
        for _ in 0..<3 { cluster.advance(seconds: 60) }
        #expect(jobs(cluster).isEmpty)
    }
}
