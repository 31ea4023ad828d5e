import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct TaintToolTests {
    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(
            yaml(
                """
                {apiVersion: v1, kind: Node, metadata: {name: n1, uid: u1, resourceVersion: "5"},
                 spec: {taints: [{key: dedicated, value: gpu, effect: NoSchedule}, {key: spot, effect: PreferNoSchedule}]}}
                """))
        for (name, tolerations) in [
            ("a", "[]"), ("b", "[{operator: Exists}]"), ("c", "[{key: broken, operator: Exists}]"),
        ] {
            api.put(
                yaml(
                    """
                    {apiVersion: v1, kind: Pod, metadata: {name: \(name), namespace: shop},
                     spec: {nodeName: n1, tolerations: \(tolerations)}}
                    """))
        }
        return api
    }

    private func arguments(_ taints: String, _ overwrite: Bool = false) -> JSONValue {
        ["node_name": "n1", "taints": .string(taints), "overwrite": .bool(overwrite)]
    }

    @Test func `taints are added, changed and removed by one list`() async throws {
        let proposal = try await proposal(
            api(), "k8s_taint", arguments("maintenance:NoSchedule, dedicated=db:NoSchedule, spot-", true))
        #expect(
            golden(proposal) == #"""
                Taint node n1: maintenance:NoSchedule, dedicated=db:NoSchedule, spot- [High]
                PATCH /api/v1/nodes/n1?fieldManager=skyflo application/merge-patch+json
                {"spec":{"taints":[{"key":"dedicated","value":"db","effect":"NoSchedule"},{"key":"maintenance","effect":"NoSchedule"}]},"metadata":{"uid":"u1","resourceVersion":"5"}}
                → the change of node n1 is stored
                """#)
    }

    @Test func `the last one goes with its list, and only that of the effect that is named`() async throws {
        let all = try await proposal(api(), "k8s_taint", arguments("dedicated:NoSchedule-,spot-"))
        #expect(try body(all.requests[0])["spec"] == ["taints": .null])
        let text = try await output(api(), "k8s_taint", arguments("dedicated:NoExecute-"))
        #expect(text.hasPrefix("Nothing to do"))
    }

    @Test func `pods that NoExecute evicts are named`() async throws {
        let proposal = try await proposal(api(), "k8s_taint", arguments("broken=yes:NoExecute"))
        #expect(proposal.warnings == ["evicted, without regard to disruption budgets: shop/a"])
    }

    @Test(arguments: [
        ("dedicated=db:NoSchedule", "has the taint dedicated=gpu:NoSchedule already; set overwrite"),
        ("a=b:noschedule", "write it NoSchedule"), ("a=b:Never", "NoSchedule, PreferNoSchedule, NoExecute"),
        ("a=b", "write a=b:NoSchedule"), ("a b", "\"a\" has no effect"), ("-x:NoSchedule", "no valid key"),
        ("a=!:NoSchedule", "no valid value"), (",", "give at least one"),
        ("node.kubernetes.io/not-ready-", "set by the node controller alone"),
    ])
    func `taints that can't be are refused`(_ taints: String, _ expected: String) async {
        let text = await failure(api(), "k8s_taint", arguments(taints))
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `what tolerates a taint is told as the scheduler does`() {
        let taint = Taint(key: "a", value: "b", effect: "NoExecute")
        #expect(taint.isTolerated(by: ["operator": "Exists"]))
        #expect(taint.isTolerated(by: ["key": "a", "value": "b"]))
        #expect(taint.isTolerated(by: ["key": "a", "operator": "Exists", "effect": "NoExecute"]))
        #expect(!taint.isTolerated(by: ["key": "a", "value": "c"]))
        #expect(!taint.isTolerated(by: ["key": "a", "operator": "Exists", "effect": "NoSchedule"]))
        #expect(!taint.isTolerated(by: ["value": "b"]))
    }
}
