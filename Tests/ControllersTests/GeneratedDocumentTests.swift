import Foundation
import KubeModel
import Testing

@testable import Controllers
@testable import ToolKit

/// What is made from the tools agrees with them. `hack/tools.sh` writes it anew.
@Suite struct GeneratedDocumentTests {
    private let catalog = Operator.toolRegistry().catalog

    private func file(_ path: String) throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
        return try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test(arguments: ["kubernetes", "argo", "argocd", "git", "helm", "jenkins", "prometheus"])
    func `the user guide has the tools that there are`(_ toolset: String) throws {
        let guide = try file("USER_GUIDE.md")
        let begin = try #require(guide.range(of: "<!-- tools \(toolset) -->\n"), "no part for \(toolset)")
        let end = try #require(guide.range(of: "\n<!-- end -->", range: begin.upperBound..<guide.endIndex))
        #expect(
            guide[begin.upperBound..<end.lowerBound] == catalog.markdown(of: toolset), "run hack/tools.sh and commit")
    }

    @Test func `the roles for tools are those that the tools declare`() throws {
        #expect(try file("rbac/tools.yaml") == catalog.roles + "\n", "run hack/tools.sh and commit")
    }

    @Test func `a role that reads has no verb that writes`() throws {
        for role in try YAML.parseAll(catalog.roles).filter({ !$0.isNull }) {
            let name = role["metadata", "name"]?.string ?? ""
            let rules = role["rules"]?.array ?? []
            #expect(role["kind"] == "ClusterRole" && !rules.isEmpty)
            guard name.hasSuffix("-read") else { continue }
            for rule in rules {
                let isReview = rule["apiGroups"]?[0]?.string?.hasPrefix("auth") == true
                let verbs = Set((rule["verbs"]?.array ?? []).compactMap(\.string))
                #expect(isReview || verbs.isSubset(of: ["get", "list", "watch"]), "\(name): \(rule)")
                #expect(rule["resources"] != ["*"] && rule["apiGroups"] != ["*"], "\(name): \(rule)")
            }
        }
    }
}
