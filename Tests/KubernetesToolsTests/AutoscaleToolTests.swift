import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct AutoscaleToolTests {
    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(web)
        return api
    }

    private func arguments(_ more: JSONValue) -> JSONValue {
        MergePatch.apply(more, to: ["resource_type": "deploy", "name": "web"])
    }

    @Test func `an autoscaler of autoscaling v2 is created`() async throws {
        let proposal = try await proposal(
            api(), "k8s_autoscale", arguments(["min": 3, "max": 5, "cpu_percent": 70, "memory_percent": 80]))
        #expect(
            golden(proposal) == #"""
                Autoscale deployment shop/web from 3 to 5 replicas, at 70 % cpu and 80 % memory [Medium]
                ! it has 2 replicas now, and is brought between 3 and 5 at once
                ! container app requests no cpu and no memory: without that its use has no percentage, and nothing is scaled by it
                ! container proxy requests no cpu and no memory: without that its use has no percentage, and nothing is scaled by it
                POST /apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers?fieldManager=skyflo&fieldValidation=Strict application/json
                {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"web","namespace":"shop"},"spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"minReplicas":3,"maxReplicas":5,"metrics":[{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":70}}},{"type":"Resource","resource":{"name":"memory","target":{"type":"Utilization","averageUtilization":80}}}]}}
                → horizontalpodautoscaler shop/web exists
                """#)
    }

    @Test func `without a target it is 80 percent of the CPU, and said so`() async throws {
        let proposal = try await proposal(api(), "k8s_autoscale", arguments(["max": 5]))
        #expect(proposal.summary.hasSuffix("from 1 to 5 replicas, at 80 % cpu"))
        #expect(try body(proposal.requests[0])["spec", "metrics"]?.array?.count == 1)
    }

    @Test func `one that scales it already is named`() async {
        let api = api()
        api.put(
            yaml(
                """
                {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: other, namespace: shop},
                 spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 9}}
                """))
        let text = await failure(api, "k8s_autoscale", arguments(["max": 5]))
        #expect(text.contains("is scaled by horizontalpodautoscaler other already (2 to 9 replicas)"), "\(text)")
    }

    @Test(
        arguments: [
            (["min": 5, "max": 2], "max: 2 is less than min, which is 5"), (["min": 1], "max: required"),
            (["max": 3, "cpu_percent": 0], "not between 1 and 1000"),
            (["resource_type": "cm", "name": "c", "max": 3], "configmaps can't be autoscaled"),
        ] as [(JSONValue, String)])
    func `what can't be is refused`(_ more: JSONValue, _ expected: String) async {
        let api = api()
        api.put(yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop}}"))
        let text = await failure(api, "k8s_autoscale", arguments(more))
        #expect(text.contains(expected), "\(text)")
    }
}
