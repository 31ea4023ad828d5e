import KubeClient
import KubeModel
import Testing

@Suite struct SubresourceTests {
    @Test func `an eviction names the pod, and a dry run says so where the server looks`() async throws {
        let api = FakeAPI { _ in .json(["kind": "Status", "status": "Success"]) }
        try await api.evict(pod: "web", namespace: "shop", DeleteOptions(uid: "u"))
        try await api.evict(pod: "web", namespace: "shop", DeleteOptions(dryRun: true))
        let bodies = try api.requests.map { try JSONParser.parse(Array(($0.body ?? "").utf8)) }
        #expect(api.requests.map(\.path) == Array(repeating: "/api/v1/namespaces/shop/pods/web/eviction", count: 2))
        #expect(bodies[0]["deleteOptions", "preconditions", "uid"]?.string == "u")
        #expect(bodies[0]["metadata", "name"]?.string == "web")
        #expect(!api.requests[0].isReadOnly && api.requests[1].isReadOnly)
    }

    @Test func `an eviction that a budget forbids throws the server's status`() async throws {
        let api = FakeAPI { _ in .failure(429, .tooManyRequests, "disruption budget") }
        let status = await #expect(throws: APIStatus.self) { try await api.evict(pod: "web", namespace: "shop") }
        #expect(status?.code == 429)
    }

    @Test func `a token is asked for and not printed`() async throws {
        let api = FakeAPI { _ in
            .json(["status": ["token": "secret", "expirationTimestamp": "2026-11-21T09:00:00Z"]], status: 201)
        }
        let token = try await api.requestToken(serviceAccount: "bot", namespace: "shop", audiences: ["me"])
        #expect(token.token == "secret" && !"\(token)".contains("secret"))
        let body = try JSONParser.parse(Array((api.requests[0].body ?? "").utf8))
        #expect(body["spec", "audiences"] == ["me"] && body["spec", "expirationSeconds"]?.int == 3600)
    }

    @Test func `a scale is read and changed at the version given`() async throws {
        let api = FakeAPI { _ in
            .json([
                "kind": "Scale", "metadata": ["resourceVersion": "7"], "spec": ["replicas": 3],
                "status": ["replicas": 2, "selector": "app=web"],
            ])
        }
        let scale = try await api.scale(.deployments, namespace: "shop", name: "web")
        #expect(scale.replicas == 3 && scale.currentReplicas == 2 && scale.selector == "app=web")
        try await api.setScale(
            .deployments, namespace: "shop", name: "web", replicas: 5, resourceVersion: scale.resourceVersion)
        #expect(api.requests[1].body == #"{"metadata":{"resourceVersion":"7"},"spec":{"replicas":5}}"#)
        let other = FakeAPI { _ in .json(["kind": "Deployment"]) }
        await #expect(throws: KubeClientError.self) { try await other.scale(.deployments, name: "web") }
    }
}
