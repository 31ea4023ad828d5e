import ConversationAccess
import FoundationEssentials
import KubeClient
import KubeModel
import KubernetesTools
import MCP
import SkyfloAPI
import SkyfloMCP
import Synchronization
import Testing
import ToolKit
import Writes

/// A program that speaks the Model Context Protocol, against the whole operator.
@Suite struct MCPStoryTests {
    private static let meta: RequestMeta = {
        var meta = RequestMeta(legacy: [:], revision: .november2025)
        meta.client = "desk 1.0"
        return meta
    }()

    private static func features(
        _ api: any KubeAPI, user: String, options: ClusterFeatures.Options = .init()
    ) -> ClusterFeatures {
        let now: @Sendable () -> KubeTime = { KubeTime(seconds: Date().timeIntervalSince1970) }
        return ClusterFeatures(
            api: api, user: user, namespace: Story.namespace, registry: ToolRegistry(KubernetesToolset.all(now: now)),
            redactor: Redactor(key: Array("a key for tests only".utf8)), options: options, now: now)
    }

    private static func call(
        _ features: ClusterFeatures, _ tool: String, _ arguments: JSONObject, progress: ProgressReporter = .none
    ) async throws -> ToolResult {
        try await features.call(tool: tool, arguments: arguments, request: meta, progress: progress)
    }

    @Test func `a change that is asked for through MCP is approved elsewhere, and only as it was shown`() async throws {
        try await Story.run(ScriptedModel(.scale(to: 3), .says("Done."))) { story in
            let features = Self.features(story.api, user: "kubernetes-admin")
            let heard = Mutex<[String]>([])
            let asked = try await Self.call(
                features, "conversation_ask", ["text": "scale web to 3", "service_account": "copilot"],
                progress: ProgressReporter { _, message in heard.withLock { $0.append(message) } })
            #expect(asked.text.contains("+  replicas: 3") && asked.structured?["state"] == "WaitsForDecision")
            #expect(!heard.withLock(\.self).isEmpty)
            let name = try #require(asked.structured?["name"]?.string)
            let entry = try #require(asked.structured?["pendingApprovals"]?.array?.first)
            let conversation = Conversation(
                try await story.api.get(.conversations, namespace: Story.namespace, name: name))
            #expect(conversation.object.annotations["skyflo.ai/asked-through"] == "mcp (desk 1.0)")
            #expect(conversation.creator == "kubernetes-admin")

            var decision: JSONObject = ["conversation": .string(name), "call": "c1", "decision": "Approved"]
            decision["digest"] = entry["digest"]
            let own = try await Self.call(features, "approval_decide", decision)
            #expect(own.isError && own.text.contains("kubectl skyflo approve \(name) -n shop"))
            let open = Self.features(story.api, user: "kubernetes-admin", options: .init(allowsOwnApprovals: true))
            decision["digest"] = "sha256:0000"
            let other = try await Self.call(open, "approval_decide", decision)
            #expect(other.isError && other.text.contains("nothing was decided"))
            #expect(try await story.replicas() != 3)

            decision["digest"] = entry["digest"]
            let decided = try await Self.call(open, "approval_decide", decision)
            #expect(!decided.isError, "\(decided.text)")
            let ended = try await Self.call(
                features, "conversation_wait", ["conversation": .string(name), "wait_seconds": 180])
            #expect(ended.structured?["state"] == "Ended" && ended.text.contains("Done."))
            #expect(try await story.replicas() == 3)
            let undone = try await Self.call(
                features, "changes_undo", ["conversation": .string(name), "changes": "c9"])
            #expect(undone.isError && undone.text.contains("has no change c9"))
        }
    }

    @Test func `a read-only server asks read-only questions, and goes on with a conversation`() async throws {
        try await Story.run(ScriptedModel(.says("One."), .says("Two."))) { story in
            let features = Self.features(story.api, user: "kubernetes-admin", options: .init(isReadOnly: true))
            let first = try await Self.call(features, "conversation_ask", ["text": "how many?"])
            #expect(first.text.contains("One."))
            let name = try #require(first.structured?["name"])
            let object = try await story.api.get(
                .conversations, namespace: Story.namespace, name: name.string ?? "")
            #expect(Conversation(object).spec.approvalMode == .readOnly)
            let second = try await Self.call(
                features, "conversation_ask", ["text": "and now?", "conversation": name])
            #expect(second.text.contains("Two.") && second.structured?["turn"] == 2)
            let read = try await features.read(resource: "skyflo://conversations/shop/\(name.string ?? "")")
            #expect(read.first?.text.contains("Two.") == true)
            let (resources, next) = try await features.resources(after: nil)
            #expect(resources.map(\.name) == [name.string] && next == nil)
            let stopped = try await Self.call(features, "conversation_stop", ["conversation": name])
            #expect(stopped.text.contains("stopped"))
            let refused = try await Self.call(
                features, "conversation_ask", ["text": "more", "conversation": name])
            #expect(refused.isError && refused.text.contains("resume it"))
        }
    }
}
