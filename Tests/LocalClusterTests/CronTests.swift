import KubeModel
import Testing

@testable import LocalCluster

struct CronTests {
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
