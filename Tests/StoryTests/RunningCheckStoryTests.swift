import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// A roll-out or a Job that takes longer than a turn waits for it.
@Suite struct RunningCheckStoryTests {
    private static func rollOut(_ image: String) -> ScriptedModel {
        ScriptedModel(
            .calls(
                (
                    "k8s_set_image",
                    [
                        "resource_type": "deployment", "resource_name": "catalog",
                        "container_images": .string("catalog=\(image)"),
                    ]
                )), .says("It is on its way."), .says("I see."))
    }

    private func roll(_ story: Story, until result: String) async throws -> Conversation {
        try await story.until(result) { conversation in
            let checks = conversation.status.json["verification"]?.array ?? []
            return checks.contains {
                $0["check"]?.string?.hasPrefix("roll-out") == true && $0["result"]?.string == result
            }
        }
    }

    @Test func `a slow roll-out is no failure, and its end is told later, by another worker too`() async throws {
        let model = Self.rollOut("slow:1")
        try await Story.run(nil) { story in
            try await story.withOperator(model, verificationTimeout: .milliseconds(500)) {
                try await story.ask("update catalog")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.state == .succeeded)
                let result = done.status.calls["c1"]?.result ?? ""
                #expect(result.contains("is complete: StillRunning (still running after"))
                #expect(model.toolResults.first?.contains("StillRunning") == true)
                _ = try await roll(story, until: "StillRunning")
            }
            try await story.withOperator(model, identity: "operator-2") {
                let done = try await roll(story, until: "Passed")
                #expect(done.status.phase == .completed && !done.status.hasRunningChecks)
                try await eventually("told") {
                    try await story.api.list(.events, namespace: "shop").items.contains {
                        $0["reason"]?.string == "Verified"
                    }
                }
                try await story.change(spec: ["messages": [["content": "update catalog"], ["content": "and now?"]]])
                try await story.untilPhase(.completed, turn: 2)
                let told = model.requests.last?.messages.contains {
                    if case .assistant(let text, _, _) = $0 {
                        text.contains("Later, code checked c1 again")
                    } else {
                        false
                    }
                }
                #expect(told == true)
            }
        }
    }

    @Test(arguments: [false, true])
    func `a stop ends the watching`(bySkyfloAI: Bool) async throws {
        try await Story.run(nil) { story in
            try await story.withOperator(Self.rollOut("unready:1"), verificationTimeout: .milliseconds(500)) {
                try await story.ask("update catalog")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                try await story.untilPhase(.completed)
                if bySkyfloAI {
                    try await story.changeSkyflo(["stop": true])
                } else {
                    try await story.change(spec: ["stop": true])
                }
                let stopped = try await roll(story, until: "NotChecked")
                #expect(stopped.status.phase == .completed && !stopped.status.hasRunningChecks)
            }
        }
    }
}
