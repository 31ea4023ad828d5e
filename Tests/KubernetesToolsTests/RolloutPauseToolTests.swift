import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct RolloutPauseToolTests {
    private func api(paused: Bool) -> FakeAPI {
        let api = FakeAPI()
        api.put(paused ? KubeObject(MergePatch.apply(["spec": ["paused": true]], to: web.json)) : web)
        return api
    }

    @Test func `a deployment is paused, and resumed by taking the field away`() async throws {
        let pause = try await proposal(api(paused: false), "k8s_rollout_pause", ["name": "web"])
        #expect(
            golden(pause) == #"""
                Pause deployment shop/web [Medium]
                PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo application/strategic-merge-patch+json
                {"spec":{"paused":true},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
                → the change of deployment shop/web is stored
                """#)
        let resume = try await proposal(api(paused: true), "k8s_rollout_resume", ["name": "web"])
        #expect(
            golden(resume) == #"""
                Resume deployment shop/web [Medium]
                PATCH /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=skyflo application/strategic-merge-patch+json
                {"spec":{"paused":null},"metadata":{"uid":"uid-web","resourceVersion":"41"}}
                → roll-out of deployment shop/web is complete
                → no new warnings about deployment shop/web
                """#)
    }

    @Test func `what is already so is no proposal`() async throws {
        let paused = try await output(api(paused: true), "k8s_rollout_pause", ["name": "web"])
        #expect(paused == "Nothing to do: deployment shop/web is paused already.")
        let running = try await output(api(paused: false), "k8s_rollout_resume", ["name": "web"])
        #expect(running == "Nothing to do: deployment shop/web is not paused.")
    }

    @Test(arguments: [
        ("sts", "only deployments can be paused, not statefulsets.apps; a statefulset holds pods back by"),
        ("daemonset", "OnDelete"), ("cronjobs", "a cronjob is held back by spec.suspend"),
        ("svc", "only deployments can be paused, not services"),
    ])
    func `kinds that can't be paused get what comes nearest`(_ type: String, _ expected: String) async {
        let text = await failure(
            api(paused: false), "k8s_rollout_pause", ["resource_type": .string(type), "name": "web"])
        #expect(text.contains(expected), "\(text)")
    }
}
