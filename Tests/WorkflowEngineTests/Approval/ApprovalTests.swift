import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct ApprovalTests {
    static let requests: [JSONValue] = [["method": "PATCH", "path": "/apis/apps/v1/x", "body": "{}"]]

    func digest(
        uid: String = "u", turn: Int = 1, id: String = "c1", account: String = "default", tool: String = "t",
        arguments: String = "{}", requests: [JSONValue] = requests, postConditions: [JSONValue] = []
    ) -> String {
        Digest.of(
            conversationUID: uid, turn: turn, callID: id, identity: "system:serviceaccount:shop:\(account)", tool: tool,
            arguments: arguments, requests: requests, postConditions: postConditions)
    }

    @Test func `a digest changes with each of its parts`() {
        let other = [
            digest(uid: "v"), digest(turn: 2), digest(id: "c2"), digest(account: "root"), digest(tool: "s"),
            digest(arguments: "{ }"),
            digest(requests: []), digest(requests: Self.requests + Self.requests), digest(postConditions: ["x"]),
        ]
        #expect(Set(other + [digest()]).count == other.count + 1)
        #expect(digest().hasPrefix("sha256:") && digest().count == 71)
    }

    @Test func `a digest doesn't depend on the order of keys`() {
        let reordered: [JSONValue] = [["body": "{}", "path": "/apis/apps/v1/x", "method": "PATCH"]]
        #expect(digest() == digest(requests: reordered))
    }

    private func reading(
        _ terms: ApprovalTerms = ApprovalTerms(), account: String = "default", _ change: (inout JSONValue) -> Void
    ) -> DecisionReader.Reading {
        var play = MachineHarness()
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
        let conversation = Conversation(
            KubeObject([
                "metadata": ["uid": "u", "namespace": "shop"], "spec": ["serviceAccountName": .string(account)],
            ]))
        let call = play.machine.calls[0]
        guard let request = call.approval else { return .undecided }
        return DecisionReader.read(
            Approval(json: entry), for: call, request: request, in: conversation, turn: 1, terms: terms)
    }

    @Test func `a decision on what was asked for counts`() {
        #expect(reading { _ in } == .decided(Decision(approved: true, by: "alice")))
        #expect(reading { $0["decision"] = nil } == .undecided)
        #expect(reading { $0["decision"] = "approved" } == .undecided)
    }

    @Test func `so many different people have to approve as the quorum says, in either form`() {
        let terms = ApprovalTerms(quorum: 2)
        #expect(reading(terms) { _ in } == .incomplete("1 of 2 approvals"))
        #expect(reading(terms) { $0["votes"] = ["alice": ["decision": "Approved"]] } == .incomplete("1 of 2 approvals"))
        let both = reading(terms) { $0["votes"] = ["bob": ["decision": "Approved", "reason": "fine"]] }
        #expect(both == .decided(Decision(approved: true, by: "alice, bob", reason: "fine")))
        let denied = reading(terms) {
            $0["votes"] = ["bob": ["decision": "Approved"], "eve": ["decision": "Denied", "reason": "no"]]
        }
        #expect(denied == .decided(Decision(approved: false, by: "eve", reason: "no")))
        let changed = reading { $0["votes"] = ["alice": ["decision": "Denied"]] }
        #expect(changed == .decided(Decision(approved: false, by: "alice")))
    }

    @Test func `the maker's own approval counts for nothing where two have to agree, and a denial does`() {
        let terms = ApprovalTerms(excluded: .user("alice"))
        guard case .incomplete(let why) = reading(terms, { _ in }) else {
            return #expect(Bool(false), "the maker approved")
        }
        #expect(why.contains("alice made the conversation"))
        #expect(reading(terms) { $0["decidedBy"] = "bob" } == .decided(Decision(approved: true, by: "bob")))
        #expect(reading(terms) { $0["decision"] = "Denied" } == .decided(Decision(approved: false, by: "alice")))
        guard case .incomplete = reading(ApprovalTerms(excluded: .unknown), { _ in }) else {
            return #expect(Bool(false), "somebody approved although the maker isn't known")
        }
    }

    @Test func `an approval that nothing proves doesn't count, and a denial does`() {
        let terms = ApprovalTerms(doubt: "no policy")
        #expect(reading(terms) { _ in } == .incomplete("the approval does not count: no policy"))
        #expect(reading(terms) { $0["decision"] = "Denied" } == .decided(Decision(approved: false, by: "alice")))
    }

    private func requirements(_ require: JSONValue...) -> [ApprovalRequirement] {
        let rules = require.enumerated().map {
            ["name": .string("r\($0.offset)"), "effect": "Require", "require": $0.element] as JSONValue
        }
        return SkyfloAI(KubeObject(["spec": ["approvals": ["rules": .array(rules)]]])).approvals.rules.map(
            \.requirement)
    }

    @Test func `each rule's own people have to approve, and one approval may count for several rules`() {
        var terms = ApprovalTerms()
        terms.requirements = requirements(["quorum": 2], ["users": ["bob", "carol"]])
        let why = "rule r0: 1 of 2 approvals; rule r1: 0 of 1 approval from bob, carol"
        #expect(reading(terms) { _ in } == .incomplete(why))
        #expect(
            reading(terms) { $0["votes"] = ["bob": ["decision": "Approved"]] }
                == .decided(Decision(approved: true, by: "alice, bob")))
        guard case .incomplete = reading(terms, { $0["votes"] = ["eve": ["decision": "Approved"]] }) else {
            return #expect(Bool(false), "two approved, and none of those who have to")
        }
        terms.excluded = .user("bob")
        guard case .incomplete = reading(terms, { $0["votes"] = ["bob": ["decision": "Approved"]] }) else {
            return #expect(Bool(false), "an approval that doesn't count was counted for a rule")
        }
    }

    @Test func `a rule's permission counts for that rule only`() {
        var terms = ApprovalTerms()
        terms.requirements = requirements(["permission": true], ["permission": true])
        terms.permitted = ["r0": ["alice"]]
        guard case .incomplete(let why) = reading(terms, { _ in }) else {
            return #expect(Bool(false), "approved without the permission")
        }
        #expect(why.hasPrefix("rule r1: 0 of 1 approval by users with the verb approve on approvalrules.skyflo.ai r1"))
        terms.permitted["r1"] = ["alice"]
        #expect(reading(terms) { _ in } == .decided(Decision(approved: true, by: "alice")))
    }

    @Test func `while it is frozen no approval counts, and a denial does`() {
        var terms = ApprovalTerms()
        terms.freeze = "rule night freezes it"
        #expect(reading(terms) { _ in } == .incomplete("rule night freezes it"))
        #expect(reading(terms) { $0["decision"] = "Denied" } == .decided(Decision(approved: false, by: "alice")))
    }

    @Test func `a decision on anything else doesn't`() {
        let changes: [(inout JSONValue) -> Void] = [
            { $0["requests"] = [["method": "DELETE", "path": "/apis/apps/v1/x", "body": "{}"]] },
            { $0["requests"] = nil }, { $0["arguments"] = "{\"replicas\":9}" }, { $0["tool"] = "k8s_delete" },
            { $0["digest"] = "sha256:0" }, { $0["digest"] = nil }, { $0["postConditions"] = ["x"] },
        ]
        for change in changes {
            guard case .altered = reading(ApprovalTerms(), change) else {
                Issue.record("an altered approval was taken for the one that was asked for")
                continue
            }
        }
    }

    @Test func `an approval counts only for who it was asked for`() {
        guard case .altered = reading(account: "root", { _ in }) else {
            return #expect(Bool(false), "what was approved for one ServiceAccount runs as another")
        }
    }
}
