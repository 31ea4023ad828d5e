import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// A pod that runs once: one approval for its creation, its log and its end.
@Suite struct RunPodStoryTests {
    private static func run(_ image: String) -> ModelReply {
        .calls(("k8s_run_pod", ["name": "probe", "image": .string(image), "command": "true", "timeout_seconds": 60]))
    }

    private static func probe(_ story: Story) async throws -> KubeObject? {
        try await story.api.find(.pods, namespace: Story.namespace, name: "probe")
    }

    @Test func `its log is the result, and it is deleted`() async throws {
        let model = ScriptedModel(Self.run("busybox:1.37"), .says("Done."))
        try await Story.run(model) { story in
            try await ExecStoryTests.prepare(story)
            try await story.ask("probe")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let approval = try #require(waiting.status.approvals["c1"])
            #expect(
                approval.requests.map { $0["step", "title"]?.string } == [
                    "run pod shop/probe", "read the log of pod shop/probe", "delete pod shop/probe",
                ])
            #expect(try await Self.probe(story) == nil)
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .succeeded, "\(done.status.json)")
            #expect(done.status.progress?.states.map(\.state) == [.done, .done, .done])
            let result = try #require(model.toolResults.first)
            #expect(result.contains("exit code 0\noutput:\n") && result.contains("probe is done"), "\(result)")
            #expect(try await Self.probe(story) == nil)
        }
    }

    @Test func `a pod that fails tells its exit code and log, and is deleted all the same`() async throws {
        let model = ScriptedModel(Self.run("crash:1"), .says("Oh."))
        try await Story.run(model) { story in
            try await ExecStoryTests.prepare(story)
            try await story.ask("probe")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .failed, "\(done.status.json)")
            let result = try #require(model.toolResults.first)
            #expect(result.contains("exit code 1 (Error)\noutput:\n"), "\(result)")
            #expect(result.contains("DATABASE_URL is missing"), "\(result)")
            #expect(try await Self.probe(story) == nil)
        }
    }

    @Test func `another worker reads the log of what the first one started`() async throws {
        let model = ScriptedModel(Self.run("long:1"), .says("Done."))
        try await Story.run(nil) { story in
            try await ExecStoryTests.prepare(story)
            try await story.withOperator(model) {
                try await story.ask("probe")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                try await story.until("waiting") {
                    $0.status.progress?.states.map(\.state) == [.waiting, .pending, .pending]
                }
            }
            let uid = try #require(try await Self.probe(story)).uid
            try await Self.end(story)
            try await story.withOperator(model, identity: "operator-2") {
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.state == .succeeded, "\(done.status.json)")
                #expect(done.status.progress?.states.map(\.uid) == [uid, uid, uid])
                #expect(model.toolResults.first?.contains("exit code 0") == true, "\(model.toolResults)")
                #expect(try await Self.probe(story) == nil)
            }
        }
    }

    /// What the kubelet writes when the container has done its work.
    private static func end(_ story: Story) async throws {
        let status: JSONValue = [
            "phase": "Succeeded",
            "containerStatuses": [
                [
                    "name": "probe", "image": "long:1", "imageID": "", "ready": false, "restartCount": 0,
                    "state": ["terminated": ["exitCode": 0, "reason": "Completed"]],
                ]
            ],
        ]
        _ = try await story.api.patch(
            .pods, namespace: Story.namespace, name: "probe", subresource: "status", patch: .merge(["status": status]))
    }
}
