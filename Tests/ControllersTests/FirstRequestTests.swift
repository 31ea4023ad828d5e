import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization
import Testing
import ToolKit
import WorkflowEngine

@testable import Controllers

/// What of a conversation's first request is the same for all conversations of an installation, so that providers' caches hold.
@Suite struct FirstRequestTests {
    private struct Parts: Sendable {
        /// Tools and instructions, which providers put before the messages.
        var shared: [UInt8]
        var own: [UInt8]
    }

    private func parts(namespace: String, account: String, facts: String, message: String) async throws -> Parts {
        let parts = Mutex(Parts(shared: [], own: []))
        try await Scene.run { scene in
            scene.references.model.provider = .openAI
            scene.references.tools = Operator.toolRegistry()
            scene.references.definitions = scene.references.tools.definitions()
            scene.references.systemPrompt = SystemPrompt(installation: .init(version: "v1.36.0")).text
            scene.references.namespaceFacts = facts
            scene.store.log(.turnStarted(number: 1, message: message))
            let conversation = Conversation(
                KubeObject(
                    .conversations, namespace: namespace, name: "talk",
                    members: [
                        "spec": ["serviceAccountName": .string(account), "messages": [["content": .string(message)]]]
                    ]))
            let machine = scene.store.machine
            let request = scene.references.prepared(
                for: machine, of: conversation, within: scene.references.budget(for: machine)
            ).request
            guard case .system(let system)? = request.messages.first, case .user(let user)? = request.messages.last
            else {
                Issue.record("\(request.messages)")
                return
            }
            let tools = request.tools.map {
                JSONWriter.string([
                    "name": .string($0.name), "description": .string($0.description), "parameters": $0.parameters,
                ])
            }
            let found = Parts(shared: Array((tools.joined() + system).utf8), own: Array(user.utf8))
            parts.withLock { $0 = found }
            #expect(request.messages.count == 2)
        }
        return parts.withLock(\.self)
    }

    @Test func `at least nine tenths of the first request are the same bytes for every conversation`() async throws {
        let rights =
            "Its rights here: read all common kinds but secrets; change, create deployments, statefulsets, daemonsets; "
            + "delete pods; no exec. Managed from elsewhere: Helm release shop (api, web)."
        let one = try await parts(
            namespace: "shop", account: "copilot", facts: rights, message: "Why is the deployment web not ready?")
        let other = try await parts(
            namespace: "production-eu", account: "default", facts: "Its rights here: read nothing.",
            message: "Scale the deployment api to 5 replicas and tell me when they are ready.")
        #expect(one.shared == other.shared)
        for parts in [one, other] {
            let share = Double(parts.shared.count) / Double(parts.shared.count + parts.own.count)
            #expect(share >= 0.9, "\(share): \(parts.own.count) bytes of \(parts.shared.count + parts.own.count)")
        }
    }
}
