import Installation
import KubeModel
import SkyfloAPI
import Testing

/// Why a component can't start, in words.
@Suite struct ComponentHealthTests {
    static let now = KubeTime(seconds: 1_800_000_000)

    private func deployment(_ status: JSONValue, replicas: Int = 1) -> KubeObject {
        var object = KubeObject(
            .deployments, namespace: "n", name: "skyflo-ui",
            members: ["spec": ["replicas": JSONValue(replicas)], "status": status])
        object.annotations = ["deployment.kubernetes.io/revision": "2"]
        object["metadata", "generation"] = 3
        return object
    }

    private func set(revision: String, status: JSONValue = [:]) -> KubeObject {
        var object = KubeObject(
            .replicaSets, namespace: "n", name: "skyflo-ui-\(revision)", members: ["status": status])
        object.annotations = ["deployment.kubernetes.io/revision": revision]
        object["metadata", "uid"] = .string("set-\(revision)")
        return object
    }

    private func pod(_ status: JSONValue, of revision: String = "2") -> KubeObject {
        var object = KubeObject(.pods, namespace: "n", name: "skyflo-ui-a", members: ["status": status])
        object.ownerReferences = [
            OwnerReference(apiVersion: "apps/v1", kind: "ReplicaSet", name: "s", uid: "set-\(revision)")
        ]
        return object
    }

    private func waiting(_ reason: String, _ message: String, with more: JSONValue = [:]) -> JSONValue {
        var status: JSONValue = [
            "name": "ui", "image": "i:1", "ready": false,
            "state": ["waiting": ["reason": .string(reason), "message": .string(message)]],
        ]
        for (key, value) in more.object ?? [:] { status[key] = value }
        return ["phase": "Pending", "containerStatuses": [status]]
    }

    private func judge(_ pods: [KubeObject], status: JSONValue = ["observedGeneration": 3]) -> ComponentHealth {
        ComponentHealth.judge(
            deployment: deployment(status), sets: [set(revision: "1"), set(revision: "2")], pods: pods, now: Self.now)
    }

    static let causes: [(JSONValue, String, String)] = [
        (["reason": "ErrImagePull", "message": "not found"], "ImagePullFailed", "i:1 can't be pulled"),
        (["reason": "ImagePullBackOff", "message": "back-off"], "ImagePullFailed", "back-off"),
        (["reason": "InvalidImageName"], "ImagePullFailed", "InvalidImageName"),
        (
            ["reason": "CreateContainerConfigError", "message": "secret \"s\" not found"], "CreateContainerConfigError",
            "secret \"s\" not found"
        ),
        (["reason": "RunContainerError", "message": "no such file"], "RunContainerError", "no such file"),
    ]

    @Test(arguments: causes)
    func `what the kubelet waits for is told`(_ state: JSONValue, _ reason: String, _ words: String) {
        let health = judge([
            pod(waiting(state["reason"]?.string ?? "", state["message"]?.string ?? state["reason"]?.string ?? ""))
        ])
        #expect(health.phase == .notReady && health.cause?.reason == reason)
        #expect(health.message.contains(words), "\(health.message)")
    }

    @Test func `a crash is told with its last end`() {
        let last: JSONValue = [
            "restartCount": 4,
            "lastState": ["terminated": ["exitCode": 1, "reason": "Error", "message": "x\nno certificate\n"]],
        ]
        let health = judge([pod(waiting("CrashLoopBackOff", "back-off", with: last))])
        #expect(health.cause?.reason == "CrashLoopBackOff")
        #expect(
            health.message == "the pod skyflo-ui-a crashes again and again (4 restarts); it last ended with the exit "
                + "code 1 (Error): no certificate")
    }

    @Test func `a pod that no node takes is told with the scheduler's words`() {
        let condition: JSONValue = [
            "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available",
        ]
        let health = judge([pod(["phase": "Pending", "conditions": [condition]])])
        #expect(health.cause?.reason == "Unschedulable" && health.message.contains("0/3 nodes are available"))
    }

    @Test func `pods that the API server refuses are told, a quota as that`() {
        func judged(_ message: String, on object: String) -> ComponentCause? {
            let failure: JSONValue = [
                "conditions": [
                    [
                        "type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
                        "message": .string(message),
                    ]
                ]
            ]
            return ComponentHealth.judge(
                deployment: deployment(object == "Deployment" ? failure : [:]),
                sets: [set(revision: "2", status: object == "ReplicaSet" ? failure : [:])], pods: [], now: Self.now
            ).cause
        }
        for object in ["Deployment", "ReplicaSet"] {
            #expect(judged("pods is forbidden: exceeded quota: q", on: object)?.reason == "QuotaExceeded")
            #expect(judged("violates PodSecurity", on: object)?.reason == "FailedCreate")
        }
    }

    @Test func `a probe that fails is waited for before it counts as trouble`() {
        let early = judge([running(seconds: 20)])
        #expect(early.phase == .progressing && early.cause == nil && early.looksAgain == 40)
        let late = judge([running(seconds: 61)])
        #expect(late.phase == .notReady && late.cause?.reason == "ProbeFails" && late.message.contains("readiness"))
        #expect(judge([running(seconds: 61, started: false)]).message.contains("startup"))
    }

    @Test func `an old pod's trouble is none of the new ones'`() {
        #expect(judge([pod(waiting("CrashLoopBackOff", "b"), of: "1")]).cause == nil)
    }

    @Test func `a rollout that is stuck while old replicas serve goes on progressing, with its cause`() {
        let health = judge(
            [pod(waiting("ErrImagePull", "b"))],
            status: ["observedGeneration": 3, "readyReplicas": 1, "replicas": 2, "updatedReplicas": 1])
        #expect(health.phase == .progressing && health.ready == 1 && health.cause?.reason == "ImagePullFailed")
    }

    @Test func `it is ready when all replicas are of the newest form and available`() {
        let done: JSONValue = [
            "observedGeneration": 3, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "availableReplicas": 1,
        ]
        #expect(judge([], status: done).phase == .ready)
        #expect(judge([], status: done).message == "1 of 1 replicas are ready")
        for (member, value) in [("observedGeneration", 2), ("replicas", 2), ("updatedReplicas", 0)] {
            var unfinished = done
            unfinished[member] = JSONValue(value)
            #expect(judge([], status: unfinished).phase == .progressing, "\(member)")
        }
        #expect(ComponentHealth.judge(deployment: nil, sets: [], pods: [], now: Self.now).phase == .progressing)
    }

    @Test func `a deadline that has passed is told`() {
        let condition: JSONValue = [
            "type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "timed out",
        ]
        let health = judge([], status: ["observedGeneration": 3, "conditions": [condition]])
        #expect(health.cause == ComponentCause(reason: "ProgressDeadlineExceeded", message: "timed out"))
    }

    @Test func `an evicted pod is told until another one has taken its place`() {
        let evicted = pod(["phase": "Failed", "reason": "Evicted", "message": "low on memory"])
        let health = judge([evicted])
        #expect(health.cause?.reason == "Evicted" && health.message.contains("low on memory"))
        var other = running(seconds: 20)
        other["metadata", "name"] = "skyflo-ui-b"
        #expect(judge([evicted, other]).cause == nil && judge([evicted, other]).looksAgain == 40)
        let done: JSONValue = [
            "observedGeneration": 3, "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "availableReplicas": 1,
        ]
        #expect(judge([evicted, other], status: done).phase == .ready)
        #expect(judge([evicted, other], status: done).cause == nil)
    }

    @Test func `a crash loop is told in the same words while it waits, runs for a moment and ends`() {
        let last: JSONValue = [
            "exitCode": 1, "startedAt": "2027-01-01T00:00:00Z", "finishedAt": "2027-01-01T00:00:05Z",
        ]
        func crashing(_ state: JSONValue, last: JSONValue? = last) -> ComponentHealth {
            let status = JSONValue.compact([
                "name": "ui", "ready": false, "restartCount": 5, "state": state,
                "lastState": last.map { ["terminated": $0] },
            ])
            return judge([pod(["phase": "Running", "containerStatuses": [status]])])
        }
        let start = Self.now.adding(seconds: -3).description
        let states: [JSONValue] = [
            ["waiting": ["reason": "CrashLoopBackOff"]], ["running": ["startedAt": .string(start)]],
            ["terminated": last],
        ]
        let told = Set(states.map { crashing($0).cause })
        #expect(told.count == 1 && told.first??.reason == "CrashLoopBackOff")
        // A node that was started anew ends what had run for long, and what never ran well enough to end isn't a crash.
        var long = last
        long["finishedAt"] = "2027-01-01T01:00:00Z"
        #expect(crashing(states[1], last: long).cause == nil && crashing(states[1], last: long).looksAgain == 57)
        #expect(crashing(states[1], last: nil).cause == nil)
    }

    private func running(seconds: Double, started: Bool = true) -> KubeObject {
        let start = Self.now.adding(seconds: -seconds).description
        return pod([
            "phase": "Running",
            "containerStatuses": [
                [
                    "name": "ui", "ready": false, "started": .bool(started),
                    "state": ["running": ["startedAt": .string(start)]],
                ]
            ],
        ])
    }
}

/// What the status says of all components together, and what is told of changes.
@Suite struct InstallationReportTests {
    private func component(
        _ name: String, _ phase: ComponentStatus.Phase, ready: Int = 1, reason: String? = nil
    ) -> ComponentStatus {
        var status = ComponentStatus()
        (status.name, status.phase, status.readyReplicas, status.desiredReplicas) = (name, phase, ready, 1)
        (status.reason, status.message) = (reason, "m-\(name)")
        return status
    }

    private func statuses(_ report: InstallationReport) -> [String: String] {
        report.conditions(generation: 4, at: KubeTime(seconds: 1_800_000_000)).reduce(into: [:]) {
            #expect($1.observedGeneration == 4)
            $0[$1.type] = "\($1.status.rawValue) \($1.reason)"
        }
    }

    @Test func `conditions follow from the components`() {
        var report = InstallationReport()
        #expect(statuses(report) == [:])
        report.components = [component("ui", .ready), component("mcp", .ready)]
        #expect(
            statuses(report) == [
                "Available": "True Available", "Progressing": "False RolledOut", "Degraded": "False AsExpected",
                "SettingsUsed": "True AllUsed",
            ])
        report.components[1] = component("mcp", .progressing, ready: 0)
        #expect(statuses(report)["Available"] == "False NoReplicaReady")
        #expect(statuses(report)["Progressing"] == "True RollingOut")
        report.components[1] = component("mcp", .notReady, ready: 0, reason: "ImagePullFailed")
        #expect(statuses(report)["Degraded"] == "True ImagePullFailed")
        #expect(statuses(report)["Progressing"] == "False Stuck")
        report.isPaused = true
        #expect(statuses(report)["Progressing"] == "False Paused")
        report.obstacle = ComponentCause(reason: "ImageUnknown", message: "m")
        report.components = []
        #expect(statuses(report)["Available"] == "False ImageUnknown")
    }

    @Test func `changes are told once`() {
        var report = InstallationReport()
        report.components = [component("ui", .ready)]
        #expect(report.news(since: report.components) == [])
        #expect(report.news(since: []).map(\.reason) == ["ComponentCreated"])
        #expect(report.news(since: [component("ui", .progressing)]).map(\.reason) == ["ComponentReady"])
        report.components[0].desiredReplicas = 3
        #expect(report.news(since: [component("ui", .ready)]).map(\.reason) == ["ComponentScaled"])
        report.components = [component("ui", .notReady, reason: "Unschedulable")]
        let degraded = report.news(since: [component("ui", .ready)])
        #expect(degraded.map(\.reason) == ["ComponentDegraded"] && degraded[0].isWarning)
        report.components = []
        #expect(report.news(since: [component("ui", .ready)]).map(\.reason) == ["ComponentRemoved"])
    }
}
