import KubeClient
import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import Controllers

@Suite struct ApprovalGateTests {
    private static let rules: JSONValue = [
        "allowUnproven": true,
        "autoApprove": [
            [
                "name": "scaling", "tools": ["k8s_scale"], "verbs": ["patch"], "apiGroups": ["apps"],
                "resources": ["deployments"],
            ]
        ],
    ]

    /// What the gate says about `c1` at the moment of the write.
    private func refusal(_ scene: Scene) async throws -> String? {
        var store = scene.store
        try await store.refresh()
        do {
            _ = try await scene.gate.permit(scene.c1, in: store, references: scene.references)
            return nil
        } catch let refusal as WriteNotPermitted {
            return refusal.reason ?? "stopped"
        }
    }

    @Test func `an approved call may be written, as the conversation's ServiceAccount`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            let permit = try await scene.gate.permit(scene.c1, in: scene.store, references: scene.references)
            #expect(permit.callID == "c1" && permit.api.identity == Scene.worker)
        }
    }

    @Test func `what nobody decided may not be written`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            #expect(try await self.refusal(scene) == "not approved")
        }
    }

    @Test func `a stop between approval and write keeps it back`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.change(.conversations, "talk", ["spec": ["stop": true]])
            #expect(try await self.refusal(scene) == "stopped")
        }
    }

    @Test func `a stop of the SkyfloAI counts although the cache hasn't heard of it`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["stop": true]])
            #expect(scene.gate.governing(scene.references)?.stop == false)
            #expect(try await self.refusal(scene) == "stopped")
        }
    }

    @Test func `a decision that was withdrawn doesn't stand`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.change(.conversations, "talk", ["status": ["approvals": ["c1": ["votes": .null]]]])
            #expect(try await self.refusal(scene) == "the approval is no longer valid")
        }
    }

    @Test func `a denial beside the approval counts`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.decide("Denied", by: "bob")
            #expect(try await self.refusal(scene) == "the approval is no longer valid")
        }
    }

    @Test func `an approval that was altered doesn't stand`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.change(
                .conversations, "talk", ["status": ["approvals": ["c1": ["arguments": "{\"replicas\":9}"]]]])
            #expect(try await self.refusal(scene) == "the approval is no longer valid")
        }
    }

    @Test func `without the SkyfloAI nothing may be written`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.remove(.skyfloAIs, "sky")
            #expect(try await self.refusal(scene) == "the approval is no longer valid")
        }
    }

    @Test func `more approvals may be needed than when it was approved`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["approvals": ["quorum": 2]]])
            #expect(try await self.refusal(scene) == "the approval is no longer valid")
            scene.decide("Approved", by: "bob")
            #expect(try await self.refusal(scene) == nil)
        }
    }

    @Test func `a conversation that runs as another by now may write nothing`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            scene.cluster.change(.conversations, "talk", ["spec": ["serviceAccountName": "other"]])
            #expect(
                try await self.refusal(scene) == "spec.serviceAccountName was changed after the approval was asked for")
        }
    }

    @Test func `an approver without the right to do it themself doesn't count, and the status says so`() async throws {
        try await Scene.run(approvals: ["allowUnproven": true, "requireApproverRights": true]) { scene in
            try await scene.ask(toScale: "web")
            scene.decide("Approved")
            try await scene.store.refresh()
            // The fake has no authorizer: what it stores of a review says nothing of `allowed`.
            try await scene.gate.applyDecisions(to: &scene.store, scene.references)
            #expect(try scene.c1.decision == nil)
            #expect(scene.store.incomplete["c1"]?.contains("alice does not have the rights for it") == true)
        }
    }

    // MARK: Rules

    private func autoApprove(_ scene: inout Scene) async throws {
        let rules = try await scene.gate.readRules(for: scene.store.conversation, scene.references)
        scene.gate.autoApprove(["c1"], in: &scene.store, under: try #require(rules))
    }

    @Test func `a rule decides in people's place until it is gone`() async throws {
        try await Scene.run(approvals: Self.rules) { scene in
            try await scene.ask(toScale: "web")
            try await self.autoApprove(&scene)
            #expect(try scene.c1.decision?.rule == "scaling")
            #expect(try await self.refusal(scene) == nil)
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["approvals": ["autoApprove": .null]]])
            #expect(try await self.refusal(scene) == "rule scaling no longer allows it")
        }
    }

    @Test func `a person's denial outweighs a rule, and so does the loss of the SkyfloAI`() async throws {
        try await Scene.run(approvals: Self.rules) { scene in
            try await scene.ask(toScale: "web")
            try await self.autoApprove(&scene)
            scene.decide("Denied")
            #expect(try await self.refusal(scene) == "rule scaling no longer allows it")
        }
        try await Scene.run(approvals: Self.rules) { scene in
            try await scene.ask(toScale: "web")
            try await self.autoApprove(&scene)
            scene.cluster.remove(.skyfloAIs, "sky")
            #expect(try await self.refusal(scene) == "rule scaling no longer allows it")
        }
    }

    @Test func `in mode Always no rule decides`() async throws {
        try await Scene.run(approvals: Self.rules, spec: ["approval": ["mode": "Always"]]) { scene in
            try await scene.ask(toScale: "web")
            try await self.autoApprove(&scene)
            #expect(try scene.c1.decision == nil)
        }
    }

    private static func restricted(_ effect: String) -> JSONValue {
        ["spec": ["approvals": ["rules": [["name": "r", "effect": .string(effect), "resources": ["deployments"]]]]]]
    }

    @Test(arguments: ["Deny", "Freeze"])
    func `a rule that comes after the approval keeps the write back, and what is left of one`(_ effect: String)
        async throws
    {
        let why = effect == "Deny" ? "rule r denies it" : "rule r freezes it"
        try await Scene.run { scene in
            try await scene.ask(toScale: "web", "api")
            try await scene.approve()
            scene.cluster.change(.skyfloAIs, "sky", Self.restricted(effect))
            let (gate, references, store) = (scene.gate, scene.references, scene.store)
            let call = try scene.c1
            let refusal = WriteNotPermitted(reason: why, isForbidden: effect == "Deny")
            await #expect(throws: refusal) { try await gate.permit(call, in: store, references: references) }
            await #expect(throws: refusal) {
                try await gate.permitNext(of: call, in: store.conversation, references)
            }
            try await scene.execute()
            #expect(scene.cluster.toolWrites.isEmpty)
            // Frozen it waits, with its approvals; forbidden it is over.
            #expect(try scene.c1.state == (effect == "Deny" ? .denied : .awaitingApproval))
        }
    }

    @Test func `a rule may ask for more than the SkyfloAI does`() async throws {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web")
            try await scene.approve()
            let rule: JSONValue = ["name": "r", "effect": "Require", "require": ["users": ["bob"]]]
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["approvals": ["rules": [rule]]]])
            #expect(try await self.refusal(scene) == "the approval is no longer valid")
            scene.decide("Approved", by: "bob")
            #expect(try await self.refusal(scene) == nil)
        }
    }

    // MARK: Between requests

    @Test func `the rest of a call is kept back by a stop and by the loss of the SkyfloAI, not by other terms`()
        async throws
    {
        try await Scene.run { scene in
            try await scene.ask(toScale: "web", "api")
            try await scene.approve()
            let call = try scene.c1
            let (gate, references) = (scene.gate, scene.references)
            scene.cluster.change(.skyfloAIs, "sky", ["spec": ["approvals": ["quorum": 2]]])
            _ = try await gate.permitNext(of: call, in: scene.store.conversation, references)
            scene.cluster.change(.conversations, "talk", ["spec": ["stop": true]])
            try await scene.store.refresh()
            let stopped = scene.store.conversation
            await #expect(throws: WriteNotPermitted(reason: "stopped by spec.stop")) {
                try await gate.permitNext(of: call, in: stopped, references)
            }
            scene.cluster.change(.conversations, "talk", ["spec": ["stop": false]])
            scene.cluster.remove(.skyfloAIs, "sky")
            try await scene.store.refresh()
            let ungoverned = scene.store.conversation
            await #expect(throws: WriteNotPermitted.self) {
                try await gate.permitNext(of: call, in: ungoverned, references)
            }
        }
    }
}
