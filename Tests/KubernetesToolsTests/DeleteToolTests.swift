import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct DeleteToolTests {
    private func api(_ count: Int = 3) -> FakeAPI {
        let api = FakeAPI()
        for number in 1...count {
            api.put(
                yaml(
                    """
                    {apiVersion: v1, kind: ConfigMap,
                     metadata: {name: c\(number), namespace: shop, labels: {app: web, part: "\(number)"}}}
                    """))
        }
        return api
    }

    @Test func `several names are one proposal of several requests`() async throws {
        let proposal = try await proposal(
            api(), "k8s_delete", ["resource_type": "cm", "name": "c1,c3", "propagation": "foreground"])
        #expect(
            golden(proposal) == #"""
                Delete 2 configmaps in shop: c1, c3 [Medium]
                ! c1, c3: pods that use it can no longer start
                DELETE /api/v1/namespaces/shop/configmaps/c1 application/json
                {"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"uid-c1","resourceVersion":"7"},"propagationPolicy":"Foreground"}
                DELETE /api/v1/namespaces/shop/configmaps/c3 application/json
                {"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"uid-c3","resourceVersion":"7"},"propagationPolicy":"Foreground"}
                → configmap shop/c1 is gone
                → configmap shop/c3 is gone
                """#)
    }

    @Test func `a selector stands for the objects that it fits now`() async throws {
        let proposal = try await proposal(
            api(), "k8s_delete", ["resource_type": "cm", "label_selector": "app=web,part!=2"])
        #expect(proposal.summary == "Delete 2 configmaps in shop: c1, c3")
        #expect(proposal.requests.map(\.hasPreconditions) == [true, true])
        let text = try await output(api(), "k8s_delete", ["resource_type": "cm", "label_selector": "app=db"])
        #expect(text == "Nothing to do: no object fits the label selector app=db.")
    }

    @Test func `grace and orphans go into the request, and what that means into the warnings`() async throws {
        let api = FakeAPI()
        api.put(yaml("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}}"))
        api.put(web)
        let pod = try await proposal(
            api, "k8s_delete", ["resource_type": "pod", "name": "p", "grace_period_seconds": 0])
        #expect(try body(pod.requests[0])["gracePeriodSeconds"] == 0)
        #expect(pod.warnings.contains { $0.contains("no time to end") })
        let orphaned = try await proposal(
            api, "k8s_delete", ["resource_type": "deploy", "name": "web", "propagation": "orphan"])
        #expect(try body(orphaned.requests[0])["propagationPolicy"] == "Orphan")
        #expect(orphaned.warnings == ["what belongs to it stays, without an owner"])
        #expect(orphaned.postConditions.map(\.title) == ["deployment shop/web is gone"])
    }

    @Test(
        arguments: [
            (["name": "c1", "label_selector": "app=web"], "give one of them"), ([:], "give one of them"),
            (["name": "c1,c1"], "each name once"), (["name": "c1,nope"], "not found"),
            (["label_selector": "app in (web"], "label_selector"),
            (["label_selector": "app=web"], "more than 20 objects"),
            (["name": "c1", "propagation": "all"], "not one of background, foreground, orphan"),
            (["name": "../c1"], "is not a valid name of a ConfigMap"),
        ] as [(JSONValue, String)])
    func `what isn't clear, or too much, is refused`(_ more: JSONValue, _ expected: String) async {
        let text = await failure(api(21), "k8s_delete", MergePatch.apply(more, to: ["resource_type": "cm"]))
        #expect(text.contains(expected), "\(text)")
    }
}
