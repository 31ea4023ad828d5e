import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// Attempts to have something written that nobody approved, or twice.
@Suite struct SafetyStoryTests {
    @Test func `an approval that was there before the question decides nothing`() async throws {
        let gate = Gate()
        let model = ScriptedModel { _, turn in
            await gate.wait()
            return turn == 0 ? .scale(to: 3) : .says("Done.")
        }
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.planning)
            try await story.decide(["c1": ["decision": "Approved", "decidedBy": "mallory"]])
            gate.open()
            let waiting = try await story.untilPhase(.awaitingApproval)
            #expect(waiting.status.approvals["c1"]?.decision == nil)
            #expect(try await story.replicas() == 2)
        }
    }

    @Test func `an approval whose requests were changed executes nothing`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("scale web to 3")
                let waiting = try await story.untilPhase(.awaitingApproval)
                var requests = try #require(waiting.status.approvals["c1"]?.requests)
                requests[0]["body"] = "{\"spec\":{\"replicas\":99}}"
                try await story.decide([
                    "c1": ["requests": .array(requests), "decision": "Approved", "decidedBy": "mallory"]
                ])
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.state == .denied)
                #expect(log.writes.isEmpty)
                #expect(try await story.replicas() == 2)
            }
        }
    }

    @Test func `a conversation that was stopped executes nothing, even if it is approved afterwards`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.change(spec: ["stop": true])
            try await story.untilPhase(.stopped)
            try await story.approve("c1")
            try await story.change(spec: [
                "stop": false, "messages": [["content": "scale web to 3"], ["content": "and?"]],
            ])
            let done = try await story.untilPhase(.completed, turn: 2)
            #expect(done.status.calls["c1"]?.state == .cancelled)
            #expect(try await story.replicas() == 2)
        }
    }

    @Test func `a stop ends a model that thinks`() async throws {
        let cancelled = Gate()
        let model = ScriptedModel { _, _ in
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                cancelled.open()
                throw error
            }
            return .says("late")
        }
        try await Story.run(model) { story in
            try await story.ask("think")
            try await story.untilPhase(.planning)
            try await story.change(spec: ["stop": true])
            try await story.untilPhase(.stopped)
            await cancelled.wait()
        }
    }

    @Test func `deleting a conversation ends its work and leaves nothing behind`() async throws {
        let cancelled = Gate()
        let model = ScriptedModel { _, turn in
            if turn == 0 { return .calls(("k8s_get", ["resource_type": "pods"])) }
            do {
                try await Task.sleep(for: .seconds(60))
            } catch {
                cancelled.open()
                throw error
            }
            return .says("late")
        }
        try await Story.run(model) { story in
            try await story.ask("think")
            try await eventually("the model is asked again") { model.requests.count == 2 }
            try await story.api.delete(.conversations, namespace: Story.namespace, name: "talk")
            await cancelled.wait()
            try await eventually("nothing is left") {
                try await story.api.list(.secrets, namespace: Story.namespace).items.isEmpty
            }
        }
    }

    @Test func `a worker that comes after a crash goes on where the first one waited`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        try await Story.run(nil) { story in
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
            }
            try await story.approve("c1")
            try await story.withOperator(model, identity: "operator-2", wrap: { WatchedAPI($0, log) }) {
                let done = try await story.untilPhase(.completed)
                #expect(done.status.json["worker", "identity"] == "operator-2")
            }
            #expect(log.writes.count == 1)
            #expect(model.requests.count == 2)
            #expect(try await story.replicas() == 3)
        }
    }

    /// The worker dies at the write itself: before the server got it, or after the server did it and before anybody heard.
    @Test(arguments: [WatchedAPI.Fault.loseRequest, .loseAnswer])
    func `a worker that died while writing is followed by one that finds out, and nothing is written twice`(
        _ fault: WatchedAPI.Fault
    ) async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        let log = RequestLog()
        let died = Gate()
        try await Story.run(nil) { story in
            try await story.withOperator(model, wrap: { WatchedAPI.dying($0, log, at: fault, died) }) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                await died.wait()
            }
            let left = Conversation(try await story.api.get(.conversations, namespace: Story.namespace, name: "talk"))
            #expect(left.status.calls["c1"]?.state == .executing)
            try await story.withOperator(model, identity: "operator-2", wrap: { WatchedAPI($0, log) }) {
                try await story.untilPhase(.completed)
            }
            #expect(try await story.replicas() == 3)
            #expect(log.writes.count == 1)
        }
    }

    @Test func `nothing in the transcript can be changed unnoticed`() async throws {
        try await Story.run(ScriptedModel(.says("One."))) { story in
            try await story.ask("hello")
            try await story.untilPhase(.completed)
            let secret = try #require(try await story.transcriptSecrets().first)
            let key = try #require(secret["data"]?.object?.keys.first)
            let text = String(decoding: try #require(Base64.decode(secret["data", key]?.string ?? "")), as: UTF8.self)
            let forged = Base64.encode(Array(text.replacing("hello", with: "hullo").utf8))
            _ = try await story.api.patch(
                .secrets, namespace: Story.systemNamespace, name: secret.name,
                patch: .merge(["data": .object([key: .string(forged)])]))
            try await story.change(spec: ["messages": [["content": "hello"], ["content": "again"]]])
            let failed = try await story.until("failed") { $0.status.phase == .failed }
            #expect(failed.status.conditions[type: "Failed"]?.reason == "TranscriptLost")
        }
    }

    @Test func `no value of a Secret reaches the model, the status or the transcript`() async throws {
        let model = ScriptedModel(
            .calls(
                ("k8s_get", ["resource_type": "secrets", "output": "yaml"]),
                ("k8s_describe", ["resource_type": "secret", "name": "db"])), .says("Seen."))
        try await Story.run(model) { story in
            try await story.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: db, namespace: shop}
                stringData: {password: correct-horse-battery}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: secrets, namespace: shop}
                rules: [{apiGroups: [""], resources: [secrets], verbs: [get, list]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: secrets, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: secrets}
                subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
                """)
            try await story.ask("show me the secrets")
            let done = try await story.untilPhase(.completed)
            let secret = "correct-horse-battery"
            let forms = [secret, Base64.encode(Array(secret.utf8))]
            let said = "\(model.requests)" + "\(done.status.json)"
            for form in forms { #expect(!said.contains(form)) }
            #expect(model.toolResults.first?.contains("redacted") == true)
            for item in try await story.api.list(.secrets, namespace: Story.namespace).items where item.name != "db" {
                for (_, value) in item["data"]?.object ?? [:] {
                    let text = String(decoding: Base64.decode(value.string ?? "") ?? [], as: UTF8.self)
                    for form in forms { #expect(!text.contains(form)) }
                }
            }
        }
    }
}

/// Something that is waited for until it is opened once.
final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var isOpen: Bool { state.withLock(\.isOpen) }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
