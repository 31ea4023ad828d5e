import FakeKubeAPI
import KubeClient
import KubeModel
import OperatorTestKit
import Testing

@testable import KubernetesTools

@Suite struct EventsToolTests {
    /// The clock of the tests is at 2027-01-15T08:00:00Z.
    private func event(_ name: String, at time: String, type: String = "Normal", more: String = "") -> KubeObject {
        yaml(
            """
            {apiVersion: v1, kind: Event, metadata: {name: \(name), namespace: shop}, type: \(type), reason: Why,
             lastTimestamp: "\(time)", message: "message of \(name)",
             involvedObject: {kind: Pod, name: web-1, uid: u} \(more)}
            """)
    }

    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(event("b", at: "2027-01-15T07:55:00Z"))
        api.put(
            event(
                "a", at: "2027-01-15T07:59:30Z", type: "Warning",
                more: ", count: 4, firstTimestamp: \"2027-01-15T07:50:00Z\""))
        var series = event("c", at: "2027-01-15T06:00:00Z", type: "Warning")
        series["lastTimestamp"] = nil
        series["eventTime"] = "2027-01-15T06:00:00.000000Z"
        series["series"] = ["count": 9, "lastObservedTime": "2027-01-15T07:40:00.000000Z"]
        api.put(series)
        return api
    }

    @Test func `events are listed as kubectl does, the newest last, repetitions counted`() async throws {
        #expect(
            try await output(api(), "k8s_events", [:]) == """
                LAST SEEN            TYPE      REASON   OBJECT      MESSAGE
                20m (x9 over 120m)   Warning   Why      Pod/web-1   message of c
                5m                   Normal    Why      Pod/web-1   message of b
                30s (x4 over 10m)    Warning   Why      Pod/web-1   message of a
                """)
    }

    @Test func `the object and the types narrow the list`() async throws {
        let api = api()
        let text = try await output(
            api, "k8s_events", ["resource_type": "po", "name": "web-1", "types": "warning", "num_events": 1])
        #expect(
            text.hasPrefix("… left out: 1 older event, 1 of type Warning; ask for more with num_events")
                && text.hasSuffix("message of a"), "\(text)")
        #expect(api.requests[0][query: "fieldSelector"] == "involvedObject.kind=Pod,involvedObject.name=web-1")
        _ = try await output(api, "k8s_events", ["resource_type": "deploy/web"])
        #expect(api.requests.last?[query: "fieldSelector"] == "involvedObject.kind=Deployment,involvedObject.name=web")
    }

    @Test func `events about nodes are looked for where they are kept`() async throws {
        let api = api()
        _ = try await output(api, "k8s_events", ["resource_type": "node", "name": "n1", "namespace": "shop"])
        #expect(api.requests[0].path == "/api/v1/namespaces/default/events")
        _ = try await output(api, "k8s_events", ["all_namespaces": true])
        #expect(api.requests.last?.path == "/api/v1/events")
    }

    @Test func `no events is an answer that says whether the object exists`() async throws {
        let api = FakeAPI()
        api.put(yaml("{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop}}"))
        let text = try await output(api, "k8s_events", ["resource_type": "pod", "name": "web-1", "types": "Warning"])
        #expect(text.contains("no Warning events about pods \"web-1\".\nThe object exists;"), "\(text)")
        let gone = try await output(api, "k8s_events", ["resource_type": "pod/gone"])
        #expect(gone.contains("no events about pods \"gone\".") && gone.contains("not found"), "\(gone)")
        #expect(
            try await output(api, "k8s_events", [:]) == "No resources found in shop namespace: no events.")
    }

    @Test(
        arguments: [
            (["types": "Warn"], "types: \"Warn\" is neither Warning nor Normal"),
            (["namespace": "a", "all_namespaces": true], "exclude each other"),
            (["resource_type": "pods,deploy"], "kind: one type"),
            (["resource_type": "pod/a", "name": "b"], "leave out name"),
            (["resource_type": "gizmo"], "doesn't have a resource type"),
            (["num_events": 0], "num_events: 0 is not between"),
        ] as [(JSONValue, String)])
    func `what makes no sense is refused`(_ arguments: JSONValue, _ expected: String) async {
        let text = await failure(FakeAPI(), "k8s_events", arguments)
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `of many events the newest fit`() async throws {
        let api = FakeAPI()
        for number in 0..<300 {
            let minute = number / 60
            let second = number % 60
            let time = "2027-01-15T07:0\(minute):\(second < 10 ? "0" : "")\(second)Z"
            api.put(event("e\(number)", at: time))
        }
        let text = try await output(api, "k8s_events", ["num_events": 500], outputLimit: 4096)
        #expect(text.utf8.count <= 4096 && text.hasPrefix("… left out: ") && text.hasSuffix("message of e299"))
    }

    @Test func `secrets in messages are hidden`() async throws {
        let api = FakeAPI()
        var leak = event("leak", at: "2027-01-15T07:55:00Z")
        leak["message"] = "failed with password=hunter2hunter2\nnext line"
        api.put(leak)
        let text = try await output(api, "k8s_events", [:])
        #expect(!text.contains("hunter2hunter2") && text.contains("‹redacted:") && text.contains("next line"))
    }

    @Test func `a running cluster's events are found by object`() async throws {
        try await SimulatedShop.run { shop in
            try await shop.createWorkload("Deployment", name: "web")
            try await shop.rollout(.deployments, name: "web")
            try await eventually("an event about the deployment") {
                try await shop.answer("k8s_events", ["resource_type": "deploy/web"]).contains("ScalingReplicaSet")
            }
        }
    }
}
