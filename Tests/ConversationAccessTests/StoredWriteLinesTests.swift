import ConversationAccess
import KubeModel
import SkyfloAPI
import Testing

@Suite struct StoredWriteLinesTests {
    @Test(
        arguments: [
            (
                ["method": "PATCH", "path": "/apis/apps/v1/x", "query": [["name": "force", "value": "true"]]],
                ["PATCH /apis/apps/v1/x?force=true"]
            ),
            (
                [
                    "backend": "Exec", "command": ["ls", "-l a"], "container": "app",
                    "target": ["namespace": "shop", "name": "web-1"], "timeoutSeconds": 9,
                ], [#"runs in pod shop/web-1, container app, at most 9 s: ["ls","-l a"]"#]
            ),
            (
                [
                    "backend": "Jenkins", "method": "POST", "path": "/job/a/build", "integration": "ci",
                    "form": [["name": "BRANCH", "value": "main"]],
                ], ["POST /job/a/build to Jenkins ci", "  BRANCH = main"]
            ),
        ] as [(JSONValue, [String])])
    func `a write is said by whoever carries it out`(stored: JSONValue, lines: [String]) throws {
        #expect(try #require(StoredWrite(json: stored)).lines == lines)
    }
}
