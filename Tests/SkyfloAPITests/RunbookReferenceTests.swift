import KubeModel
import Testing

@testable import SkyfloAPI

@Suite struct RunbookReferenceTests {
    private func runbook(keywords: [String] = [], kinds: [String] = []) throws -> RunbookReference {
        try #require(
            RunbookReference([
                "name": "a", "configMapRef": ["name": "m"], "keywords": JSONValue(keywords), "kinds": JSONValue(kinds),
            ]))
    }

    @Test(arguments: [
        ("Why does web get OOMKilled?", true), ("web is out of  memory!", true), ("web is out of the memory", false),
        ("the oomkiller", false), ("", false),
    ])
    func `a message matches by whole words in any case`(_ message: String, _ matches: Bool) throws {
        let runbook = try runbook(keywords: ["oomkilled", "Out of Memory"])
        #expect(runbook.matches(message: message) == matches)
    }

    @Test(arguments: [
        ("Deployment", "restart the deployments", true), ("Ingress", "which ingresses are there", true),
        ("NetworkPolicy", "the networkpolicies block it", true), ("Gateway", "two gateways", true),
        ("Pod", "podium", false), ("...", "all", false),
    ])
    func `a message matches by kinds, also in the plural`(_ kind: String, _ message: String, _ matches: Bool) throws {
        #expect(try runbook(kinds: [kind]).matches(message: message) == matches)
    }

    @Test func `one that asks for no word matches every message`() throws {
        #expect(try runbook().matches(message: "hello"))
        #expect(try runbook().key == "runbook.md")
        #expect(RunbookReference(["name": "a"]) == nil)
    }
}
