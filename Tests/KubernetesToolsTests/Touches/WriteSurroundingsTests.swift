import FakeKubeAPI
import KubeClient
import KubeModel
import Testing
import ToolKit

@testable import Writes

@Suite struct WriteSurroundingsTests {
    private static let lists = [
        "/api/v1/namespaces/shop/pods", "/api/v1/namespaces/shop/resourcequotas",
        "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers",
        "/apis/policy/v1/namespaces/shop/poddisruptionbudgets",
    ]

    private static func api(pods: Int, hasMore: Bool = false) -> FakeAPI {
        let api = FakeAPI()
        api.put(web)
        let path = "/apis/apps/v1/namespaces/shop/deployments/web/scale"
        api.answer("GET \(path)", ["kind": "Scale", "spec": ["replicas": 2]])
        api.answer("PATCH \(path)", ["kind": "Scale", "spec": ["replicas": 3]])
        for list in lists {
            let isPods = list.hasSuffix("pods")
            let items = (0..<(isPods ? pods : 0)).map { number -> JSONValue in
                ["metadata": ["name": .string("web-\(number)"), "uid": .string("u\(number)")]]
            }
            let metadata: JSONValue = isPods && hasMore ? ["continue": "more"] : [:]
            api.answer("GET \(list)", ["kind": "List", "metadata": metadata, "items": .array(items)])
        }
        return api
    }

    private static func scale(_ api: FakeAPI) async throws -> (preview: Preview, noted: [String]?) {
        let proposal = try await proposal(api, "k8s_scale", ["resource_type": "deploy", "name": "web", "replicas": 3])
        let context = context(api)
        let preview = try await Preview.of(proposal, api: context.api, redactor: redactor)
        let noted = try await proposal.noting(podsIn: preview, api: context.api)
        let known = noted.postConditions.compactMap { condition -> [String]? in
            if case .noWarnings(_, let pods) = condition { pods } else { nil }
        }
        return (preview, known.first)
    }

    @Test func `the warnings, what it touches and the note of its pods come from one reading`() async throws {
        let api = Self.api(pods: 2)
        let (preview, noted) = try await Self.scale(api)
        #expect(noted == ["u0", "u1"])
        #expect(WriteTouches.of(preview).first == "Pods: 2 (web-0, web-1)")
        let listed = api.requests.filter { Self.lists.contains($0.path) }.map(\.path).sorted()
        #expect(listed == Self.lists.sorted())
    }

    @Test func `of a workload with more pods than are listed none are noted`() async throws {
        let (preview, noted) = try await Self.scale(Self.api(pods: 3, hasMore: true))
        #expect(noted == nil)
        #expect(WriteTouches.of(preview).first == "Pods: more than 3 (web-0, web-1, web-2, …)")
    }

    @Test func `pods that may not be listed are not noted, and the warning says nothing of an autoscaler`() async throws
    {
        let api = FakeAPI()
        api.put(web)
        api.answer(
            "PATCH /apis/apps/v1/namespaces/shop/deployments/web/scale",
            ["kind": "Scale", "spec": ["replicas": 3]])
        for list in Self.lists {
            api.answer("GET \(list)", APIStatus(code: 403, reason: .forbidden, message: "no"))
        }
        let (preview, noted) = try await Self.scale(api)
        #expect(noted == nil && preview.warnings.isEmpty)
        #expect(WriteTouches.of(preview).allSatisfy { $0.hasSuffix(": not visible to \(worker.user)") })
    }
}
