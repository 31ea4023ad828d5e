import Installer
import KubeModel
import Testing
import Writes

struct ObstacleTests {
    @Test(arguments: [
        ("1", "30", true, false), ("1", "30+", true, false), ("1", "29", true, true), ("1", "29", false, false),
        ("1", "27+", false, true), ("2", "0", true, false), ("", "", true, false),
    ])
    func `a server that is too old is told`(_ major: String, minor: String, policy: Bool, isTold: Bool) {
        let version: JSONValue = ["major": .string(major), "minor": .string(minor), "gitVersion": "v1.x"]
        #expect((Obstacle.ofVersion(version, hasPolicy: policy) != nil) == isTold)
    }

    @Test func `a namespace that is missing or goes is told`() {
        var namespace = KubeObject(.namespaces, name: "a")
        #expect(Obstacle.ofNamespace("a", live: namespace, isPlanned: false) == nil)
        #expect(Obstacle.ofNamespace("a", live: nil, isPlanned: true) == nil)
        #expect(Obstacle.ofNamespace("a", live: nil, isPlanned: false)?.remedy == "kubectl create namespace a")
        namespace["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(Obstacle.ofNamespace("a", live: namespace, isPlanned: true)?.message.contains("being deleted") == true)
    }

    @Test func `an operator in another namespace is told`() {
        var binding = KubeObject(["kind": "ClusterRoleBinding", "metadata": ["name": "skyflo-operator"]])
        binding["subjects"] = [["kind": "ServiceAccount", "name": "skyflo-operator", "namespace": "other"]]
        #expect(Obstacle.ofOtherInstallation(binding: binding, namespace: "other") == nil)
        #expect(Obstacle.ofOtherInstallation(binding: nil, namespace: "other") == nil)
        let obstacle = Obstacle.ofOtherInstallation(binding: binding, namespace: "mine")
        #expect(obstacle?.message.contains("namespace other") == true)
    }

    @Test func `a refusal is told for what it is`() throws {
        let object = try #require(InstalledObject(KubeObject(.deployments, namespace: "a", name: "b")))
        let conflict = APIStatus(
            code: 409, reason: .conflict, message: "Apply failed with 1 conflict",
            causes: [
                .init(reason: "FieldManagerConflict", field: ".spec.replicas", message: "conflict with \"kubectl\"")
            ])
        let told = Obstacle.ofRefusal(conflict, of: object)
        #expect(told.kind == .conflict && told.message.contains(".spec.replicas") && told.message.contains("kubectl"))
        let forbidden = APIStatus(code: 403, reason: .forbidden, message: "no")
        #expect(Obstacle.ofRefusal(forbidden, of: object).kind == .permission)
        let invalid = APIStatus(code: 422, reason: .invalid, message: "bad")
        #expect(Obstacle.ofRefusal(invalid, of: object).kind == .refused)
    }

    @Test func `each is told once, the cluster's before the objects'`() {
        let right = Obstacle.ofPermission("patch x")
        let version = Obstacle(.version, message: "old", remedy: "")
        #expect(Obstacle.sorted([right, version, right]) == [version, right])
    }
}
