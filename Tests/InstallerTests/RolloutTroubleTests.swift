import Installer
import KubeModel
import OperatorTestKit
import Testing

struct RolloutTroubleTests {
    private static func pod(_ status: JSONValue) -> KubeObject {
        var pod = KubeObject.pod("web-1", namespace: "a")
        pod["status"] = status
        return pod
    }

    private static func waiting(_ reason: String, message: String = "", last: JSONValue? = nil) -> JSONValue {
        [
            "phase": "Pending",
            "containerStatuses": [
                .compact([
                    "name": "operator", "image": "x/y:1", "ready": false,
                    "state": ["waiting": ["reason": .string(reason), "message": .string(message)]],
                    "lastState": last.map { ["terminated": $0] },
                ])
            ],
        ]
    }

    private static func event(_ reason: String, kind: String = "Pod", name: String = "web-1", message: String)
        -> KubeObject
    {
        KubeObject(
            .events, namespace: "a", name: "e",
            members: [
                "type": "Warning", "reason": .string(reason), "message": .string(message),
                "lastTimestamp": "2026-01-01T00:00:00Z",
                "involvedObject": ["kind": .string(kind), "name": .string(name)],
            ])
    }

    @Test(
        arguments: [
            (
                waiting("ImagePullBackOff", message: "not found"), "the image x/y:1 of pod web-1 can't be pulled",
                "--image"
            ),
            (
                waiting("CreateContainerConfigError", message: "secret \"s\" not found"), "secret \"s\" not found",
                "create the Secret"
            ),
            (
                waiting("CrashLoopBackOff", last: ["exitCode": 137, "reason": "OOMKilled"]), "OOMKilled",
                "limits.memory"
            ),
            (waiting("CrashLoopBackOff", last: ["exitCode": 1]), "exited with 1", "kubectl logs -n a web-1 --previous"),
            (
                ["conditions": [["type": "PodScheduled", "status": "False", "message": "0/1 nodes are available"]]],
                "can't be scheduled: 0/1 nodes", "nodeSelector"
            ),
            (["phase": "Failed", "reason": "Evicted", "message": "disk"], "has failed: Evicted: disk", "logs"),
        ] as [(JSONValue, String, String)])
    func `a pod that doesn't start is explained`(_ status: JSONValue, message: String, remedy: String) {
        let deployment = KubeObject.deployment("web", namespace: "a")
        let troubles = RolloutTrouble.all(deployment: deployment, pods: [Self.pod(status)], events: [])
        #expect(troubles.count == 1)
        #expect(troubles.first?.message.contains(message) == true, "\(troubles)")
        #expect(troubles.first?.remedy.contains(remedy) == true, "\(troubles)")
    }

    @Test func `a pod that starts is no trouble, nor is one that goes`() {
        let deployment = KubeObject.deployment("web", namespace: "a")
        var going = Self.pod(Self.waiting("ImagePullBackOff"))
        going["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        let pods = [Self.pod(Self.waiting("ContainerCreating")), going, Self.pod([:])]
        #expect(RolloutTrouble.all(deployment: deployment, pods: pods, events: []).isEmpty)
    }

    @Test func `a probe, a volume and a quota are told in the server's words`() {
        var deployment = KubeObject.deployment("web", namespace: "a")
        let running: JSONValue = [
            "phase": "Running",
            "containerStatuses": [["name": "operator", "ready": false, "state": ["running": [:]]]],
        ]
        let unready = RolloutTrouble.all(
            deployment: deployment, pods: [Self.pod(running)],
            events: [Self.event("Unhealthy", message: "Readiness probe failed: 500")])
        #expect(
            unready.map(\.message) == [
                "container operator of pod web-1 runs and isn't ready: Readiness probe failed: 500"
            ])
        let volume = RolloutTrouble.all(
            deployment: deployment, pods: [Self.pod(Self.waiting("ContainerCreating"))],
            events: [Self.event("FailedMount", message: "secret \"tls\" not found")])
        #expect(volume.first?.message.contains("secret \"tls\" not found") == true)
        deployment["status"] = [
            "conditions": [["type": "ReplicaFailure", "status": "True", "message": "exceeded quota: q"]]
        ]
        let quota = RolloutTrouble.all(deployment: deployment, pods: [], events: [])
        #expect(quota.first?.message == "the pods are not created: exceeded quota: q")
        #expect(quota.first?.remedy.contains("ResourceQuota") == true)
        deployment["status"] = [:]
        let refused = RolloutTrouble.all(
            deployment: deployment, pods: [],
            events: [
                Self.event("FailedCreate", kind: "ReplicaSet", name: "web-5d", message: "violates PodSecurity"),
                Self.event("FailedCreate", kind: "ReplicaSet", name: "other-5d", message: "not ours"),
            ])
        #expect(refused.map(\.message) == ["the pods are not created: violates PodSecurity"])
    }
}
