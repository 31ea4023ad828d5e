import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization
import Testing

/// Ways around a rule that denies or freezes, by the model, by people, and by being faster than the rule.
@Suite struct RuleAttackTests {
    /// Each scales web, and none goes through the request that the rule names.
    @Test(arguments: [
        ("k8s_patch", #"{"spec":{"replicas":3}}"#, "merge"),
        ("k8s_patch", #"[{"op":"replace","path":"/spec/replicas","value":3}]"#, "json"),
        ("k8s_patch", "spec: {replicas: 3}", "strategic"),
    ])
    func `scaling is scaling, by whatever patch`(_ tool: String, _ patch: String, _ type: String) async throws {
        let arguments: JSONValue = [
            "resource_type": "deployment", "name": "web", "patch": .string(patch), "patch_type": .string(type),
        ]
        let model = ScriptedModel(.calls((tool, arguments)), .says("No."))
        try await Story.run(model) { story in
            try await story.changeRules(RuleStoryTests.deny)
            try await story.ask("scale web to 3")
            try await story.untilPhase(.completed)
            #expect(model.toolResults.first?.hasPrefix("refused: rule no-scaling") == true, "\(model.toolResults)")
            #expect(try await story.replicas() == 2)
        }
    }

    @Test func `a call that does something harmless besides is refused as a whole`() async throws {
        let manifest = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: harmless}
            data: {a: b}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings, labels: {tier: critical}}
            """
        let model = ScriptedModel(.calls(("k8s_apply", ["content": .string(manifest)])), .says("No."))
        try await Story.run(model) { story in
            try await story.apply(Self.mayWriteMaps)
            try await story.changeRules([
                "name": "critical", "effect": "Deny", "selector": ["matchLabels": ["tier": "critical"]],
            ])
            try await story.ask("write the settings")
            try await story.untilPhase(.completed)
            #expect(model.toolResults.first?.hasPrefix("refused: rule critical") == true, "\(model.toolResults)")
        }
    }

    @Test func `an undo is a write like any other`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            try await story.untilPhase(.completed)
            try await story.changeRules(RuleStoryTests.freeze)
            try await story.change(spec: ["undo": ["c1"]])
            let ended = try await story.until("the undo failed") { $0.status.phase == .failed }
            #expect(ended.status.calls["c2"]?.result == "refused: rule release freezes it")
            #expect(try await story.replicas() == 3)
        }
    }

    /// The rule comes after the approval was read and before the write: the operator sees it by asking, whatever its watch
    /// has told it.
    @Test(arguments: [true, false])
    func `a rule that comes after the approval stops the write`(_ isDeny: Bool) async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Stopped."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            // The approval is flushed into the transcript right before the write.
            let hook = Hook(where: { $0.method == .patch && $0.path.contains("/secrets/") }) { _ in
                true
            } then: {
                try await story.changeRules(isDeny ? RuleStoryTests.deny : RuleStoryTests.freeze, untilSeen: false)
            }
            try await story.withOperator(
                model, wrap: { DeafAPI(HookedAPI(WatchedAPI($0, log), hook), to: "skyfloais") }
            ) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                if isDeny {
                    let done = try await story.untilPhase(.completed)
                    #expect(done.status.calls["c1"]?.state == .denied)
                    #expect(model.toolResults.first?.contains("rule no-scaling denies it") == true)
                } else {
                    try await story.until("frozen") {
                        $0.status.approvals["c1"]?.waitingFor == "rule release freezes it"
                    }
                }
                #expect(log.writes.isEmpty)
                #expect(try await story.replicas() == 2)
            }
        }
    }

    @Test func `a rule that comes between two requests of a call stops the second`() async throws {
        let manifest = ["a", "b"].map {
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \($0)}\ndata: {k: v}\n"
        }.joined(separator: "---\n")
        let model = ScriptedModel(.calls(("k8s_apply", ["content": .string(manifest)])), .says("Half."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.apply(Self.mayWriteMaps)
            let hook = Hook(where: { $0.path.contains("/configmaps") && !$0.isReadOnly }) { _ in
                true
            } then: {
                try await story.changeRules(RuleStoryTests.freeze, untilSeen: false)
            }
            try await story.withOperator(model, wrap: { HookedAPI(WatchedAPI($0, log), hook) }) {
                try await story.ask("write two maps")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.state == .failed)
                let result = model.toolResults.first ?? ""
                #expect(result.contains("rule release freezes it") && result.contains("1 of 2 requests was sent"))
                #expect(log.writes.count == 1)
            }
        }
    }

    private static let mayWriteMaps = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: maps, namespace: shop}
        rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list, create, patch]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: maps, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: maps}
        subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
        """
}
