import KubeModel
import Testing

@testable import LocalCluster

/// One stored object, seen in several group versions.
struct GroupVersionTests {
    let cluster: InProcess
    private let newer = "/apis/events.k8s.io/v1/namespaces/default/events"
    private let older = "/api/v1/namespaces/default/events"

    init() throws { cluster = try InProcess() }

    private func event(_ name: String) -> JSONValue {
        [
            "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": ["name": .string(name)],
            "eventTime": "2020-01-01T00:00:00.000000Z",
            "regarding": ["kind": "ConfigMap", "name": "app", "namespace": "default"],
            "action": "Look", "reason": "Looked", "note": "somebody looked", "type": "Normal",
            "reportingController": "example.dev/hand", "reportingInstance": "hand-0",
        ]
    }

    @Test func `an event is the same in both groups, under the names of each`() {
        #expect(cluster.send("POST", newer, event("one")).status == 201)
        let shown = cluster.send("GET", older + "/one").json
        #expect(shown["apiVersion"] == "v1")
        #expect(shown["message"] == "somebody looked")
        #expect(shown["involvedObject", "name"] == "app")
        #expect(shown["reportingComponent"] == "example.dev/hand")
        let patched = cluster.send(
            "PATCH", older + "/one", ["count": 2], type: "application/merge-patch+json")
        #expect(patched.status == 200)
        let seen = cluster.send("GET", newer + "/one").json
        #expect(seen["deprecatedCount"] == 2)
        #expect(seen["note"] == "somebody looked")
        #expect(seen["count"] == nil)
        #expect(seen["metadata", "resourceVersion"] == patched.json["metadata", "resourceVersion"])
    }

    @Test func `lists and selectors speak the names of their group`() {
        _ = cluster.send("POST", newer, event("one"))
        let found = cluster.send("GET", newer + "?fieldSelector=regarding.name%3Dapp").json
        #expect(found["items"]?.array?.first?["note"] == "somebody looked")
        #expect(cluster.send("GET", newer + "?fieldSelector=involvedObject.name%3Dapp").status == 400)
        #expect(
            cluster.send("GET", older + "?fieldSelector=involvedObject.name%3Dapp").json["items"]?.array?.count == 1)
    }

    @Test func `the newer group is stricter, and lets nothing but the series change`() {
        var vague = event("vague")
        vague["type"] = "Loud"
        vague["action"] = ""
        let refused = cluster.send("POST", newer, vague)
        #expect(refused.status == 422)
        let fields = (refused.json["details", "causes"]?.array ?? []).compactMap { $0["field"]?.string }
        #expect(fields == ["action", "type"])
        _ = cluster.send("POST", newer, event("one"))
        let change = cluster.send("PATCH", newer + "/one", ["note": "else"], type: "application/merge-patch+json")
        #expect(change.message.contains("message: Invalid value"))
    }

    @Test func `an autoscaler of v1 keeps in annotations what v1 has no member for`() {
        let path = "/namespaces/default/horizontalpodautoscalers"
        let memory: JSONValue = [
            "type": "Resource",
            "resource": ["name": "memory", "target": ["type": "Utilization", "averageUtilization": 50]],
        ]
        let created = cluster.send(
            "POST", "/apis/autoscaling/v2" + path,
            [
                "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": ["name": "web"],
                "spec": [
                    "scaleTargetRef": ["apiVersion": "apps/v1", "kind": "Deployment", "name": "web"], "maxReplicas": 3,
                    "metrics": [memory],
                ],
            ])
        #expect(created.status == 201)
        var old = cluster.send("GET", "/apis/autoscaling/v1\(path)/web").json
        #expect(old["spec", "metrics"] == nil)
        let note = old["metadata", "annotations", "autoscaling.alpha.kubernetes.io/metrics"]?.string ?? ""
        #expect(note == #"[{"type":"Resource","resource":{"name":"memory","targetAverageUtilization":50}}]"#)
        old["spec", "targetCPUUtilizationPercentage"] = 60
        #expect(cluster.send("PUT", "/apis/autoscaling/v1\(path)/web", old).status == 200)
        let new = cluster.send("GET", "/apis/autoscaling/v2\(path)/web").json
        #expect(new["spec", "metrics"] == [StoredForm.cpu(60), memory])
        #expect(new["metadata", "annotations"] == nil)
    }
}
