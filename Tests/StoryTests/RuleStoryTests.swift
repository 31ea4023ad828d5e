import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// `spec.approvals.rules`, as who writes them and who asks sees them.
@Suite struct RuleStoryTests {
    static let deny: JSONValue = [
        "name": "no-scaling", "effect": "Deny", "resources": ["deployments/scale"], "message": "ask the shop team",
    ]
    /// Always open.
    static let freeze: JSONValue = ["name": "release", "effect": "Freeze", "windows": [["timeZone": "UTC"]]]

    @Test func `a Deny refuses a write: the model hears why, and nobody is asked, whatever else allows it`()
        async throws
    {
        let model = ScriptedModel(.scale(to: 3), .says("That is forbidden."))
        try await Story.run(model) { story in
            try await story.changeRules(Self.deny, ["name": "all", "effect": "Allow", "maxRisk": "High"])
            try await story.ask("scale web to 3")
            let done = try await story.untilPhase(.completed)
            #expect(model.toolResults == ["refused: rule no-scaling denies it: ask the shop team"])
            #expect(done.status.approvals.isEmpty && done.status.calls["c1"]?.state == .failed)
            #expect(try await story.replicas() == 2)
            try await eventually("an Event says it") {
                try await story.api.list(.events, namespace: Story.namespace).items.contains {
                    $0["reason"] == "RefusedByRule" && $0["message"]?.string?.contains("rule no-scaling") == true
                }
            }
        }
    }

    @Test func `a Freeze refuses while its window is open, and says until when`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Later."))
        try await Story.run(model) { story in
            // All days but one that isn't near.
            let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            let today = Int(SystemClock().now.microseconds / 86_400_000_000 + 3) % 7
            let open = days.filter { $0 != days[(today + 3) % 7] }
            try await story.changeRules([
                "name": "sale", "effect": "Freeze", "message": "the sale", "windows": [["days": JSONValue(open)]],
            ])
            try await story.ask("scale web to 3")
            try await story.untilPhase(.completed)
            let result = try #require(model.toolResults.first)
            #expect(
                result.hasPrefix("refused: rule sale freezes it until 2") && result.hasSuffix("T00:00:00Z: the sale"))
        }
    }

    @Test func `what was asked for before a Freeze waits with its approval, and is carried out after it`() async throws
    {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.changeRules(Self.freeze)
            try await story.approve("c1")
            let waiting = try await story.until("frozen") { $0.status.approvals["c1"]?.waitingFor != nil }
            #expect(waiting.status.approvals["c1"]?.waitingFor == "rule release freezes it")
            #expect(waiting.status.conditions[type: "ApprovalRequired"]?.reason == "ApprovalIncomplete")
            #expect(try await story.replicas() == 2)
            try await story.changeRules()
            try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
        }
    }

    @Test func `a Deny that comes while a call waits ends it`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Forbidden by now."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.changeRules(Self.deny)
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .denied)
            #expect(
                model.toolResults == [
                    "denied by SkyfloAI shop/skyflo: rule no-scaling denies it: ask the shop team"
                ])
        }
    }

    @Test func `a Require wants its own people besides, and an Allow doesn't replace them`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.changeRules(
                ["name": "all", "effect": "Allow", "maxRisk": "High"],
                ["name": "dba", "effect": "Require", "namespaces": ["sh*"], "require": ["users": ["carol", "dan"]]])
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let waiting = try await story.until("incomplete") { $0.status.approvals["c1"]?.waitingFor != nil }
            #expect(
                waiting.status.approvals["c1"]?.waitingFor == "rule dba: 0 of 1 approval from carol, dan")
            try await story.decide(["c1": ["votes": ["carol": ["decision": "Approved"]]]])
            try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
        }
    }

    @Test func `a Require may go by a permission that is bound to the approver's name`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.changeRules([
                "name": "production", "effect": "Require", "require": ["permission": true],
            ])
            // The right for another rule doesn't help.
            try await story.apply(Self.mayApprove(rule: "staging", user: "alice", role: "a"))
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let waiting = try await story.until("incomplete") { $0.status.approvals["c1"]?.waitingFor != nil }
            #expect(
                waiting.status.approvals["c1"]?.waitingFor?.hasPrefix(
                    "rule production: 0 of 1 approval by users with the verb approve on approvalrules.skyflo.ai production"
                ) == true)
            #expect(try await story.replicas() == 2)
            try await story.apply(Self.mayApprove(rule: "production", user: "bob", role: "b"))
            try await story.decide(["c1": ["votes": ["bob": ["decision": "Approved"]]]])
            try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
        }
    }

    @Test func `what is wrong with rules is said in a condition`() async throws {
        try await Story.run(ScriptedModel(.says("Hello."))) { story in
            try await story.changeRules(
                ["name": "night", "effect": "Freeze", "windows": [["timeZone": "Mars/Base"]]],
                ["name": "few", "effect": "Require", "require": ["quorum": 3, "users": ["carol"]]])
            try await eventually("RulesValid is false") {
                let condition = try await story.rulesCondition()
                return condition?.status == .false && condition?.reason == "RuleInvalid"
            }
            let message = try #require(try await story.rulesCondition()?.message)
            #expect(
                message.contains("rule night: the time zone Mars/Base isn't known, so a window in it counts as open"))
            #expect(message.contains("rule few: it requires 3 approvals from 1 user,"))
            try await story.changeRules(Self.deny)
            try await eventually("RulesValid is true") { try await story.rulesCondition()?.status == .true }
        }
    }

    private static func mayApprove(rule: String, user: String, role: String) -> String {
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: \(role), namespace: shop}
        rules: [{apiGroups: [skyflo.ai], resources: [approvalrules], resourceNames: [\(rule)], verbs: [approve]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: \(role), namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: \(role)}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: \(user)}]
        """
    }
}

extension Story {
    func changeRules(_ rules: JSONValue..., untilSeen: Bool = true) async throws {
        try await changeSkyflo(["approvals": ["rules": .array(rules)]], untilSeen: untilSeen)
    }

    fileprivate func rulesCondition() async throws -> Condition? {
        SkyfloAI(try await api.get(.skyfloAIs, namespace: Self.namespace, name: "skyflo")).conditions[
            type: "RulesValid"]
    }
}
