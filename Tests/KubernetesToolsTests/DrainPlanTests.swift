import KubeModel
import Testing

@testable import KubernetesTools

@Suite struct DrainPlanTests {
    private func pod(_ name: String, owner: String? = "ReplicaSet", _ change: (inout KubeObject) -> Void = { _ in })
        -> KubeObject
    {
        var pod = KubeObject(.pods, namespace: "shop", name: name)
        if let owner {
            pod["metadata", "ownerReferences"] = [
                ["apiVersion": "apps/v1", "kind": .string(owner), "name": "x", "uid": "u", "controller": true]
            ]
        }
        change(&pod)
        return pod
    }

    private func plan(
        _ pods: [KubeObject], daemonSets: Set<String> = ["shop/x"], force: Bool = false, local: Bool = false,
        ignoring: Bool = true
    ) -> DrainPlan {
        DrainPlan(
            pods: pods, daemonSets: daemonSets,
            .init(ignoresDaemonSets: ignoring, deletesEmptyDirData: local, force: force))
    }

    @Test func `what a controller makes anew is evicted, what a node has for itself stays`() {
        let mirror = pod("static", owner: nil) { $0.annotations["kubernetes.io/config.mirror"] = "1" }
        let plan = plan([pod("web"), pod("agent", owner: "DaemonSet"), mirror])
        #expect(plan.evicted.map(\.name) == ["web"] && plan.obstacles.isEmpty)
        #expect(plan.warnings == ["pods of DaemonSets stay: shop/agent"])
    }

    @Test func `what would be lost has to be allowed`() {
        let local = pod("cache") { $0["spec", "volumes"] = [["name": "v", "emptyDir": [:]]] }
        let bare = pod("bare", owner: nil)
        let refused = plan([local, bare])
        #expect(refused.obstacles.count == 2)
        let allowed = plan([local, bare], force: true, local: true)
        #expect(allowed.obstacles.isEmpty && allowed.warnings.count == 2 && allowed.evicted.count == 2)
        #expect(plan([pod("agent", owner: "DaemonSet")], ignoring: false).obstacles.count == 1)
    }

    @Test func `a pod of a DaemonSet that is gone counts as one without a controller`() {
        #expect(plan([pod("agent", owner: "DaemonSet")], daemonSets: []).obstacles.count == 1)
        #expect(plan([pod("agent", owner: "DaemonSet")], daemonSets: [], force: true).evicted.count == 1)
    }

    @Test func `a pod that is over is evicted, whatever it was`() {
        let over = pod("job", owner: nil) { $0["status", "phase"] = "Succeeded" }
        #expect(plan([over]).evicted.count == 1 && plan([over]).obstacles.isEmpty)
    }
}
