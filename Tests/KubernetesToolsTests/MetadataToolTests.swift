import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct MetadataToolTests {
    private let deployment: JSONValue = ["resource_type": "deploy", "name": "web"]

    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(web)
        return api
    }

    private func arguments(_ more: JSONValue) -> JSONValue { MergePatch.apply(more, to: deployment) }

    @Test func `labels are set and removed by one merge patch`() async throws {
        let proposal = try await proposal(
            api(), "k8s_label",
            arguments(["labels": ["tier": "front", "app": "shop"], "remove": "old", "overwrite": true]))
        #expect(
            golden(proposal) == #"""
                Label deployment shop/web: app=shop (was web), tier=front [Medium]
                PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo application/merge-patch+json
                {"metadata":{"labels":{"app":"shop","tier":"front"},"uid":"uid-web","resourceVersion":"41"}}
                → deployment shop/web exists
                """#)
    }

    @Test func `a key is removed by null, and one that isn't there by nothing`() async throws {
        let proposal = try await proposal(api(), "k8s_label", arguments(["remove": "app-, nothing"]))
        #expect(proposal.summary == "Label deployment shop/web: app-")
        #expect(try body(proposal.requests[0])["metadata", "labels"] == ["app": .null])
    }

    @Test func `annotations take any text`() async throws {
        let proposal = try await proposal(
            api(), "k8s_annotate", arguments(["annotations": ["example.dev/note": "two words, and more"]]))
        #expect(
            golden(proposal) == #"""
                Annotate deployment shop/web: example.dev/note=two words, and more [Medium]
                PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo application/merge-patch+json
                {"metadata":{"annotations":{"example.dev/note":"two words, and more"},"uid":"uid-web","resourceVersion":"41"}}
                → deployment shop/web exists
                """#)
    }

    @Test func `what is already so is no proposal`() async throws {
        let text = try await output(api(), "k8s_label", arguments(["labels": ["app": "web"], "remove": "nothing"]))
        #expect(text == "Nothing to do: the labels of deployment shop/web are so already.")
    }

    @Test(
        arguments: [
            (["labels": ["app": "shop"]], "app is \"web\"; set overwrite to true"),
            ([:], "give some to set, or keys to remove"),
            (["labels": ["a b": "c"]], "\"a b\" is no label key"),
            (["labels": ["a": "two words!"]], "the nearest is \"two-words\"; k8s_annotate takes any text"),
            (["labels": ["a": "b"], "remove": "a"], "remove: a is to be set as well"),
            (["labels": ["pod-template-hash": "x"]], "kept by the controllers"),
            (["remove": "skyflo.ai/conversation"], "kept by the controllers"),
            (["labels": ["a": 1]], "must be a string"),
        ] as [(JSONValue, String)])
    func `labels that can't be are refused`(_ more: JSONValue, _ expected: String) async {
        let text = await failure(api(), "k8s_label", arguments(more))
        #expect(text.contains(expected), "\(text)")
    }

    @Test(arguments: [
        "deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration",
        "pv.kubernetes.io/bind-completed",
    ])
    func `annotations that controllers keep are refused`(_ key: String) async {
        let text = await failure(api(), "k8s_annotate", arguments(["annotations": [key: "1"]]))
        #expect(text.contains("kept by the controllers"), "\(text)")
    }

    @Test func `a redaction token is not written back`() async {
        let value = JSONValue.string(redactor.token("hunter2hunter2"))
        let text = await failure(api(), "k8s_annotate", arguments(["annotations": ["note": value]]))
        #expect(text.contains("redaction token"), "\(text)")
    }

    @Test func `whoever selects a pod by a label that changes is named`() async throws {
        let api = FakeAPI()
        api.put(
            yaml(
                """
                {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, labels: {app: web},
                  ownerReferences: [{kind: ReplicaSet, name: web-1, uid: u, controller: true}]}}
                """))
        let pod: JSONValue = ["resource_type": "pod", "name": "p"]
        let removal = try await proposal(api, "k8s_label", MergePatch.apply(["remove": "app"], to: pod))
        #expect(removal.warnings.first?.hasPrefix("ReplicaSet web-1 and Services that select pods by app") == true)
        let addition = try await proposal(api, "k8s_label", MergePatch.apply(["labels": ["debug": "yes"]], to: pod))
        #expect(addition.warnings.isEmpty)
    }
}
