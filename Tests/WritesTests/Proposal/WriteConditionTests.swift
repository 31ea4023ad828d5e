import FakeKubeAPI
import KubeModel
import Testing

@testable import Writes

/// What is checked after a write, by what it makes of an object.
@Suite struct WriteConditionTests {
    private func after(_ new: String, _ old: String? = nil) -> [PostCondition] {
        let object = yaml(new)
        let resource = FakeAPI.resources.first { $0.kind == object.kind } ?? .pods
        let subject = PostCondition.Subject(resource: resource, namespace: "shop", name: object.name)
        return PostCondition.after(writing: object, to: subject, changing: old.map(yaml))
    }

    private func kinds(_ conditions: [PostCondition]) -> [String] {
        conditions.map { $0.json["type"]?.string ?? "" }
    }

    private func workload(_ kind: String, _ spec: String, image: String = "a") -> String {
        "{kind: \(kind), metadata: {name: x}, spec: {\(spec.isEmpty ? "" : spec + ", ")template: {spec: {image: \(image)}}}}"
    }

    @Test(arguments: [
        ("Deployment", "", "RolloutComplete"), ("Deployment", "paused: true", "Exists"),
        ("StatefulSet", "", "RolloutComplete"), ("StatefulSet", "updateStrategy: {type: OnDelete}", "Ready"),
        ("DaemonSet", "updateStrategy: {type: OnDelete}", "Ready"), ("ReplicaSet", "", "Ready"), ("Pod", "", "Ready"),
        ("PersistentVolumeClaim", "", "Ready"), ("Job", "", "JobComplete"), ("Job", "suspend: true", "Exists"),
        ("Job", "parallelism: 0", "Exists"),
        ("CronJob", "", "Exists"), ("ConfigMap", "", "Exists"),
    ])
    func `of what is created, what starts is checked`(_ kind: String, _ spec: String, _ expected: String) {
        #expect(kinds(after(workload(kind, spec))) == [expected])
    }

    @Test(arguments: [
        ("Deployment", "", "RolloutComplete"), ("Deployment", "paused: true", "Stored"),
        ("StatefulSet", "updateStrategy: {type: OnDelete}", "Stored"), ("ReplicaSet", "", "Stored"),
        ("Pod", "", "Ready"),
        ("Job", "", "Exists"), ("CronJob", "", "Exists"),
    ])
    func `of a changed template, what gets it is checked`(_ kind: String, _ spec: String, _ expected: String) {
        #expect(kinds(after(workload(kind, spec, image: "b"), workload(kind, spec))) == [expected])
    }

    @Test func `what a change switches on or off decides, not what was`() {
        #expect(
            kinds(after(workload("Deployment", ""), workload("Deployment", "paused: true"))) == ["RolloutComplete"])
        #expect(kinds(after(workload("Deployment", "paused: true"), workload("Deployment", ""))) == ["Stored"])
        #expect(kinds(after(workload("Job", ""), workload("Job", "suspend: true"))) == ["JobComplete"])
        #expect(kinds(after(workload("Job", "parallelism: 2"), workload("Job", "parallelism: 0"))) == ["JobComplete"])
        let paused = ["paused: true, replicas: 3", "paused: true, replicas: 1"].map { workload("Deployment", $0) }
        #expect(kinds(after(paused[0], paused[1])) == ["Replicas"])
        #expect(kinds(after(workload("Deployment", ""), workload("Deployment", ""))) == ["Exists"])
        #expect(kinds(after(workload("Pod", ""), workload("Pod", ""))) == ["Stored"])
    }

    @Test func `what is being deleted goes with its last finalizer`() {
        func map(_ finalizers: String) -> String {
            "{kind: ConfigMap, metadata: {name: x, uid: u, deletionTimestamp: '2026-01-01T00:00:00Z', "
                + "finalizers: [\(finalizers)]}}"
        }
        #expect(kinds(after(map(""), map("x/y"))) == ["Gone"])
        #expect(kinds(after(map("z/w"), map("x/y, z/w"))) == ["Exists"])
    }

    @Test func `what may be gone before anybody looks is marked, and read back`() throws {
        for (text, member) in [
            ("{kind: Job, metadata: {name: x}, spec: {ttlSecondsAfterFinished: 0}}", "deletesItself"),
            ("{kind: Pod, metadata: {name: x}, spec: {restartPolicy: Never}}", "runsOnce"),
        ] {
            let condition = try #require(after(text).first)
            #expect(condition.json[member] == true)
            #expect(PostCondition(json: condition.json) == condition)
        }
    }

    @Test func `the ids of the containers that get another image are kept`() throws {
        func pod(_ image: String) -> String {
            "{kind: Pod, metadata: {name: x}, spec: {containers: [{name: c, image: \(image)}, {name: d, image: d}]}, "
                + "status: {containerStatuses: [{name: c, containerID: 'r://1'}, {name: d, containerID: 'r://2'}]}}"
        }
        let condition = try #require(after(pod("b"), pod("a")).first)
        #expect(condition.json["replacing"] == ["c": "r://1"])
        #expect(PostCondition(json: condition.json) == condition)
    }

    @Test func `conditions as they were stored before are read`() throws {
        for type in ["RolloutComplete", "Exists", "JobComplete", "NoWarnings"] {
            let text = """
                {"type": "\(type)", "target": {"group": "apps", "version": "v1", "resource": "deployments", \
                "kind": "Deployment", "namespace": "shop", "name": "web", "uid": "", "resourceVersion": ""}}
                """
            let condition = try #require(PostCondition(json: try JSONParser.parse(text)))
            #expect(condition.json == (try JSONParser.parse(text)))
        }
    }
}
