import ControllerRuntime
import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// Who may allow a write, as the SkyfloAI says.
@Suite struct ApprovalStoryTests {
    private static let smallScale: JSONValue = [
        "name": "small-scale", "tools": ["k8s_scale"], "verbs": ["patch"], "apiGroups": ["apps"],
        "resources": ["deployments/scale"], "selector": ["matchLabels": ["app": "web"]],
    ]

    @Test func `a rule allows a write in a person's place, and its name is recorded`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.changeSkyflo(["approvals": ["autoApprove": [Self.smallScale]]])
            try await story.ask("scale web to 3")
            let done = try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
            let approval = try #require(done.status.approvals["c1"])
            #expect(approval.autoApprovedBy == "small-scale" && approval.decision == nil)
            #expect(try await story.transcript().contains("\"rule\":\"small-scale\""))
        }
    }

    @Test func `what no rule allows is asked for`() async throws {
        let model = ScriptedModel(.scale("catalog", to: 2), .says("Done."))
        try await Story.run(model) { story in
            try await story.changeSkyflo(["approvals": ["autoApprove": [Self.smallScale]]])
            try await story.ask("scale catalog")
            let waiting = try await story.untilPhase(.awaitingApproval)
            #expect(waiting.status.approvals["c1"]?.autoApprovedBy == nil)
        }
    }

    @Test func `approval mode Always asks, whatever rules say`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.changeSkyflo(["approvals": ["autoApprove": [Self.smallScale]]])
            try await story.ask("scale web", spec: ["approval": ["mode": "Always"]])
            try await story.untilPhase(.awaitingApproval)
        }
    }

    /// Fires when the status has just been given what a rule allowed.
    private static func onGrant(_ action: @escaping @Sendable () async throws -> Void) -> Hook {
        Hook(
            where: { $0.method == .patch && $0.path.hasSuffix("conversations/talk/status") },
            body: { $0.contains("autoApprovedBy\":\"small-scale") }, then: action)
    }

    /// The rule goes after it has granted and before the write: the operator sees it at the moment of the write.
    @Test func `a rule that is gone at the moment of the write allows nothing`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.changeSkyflo(["approvals": ["autoApprove": [Self.smallScale]]])
            let hook = Self.onGrant {
                try await story.changeSkyflo(["approvals": ["autoApprove": []]], untilSeen: false)
            }
            try await story.withOperator(model, wrap: { HookedAPI(WatchedAPI($0, log), hook) }) {
                try await story.ask("scale web to 3")
                let waiting = try await story.untilPhase(.awaitingApproval)
                #expect(waiting.status.approvals["c1"]?.autoApprovedBy == nil)
                #expect(log.writes.isEmpty)
                try await story.approve("c1")
                try await story.untilPhase(.completed)
                #expect(log.writes.count == 1)
            }
        }
    }

    /// The operator hears of it only by asking.
    @Test func `a rule allows nothing when its SkyfloAI is gone`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.changeSkyflo(["approvals": ["autoApprove": [Self.smallScale]]])
            let hook = Self.onGrant {
                try await story.api.delete(.skyfloAIs, namespace: Story.namespace, name: "skyflo")
            }
            try await story.withOperator(
                model, wrap: { DeafAPI(HookedAPI(WatchedAPI($0, log), hook), to: "skyfloais") }
            ) {
                try await story.ask("scale web to 3")
                let waiting = try await story.until("withdrawn") {
                    $0.status.phase == .awaitingApproval && $0.status.approvals["c1"]?.autoApprovedBy == nil
                }
                #expect(waiting.status.calls["c1"]?.state == .awaitingApproval)
                #expect(log.writes.isEmpty)
            }
        }
    }

    @Test func `the quorum is counted in both forms, and what is missing is said`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.changeSkyflo(["approvals": ["quorum": 2]])
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let waiting = try await story.until("incomplete") { $0.status.approvals["c1"]?.waitingFor != nil }
            #expect(waiting.status.approvals["c1"]?.waitingFor == "1 of 2 approvals")
            #expect(waiting.status.conditions[type: "ApprovalRequired"]?.reason == "ApprovalIncomplete")
            #expect(try await story.replicas() == 2)
            try await story.decide(["c1": ["votes": ["bob": ["decision": "Approved"]]]])
            let done = try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
            #expect(done.status.approvals["c1"]?.waitingFor == nil)
        }
    }

    @Test func `who made the conversation can't approve it where two have to agree`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.changeSkyflo(["approvals": ["twoPerson": true]])
            var object = KubeObject(
                .conversations, namespace: Story.namespace, name: "talk",
                members: ["spec": ["serviceAccountName": "copilot", "messages": [["content": "scale web"]]]])
            object.annotations = ["skyflo.ai/created-by": "alice"]
            _ = try await story.api.create(object, in: .conversations)
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let waiting = try await story.until("incomplete") { $0.status.approvals["c1"]?.waitingFor != nil }
            #expect(waiting.status.approvals["c1"]?.waitingFor?.contains("alice made the conversation") == true)
            try await story.decide(["c1": ["votes": ["bob": ["decision": "Approved"]]]])
            try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
        }
    }

    /// Whoever may impersonate the ServiceAccount could be the one who approves alone.
    @Test func `what a ServiceAccount made takes two people where it counts as nobody`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let robot = "system:serviceaccount:argocd:argocd-application-controller"
        try await Story.run(model) { story in
            try await story.changeSkyflo(["approvals": ["twoPerson": true, "serviceAccounts": "Nobody"]])
            var object = KubeObject(
                .conversations, namespace: Story.namespace, name: "talk",
                members: ["spec": ["serviceAccountName": "copilot", "messages": [["content": "scale web"]]]])
            object.annotations = ["skyflo.ai/created-by": robot]
            _ = try await story.api.create(object, in: .conversations)
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            try await story.until("incomplete") { $0.status.approvals["c1"]?.waitingFor == "1 of 2 approvals" }
            let other = "system:serviceaccount:shop:default"
            try await story.decide(["c1": ["votes": [other: ["decision": "Approved"]]]])
            try await story.until("not counted") {
                $0.status.approvals["c1"]?.waitingFor?.contains("1 of 2 approvals; \(other) is a ServiceAccount")
                    == true
            }
            #expect(try await story.replicas() == 2)
            try await story.decide(["c1": ["votes": ["bob": ["decision": "Approved"]]]])
            try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
        }
    }

    /// Approvals from before the policy was there may be anybody's, and stay that.
    @Test func `an approval that nothing proves isn't accepted, and says so; what is asked for later is`() async throws
    {
        let model = ScriptedModel(.scale(to: 3), .scale(to: 3), .says("Done."))
        let installed = Mutex<KubeTime?>(nil)
        try await Story.run(nil) { story in
            try await story.changeSkyflo(["approvals": ["allowUnproven": false]])
            try await story.withOperator(
                model, wrap: { PolicyAPI($0) { installed.withLock(\.self) } }
            ) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let waiting = try await story.until("not accepted") { $0.status.approvals["c1"]?.waitingFor != nil }
                let condition = try #require(waiting.status.conditions[type: "ApprovalRequired"])
                #expect(condition.status == .true && condition.message.contains("isn't installed"))
                try await story.untilProven(.false)
                #expect(try await story.replicas() == 2)

                installed.withLock { $0 = SystemClock().now.adding(seconds: -1) }
                try await story.until("still not accepted") {
                    $0.status.approvals["c1"]?.waitingFor?.contains("before the admission policy") == true
                }
                #expect(try await story.replicas() == 2)
                try await story.decide(["c1": ["votes": ["bob": ["decision": "Denied"]]]])
                try await story.until("asked again") { $0.status.calls["c2"]?.state == .awaitingApproval }
                try await story.approve("c2")
                try await story.untilPhase(.completed)
                #expect(try await story.replicas() == 3)
                try await story.changeSkyflo(["instructions": "Be brief."])
                try await story.untilProven(.true)
            }
        }
    }

    @Test func `an approval of who may not do it themself doesn't count, and says so; another's does`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.changeSkyflo(["approvals": ["requireApproverRights": true]])
            try await story.apply(Self.bobMayScale)
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let waiting = try await story.until("refused") { $0.status.approvals["c1"]?.waitingFor != nil }
            let reason = waiting.status.approvals["c1"]?.waitingFor ?? ""
            #expect(
                reason.contains("alice does not have the rights for it") && reason.contains("patch deployments/scale"))
            try await eventually("an Event says it") {
                try await story.api.list(.events, namespace: Story.namespace).items.contains {
                    $0["reason"] == "ApprovalRefused" && $0["message"]?.string?.contains("c1: alice") == true
                }
            }
            #expect(try await story.replicas() == 2)
            try await story.decide(["c1": ["votes": ["bob": ["decision": "Approved"]]]])
            let done = try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
            #expect(done.status.approvals["c1"]?.waitingFor == nil)
        }
    }

    /// The right goes after it was read and before the write.
    @Test func `an approver who loses the right before the write approves nothing any more`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.changeSkyflo(["approvals": ["requireApproverRights": true]])
            try await story.apply(Self.bobMayScale)
            // The approval is flushed into the transcript right before the write.
            let hook = Hook(where: { $0.method == .patch && $0.path.contains("/secrets/") }) { _ in
                true
            } then: {
                let bindings = APIResource(
                    group: "rbac.authorization.k8s.io", version: "v1", plural: "rolebindings", kind: "RoleBinding")
                try await story.api.delete(bindings, namespace: Story.namespace, name: "bob")
            }
            try await story.withOperator(model, wrap: { HookedAPI(WatchedAPI($0, log), hook) }) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                try await story.decide(["c1": ["votes": ["bob": ["decision": "Approved"]]]])
                try await story.until("refused") { $0.status.approvals["c1"]?.waitingFor?.contains("bob") == true }
                #expect(log.writes.isEmpty)
                #expect(try await story.replicas() == 2)
            }
        }
    }

    private static let bobMayScale = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: bob, namespace: shop}
        rules: [{apiGroups: [apps], resources: [deployments/scale], verbs: [patch]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: bob, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: bob}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: bob}]
        """

    @Test func `a SkyfloAI that is stopped ends turns, begins none, and lets nothing be written`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.changeSkyflo(["stop": true])
            let stopped = try await story.untilPhase(.stopped)
            #expect(stopped.status.conditions[type: "Failed"]?.message.contains("SkyfloAI shop/skyflo") == true)
            try await story.approve("c1")
            try await story.ask("again", name: "next")
            try await story.until("refused", of: "next") {
                $0.status.conditions[type: "Accepted"]?.reason == "SkyfloAIStopped"
            }
            #expect(try await story.replicas() == 2)
            try await story.changeSkyflo(["stop": false])
            try await story.untilPhase(.completed, "next")
            #expect(try await story.replicas() == 2)
        }
    }

    /// Nothing tells the operator of the stop but its own look at the moment of the write.
    @Test func `a stop of the SkyfloAI just before a write is seen`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            // The approval is flushed into the transcript right before the write.
            let hook = Hook(where: { $0.method == .patch && $0.path.contains("/secrets/") }) { _ in
                true
            } then: {
                try await story.changeSkyflo(["stop": true], untilSeen: false)
            }
            try await story.withOperator(model, wrap: { HookedAPI(WatchedAPI($0, log), hook) }) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                try await story.untilPhase(.stopped)
                #expect(log.writes.isEmpty)
                #expect(try await story.replicas() == 2)
            }
        }
    }

    @Test func `the conversations of a read-only SkyfloAI write nothing`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("No."))
        try await Story.run(model) { story in
            try await story.changeSkyflo(["readOnly": true])
            try await story.ask("scale web")
            try await story.untilPhase(.completed)
            #expect(model.toolResults.first?.contains("read-only") == true)
        }
    }
}

extension Story {
    /// Changes the shop's SkyfloAI, and waits until an operator that runs has seen it: its conversations come by another
    /// watch, and one that is asked right after could still be answered by the settings of before.
    ///
    /// - Parameter untilSeen: false in the middle of a request, where the operator has to find out by itself.
    func changeSkyflo(_ spec: JSONValue, untilSeen: Bool = true) async throws {
        let changed = try await api.patch(
            .skyfloAIs, namespace: Self.namespace, name: "skyflo", patch: .merge(["spec": spec]))
        if untilSeen { try await untilOperatorHasSeen(changed) }
    }

    func untilProven(_ status: Condition.Status) async throws {
        try await eventually("ApprovalsProven is \(status)") {
            let skyflo = SkyfloAI(try await api.get(.skyfloAIs, namespace: Self.namespace, name: "skyflo"))
            return skyflo.conditions[type: "ApprovalsProven"]?.status == status
        }
    }

    /// All that the transcript Secrets hold.
    func transcript() async throws -> String {
        var text = ""
        for item in try await transcriptSecrets() {
            for (_, value) in item["data"]?.object?.sorted() ?? [:] {
                text += String(decoding: Base64.decode(value.string ?? "") ?? [], as: UTF8.self)
            }
        }
        return text
    }
}
