import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import SkyfloCLI
import Synchronization
import Testing

/// Conversations that come back: from a backup, from an export, by a copy. Whatever they were asked before isn't done again.
@Suite struct RestoredStoryTests {
    private static let everything: JSONValue = [
        "approvals": [
            "autoApprove": [["name": "all", "namespaces": ["shop"], "maxRisk": "High"]], "allowUnproven": true,
        ]
    ]

    /// Scales to what the last message of the user says, and answers after that.
    private func scaler() -> ScriptedModel {
        ScriptedModel { request, _ in
            guard case .user(let count)? = request.messages.last else { return .says("Done.") }
            return .scale(to: Int(count) ?? 1)
        }
    }

    /// What the model was told of users, of all its requests.
    private func told(_ model: ScriptedModel) -> Set<String> {
        Set(model.requests.flatMap(\.messages).compactMap { if case .user(let text) = $0 { text } else { nil } })
    }

    @Test func `created from its export it doesn't run again, even where a rule would allow its writes`() async throws {
        let model = scaler()
        try await Story.run(model) { story in
            try await story.changeSkyflo(Self.everything)
            try await story.ask("3")
            try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
            let export = try await story.export()
            try await story.delete()
            try await story.setReplicas(2)
            try await story.restore(export)

            let restored = try await story.untilPhase(.stopped)
            #expect(restored.uid != export.uid)
            for condition in restored.status.conditions {
                #expect(condition.type == "Accepted" || condition.status == .false, "\(condition)")
            }
            let failed = try #require(restored.status.conditions[type: "Failed"])
            #expect(failed.reason == "Restored" && failed.message.contains(export.uid))
            #expect(failed.message.contains("1 of its messages"))
            #expect(restored.status.approvals.isEmpty && restored.status.calls.isEmpty)
            #expect(try await story.replicas() == 2 && model.requests.count == 2)

            // What is said from now on is done, and nothing of what was said before is told to the model.
            try await story.change(spec: ["messages": [["content": "3"], ["content": "4"]]])
            try await story.untilPhase(.completed, turn: 2)
            #expect(try await story.replicas() == 4)
            #expect(model.requests.dropFirst(2).allSatisfy { !$0.messages.contains(.user("3")) })
            #expect(try await story.transcript().contains("\"Restored\""))
        }
    }

    @Test func `what waited for an approval when it was exported waits no more, and nothing is approved`() async throws
    {
        let model = scaler()
        try await Story.run(model) { story in
            try await story.ask("3", "4")
            try await story.untilPhase(.awaitingApproval)
            let export = try await story.export()
            try await story.delete()
            try await story.restore(export)
            let restored = try await story.untilPhase(.stopped, turn: 2)
            #expect(restored.status.approvals.isEmpty)
            #expect(restored.status.conditions[type: "Failed"]?.message.contains("1 of its messages") == true)
            #expect(try await story.replicas() == 2 && told(model) == ["3"])
        }
    }

    @Test func `restored together with its status it takes neither the approvals nor the turn from it`() async throws {
        let model = scaler()
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("3")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                try await story.untilPhase(.completed)
            }
            let export = try await story.export()
            try await story.delete()
            try await story.setReplicas(2)
            try await story.restore(export)
            var status = try #require(export["status"])
            status["phase"] = "Executing"
            status[path: ["calls", "c1", "state"]] = "Executing"
            _ = try await story.api.patch(
                .conversations, namespace: Story.namespace, name: "talk", subresource: "status",
                patch: .merge(["status": status]))
            try await story.withOperator(model, identity: "operator-2") {
                let restored = try await story.untilPhase(.stopped)
                #expect(restored.status.conditions[type: "Failed"]?.message.contains(export.uid) == true)
                #expect(restored.status.approvals.isEmpty && restored.status.calls.isEmpty)
                #expect(restored.status.changes.isEmpty && restored.status.answer == nil)
                try await story.change(spec: ["messages": [["content": "3"], ["content": "4"]]])
                // Another call of the same id, which needs its own approval.
                let waiting = try await story.untilPhase(.awaitingApproval, turn: 2)
                #expect(waiting.status.approvals["c1"]?.decision == nil)
                #expect(try await story.replicas() == 2)
            }
        }
    }

    @Test func `a status that was removed isn't begun anew`() async throws {
        let model = scaler()
        try await Story.run(model) { story in
            try await story.changeSkyflo(Self.everything)
            try await story.ask("3")
            try await story.untilPhase(.completed)
            try await story.setReplicas(2)
            var bare = try await story.api.get(.conversations, namespace: Story.namespace, name: "talk")
            bare["status"] = nil
            _ = try await story.api.update(bare, in: .conversations, subresource: "status")
            try await story.untilPhase(.stopped)
            #expect(try await story.replicas() == 2)
            try await story.change(spec: ["messages": [["content": "3"], ["content": "4"]]])
            try await story.untilPhase(.completed, turn: 2)
            #expect(try await story.replicas() == 4)
        }
    }

    @Test func `a question to one that comes back before the operator looks at it is told so`() async throws {
        let model = scaler()
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("3", spec: ["approval": ["mode": "ReadOnly"]])
                try await story.change(spec: ["followUps": ["later": ["content": "3"]]])
                try await story.untilPhase(.completed, turn: 2)
            }
            let export = try await story.export()
            try await story.delete()
            try await story.restore(export)
            let said = Mutex("")
            let terminal = Terminal(write: { _ in }, writeError: { text in said.withLock { $0 += text } }, read: nil)
            let session = Session(api: story.api, namespace: Story.namespace, terminal: terminal) {
                KubeTime(seconds: 1_800_000_000)
            }
            async let asked = AskAction(text: "4", conversation: "talk", timeout: .seconds(180)).perform(in: session)
            try await story.until("the question is there") { !$0.spec.followUps.isEmpty }
            try await story.withOperator(model) { try await story.untilPhase(.stopped, turn: 3) }
            #expect(try await asked == .refused)
            #expect(said.withLock(\.self).contains("restored or copied"))
        }
    }

    @Test func `a copy under another name and a progress that can't be read don't run either`() async throws {
        let model = scaler()
        try await Story.run(model) { story in
            try await story.ask("3", spec: ["approval": ["mode": "ReadOnly"]])
            try await story.untilPhase(.completed)
            let export = try await story.export()
            for (name, progress) in [("copy", nil), ("garbled", "{"), ("empty", "")] {
                var copy = export
                copy["metadata", "name"] = .string(name)
                if let progress { copy.annotations[ConversationProgress.annotation] = progress }
                try await story.restore(copy)
                try await story.untilPhase(.stopped, name)
            }
            var fresh = export
            fresh["metadata", "name"] = "fresh"
            fresh.annotations[ConversationProgress.annotation] = nil
            try await story.restore(fresh)
            try await story.untilPhase(.completed, "fresh")
        }
    }

    @Test
    func `a manifest that is applied anew runs, and what is done to the annotation of a live one changes nothing`()
        async throws
    {
        let model = scaler()
        try await Story.run(model) { story in
            try await story.changeSkyflo(Self.everything)
            for count in [3, 4] {
                try await story.ask("\(count)")
                try await story.untilPhase(.completed)
                #expect(try await story.replicas() == count)
                try await story.setAnnotation(#"{"uid":"other","turn":0}"#)
                try await story.setAnnotation(nil)
                try await eventually("the annotation is back") { try await story.progress()?.turn == 1 }
                #expect(try await story.progress()?.uid == story.export().uid)
                try await story.delete()
            }
            #expect(model.requests.count == 4)
        }
    }

    @Test func `an operator that may not write the annotation goes on, and says what it means`() async throws {
        let model = scaler()
        try await Story.run(nil) { story in
            // As a role does that is too old.
            let refusing: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                InterceptedAPI(api) { request, _ in
                    guard request.method == .patch, request.body?.contains("skyflo.ai/progress") == true else { return }
                    throw APIStatus(code: 403, reason: .forbidden, message: "no")
                }
            }
            try await story.withOperator(model, wrap: refusing) {
                try await story.ask("3", spec: ["approval": ["mode": "ReadOnly"]])
                try await story.untilPhase(.completed)
                try await eventually("it is told") {
                    try await story.api.list(.events, namespace: Story.namespace).items.contains {
                        $0["reason"]?.string == "ProgressNotKept"
                    }
                }
            }
        }
    }

    /// The worker dies with its first status write done and the annotation not.
    @Test func `a message whose worker died before its progress was kept is carried out`() async throws {
        let model = scaler()
        let died = Gate()
        try await Story.run(nil) { story in
            try await story.changeSkyflo(Self.everything)
            let log = RequestLog()
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                WatchedAPI(
                    api, log,
                    fault: { request, _ in
                        let isProgress = request.body?.contains(ConversationProgress.annotation) ?? false
                        return isProgress || died.isOpen ? .loseRequest : .none
                    }, didBreak: died.open)
            }
            try await story.withOperator(model, wrap: wrap) {
                try await story.ask("3")
                await died.wait()
            }
            #expect(try await story.progress() == nil)
            try await story.withOperator(model, identity: "operator-2") {
                try await story.untilPhase(.completed)
                #expect(try await story.replicas() == 3)
                #expect(try await story.progress()?.turn == 1)
            }
        }
    }
}

extension Story {
    /// As `kubectl get -o yaml` has it.
    fileprivate func export(_ name: String = "talk") async throws -> KubeObject {
        try await api.get(.conversations, namespace: Self.namespace, name: name)
    }

    fileprivate func delete(_ name: String = "talk") async throws {
        try await api.delete(.conversations, namespace: Self.namespace, name: name)
        try await eventually("\(name) is gone") {
            try await api.find(.conversations, namespace: Self.namespace, name: name) == nil
        }
    }

    /// As `kubectl create` does with an export.
    fileprivate func restore(_ export: KubeObject) async throws {
        var object = export
        object.resourceVersion = ""
        _ = try await api.create(object, in: .conversations)
    }

    fileprivate func setReplicas(_ count: Int) async throws {
        _ = try await api.patch(
            .deployments, namespace: Self.namespace, name: "web",
            patch: .merge(["spec": ["replicas": JSONValue(count)]]))
    }

    fileprivate func setAnnotation(_ value: String?) async throws {
        let annotations: JSONValue = .object([ConversationProgress.annotation: value.map(JSONValue.string) ?? .null])
        _ = try await api.patch(
            .conversations, namespace: Self.namespace, name: "talk",
            patch: .merge(["metadata": ["annotations": annotations]]))
    }

    fileprivate func progress() async throws -> ConversationProgress? {
        try await export().annotations[ConversationProgress.annotation].flatMap(ConversationProgress.init)
    }
}
