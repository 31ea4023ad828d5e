import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// Writes of several steps: one approval, a plan that outlives its worker, and a truthful end.
@Suite struct SequenceStoryTests {
    static let nodes = APIResource(group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false)
    private static let drain = ModelReply.calls(
        ("k8s_drain", ["node_name": "spare", "force": true, "timeout_seconds": 60]))

    /// A node of its own with pods on it, one of them under a budget that allows no disruption.
    private static func prepare(_ story: Story, guarded: Bool = false) async throws {
        try await ExecStoryTests.prepare(story)
        try await story.apply("{apiVersion: v1, kind: Node, metadata: {name: spare}}")
        for name in ["one", "two"] { try await pod(name, story) }
        guard guarded else { return }
        try await story.apply(
            """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata: {name: two, namespace: shop}
            spec: {minAvailable: 1, selector: {matchLabels: {pod: two}}}
            """)
        try await eventually("the budget is seen") {
            let budget = try await story.api.get(Self.budgets, namespace: Story.namespace, name: "two")
            return budget["status", "currentHealthy"]?.int == 1
        }
    }

    private static let budgets = APIResource(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")

    private static func pod(_ name: String, _ story: Story) async throws {
        try await story.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: \(name), namespace: shop, labels: {pod: \(name)}}
            spec: {nodeName: spare, terminationGracePeriodSeconds: 0, containers: [{name: c, image: "nginx:1.27"}]}
            """)
        try await eventually("pod \(name) runs") {
            try await story.api.get(.pods, namespace: Story.namespace, name: name)["status", "phase"] == "Running"
        }
    }

    private static func isThere(_ pod: String, _ story: Story) async throws -> Bool {
        try await story.api.find(.pods, namespace: Story.namespace, name: pod).map { !$0.isBeingDeleted } ?? false
    }

    @Test func `a drain is one approval, and its steps are told one by one`() async throws {
        let model = ScriptedModel(Self.drain, .says("Done."))
        try await Story.run(model) { story in
            try await Self.prepare(story)
            try await story.ask("drain spare")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let approval = try #require(waiting.status.approvals["c1"])
            #expect(
                approval.requests.map { $0["step", "title"]?.string } == [
                    "cordon node spare", "evict pod shop/one", "evict pod shop/two",
                ])
            #expect(approval.json["warnings"]?.array?.contains { $0.string?.contains("no controller") == true } == true)
            #expect(try await Self.isThere("one", story))
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .succeeded, "\(done.status.json)")
            #expect(done.status.progress?.states.map(\.state) == [.done, .done, .done])
            #expect(try await story.api.find(.pods, namespace: Story.namespace, name: "one") == nil)
            let node = try await story.api.get(Self.nodes, name: "spare")
            #expect(node["spec", "unschedulable"] == true)
            // What can be taken back is the cordon.
            #expect(done.status.changes.map(\.id) == ["c1-1"])
        }
    }

    @Test func `a budget holds one eviction up and no other, until it allows it`() async throws {
        let model = ScriptedModel(Self.drain, .says("Done."))
        try await Story.run(model) { story in
            try await Self.prepare(story, guarded: true)
            try await story.ask("drain spare")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let warnings = waiting.status.approvals["c1"]?.json["warnings"]?.array?.compactMap(\.string) ?? []
            #expect(warnings.contains { $0.contains("can't be evicted yet") }, "\(warnings)")
            try await story.approve("c1")
            let held = try await story.until("held up") {
                $0.status.progress?.states.map(\.state) == [.done, .done, .pending]
            }
            #expect(held.status.progress?.states.last?.message.contains("disruption budget") == true)
            #expect(try await Self.isThere("two", story))
            try await story.api.delete(Self.budgets, namespace: Story.namespace, name: "two")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .succeeded)
        }
    }

    @Test func `a stop comes between two steps, and the end says what was done`() async throws {
        let model = ScriptedModel(Self.drain, .says("Done."))
        try await Story.run(model) { story in
            try await Self.prepare(story, guarded: true)
            try await story.ask("drain spare")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            try await story.until("held up") { $0.status.progress?.states.last?.attempts ?? 0 > 0 }
            try await story.change(spec: ["stop": true])
            let stopped = try await story.untilPhase(.stopped)
            let call = try #require(stopped.status.calls["c1"])
            #expect(call.state == .failed, "\(call)")
            #expect(call.result?.contains("stopped by spec.stop; 2 of 3 steps were done") == true, "\(call)")
            try await story.api.delete(Self.budgets, namespace: Story.namespace, name: "two")
            #expect(try await Self.isThere("two", story))
        }
    }

    @Test func `a rule that comes between two steps ends it, and the end says what was done`() async throws {
        let model = ScriptedModel(Self.drain, .says("Half."))
        try await Story.run(model) { story in
            try await Self.prepare(story, guarded: true)
            try await story.ask("drain spare")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            try await story.until("held up") { $0.status.progress?.states.last?.attempts ?? 0 > 0 }
            try await story.changeRules([
                "name": "keep", "effect": "Deny", "verbs": ["delete"], "resources": ["pods"],
                "selector": ["matchLabels": ["pod": "two"]],
            ])
            let done = try await story.untilPhase(.completed)
            let call = try #require(done.status.calls["c1"])
            #expect(call.state == .failed, "\(call)")
            #expect(call.result?.contains("rule keep denies it; 2 of 3 steps were done") == true, "\(call)")
            #expect(call.result?.contains("not done: evict pod shop/two") == true, "\(call)")
            #expect(try await Self.isThere("two", story))
        }
    }

    @Test func `a rule about evictions refuses a drain before anybody is asked`() async throws {
        let model = ScriptedModel(Self.drain, .says("No."))
        try await Story.run(model) { story in
            try await Self.prepare(story)
            try await story.changeRules([
                "name": "keep", "effect": "Deny", "resources": ["pods/eviction"], "namespaces": ["shop"],
            ])
            try await story.ask("drain spare")
            let done = try await story.untilPhase(.completed)
            #expect(model.toolResults == ["refused: rule keep denies it"])
            #expect(done.status.approvals.isEmpty)
            #expect(try await Self.isThere("one", story))
        }
    }

    @Test func `another worker goes on where the first one ended`() async throws {
        let model = ScriptedModel(Self.drain, .says("Done."))
        try await Story.run(nil) { story in
            try await Self.prepare(story, guarded: true)
            try await story.withOperator(model) {
                try await story.ask("drain spare")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                try await story.until("held up") {
                    $0.status.progress?.states.map(\.state) == [.done, .done, .pending]
                }
            }
            try await story.api.delete(Self.budgets, namespace: Story.namespace, name: "two")
            try await story.withOperator(model, identity: "operator-2") {
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.state == .succeeded)
                #expect(done.status.progress?.states.map(\.state) == [.done, .done, .done])
            }
        }
    }
}
