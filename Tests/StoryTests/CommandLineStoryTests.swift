import ConversationAccess
import FoundationEssentials
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import SkyfloCLI
import Synchronization
import Testing

/// What people type, against the whole operator.
@Suite struct CommandLineStoryTests {
    /// A terminal that remembers what it showed, and answers questions in order.
    final class Screen: Sendable {
        private let output = Mutex("")
        private let errors = Mutex("")
        private let answers: Mutex<[String]>
        private let isInteractive: Bool

        init(answers: [String]? = nil) {
            isInteractive = answers != nil
            self.answers = Mutex(answers ?? [])
        }

        var out: String { output.withLock(\.self) }
        var said: String { errors.withLock(\.self) }

        func session(_ story: Story, as api: (any KubeAPI)? = nil) -> Session {
            let next: @Sendable () async throws -> String? = {
                self.answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            }
            let terminal = Terminal(
                write: { text in self.output.withLock { $0 += text } },
                writeError: { text in self.errors.withLock { $0 += text } }, read: isInteractive ? next : nil)
            return Session(api: api ?? story.api, namespace: Story.namespace, terminal: terminal) {
                KubeTime(seconds: Date().timeIntervalSince1970)
            }
        }
    }

    private static let spec: JSONValue = ["serviceAccountName": "copilot"]

    @Test func `ask shows the change, takes the approval at the terminal, and prints the answer`() async throws {
        try await Story.run(ScriptedModel(.scale(to: 3), .says("Done."))) { story in
            let screen = Screen(answers: ["d", "y"])
            let ask = AskAction(text: "scale web to 3", name: "talk", spec: Self.spec, timeout: .seconds(180))
            #expect(try await ask.perform(in: screen.session(story)) == .success)
            #expect(screen.out == "Done.\n")
            #expect(screen.said.contains("+  replicas: 3") && screen.said.contains("c1 approved"), "\(screen.said)")
            #expect(try await story.replicas() == 3)
            let decided = try await story.untilPhase(.completed).status.approvals["c1"]
            #expect(decided?.decidedBy == "kubernetes-admin")
        }
    }

    @Test func `without a terminal ask ends at the approval; approve binds to the digest and follows to the answer`()
        async throws
    {
        try await Story.run(ScriptedModel(.scale(to: 3), .says("Done."))) { story in
            let screen = Screen()
            let session = screen.session(story)
            let ask = AskAction(text: "scale web to 3", name: "talk", spec: Self.spec, timeout: .seconds(180))
            let status = try await ask.perform(in: session)
            #expect(status == .waitsForApproval)
            #expect(screen.said.contains("kubectl skyflo approve talk c1 -n shop"))
            await #expect(throws: CommandError.self) {
                try await DecideAction(.approved, of: "talk").perform(in: session)
            }
            await #expect(throws: CommandError.self) {
                try await DecideAction(.approved, of: "talk", isConfirmed: true, digest: "0000").perform(in: session)
            }
            #expect(try await story.replicas() == 2)
            let approve = DecideAction(.approved, of: "talk", isConfirmed: true, waits: true, timeout: .seconds(180))
            #expect(try await approve.perform(in: session) == .success)
            #expect(screen.out == "Done.\n")
            #expect(try await story.replicas() == 3)
        }
    }

    @Test func `a second person approves what takes two, and nobody counts twice`() async throws {
        try await Story.run(ScriptedModel(.scale(to: 3), .says("Done."))) { story in
            try await story.changeSkyflo(["approvals": ["quorum": 2]])
            let screen = Screen()
            let ask = AskAction(text: "scale web to 3", name: "talk", spec: Self.spec, timeout: .seconds(180))
            #expect(try await ask.perform(in: screen.session(story)) == .waitsForApproval)
            try await story.until("its maker is recorded") { $0.creator == "kubernetes-admin" }
            let approve = DecideAction(.approved, of: "talk", isConfirmed: true)
            #expect(try await approve.perform(in: screen.session(story)) == .success)
            try await story.until("incomplete") { $0.status.approvals["c1"]?.waitingFor != nil }
            _ = try await ListAction(pendingOnly: true).perform(in: screen.session(story))
            #expect(screen.out.contains("talk"))
            await #expect(throws: ConversationAccessError.self) { try await approve.perform(in: screen.session(story)) }
            let bob = screen.session(
                story, as: story.api.impersonating(Impersonation(user: "bob", groups: ["system:masters"])))
            #expect(try await approve.perform(in: bob) == .success)
            let done = try await story.untilPhase(.completed)
            #expect(done.status.approvals["c1"]?.votes.map(\.user) == ["bob", "kubernetes-admin"])
            #expect(try await story.replicas() == 3)
        }
    }

    @Test func `a preview that changes while a person thinks is not approved`() async throws {
        try await Story.run(ScriptedModel(.scale(to: 3), .says("Done."))) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            let screen = Screen()
            var session = screen.session(story)
            session.terminal = Terminal(
                write: { _ in }, writeError: { _ in },
                read: {
                    try await story.decide(["c1": ["digest": "sha256:other"]])
                    return "y"
                })
            let changing = session
            let error = await #expect(throws: ConversationAccessError.self) {
                try await DecideAction(.approved, of: "talk").perform(in: changing)
            }
            #expect(
                error.map { CommandError.status(for: $0) } == .changed
                    && error?.message.contains("its preview changed") == true)
            let after = try await story.api.get(.conversations, namespace: Story.namespace, name: "talk")
            #expect(after["status", "approvals", "c1", "decision"] == nil)
        }
    }

    @Test func `a denial ends with 5 and several approvals have to be named`() async throws {
        let model = ScriptedModel(
            .calls(
                ("k8s_scale", ["name": "web", "resource_type": "deployment", "replicas": 3]),
                ("k8s_scale", ["name": "catalog", "resource_type": "deployment", "replicas": 2])), .says("As you wish.")
        )
        try await Story.run(model) { story in
            try await story.ask("scale both")
            try await story.untilPhase(.awaitingApproval)
            let screen = Screen()
            let session = screen.session(story)
            let error = await #expect(throws: CommandError.self) {
                try await DecideAction(.denied, of: "talk", isConfirmed: true).perform(in: session)
            }
            #expect(error?.status == .usage)
            let deny = DecideAction(
                .denied, of: "talk", isForAll: true, reason: "freeze", isConfirmed: true, waits: true,
                timeout: .seconds(180))
            #expect(try await deny.perform(in: session) == .refused)
            #expect(model.toolResults.allSatisfy { $0 == "denied by kubernetes-admin: freeze" })
            #expect(try await story.replicas() == 2)
        }
    }

    @Test func `stop, list and going on with a conversation`() async throws {
        try await Story.run(ScriptedModel(.scale(to: 3), .says("Again."))) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            let screen = Screen()
            let session = screen.session(story)
            _ = try await ListAction(pendingOnly: true).perform(in: session)
            #expect(screen.out.contains("talk   AwaitingApproval   1      1"), "\(screen.out)")
            _ = try await StopAction("talk").perform(in: session)
            #expect(try await WatchAction("talk", timeout: .seconds(180)).perform(in: session) == .refused)
            let more = AskAction(text: "and?", conversation: "talk", timeout: .seconds(180))
            await #expect(throws: CommandError.self) { try await more.perform(in: session) }
            _ = try await StopAction("talk", resumes: true).perform(in: session)
            #expect(try await more.perform(in: session) == .success)
            #expect(screen.out.hasSuffix("Again.\n"))
            await #expect(throws: CommandError.self) { try await UndoAction("talk").perform(in: session) }
        }
    }

    @Test func `undo asks for its approval at the terminal, and ends when the change is taken back`() async throws {
        try await Story.run(ScriptedModel(.scale(to: 3), .says("Done."))) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            try await story.approveUntilDone("c1")
            try await story.untilPhase(.completed)
            let screen = Screen(answers: ["y"])
            let undo = UndoAction("talk", waits: true, timeout: .seconds(180))
            #expect(try await undo.perform(in: screen.session(story)) == .success)
            #expect(screen.said.contains("+  replicas: 2") && screen.said.contains("c2 approved"), "\(screen.said)")
            #expect(try await story.replicas() == 2)
            let again = await #expect(throws: CommandError.self) { try await undo.perform(in: screen.session(story)) }
            #expect(again?.message == "the undo of all changes was already requested")
        }
    }

    @Test func `stop can wait until nothing is under way any more`() async throws {
        try await Story.run(ScriptedModel(.scale(to: 3), .says("Done."))) { story in
            try await story.ask("scale web to 3")
            try await story.untilPhase(.awaitingApproval)
            let stop = StopAction("talk", waits: true, timeout: .seconds(180))
            #expect(try await stop.perform(in: Screen().session(story)) == .success)
            let after = try await story.api.get(.conversations, namespace: Story.namespace, name: "talk")
            #expect(after["status", "phase"] == "Stopped")
            #expect(try await stop.perform(in: Screen().session(story)) == .success, "it was stopped already")
        }
    }

    @Test func `a transcript is verified, and a changed entry is found`() async throws {
        try await Story.run(ScriptedModel(.says("It is a shop."))) { story in
            try await story.ask("what is this?")
            try await story.untilPhase(.completed)
            let screen = Screen()
            let session = screen.session(story)
            _ = try await TranscriptAction("talk", verifiesOnly: true, source: Self.secrets).perform(in: session)
            #expect(screen.out.hasPrefix("verified: "))
            _ = try await TranscriptAction("talk", source: Self.secrets).perform(in: session)
            #expect(screen.out.contains("you: what is this?") && screen.out.contains("co-pilot: It is a shop."))
            try await Self.tamper(story)
            let error = await #expect(throws: CommandError.self) {
                try await TranscriptAction("talk", source: Self.secrets).perform(in: session)
            }
            #expect(error?.status == .tampered && error?.message.contains("entry ") == true)
        }
    }

    private static let secrets = TranscriptSource.secrets(namespace: Story.systemNamespace)

    private static func tamper(_ story: Story) async throws {
        let secret = try #require(try await story.transcriptSecrets().first)
        var data: JSONObject = [:]
        for (key, value) in secret["data"]?.object ?? [:] {
            let text = String(decoding: try #require(value.string.flatMap(Base64.decode)), as: UTF8.self)
            data[key] = .string(Base64.encode(Array(text.replacing("a shop", with: "a bank").utf8)))
        }
        _ = try await story.api.patch(
            .secrets, namespace: Story.systemNamespace, name: secret.name, patch: .merge(["data": .object(data)]))
    }
}
