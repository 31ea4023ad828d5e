import Testing

@testable import ToolKit

@Suite struct NearNamesTests {
    @Test(arguments: [
        ("wbe", ["web", "api"], ["web"]),
        ("web", ["web-7f9c-x2x", "web-1", "api"], ["web-1", "web-7f9c-x2x"]),
        ("web-7f9c8b6d5-x2x1p", ["web-6d5f4c3b2-abcde", "api-6d5f4c3b2-abcde"], ["web-6d5f4c3b2-abcde"]),
        ("nginx", ["api", "db"], []),
        ("PROD", ["prod"], ["prod"]),
    ])
    func `near are those that few letters, a part or the first word tell`(
        _ name: String, _ others: [String], _ near: [String]
    ) {
        #expect(NearNames.of(name, among: others) == near)
    }

    @Test func `few are listed all, the near ones first, of many the near ones alone`() {
        #expect(NearNames.sentence("wbe", among: ["api", "web"], what: "pods") == "the pods are web, api")
        let many = (1...11).map { "pod-\($0)" }
        #expect(NearNames.sentence("xyz", among: many, what: "pods") == nil)
        #expect(NearNames.sentence("wbe", among: many + ["web"], what: "pods") == "similar names are web")
        #expect(NearNames.sentence("wbe", among: [], what: "pods") == nil)
    }
}
