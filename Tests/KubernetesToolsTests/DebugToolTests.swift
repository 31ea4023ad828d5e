import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct DebugToolTests {
    private func api(_ status: String = "{phase: Running}", metadata: String = "", ephemeral: String = "[]") -> FakeAPI
    {
        let api = FakeAPI()
        api.put(
            yaml(
                """
                {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, uid: u1, resourceVersion: "5"\(metadata)},
                 spec: {containers: [{name: app, image: i}], ephemeralContainers: \(ephemeral)}, status: \(status)}
                """))
        return api
    }

    private func arguments(_ more: JSONValue) -> JSONValue {
        MergePatch.apply(more, to: ["name": "p", "image": "busybox:1.37"])
    }

    @Test func `a container is added by a strategic patch of the subresource`() async throws {
        let proposal = try await proposal(
            api(), "k8s_debug", arguments(["target_container": "app", "command": "sh -c 'ps; ls'"]))
        #expect(
            golden(proposal) == #"""
                Debug pod shop/p: run sh -c ps; ls in a new container debugger-1 of image busybox:1.37 [High]
                ! it can't be taken out again: it stays in the pod until that is deleted
                PATCH /api/v1/namespaces/shop/pods/p/ephemeralcontainers?fieldManager=skyflo&fieldValidation=Strict application/strategic-merge-patch+json
                {"spec":{"ephemeralContainers":[{"name":"debugger-1","image":"busybox:1.37","command":["sh","-c","ps; ls"],"targetContainerName":"app"}]},"metadata":{"uid":"u1","resourceVersion":"5"}}
                → pod shop/p exists
                """#)
    }

    @Test func `the next one gets the next name`() async throws {
        let proposal = try await proposal(
            api(ephemeral: "[{name: debugger-1, image: i}]"), "k8s_debug", arguments([:]))
        #expect(try body(proposal.requests[0])["spec", "ephemeralContainers"]?[0]?["name"] == "debugger-2")
    }

    @Test(
        arguments: [
            (["container_name": "app"], "has a container \"app\" already"),
            (["target_container": "db"], "no container \"db\"; its containers: app"),
            (["image": "--x"], "no image reference"), (["name": "q"], "not found"),
            (["command": "ls > x"], "no shell runs the command"),
        ] as [(JSONValue, String)])
    func `what can't be is refused`(_ more: JSONValue, _ expected: String) async {
        let text = await failure(api(), "k8s_debug", arguments(more))
        #expect(text.contains(expected), "\(text)")
    }

    @Test func `a pod that has ended, goes or is static takes none`() async {
        #expect(await failure(api("{phase: Failed}"), "k8s_debug", arguments([:])).contains("has ended (Failed)"))
        let going = api(metadata: ", deletionTimestamp: \"2026-11-21T03:00:00Z\"")
        #expect(await failure(going, "k8s_debug", arguments([:])).contains("is being deleted"))
        let mirror = api(metadata: ", annotations: {kubernetes.io/config.mirror: x}")
        #expect(await failure(mirror, "k8s_debug", arguments([:])).contains("static pod"))
    }
}
