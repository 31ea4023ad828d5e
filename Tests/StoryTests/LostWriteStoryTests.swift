import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Testing

/// Approved writes, or what is needed to tell what became of them, are lost.
@Suite struct LostWriteStoryTests {
    private static func finalizers(_ names: [String]) -> ModelReply {
        let patch: JSONValue = ["metadata": ["finalizers": JSONValue(names)]]
        return .calls(
            (
                "k8s_patch",
                [
                    "resource_type": "deployment", "name": "web", "patch_type": "merge",
                    "patch": .string(JSONWriter.string(patch)),
                ]
            ))
    }

    @Test func `an approved write that was lost while somebody else wrote isn't said to be done`() async throws {
        let model = ScriptedModel(
            Self.finalizers(["a.dev/x", "a.dev/y"]), Self.finalizers(["a.dev/x"]), .says("Done."))
        try await Story.run(nil) { story in
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                LosingAPI(api, where: { $0.body?.contains("a.dev/y") == false && $0.method == .patch }) {
                    _ = try await story.api.patch(
                        .deployments, namespace: Story.namespace, name: "web",
                        patch: .merge(["metadata": ["labels": ["other": "change"]]]),
                        options: WriteOptions(fieldManager: "kubectl"))
                }
            }
            try await story.withOperator(model, wrap: wrap) {
                try await story.ask("finalizers")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                try await story.until("asked for c2") { $0.status.approvals["c2"]?.digest != nil }
                try await story.approve("c2")
                let over = try await story.until("found out") { $0.status.calls["c2"]?.state.isFinal ?? false }
                // What the write is about is as it was before, so it was not done; the rest has changed, so it is asked again.
                #expect(over.status.calls["c2"]?.state == .stale)
                try await story.until("asked again") { $0.status.approvals["c3"]?.digest != nil }
                let web = try await story.api.get(.deployments, namespace: Story.namespace, name: "web")
                #expect(web.finalizers == ["a.dev/x", "a.dev/y"])
            }
        }
    }

    @Test func `a begun write that may not be looked at any more is a question for a person`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            try await story.withOperator(
                model, wrap: { LosingAPI($0, refusesReads: true, where: { $0.method == .patch }) }
            ) {
                try await story.ask("scale")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let over = try await story.until("over") { $0.status.phase?.isTerminal ?? false }
                #expect(over.status.calls["c1"]?.state == .unknown)
                #expect(over.status.calls["c1"]?.result?.contains("may no longer read deployment shop/web") == true)
            }
        }
    }

    /// What the conversation needs to go on is gone; what it takes to look isn't.
    @Test(arguments: [WatchedAPI.Fault.loseRequest, .loseAnswer])
    func `a stopped turn that can't go on finds out first what became of its begun write`(
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
            try await story.api.delete(.skyfloAIs, namespace: Story.namespace, name: "skyflo")
            try await story.change(spec: ["stop": true])
            try await story.withOperator(model, identity: "operator-2", wrap: { WatchedAPI($0, log) }) {
                let over = try await story.untilPhase(.stopped)
                #expect(over.status.calls["c1"]?.state == (fault == .loseAnswer ? .succeeded : .unknown))
                let result = over.status.calls["c1"]?.result ?? ""
                #expect(result.contains(fault == .loseAnswer ? "found out" : "nothing had been done"), "\(result)")
            }
            #expect(log.writes.count == (fault == .loseAnswer ? 1 : 0))
        }
    }

    @Test func `a transcript that is deleted while an approval waits is reported`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("scale")
                let waiting = try await story.untilPhase(.awaitingApproval)
                let prefix = waiting.status.json["transcript", "secretPrefix"]?.string ?? ""
                try await story.api.delete(.secrets, namespace: Story.systemNamespace, name: "\(prefix)-0")
                try await story.approve("c1")
                let over = try await story.until("over") { $0.status.phase?.isTerminal ?? false }
                #expect(over.status.conditions[type: "Failed"]?.reason == "TranscriptLost")
                #expect(try await story.replicas() == 2)
            }
        }
    }
}
