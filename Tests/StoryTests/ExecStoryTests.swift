import ConversationAccess
import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// Commands in containers: asked for, run once, and never again.
@Suite struct ExecStoryTests {
    private static func exec(_ command: String) -> ModelReply {
        .calls(("k8s_exec", ["pod_name": "box", "command": .string(command)]))
    }

    /// A pod that a shell can be run in, and a co-pilot that may.
    static func prepare(_ story: Story) async throws {
        try await story.letCopilotAdminister()
        try await story.apply(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: box, namespace: shop}
            spec: {containers: [{name: c, image: "busybox:1.36"}]}
            """)
        try await eventually("the pod runs") {
            try await story.api.get(.pods, namespace: Story.namespace, name: "box")["status", "phase"] == "Running"
        }
    }

    @Test func `a command waits for approval, runs as it was shown, and its output comes back`() async throws {
        let model = ScriptedModel(Self.exec("sh -c 'echo hello; exit 3'"), Self.exec("hostname"), .says("Done."))
        try await Story.run(model) { story in
            try await Self.prepare(story)
            try await story.ask("look")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let approval = try #require(waiting.status.approvals["c1"])
            let request = try #require(approval.requests.first)
            #expect(request["backend"] == "Exec" && request["container"] == "c")
            #expect(request["command"] == ["sh", "-c", "echo hello; exit 3"])
            #expect(approval.json["risk"] == "High")
            #expect(approval.json["preview"]?.string?.contains("echo hello; exit 3") == true)
            try await story.approve("c1")
            let next = try await story.until("asked for c2") { $0.status.approvals["c2"]?.digest != nil }
            // It was carried out, and failed.
            #expect(next.status.calls["c1"]?.state == .failed)
            try await story.approve("c2")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c2"]?.state == .succeeded)
            #expect(model.toolResults.first?.contains("exit code 3") == true)
            #expect(model.toolResults.first?.contains("hello") == true)
            #expect(model.toolResults.last?.contains("exit code 0\noutput:\nbox") == true)
        }
    }

    @Test func `a program that the image lacks has failed, and nothing is unknown`() async throws {
        let model = ScriptedModel(Self.exec("no-such-program --now"), .says("There is no such program."))
        try await Story.run(model) { story in
            try await Self.prepare(story)
            try await story.ask("look")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .failed)
            #expect(model.toolResults.last?.contains("doesn't have the program no-such-program") == true)
        }
    }

    @Test func `a rule about pods/exec refuses it before anybody is asked, and none allows it`() async throws {
        let model = ScriptedModel(Self.exec("true"), .says("No."), Self.exec("true"))
        let commands = Commands()
        try await Story.run(nil) { story in
            try await Self.prepare(story)
            let all: JSONValue = [
                "name": "all", "effect": "Allow", "maxRisk": "High", "apiGroups": [""], "resources": ["pods/exec"],
            ]
            try await story.changeRules(all, ["name": "shells", "effect": "Deny", "resources": ["pods/exec"]])
            try await story.withOperator(model, wrap: { CountedCommands($0, commands) }) {
                try await story.ask("look")
                try await story.untilPhase(.completed)
                #expect(model.toolResults == ["refused: rule shells denies it"])
                try await story.changeRules(all)
                try await story.change(spec: ["messages": [["content": "look"], ["content": "again"]]])
                let waiting = try await story.untilPhase(.awaitingApproval, turn: 2)
                #expect(waiting.status.json["pendingApprovals"] == 1 && commands.all.isEmpty)
            }
        }
    }

    @Test func `what is denied doesn't run`() async throws {
        let model = ScriptedModel(Self.exec("true"), .says("Done."))
        let commands = Commands()
        try await Story.run(nil) { story in
            try await Self.prepare(story)
            try await story.withOperator(model, wrap: { CountedCommands($0, commands) }) {
                try await story.ask("look")
                try await story.untilPhase(.awaitingApproval)
                try await story.decide(["c1": ["decision": "Denied", "decidedBy": "alice"]])
                try await story.untilPhase(.completed)
                #expect(commands.all.isEmpty)
            }
        }
    }

    @Test func `a command whose answer was lost is a question for a person, and isn't run again`() async throws {
        let model = ScriptedModel(Self.exec("true"), .says("Done."))
        let commands = Commands()
        try await Story.run(nil) { story in
            try await Self.prepare(story)
            try await story.withOperator(model, wrap: { CountedCommands($0, commands, loses: true) }) {
                try await story.ask("look")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let over = try await story.until("over") { $0.status.phase?.isTerminal ?? false }
                #expect(over.status.phase == .failed && over.status.calls["c1"]?.state == .unknown)
            }
            // Another worker finds it so, and leaves it so.
            try await story.withOperator(model, identity: "operator-2", wrap: { CountedCommands($0, commands) }) {
                try await story.change(spec: ["messages": [["content": "look"], ["content": "and now?"]]])
                try await story.untilPhase(.completed, turn: 2)
            }
            #expect(commands.all == [["true"]])
        }
    }

    @Test func `another pod of the name doesn't get the command`() async throws {
        let model = ScriptedModel(Self.exec("true"), .says("Done."))
        let commands = Commands()
        try await Story.run(nil) { story in
            try await Self.prepare(story)
            try await story.withOperator(model, wrap: { CountedCommands($0, commands) }) {
                try await story.ask("look")
                try await story.untilPhase(.awaitingApproval)
                try await story.api.delete(
                    .pods, namespace: Story.namespace, name: "box", options: DeleteOptions(gracePeriodSeconds: 0))
                try await eventually("the pod is gone") {
                    try await story.api.find(.pods, namespace: Story.namespace, name: "box") == nil
                }
                try await Self.prepare(story)
                try await story.approve("c1")
                // It is asked for again, about the new one.
                let asked = try await story.until("asked for c2") { $0.status.approvals["c2"]?.digest != nil }
                #expect(asked.status.calls["c1"]?.state == .stale)
                #expect(commands.all.isEmpty)
            }
        }
    }
}

/// What was run in containers.
final class Commands: Sendable {
    private let seen = Mutex<[[String]]>([])
    var all: [[String]] { seen.withLock(\.self) }
    func note(_ command: [String]) { seen.withLock { $0.append(command) } }
}

/// Passes everything on, and notes the commands.
struct CountedCommands: KubeAPI {
    let api: any KubeAPI
    let commands: Commands
    let loses: Bool

    init(_ api: any KubeAPI, _ commands: Commands, loses: Bool = false) {
        self.api = api
        self.commands = commands
        self.loses = loses
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        try await api.send(request, as: identity)
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await api.stream(request, as: identity, body: body)
    }

    func exec(_ command: ContainerCommand, as identity: Impersonation?) async throws -> ExecResult {
        commands.note(command.command)
        let result = try await api.exec(command, as: identity)
        if loses { throw KubeClientError(.unreachable, message: "answer lost") }
        return result
    }
}
