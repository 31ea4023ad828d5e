import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct ApprovalTests {
    static let requests: [JSONValue] = [["method": "PATCH", "path": "/apis/apps/v1/x", "body": "{}"]]

    func digest(
        uid: String = "u", turn: Int = 1, id: String = "c1", tool: String = "t", arguments: String = "{}",
        requests: [JSONValue] = requests, postConditions: [JSONValue] = []
    ) -> String {
        Digest.of(
            conversationUID: uid, turn: turn, callID: id, tool: tool, arguments: arguments, requests: requests,
            postConditions: postConditions)
    }

    @Test func `a digest changes with each of its parts`() {
        let other = [
            digest(uid: "v"), digest(turn: 2), digest(id: "c2"), digest(tool: "s"), digest(arguments: "{ }"),
            digest(requests: []), digest(requests: Self.requests + Self.requests), digest(postConditions: ["x"]),
        ]
        #expect(Set(other + [digest()]).count == other.count + 1)
        #expect(digest().hasPrefix("sha256:") && digest().count == 71)
    }

    @Test func `a digest doesn't depend on the order of keys`() {
        let reordered: [JSONValue] = [["body": "{}", "path": "/apis/apps/v1/x", "method": "PATCH"]]
        #expect(digest() == digest(requests: reordered))
    }

    private func reading(_ change: (inout JSONValue) -> Void) -> DecisionReader.Reading {
        var play = Play()
        play.propose("t")
        let digest = digest()
        play.apply(
            .approvalRequested(
                id: "c1",
                ApprovalRequest(
                    summary: "", risk: "Low", warnings: [], preview: "", requests: Self.requests, postConditions: [],
                    digest: digest, expiresAt: play.now.adding(seconds: 100))))
        var entry: JSONValue = [
            "tool": "t", "arguments": "{}", "requests": .array(Self.requests), "postConditions": [],
            "digest": .string(digest), "decision": "Approved", "decidedBy": "alice",
        ]
        change(&entry)
        let call = play.machine.calls[0]
        guard let request = call.approval else { return .undecided }
        return DecisionReader.read(Approval(entry), for: call, request: request, conversationUID: "u", turn: 1)
    }

    @Test func `a decision on what was asked for counts`() {
        #expect(reading { _ in } == .decided(Decision(approved: true, by: "alice")))
        #expect(reading { $0["decision"] = nil } == .undecided)
        #expect(reading { $0["decision"] = "approved" } == .undecided)
    }

    @Test func `a decision on anything else doesn't`() {
        let changes: [(inout JSONValue) -> Void] = [
            { $0["requests"] = [["method": "DELETE", "path": "/apis/apps/v1/x", "body": "{}"]] },
            { $0["requests"] = nil }, { $0["arguments"] = "{\"replicas\":9}" }, { $0["tool"] = "k8s_delete" },
            { $0["digest"] = "sha256:0" }, { $0["digest"] = nil }, { $0["postConditions"] = ["x"] },
        ]
        for change in changes {
            guard case .altered = reading(change) else {
                Issue.record("an altered approval was taken for the one that was asked for")
                continue
            }
        }
    }
}
