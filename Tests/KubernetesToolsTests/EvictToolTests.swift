import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct EvictToolTests {
    private func api(_ metadata: String = "", spec: String = "{}") -> FakeAPI {
        let api = FakeAPI()
        api.put(
            yaml("{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, uid: u1\(metadata)}, spec: \(spec)}")
        )
        return api
    }

    private static let owner = ", ownerReferences: [{kind: ReplicaSet, name: r, uid: r1, controller: true}]"

    @Test func `an eviction is bound to the uid`() async throws {
        let proposal = try await proposal(api(Self.owner), "k8s_evict", ["name": "p", "grace_period_seconds": 5])
        #expect(
            golden(proposal) == #"""
                Evict pod shop/p [Medium]
                POST /api/v1/namespaces/shop/pods/p/eviction application/json
                {"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p","namespace":"shop"},"deleteOptions":{"preconditions":{"uid":"u1"},"gracePeriodSeconds":5}}
                → pod shop/p is gone
                """#)
        #expect(proposal.requests[0].hasPreconditions)
    }

    @Test func `what is lost with the pod is said`() async throws {
        let proposal = try await proposal(api(spec: "{volumes: [{name: v, emptyDir: {}}]}"), "k8s_evict", ["name": "p"])
        #expect(
            proposal.warnings == ["no controller makes this pod anew", "data in its emptyDir volumes is lost"]
                && proposal.risk == .high)
    }

    @Test func `what goes already, a static pod and a pod that isn't there are no proposal`() async throws {
        let going = api(", deletionTimestamp: \"2026-11-21T03:00:00Z\"")
        #expect(try await output(going, "k8s_evict", ["name": "p"]).hasPrefix("Nothing to do"))
        let mirror = api(", annotations: {kubernetes.io/config.mirror: x}")
        #expect(await failure(mirror, "k8s_evict", ["name": "p"]).contains("static pod"))
        #expect(await failure(api(), "k8s_evict", ["name": "q"]).contains("not found"))
    }
}
