import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing
import WorkflowEngine

/// What a turn is like from plan to answer, where a model is asked over a network: hints, runbooks, references, phases, titles.
@Suite struct TurnStoryTests {
    /// So that the model isn't taken for the built-in one.
    private static func useModel(_ story: Story, _ spec: JSONValue = [:]) async throws {
        try await story.letOperatorReadSecrets()
        try await story.apply(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: key, namespace: shop}
            stringData: {OPENAI_API_KEY: none}
            """)
        var whole = spec
        whole["models"] = [["name": "m", "model": "m", "apiKeySecretRef": ["name": "key"]]]
        try await story.changeSkyflo(whole)
    }

    private static func isTitle(_ request: ModelRequest) -> Bool {
        guard case .system(let text)? = request.messages.first else { return false }
        return text.hasPrefix("Give the conversation a title")
    }

    @Test func `the model is told its rights and the runbooks that match, and the status names these`() async throws {
        let model = ScriptedModel(.says("Fine."))
        try await Story.run(nil) { story in
            try await story.apply(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: scaling, namespace: shop}
                data: {runbook.md: Never more than 5 replicas.}
                """)
            try await Self.useModel(
                story,
                [
                    "runbooks": [
                        ["name": "scaling", "configMapRef": ["name": "scaling"], "keywords": ["scale"]],
                        ["name": "gone", "configMapRef": ["name": "gone"]],
                    ]
                ])
            try await story.withOperator(model) {
                try await story.ask("scale web to 3")
                let done = try await story.untilPhase(.completed)
                #expect(done.status.runbooks == ["scaling"])
                guard case .user(let text)? = model.wholeRequests.first?.messages.last else {
                    Issue.record("no message")
                    return
                }
                #expect(text.contains("Its rights here: read ") && text.contains("deployments"))
                #expect(text.contains("Never more than 5 replicas.") && text.hasSuffix("</context>\n\nscale web to 3"))
                try await eventually("the missing one is told") {
                    let sky = try await story.api.get(.skyfloAIs, namespace: Story.namespace, name: "skyflo")
                    return SkyfloAI(sky).conditions[type: "RunbooksFound"]?.reason == "RunbookMissing"
                }
            }
        }
    }

    @Test func `an argument from an earlier result is shown with where it is from, digested, and carried out`()
        async throws
    {
        let model = ScriptedModel { request, _ in
            if case .tool = request.messages.last { return .says("Done.") }
            return .calls(
                ("k8s_get", ["resource_type": "deployments", "name": "web", "output": "json"]),
                (
                    "k8s_scale",
                    ["name": "{{result1.metadata.name}}", "resource_type": "deployment", "replicas": 3]
                ))
        }
        try await Story.run(model) { story in
            try await story.ask("scale it to 3")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let approval = try #require(waiting.status.approvals["c2"])
            #expect(approval.references == ["name = web (from the result of c1, k8s_get: metadata.name)"])
            #expect(approval.warnings.contains("taken from the result of an earlier call, as references says: name"))
            #expect(approval.arguments.contains(#""name":"web""#))
            #expect(Digest.of(approval, turn: 1, callID: "c2", in: waiting) == approval.digest)
            var other = approval
            other.references = ["name = web (from the user)"]
            #expect(Digest.of(other, turn: 1, callID: "c2", in: waiting) != approval.digest)
            try await story.approve("c2")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c2"]?.state == .succeeded)
            #expect(try await story.replicas() == 3)
            #expect(model.toolResults.last?.hasPrefix("(name = web (from the result of c1,") == true)
        }
    }

    @Test func `a reference to what isn't there proposes nothing`() async throws {
        let model = ScriptedModel { request, _ in
            if case .tool = request.messages.last { return .says("Sorry.") }
            return .calls(
                ("k8s_get", ["resource_type": "deployments"]),
                (
                    "k8s_scale",
                    ["name": "{{result1.items[7].metadata.name}}", "resource_type": "deployment", "replicas": 3]
                ))
        }
        try await Story.run(model) { story in
            try await story.ask("scale it to 3")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c2"]?.state == .failed && done.status.approvals.isEmpty)
            #expect(done.status.calls["c2"]?.result?.contains("name refers to the result of call 1") == true)
        }
    }

    @Test func `planning, approval and verification are phases, and the plan's step goes along`() async throws {
        let gate = Gate()
        let model = ScriptedModel { request, turn in
            guard case .tool = request.messages.last else {
                var reply = ModelReply.scale(to: 3)
                reply.content = "Scaling web."
                return reply
            }
            await gate.wait()
            return .says("Done.")
        }
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            let waiting = try await story.untilPhase(.awaitingApproval)
            #expect(waiting.status.plan.map(\.state) == [.awaitingApproval])
            try await story.approve("c1")
            // Code's part of it is over; the model looks at what it found.
            let verifying = try await story.until("the model looks at the checks") {
                $0.status.phase == .verifying && $0.status.calls["c1"]?.state == .succeeded
            }
            #expect(verifying.status.plan.map(\.state) == [.done] && !verifying.status.verification.isEmpty)
            gate.open()
            let done = try await story.untilPhase(.completed)
            #expect(done.status.answer == "Done." && done.status.plan.map(\.text) == ["Scaling web."])
        }
    }

    @Test func `a denied change can't be claimed`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("I have scaled web to 3."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.decide(["c1": ["decision": "Denied", "decidedBy": "alice", "reason": "not today"]])
            let done = try await story.untilPhase(.completed)
            #expect(done.status.answer?.hasPrefix("I have scaled web to 3.\n\n**Not carried out:** ") == true)
            #expect(done.status.answer?.hasSuffix("(c1: denied by alice: not today).") == true)
        }
    }

    @Test func `a title from the model comes after the answer, is counted, and outlives the worker`() async throws {
        let gate = Gate()
        let model = ScriptedModel { request, _ in
            guard Self.isTitle(request) else {
                return ModelReply(content: "It has 2.", usage: .init(prompt: 100, completion: 5))
            }
            await gate.wait()
            return ModelReply(content: "Replicas of web", usage: .init(prompt: 40, completion: 4))
        }
        try await Story.run(nil) { story in
            try await Self.useModel(story, ["titles": "Model"])
            try await story.withOperator(model) {
                try await story.ask("how many replicas has web?")
                let answered = try await story.untilPhase(.completed)
                #expect(answered.status.title == "how many replicas has web?")
                gate.open()
                let titled = try await story.until("titled") { $0.status.title == "Replicas of web" }
                #expect(titled.status.usage.promptTokens == 140 && titled.status.answer == "It has 2.")
                #expect(model.requests.count == 2 && model.requests.last?.tools.isEmpty == true)
            }
            try await story.withOperator(model, identity: "operator-2") {
                try await story.change(spec: [
                    "messages": [["content": "how many replicas has web?"], ["content": "and now?"]]
                ])
                let done = try await story.untilPhase(.completed, turn: 2)
                #expect(done.status.title == "Replicas of web" && model.requests.count == 3)
            }
        }
    }
}
