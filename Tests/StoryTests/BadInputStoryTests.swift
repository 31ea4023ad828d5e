import Controllers
import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

@Suite struct BadInputStoryTests {
    @Test(
        arguments: [
            (["messages": []], "spec.messages"),
            (["messages": [["content": ""]]], "spec.messages[0].content"),
            (["messages": [["content": "x"]], "approval": ["mode": "Never"]], "spec.approval.mode"),
            (["messages": [["content": "x"]], "limits": ["modelTurns": 0]], "spec.limits.modelTurns"),
            (["messages": "x"], "spec.messages"),
            ([:], "spec.messages"),
        ] as [(JSONValue, String)])
    func `what breaks the schema is refused with the field's name`(_ spec: JSONValue, _ field: String) async throws {
        try await Story.run(nil, samples: ["0-shop.yaml"]) { story in
            let object = KubeObject(.conversations, namespace: Story.namespace, name: "bad", members: ["spec": spec])
            let status = try await #require(throws: APIStatus.self) {
                _ = try await story.api.create(object, in: .conversations)
            }
            #expect(status.code == 422)
            #expect(status.causes.map(\.field).contains(field), "\(status)")
        }
    }

    @Test func `more reads than a status can show are refused, and the others asked for`() async throws {
        let call: (String, JSONValue) = (
            "k8s_get", ["resource_type": "pods", "name": .string(String(repeating: "a", count: 20_000))]
        )
        try await Story.run(ScriptedModel(.calls(call, call, call, call, call), .says("Done."))) { story in
            try await story.ask("what is there?", spec: ["approval": ["mode": "Always"]])
            let waiting = try await story.untilPhase(.awaitingApproval)
            let refused = waiting.status.calls.values.filter {
                $0.result?.contains("too many changes are waiting") == true
            }
            #expect(waiting.status.approvals.count == 3 && refused.count == 2)
        }
    }

    @Test func `messages can be added, and not changed or removed`() async throws {
        try await Story.run(nil, samples: ["0-shop.yaml"]) { story in
            try await story.ask("one", "two")
            try await story.change(spec: ["messages": [["content": "one"], ["content": "two"], ["content": "three"]]])
            for changed: [JSONValue] in [
                [["content": "one"]], [["content": "one"], ["content": "zwei"], ["content": "three"]],
                [["content": "one"], ["content": "two"], ["content": "three "]],
                [["content": "two"], ["content": "one"], ["content": "three"]],
                [["content": "onetwo"], ["content": "three"], ["content": "x"]],
            ] {
                let status = try await #require(throws: APIStatus.self) {
                    try await story.change(spec: ["messages": .array(changed)])
                }
                #expect(status.message.contains("append-only"), "\(status)")
            }
        }
    }

    @Test func `a manifest of the reference system's SkyfloAI applies unchanged`() async throws {
        try await Story.run(ScriptedModel(.says("Hello.")), samples: ["0-shop.yaml"]) { story in
            let component = "{image: x/y:1, replicas: 1, resources: {limits: {cpu: 1}}, env: [{name: A, value: b}]}"
            try await story.apply(
                """
                apiVersion: skyflo.ai/v1
                kind: SkyfloAI
                metadata: {name: skyflo, namespace: shop}
                spec:
                  ui: \(component)
                  engine:
                    image: x/y:1
                    databaseConfig: {host: h, port: 5432, database: d, secretName: s}
                    redisConfig: {host: h, port: 6379}
                  mcp: {image: x/y:1, kubeconfigSecret: k}
                  imagePullSecrets: [{name: p}]
                  nodeSelector: {a: b}
                  tolerations: [{key: a, operator: Exists}]
                  affinity: {nodeAffinity: {}}
                """)
            try await story.ask("hello", spec: ["serviceAccountName": "default"])
            try await story.untilPhase(.completed)
            try await eventually("it says that the components are not made, and which settings have no meaning") {
                let sky = try await story.api.get(.skyfloAIs, namespace: Story.namespace, name: "skyflo")
                #expect(sky["spec", "engine", "databaseConfig", "port"] == 5432)
                let conditions = SkyfloAI(sky).conditions
                let (available, unused) = (conditions[type: "Available"], conditions[type: "SettingsUsed"])
                return conditions[type: "Ready"]?.status == .true && available?.status == .false
                    && available?.reason == "NamespaceNotServed"
                    && ["databaseConfig", "redisConfig", "kubeconfigSecret"].allSatisfy {
                        unused?.message.contains($0) == true
                    }
            }
        }
    }

    @Test func `a missing SkyfloAI is waited for`() async throws {
        try await Story.run(ScriptedModel(.says("Hello.")), samples: ["0-shop.yaml"]) { story in
            try await story.ask("hello", spec: ["serviceAccountName": "default"])
            let waiting = try await story.until("not accepted") {
                $0.status.conditions[type: "Accepted"]?.reason == "SkyfloAINotFound"
            }
            #expect(waiting.status.phase == .pending && waiting.status.reason == "SkyfloAINotFound")
            #expect(waiting.status.conditions[type: "Accepted"]?.message.contains("create one") == true)
            try await story.apply("{apiVersion: skyflo.ai/v1, kind: SkyfloAI, metadata: {name: s, namespace: shop}}")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.conditions[type: "Accepted"]?.status == .true && done.status.reason == nil)
        }
    }

    @Test func `a missing model, ServiceAccount or Secret is named and waited for`() async throws {
        try await Story.run(ScriptedModel(.says("Hello."))) { story in
            try await story.ask("hello", name: "model", spec: ["model": "big"])
            try await story.until("not accepted", of: "model") {
                $0.status.conditions[type: "Accepted"]?.reason == "ModelNotFound"
            }
            try await story.ask("hello", name: "account", spec: ["serviceAccountName": "nobody"])
            try await story.until("not accepted", of: "account") {
                $0.status.conditions[type: "Accepted"]?.reason == "ServiceAccountNotFound"
            }
            try await story.apply(
                """
                apiVersion: skyflo.ai/v1
                kind: SkyfloAI
                metadata: {name: skyflo, namespace: shop}
                spec: {models: [{name: big, model: m, apiKeySecretRef: {name: keys}}]}
                """)
            try await story.until("waiting for the right to read the Secret", of: "model") {
                $0.status.conditions[type: "Accepted"]?.reason == "SecretForbidden"
            }
            try await story.letOperatorReadSecrets()
            try await story.until("waiting for the Secret", of: "model") {
                $0.status.conditions[type: "Accepted"]?.reason == "SecretNotFound"
            }
            try await story.apply(
                "{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}, stringData: {OPENAI_API_KEY: k}}"
            )
            try await story.apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: nobody, namespace: shop}}")
            try await story.untilPhase(.completed, "model")
            try await story.untilPhase(.completed, "account")
        }
    }

    @Test func `a model that can't be reached fails the turn with the cause, and the next message works`() async throws
    {
        let model = ScriptedModel { _, turn in
            if turn == 0 { throw LanguageModelError(.unreachable, message: "connection refused") }
            return .says("Back again.")
        }
        try await Story.run(model) { story in
            try await story.ask("hello")
            let failed = try await story.untilPhase(.failed)
            let condition = try #require(failed.status.conditions[type: "Failed"])
            #expect(condition.reason == "ModelFailed" && condition.message.contains("connection refused"))
            try await story.change(spec: ["messages": [["content": "hello"], ["content": "again"]]])
            let done = try await story.untilPhase(.completed, turn: 2)
            #expect(done.status.answer == "Back again.")
            #expect(done.status.conditions[type: "Failed"]?.status == .false)
        }
    }

    @Test func `calls that make no sense are told to the model, and nothing is repaired`() async throws {
        let model = ScriptedModel { _, turn in
            guard turn == 0 else { return .says("Sorry.") }
            return ModelReply(
                toolCalls: [
                    .init(id: "a", name: "rm_rf", arguments: "{}"),
                    .init(id: "b", name: "k8s_scale", arguments: "{name: web, replicas: 3}"),
                    .init(id: "c", name: "k8s_scale", arguments: "{\"name\":\"web\",\"replicas\":\"3\"}"),
                    .init(
                        id: "d", name: "k8s_get",
                        arguments: "{\"resource_type\":\"pods\",\"name\":\"--raw=/api/v1/secrets\"}"),
                ], finish: .toolCalls)
        }
        try await Story.run(model) { story in
            try await story.ask("break things")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls.values.allSatisfy { $0.state == .failed })
            #expect(model.toolResults.count == 4 && model.toolResults.allSatisfy { $0.hasPrefix("failed: ") })
            #expect(done.status.approvals.isEmpty)
        }
    }

    @Test func `a limit ends the turn with its reason, and the next message goes on`() async throws {
        let model = ScriptedModel { request, _ in
            if case .user("stop asking")? = request.messages.last { return .says("Fine.") }
            return .calls(("k8s_get", ["resource_type": "pods"]))
        }
        try await Story.run(model) { story in
            try await story.ask("loop", spec: ["limits": ["modelTurns": 3]])
            let failed = try await story.untilPhase(.failed)
            #expect(failed.status.conditions[type: "Failed"]?.reason == "ModelTurnLimitReached")
            #expect(model.requests.count == 3)
            try await story.change(spec: ["messages": [["content": "loop"], ["content": "stop asking"]]])
            try await story.untilPhase(.completed, turn: 2)
        }
    }
}
