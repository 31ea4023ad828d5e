import KubeModel
import Testing

@testable import LocalCluster

struct JobTests {
    let cluster: Simulated
    private let path = "/apis/batch/v1/namespaces/default/jobs/work"

    init() throws { cluster = try Simulated() }

    @discardableResult
    private func run(_ image: String, policy: String = "Never", _ more: String = "") throws -> InProcess.Answer {
        try cluster.create(
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: work}
            spec:
              template: {spec: {restartPolicy: \(policy), containers: [{name: app, image: "registry.example/\(image)"}]}}
              \(more)
            """)
    }

    @Test func `it completes when enough pods have succeeded`() throws {
        try run("app:1", "completions: 3\n  parallelism: 2")
        #expect(cluster.conditions(path) == ["SuccessCriteriaMet", "Complete"])
        let status = cluster.get(path)["status"]
        #expect(status?["succeeded"]?.int == 3)
        #expect(status?["completionTime"] != nil)
        #expect(cluster.pods.count == 3)
        let events = cluster.events(about: "Job")
        #expect(events.contains("Completed: Job completed"))
        #expect(events.count { $0.hasPrefix("SuccessfulCreate: Created pod: work-") } == 3)
    }

    @Test func `its selector and labels are its own`() throws {
        let job = KubeObject(try run("app:1").json)
        let labels: [String: String] = [
            "batch.kubernetes.io/controller-uid": job.uid, "batch.kubernetes.io/job-name": "work",
            "controller-uid": job.uid, "job-name": "work",
        ]
        #expect(job.labels == labels)
        #expect(job["spec", "selector", "matchLabels"] == ["batch.kubernetes.io/controller-uid": .string(job.uid)])
    }

    @Test func `no more than parallelism pods run at once`() throws {
        try run("long:1", "completions: 5\n  parallelism: 2")
        #expect(cluster.get(path)["status", "active"]?.int == 2)
        #expect(cluster.conditions(path).isEmpty)
    }

    @Test func `failed pods are replaced with a back-off, until the limit`() throws {
        try run("crash:1", "backoffLimit: 1")
        #expect(cluster.pods.count == 1)
        cluster.advance(seconds: 9)
        #expect(cluster.pods.count == 1)
        cluster.advance(seconds: 1)
        #expect(cluster.pods.count == 2)
        #expect(cluster.conditions(path) == ["FailureTarget", "Failed"])
        #expect(cluster.get(path)["status", "failed"]?.int == 2)
        #expect(
            cluster.events(about: "Job").contains(
                "BackoffLimitExceeded: Job has reached the specified backoff limit"))
    }

    @Test func `it fails at its deadline, and its pods go`() throws {
        try run("long:1", "activeDeadlineSeconds: 60")
        cluster.advance(seconds: 59)
        #expect(cluster.conditions(path).isEmpty)
        cluster.advance(seconds: 1)
        #expect(cluster.conditions(path) == ["FailureTarget", "Failed"])
        #expect(cluster.pods.isEmpty)
    }

    @Test func `suspended it has no pods, resumed it goes on`() throws {
        try run("long:1", "suspend: true")
        #expect(cluster.pods.isEmpty)
        #expect(cluster.conditions(path) == ["Suspended"])
        cluster.patch(path, ["spec": ["suspend": false]])
        #expect(cluster.pods.count == 1)
        #expect(cluster.conditions(path).isEmpty)
    }

    @Test func `indexed, every index succeeds once`() throws {
        try run("app:1", "completionMode: Indexed\n  completions: 4\n  parallelism: 2")
        #expect(cluster.get(path)["status", "completedIndexes"]?.string == "0-3")
        #expect(Set(cluster.pods.compactMap(JobPlan.index)) == [0, 1, 2, 3])
    }

    @Test func `finished, it goes after its time to live`() throws {
        try run("app:1", "ttlSecondsAfterFinished: 100")
        cluster.advance(seconds: 99)
        #expect(cluster.get(path)["kind"]?.string == "Job")
        cluster.advance(seconds: 1)
        cluster.settle()
        #expect(cluster.get(path)["code"]?.int == 404)
        #expect(cluster.pods.isEmpty)
    }

    @Test func `a template that restarts forever is refused`() throws {
        #expect(
            try run("app:1", policy: "Always").message
                == "Job.batch \"work\" is invalid: spec.template.spec.restartPolicy: Required value: valid values: "
                + "\"OnFailure\", \"Never\"")
    }

    @Test func `a CronJob's schedule has five fields`() throws {
        let answer = try cluster.create(
            """
            apiVersion: batch/v1
            kind: CronJob
            metadata: {name: tock}
            spec:
              schedule: every day
              jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: b}]}}}}
            """)
        #expect(
            answer.message
                == "CronJob.batch \"tock\" is invalid: spec.schedule: Invalid value: \"every day\": expected exactly 5 "
                + "fields, found 2: [every day]")
    }
}
