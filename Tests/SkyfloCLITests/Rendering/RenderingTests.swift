import ConversationAccess
import KubeModel
import SkyfloAPI
import Testing

@testable import SkyfloCLI

@Suite struct RenderingTests {
    private func text(_ lines: [StyledText], colour: Bool = false) -> String {
        lines.map { $0.rendered(isColoured: colour) }.joined(separator: "\n")
    }

    private func approval(_ members: KeyValuePairs<String, JSONValue> = [:]) throws -> PendingApproval {
        try #require(Samples.conversation(approval: members).pendingApprovals.first)
    }

    @Test func `a diff that tries to hide a line with escape sequences shows it, and the sequences`() throws {
        let entry = try approval(["preview": "-  image: good\n+  image: evil\u{1B}[1A\u{1B}[2K\r+  image: fine\n"])
        let shown = text(ApprovalText(entry: entry).lines, colour: true)
        #expect(shown.contains("\u{1B}[32m+  image: evil\\u{1b}[1A\\u{1b}[2K\\u{d}+  image: fine\u{1B}[0m"))
        #expect(!shown.contains("\u{1B}[2K") && !shown.contains("\r"))
    }

    @Test func `summary, requests and warnings stand below the diff`() throws {
        let lines = text(ApprovalText(entry: try approval(["warnings": ["managed by Argo CD"]])).lines)
        let order = [
            "+  replicas: 3", "c1  Scale web", "PATCH /apis/apps/v1/x?fieldManager=skyflo",
            "warning: managed by Argo CD",
        ]
        let places = order.compactMap { lines.firstRange(of: $0)?.lowerBound }
        #expect(places.count == order.count && places == places.sorted(), "\(lines)")
        #expect(!lines.contains("were changed"))
    }

    @Test func `an argument from an earlier result is shown with where it is from, and is part of what is approved`()
        throws
    {
        let entry = try approval(["references": ["name = web (from the result of c1, k8s_get: items[0].metadata.name)"]]
        )
        let lines = text(ApprovalText(entry: entry).lines)
        #expect(lines.contains("argument name = web (from the result of c1, k8s_get: items[0].metadata.name)"))
        #expect(lines.contains("were changed after the operator wrote them"), "it came after the digest")
    }

    @Test func `a command is shown word by word, a step by its title, and what isn't known as it is`() throws {
        let command: JSONValue = [
            "backend": "Exec", "command": ["sh", "-c", "a | b"], "container": "c", "timeoutSeconds": 30,
            "target": ["namespace": "shop", "name": "web-1"],
        ]
        var step: JSONValue = ["method": "POST", "path": "/eviction"]
        step["step"] = ["title": "evict pod shop/web-1", "stage": 2, "deadlineSeconds": 60]
        let other: JSONValue = ["backend": "Fax", "number": "1"]
        let pod: JSONValue = [
            "backend": "PodStep", "podStep": "Delete", "container": "c",
            "target": ["namespace": "shop", "name": "probe"],
        ]
        let lines = text(ApprovalText(entry: try approval(["requests": [command, step, pod, other]])).lines)
        #expect(lines.contains("deletes pod shop/probe, as an earlier step created it"), "\(lines)")
        #expect(lines.contains(#"runs in pod shop/web-1, container c, at most 30 s: ["sh","-c","a | b"]"#), "\(lines)")
        #expect(lines.contains("step 2: evict pod shop/web-1\n    POST /eviction"), "\(lines)")
        #expect(lines.contains(#"{"backend":"Fax","number":"1"}"#), "\(lines)")
    }

    @Test func `what becomes of a sequence's steps is told once each`() throws {
        var object = try Samples.conversation().object
        object["status", "calls", "c1", "state"] = "Executing"
        var report = ProgressReport(turn: 1)
        func news(_ states: [String]) -> String {
            object["status", "progress"] = [
                "call": "c1",
                "steps": .array(
                    states.enumerated().map {
                        ["step": "evict \($0.offset)", "state": .string($0.element), "message": "budget"]
                    }),
            ]
            return text(report.news(in: Conversation(object)))
        }
        _ = news(["Pending", "Pending"])
        #expect(news(["Done", "Executing"]) == "  c1 evict 0 Done")
        #expect(news(["Done", "Pending"]) == "")
        #expect(news(["Done", "Failed"]) == "  c1 evict 1 Failed: budget")
    }

    @Test func `what it touches and what it is an alternative to is said`() throws {
        let entry = try approval(["touches": ["Pods: 2 (web-1, web-2)"], "alternatives": ["c2", "c3"]])
        let shown = text(ApprovalText(entry: entry).lines)
        #expect(shown.contains("    touches: Pods: 2 (web-1, web-2)\n"))
        #expect(shown.contains("alternative to c2, c3: approving one denies the others"))
    }

    @Test func `requests that aren't those of the digest are called out`() throws {
        let entry = try approval(["requests": [["method": "DELETE", "path": "/all"]]])
        #expect(!entry.isIntact)
        #expect(text(ApprovalText(entry: entry).lines).contains("were changed after the operator wrote them"))
    }

    @Test func `a long diff is cut and says so, unless all is asked for`() throws {
        let entry = try approval(["preview": .string((0..<200).map { "+ line \($0)" }.joined(separator: "\n"))])
        let short = text(ApprovalText(entry: entry).lines)
        #expect(!short.contains("line 199") && short.contains("140 more lines"))
        #expect(text(ApprovalText(entry: entry, isFull: true).lines).contains("line 199"))
    }

    @Test func `progress says each thing once`() throws {
        var report = ProgressReport(turn: 1)
        let conversation = try Samples.conversation()
        #expect(text(report.news(in: conversation)) == "  c1 k8s_scale AwaitingApproval\nAwaitingApproval")
        #expect(report.news(in: conversation).isEmpty)
        #expect(ProgressReport(turn: 2).nothing(of: conversation))
    }

    @Test func `a table has columns as wide as their widest cell, and no cell can make lines`() throws {
        var object = try Samples.conversation().object
        object["status", "title"] = "two\nlines\u{1B}[H"
        object["metadata", "creationTimestamp"] = "2026-01-01T00:00:00Z"
        let now = try #require(KubeTime("2026-01-01T00:05:30Z"))
        let lines = ConversationTable().lines([Conversation(object)], now: now)
        #expect(
            lines == [
                "NAME   PHASE              TURN   PENDING   REASON   AGE     TITLE",
                "talk   AwaitingApproval   1      1                  5m30s   two",
            ])
    }

    @Test func `a table says why a conversation waits`() throws {
        var object = try Samples.conversation().object
        object["status"] = ["phase": "Pending", "reason": "SkyfloAINotFound"]
        let lines = ConversationTable(hasHeaders: false).lines([Conversation(object)], now: KubeTime(seconds: 0))
        #expect(lines.first?.contains(" Pending   0   0   SkyfloAINotFound   ") == true, "\(lines)")
    }

    @Test(arguments: [
        (5.0, "5s"), (119, "119s"), (130, "2m10s"), (600, "10m"), (10_700, "178m"), (14_400, "4h"), (15_000, "4h10m"),
        (90_000, "25h"), (180_000, "2d2h"), (864_000, "10d"), (70_000_000, "2y80d"),
    ])
    func `ages are those of kubectl`(seconds: Double, age: String) {
        #expect(HumanDuration.text(seconds: Int(seconds)) == age)
    }

    @Test func `errors are one line in kubectl's words`() {
        let forbidden = APIStatus(code: 403, reason: .forbidden, message: "may not", name: "talk")
        #expect(CommandError.line(for: forbidden) == "Error from server (Forbidden): may not")
        let missing = APIStatus(
            code: 404, reason: .notFound, message: "the server could not find the requested resource")
        #expect(CommandError.line(for: missing).contains("are the CRDs of skyflo installed?"))
    }
}

extension ProgressReport {
    fileprivate func nothing(of conversation: Conversation) -> Bool {
        var copy = self
        return copy.news(in: conversation).isEmpty
    }
}
