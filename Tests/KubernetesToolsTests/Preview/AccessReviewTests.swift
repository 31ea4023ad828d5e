import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import Writes

@Suite struct AccessReviewTests {
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
        return try await Preview.of(proposal, api: ReadOnlyAPI(api.impersonating(worker)), redactor: redactor)
    }

    @Test func `what can't be tried out is asked for only with the right to do it, and says so`() async throws {
        let api = FakeAPI()
        let preview = try await preview(api, isAllowed: true)
        #expect(preview.text.contains("shop/app:2"))
        #expect(preview.warnings.contains { $0.contains("could not be tried out") })
        #expect(preview.changes.first??.obstacle?.contains("is not known") == true)
        let review = try #require(api.sent.last)
        #expect(review.identity == worker)
        await #expect {
            try await self.preview(FakeAPI(), isAllowed: false)
        } throws: { error in
            "\(error)".contains("helper may not patch deployments (group apps) in namespace shop")
        }
    }
}
