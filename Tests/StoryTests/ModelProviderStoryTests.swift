import Controllers
import KubeClient
import KubeModel
import LanguageModels
import LocalCluster
import Logging
import OperatorTestKit
import SkyfloAPI
import Testing

/// Models and their providers in the whole operator.
@Suite(.timeLimit(.minutes(5)))
struct ModelProviderStoryTests {
    @Test func `what a provider attached comes back after an approval and a restart of the operator`() async throws {
        let data = ProviderData(
            author: .init(format: "openai-chat", host: "h", model: "m"),
            content: ["reasoning_content": "I should scale it.\n"])
        let model = ScriptedModel { _, turn in
            guard turn == 0 else { return .says("Done.") }
            var reply = ModelReply.scale(to: 3)
            reply.toolCalls[0].id = "call_0__thought__+vv8/f7/="
            reply.toolCalls[0].providerData = ["extra_content": ["google": ["thought_signature": "+v/="]]]
            reply.providerData = data
            return reply
        }
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
            }
            try await story.approve("c1")
            try await story.withOperator(model, identity: "operator-2") { try await story.untilPhase(.completed) }
            let sent = try #require(model.requests.last?.messages)
            let found = sent.compactMap { message -> ([ModelToolCall], ProviderData?)? in
                guard case .assistant(_, let calls, let data) = message else { return nil }
                return (calls, data)
            }
            #expect(found.map(\.1) == [data])
            #expect(found.first?.0.map(\.id) == ["call_0__thought__+vv8/f7/="])
            #expect(found.first?.0.first?.providerData == ["extra_content": ["google": ["thought_signature": "+v/="]]])
            #expect(sent.contains { if case .tool("call_0__thought__+vv8/f7/=", _) = $0 { true } else { false } })
        }
    }

    private var builtIn: BuiltInModelProvider {
        BuiltInModelProvider(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, environment: [:])
    }

    private func skyflo(_ models: String) -> String {
        """
        apiVersion: skyflo.ai/v1
        kind: SkyfloAI
        metadata: {name: skyflo, namespace: shop}
        spec:
          approvals: {allowUnproven: true}
          models: \(models)
        """
    }

    @Test func `another model answers where the first can't be reached`() async throws {
        try await Story.run(builtIn) { story in
            try await story.apply(
                skyflo(
                    "[{name: a, model: m, baseURL: 'http://127.0.0.1:1', fallback: [b]}, {name: b, provider: Offline}]"
                ))
            try await story.ask("list the deployments")
            let answer = try await story.untilPhase(.completed).status.answer
            #expect(answer?.contains("web") == true)
        }
    }

    @Test func `an endpoint is trusted by the certificate authority that the model names`() async throws {
        try await Story.run(builtIn) { story in
            try await story.letOperatorReadSecrets()
            let address = story.endpoint.url
            try await story.apply(skyflo("[{name: a, model: m, baseURL: '\(address)'}]"))
            try await story.ask("hello", name: "without")
            let failed = try await story.untilPhase(.failed, "without")
            #expect(failed.status.conditions[type: "Failed"]?.message.contains("certificate") == true)
            let authority = story.endpoint.certificateAuthorityPEM
            _ = try await story.api.create(
                .configMap("authority", namespace: Story.namespace, data: ["ca.crt": authority]), in: .configMaps)
            try await story.apply(
                skyflo("[{name: a, model: m, baseURL: '\(address)', caConfigMapRef: {name: authority}}]"))
            try await story.ask("hello", name: "with")
            let answered = try await story.untilPhase(.failed, "with")
            let message = answered.status.conditions[type: "Failed"]?.message ?? ""
            #expect(message.contains("(401)") || message.contains("(403)") || message.contains("(404)"), "\(message)")
        }
    }
}
