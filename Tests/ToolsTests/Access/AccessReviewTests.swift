import KubeClient
import KubeModel
import Testing

@testable import Tools

@Suite struct AccessReviewTests {
    @Test(arguments: [
        (
            KubeRequest(.patch, "/apis/apps/v1/namespaces/shop/deployments/web/scale"),
            "group: apps\nname: web\nnamespace: shop\nresource: deployments\nsubresource: scale\nverb: patch\nversion: v1\n"
        ),
        (
            KubeRequest(.post, "/api/v1/namespaces/shop/pods"),
            "group: ''\nnamespace: shop\nresource: pods\nverb: create\nversion: v1\n"
        ),
        // The API server's own reading: a namespace lies in itself.
        (
            KubeRequest(.delete, "/api/v1/namespaces/shop"),
            "group: ''\nname: shop\nnamespace: shop\nresource: namespaces\nverb: delete\nversion: v1\n"
        ),
        (
            KubeRequest(.put, "/apis/rbac.authorization.k8s.io/v1/clusterroles/a"),
            "group: rbac.authorization.k8s.io\nname: a\nresource: clusterroles\nverb: update\nversion: v1\n"
        ),
    ])
    func `the attributes are those of the request`(_ request: KubeRequest, _ expected: String) throws {
        let attributes = try #require(ResourceAccess(request)?.attributes)
        #expect(YAML.format(attributes, sorted: true).replacing("\"", with: "'") == expected)
    }

    @Test func `what could be read in two ways is no access`() {
        for path in ["/version", "/api/v1/namespaces/shop/pods/../secrets/a", "/api/v1/watch/pods"] {
            #expect(ResourceAccess(KubeRequest(.get, path)) == nil)
        }
    }

    private static let unsupported = APIStatus(
        code: 400, reason: .badRequest, message: "admission webhook \"a.example.dev\" does not support dry run")

    private func preview(_ api: FakeAPI, isAllowed: Bool) async throws -> Preview {
        api.put(web)
        let path = "/apis/apps/v1/namespaces/shop/deployments/web"
        let proposal = try await proposal(
            api, "k8s_set_image",
            ["resource_type": "deploy", "resource_name": "web", "container_images": "app=shop/app:2"])
        api.answer("PATCH \(path)", Self.unsupported)
        api.answer(
            "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", status: 201,
            ["status": ["allowed": .bool(isAllowed), "reason": "by a role"]])
        return try await Preview.of(proposal, api: ReadOnlyAPI(api, as: worker), redactor: redactor)
    }

    @Test func `what can't be tried out is asked for only with the right to do it, and says so`() async throws {
        let api = FakeAPI()
        let preview = try await preview(api, isAllowed: true)
        #expect(preview.text.contains("shop/app:2"))
        #expect(preview.warnings.contains { $0.contains("could not be tried out") })
        #expect(preview.changes.first?.obstacle?.contains("isn't known") == true)
        let review = try #require(api.sent.last)
        #expect(review.identity == worker)
        await #expect {
            try await self.preview(FakeAPI(), isAllowed: false)
        } throws: { error in
            "\(error)".contains("helper may not patch deployments (group apps) in namespace shop")
        }
    }
}
