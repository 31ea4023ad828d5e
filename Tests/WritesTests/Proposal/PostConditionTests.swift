import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import Writes

@Suite struct PostConditionTests {
    private let subject = PostCondition.Subject(resource: .deployments, namespace: "shop", name: "web")

    private func kind(_ result: PostCondition.Result) -> String {
        switch result {
        case .met: "met"
        case .pending: "pending"
        case .failed: "failed"
        }
    }

    private func deployment(_ changes: JSONValue) -> KubeObject { KubeObject(MergePatch.apply(changes, to: web.json)) }

    @Test func `a deployment's rollout`() {
        let condition = PostCondition.rolloutComplete(subject)
        let table: [(JSONValue, String)] = [
            ([:], "met"),
            (["metadata": ["generation": 4]], "pending"),
            (["status": ["updatedReplicas": 1]], "pending"),
            (["status": ["updatedReplicas": .null]], "pending"),
            (["status": ["replicas": 3]], "pending"),
            (["status": ["availableReplicas": 1]], "pending"),
            (["status": ["conditions": [["type": "Progressing", "reason": "ProgressDeadlineExceeded"]]]], "failed"),
            (
                ["spec": ["replicas": 0], "status": ["replicas": 0, "updatedReplicas": 0, "availableReplicas": 0]],
                "met"
            ),
        ]
        for (changes, expected) in table {
            #expect(kind(condition.evaluate(observed: deployment(changes))) == expected, "\(changes)")
        }
        #expect(kind(condition.evaluate(observed: nil)) == "failed")
    }

    @Test func `statefulsets and daemonsets roll out by their own rules`() {
        let set = yaml(
            """
            {apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, generation: 2}, spec: {replicas: 3},
             status: {observedGeneration: 2, readyReplicas: 3, updatedReplicas: 3, currentReplicas: 3, currentRevision: a, updateRevision: a}}
            """)
        func text(_ object: KubeObject, _ changes: JSONValue) -> String {
            RolloutStatus(KubeObject(MergePatch.apply(changes, to: object.json))).text
        }
        #expect(text(set, [:]) == "statefulset rolling update complete 3 pods at revision a...")
        #expect(text(set, ["status": ["readyReplicas": 1]]) == "Waiting for 2 pods to be ready...")
        #expect(
            text(set, ["status": ["updateRevision": "b", "updatedReplicas": 1]])
                == "waiting for statefulset rolling update to complete 1 pods at revision b...")
        #expect(
            text(
                set,
                ["spec": ["updateStrategy": ["rollingUpdate": ["partition": 2]]], "status": ["updatedReplicas": 1]])
                == "partitioned roll out complete: 1 new pods have been updated...")
        let daemons = yaml(
            """
            {apiVersion: apps/v1, kind: DaemonSet, metadata: {name: log, generation: 1},
             status: {observedGeneration: 1, desiredNumberScheduled: 3, updatedNumberScheduled: 3, numberAvailable: 3}}
            """)
        #expect(text(daemons, [:]) == "daemon set \"log\" successfully rolled out")
        #expect(
            text(daemons, ["status": ["updatedNumberScheduled": 1]])
                == "Waiting for daemon set \"log\" rollout to finish: 1 out of 3 new pods have been updated...")
        #expect(
            kind(
                PostCondition.rolloutComplete(subject).evaluate(
                    observed: KubeObject(
                        MergePatch.apply(["spec": ["updateStrategy": ["type": "OnDelete"]]], to: daemons.json))))
                == "met")
    }

    @Test func `replicas must be there and ready, and still be wanted`() {
        let condition = PostCondition.replicas(subject, count: 2)
        #expect(kind(condition.evaluate(observed: web)) == "met")
        #expect(kind(condition.evaluate(observed: deployment(["status": ["readyReplicas": 1]]))) == "pending")
        #expect(kind(condition.evaluate(observed: deployment(["status": ["readyReplicas": .null]]))) == "pending")
        #expect(kind(condition.evaluate(observed: deployment(["status": ["replicas": 3]]))) == "pending")
        #expect(kind(condition.evaluate(observed: deployment(["spec": ["replicas": 9]]))) == "failed")
        #expect(kind(condition.evaluate(observed: deployment(["metadata": ["generation": 9]]))) == "pending")
        #expect(kind(condition.evaluate(observed: nil)) == "failed")
    }

    @Test func `gone means that uid`() {
        let condition = PostCondition.gone(subject, uid: "uid-web")
        #expect(kind(condition.evaluate(observed: nil)) == "met")
        #expect(kind(condition.evaluate(observed: web)) == "pending")
        #expect(kind(condition.evaluate(observed: deployment(["metadata": ["uid": "other"]]))) == "met")
        let stuck = deployment(["metadata": ["deletionTimestamp": "2026-11-21T03:00:00Z", "finalizers": ["x/y"]]])
        guard case .pending(let why) = condition.evaluate(observed: stuck) else { return #expect(Bool(false)) }
        #expect(why.contains("x/y"))
    }

    @Test func `conditions come back from JSON as they were`() throws {
        let node = PostCondition.Subject(
            resource: APIResource(group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false),
            namespace: nil,
            name: "a")
        let all: [PostCondition] = [
            .rolloutComplete(subject), .replicas(subject, count: 3), .gone(subject, uid: "u"), .exists(node),
        ]
        for condition in all {
            let text = JSONWriter.string(condition.json)
            #expect(PostCondition(json: try JSONParser.parse(text)) == condition)
        }
        #expect(PostCondition(json: ["type": "Other", "target": all[0].json["target"] ?? .null]) == nil)
        #expect(PostCondition(json: ["type": "Gone", "target": all[0].json["target"] ?? .null]) == nil)
        #expect(all[0].scope.namespace == "shop" && all[0].scope.fieldSelector == "metadata.name=web")
        #expect(all[3].scope.resource.path(namespace: all[3].scope.namespace) == "/api/v1/nodes")
    }
}

@Suite struct PlannedRequestTests {
    @Test func `a planned request comes back from JSON byte for byte`() throws {
        let api = FakeAPI()
        api.put(web)
        let live = LiveTarget(
            resource: FakeAPI.resources.first { $0.kind == "Deployment" } ?? .deployments, namespace: "shop",
            object: web)
        var planned = live.patch(.strategic(["spec": ["note": "ünï\"code"]]), strict: true)
        let read = try #require(PlannedRequest(json: try JSONParser.parse(JSONWriter.string(planned.json))))
        planned.before = nil
        #expect(read == planned)
    }

    @Test func `what people see of a request holds no secret`() throws {
        let secret = yaml("{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop, uid: u}}")
        let target = LiveTarget(resource: .secrets, namespace: "shop", object: secret)
        let patches: [Patch] = [
            .merge(["data": ["p": "c2VjcmV0dmFsdWU="]]), .strategic(["stringData": ["p": "secretvalue"]]),
            .json([["op": "add", "path": "/data/p", "value": "c2VjcmV0dmFsdWU="]]),
        ]
        for patch in patches {
            let text = JSONWriter.string(target.patch(patch).redacted(by: redactor))
            #expect(
                !text.contains("c2VjcmV0") && !text.contains("secretvalue") && text.contains("‹redacted:"), "\(text)")
        }
        let env: JSONValue = [
            "spec": ["env": [["name": "DB_PASSWORD", "value": "secretvalue"], ["name": "A", "value": "kept"]]]
        ]
        let text = JSONWriter.string(
            LiveTarget(resource: .deployments, namespace: "shop", object: web).patch(.merge(env)).redacted(by: redactor)
        )
        #expect(!text.contains("secretvalue") && text.contains("kept"))
    }

    @Test func `what is damaged is not read`() {
        let good = LiveTarget(resource: .deployments, namespace: "shop", object: web).patch(.merge([:])).json
        #expect(PlannedRequest(json: good) != nil)
        let changes: [JSONValue] = [
            ["method": "EXEC"], ["path": "api"], ["path": .null], ["query": [["name": "a"]]],
            ["target": ["uid": .null]],
        ]
        for change in changes {
            #expect(PlannedRequest(json: MergePatch.apply(change, to: good)) == nil, "\(change)")
        }
    }
}
