import ConversationAccess
import KubeModel
import LanguageModels
import SkyfloAPI
import Testing

/// Several changes of which a person chooses one, and what a person is told that a change touches.
@Suite struct AlternativesStoryTests {
    private static func offer(_ replicas: Int...) -> ModelReply {
        ModelReply(
            toolCalls: replicas.enumerated().map { position, count in
                let arguments: JSONValue = [
                    "name": "web", "resource_type": "deployment", "replicas": JSONValue(count),
                    "alternative_group": "how many",
                ]
                return ModelToolCall(
                    id: "call_\(position)", name: "k8s_scale", arguments: JSONWriter.string(arguments))
            }, finish: .toolCalls)
    }

    @Test func `approving one alternative denies the others, and no rule chooses`() async throws {
        let model = ScriptedModel(Self.offer(3, 4, 5), .says("Done."))
        try await Story.run(model) { story in
            try await story.changeRules(["name": "all", "effect": "Allow", "maxRisk": "High"])
            try await story.ask("more of web")
            let waiting = try await story.until("three wait") { $0.status.json["pendingApprovals"] == 3 }
            #expect(waiting.status.approvals["c1"]?.alternatives == ["c2", "c3"])
            #expect(waiting.status.approvals["c3"]?.alternatives == ["c1", "c2"])
            try await story.approve("c2")
            let done = try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 4)
            #expect(done.status.calls["c1"]?.state == .denied && done.status.calls["c3"]?.state == .denied)
            #expect(model.toolResults[0] == "c2 was approved instead" && model.toolResults[2] == model.toolResults[0])
        }
    }

    @Test func `of two that are approved in one patch the first counts`() async throws {
        let model = ScriptedModel(Self.offer(3, 4), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("more of web")
            try await story.until("both wait") { $0.status.json["pendingApprovals"] == 2 }
            let approval: JSONValue = ["decision": "Approved", "decidedBy": "alice"]
            try await story.decide(["c2": approval, "c1": approval])
            let done = try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
            #expect(
                done.status.calls["c2"]?.state == .denied
                    && done.status.calls["c2"]?.result == "c1 was approved instead")
        }
    }

    @Test func `an approval says which pods it touches, and what may not be looked at`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("scale web to 3")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let touches = try #require(waiting.status.approvals["c1"]?.touches)
            #expect(touches.first?.hasPrefix("Pods: 2 (web-") == true, "\(touches)")
            for kind in ["PodDisruptionBudgets", "HorizontalPodAutoscalers", "ResourceQuotas"] {
                #expect(touches.contains("\(kind): not visible to system:serviceaccount:shop:copilot"), "\(touches)")
            }
        }
    }
}
