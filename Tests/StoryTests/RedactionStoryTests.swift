import ConversationAccess
import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import SkyfloCLI
import Testing

/// Credentials that the model itself writes into a change, and the key that hides them.
@Suite struct RedactionStoryTests {
    private static let password = "correct-horse-battery"

    private static func patch(_ variable: String, _ value: String) -> ModelReply {
        let env: JSONValue = ["name": .string(variable), "value": .string(value)]
        let body: JSONValue = [
            "spec": ["template": ["spec": ["containers": [["name": "web", "env": [env]]]]]]
        ]
        return .calls(
            (
                "k8s_patch",
                [
                    "resource_type": "deployment", "name": "web", "patch_type": "strategic",
                    "patch": .string(JSONWriter.string(body)),
                ]
            ))
    }

    private func environment(_ story: Story) async throws -> [String: String] {
        let web = try await story.api.get(.deployments, namespace: Story.namespace, name: "web")
        let list = web["spec", "template", "spec", "containers"]?[0]?["env"]?.array ?? []
        return list.reduce(into: [:]) { $0[$1["name"]?.string ?? ""] = $1["value"]?.string }
    }

    /// Everything that is to be read of a conversation.
    private func everything(_ story: Story) async throws -> String {
        var text = "\(try await story.api.get(.conversations, namespace: Story.namespace, name: "talk").json)"
        for event in try await story.api.list(.events, namespace: Story.namespace).items { text += "\(event.json)" }
        return text + (try await story.transcript())
    }

    @Test func `a password that the model writes is shown nowhere, and sent as it is, also by the next worker`()
        async throws
    {
        let model = ScriptedModel(Self.patch("DB_PASSWORD", Self.password), .says("password=\(Self.password) is set."))
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("set the password")
                let waiting = try await story.untilPhase(.awaitingApproval)
                let approval = try #require(waiting.status.approvals["c1"])
                #expect(approval.fingerprint != nil && approval.arguments.contains("‹redacted:"))
                #expect(approval.requests.first?["body"]?.string?.contains("‹redacted:") == true)
                #expect(approval.json["preview"]?.string?.contains("+          value: ‹redacted:") == true)
                #expect(waiting.pendingApprovals.first?.isIntact == true)
            }
            try await story.approve("c1")
            try await story.withOperator(model, identity: "operator-2") {
                try await story.untilPhase(.completed)
            }
            #expect(try await environment(story)["DB_PASSWORD"] == Self.password)
            let text = try await everything(story)
            #expect(text.contains("DB_PASSWORD") || text.contains("‹redacted:"))
            #expect(!text.contains(Self.password))
            #expect(!"\(model.toolResults)".contains(Self.password))
        }
    }

    @Test func `an approval with another fingerprint approves nothing`() async throws {
        let model = ScriptedModel(Self.patch("DB_PASSWORD", Self.password), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("set the password")
            try await story.untilPhase(.awaitingApproval)
            try await story.decide([
                "c1": ["fingerprint": "hmac-sha256:00", "decision": "Approved", "decidedBy": "mallory"]
            ])
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .denied)
            #expect(try await environment(story).isEmpty)
        }
    }

    @Test func `what holds no credential is approved without a fingerprint`() async throws {
        let model = ScriptedModel(Self.patch("MODE", "fast"), .says("Done."))
        try await Story.run(model) { story in
            try await story.ask("set the mode")
            let waiting = try await story.untilPhase(.awaitingApproval)
            #expect(waiting.status.approvals["c1"]?.fingerprint == nil)
            #expect(waiting.status.approvals["c1"]?.arguments.contains("fast") == true)
        }
    }

    private static let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")

    @Test func `who approves sees that a protection is turned off, and not the password beside it`() async throws {
        let body: JSONValue = [
            "data": [
                "ENABLE_BASIC_AUTH": "no", "REQUIRE_AUTH": "0", "AUTH": "off",
                "AUTH_SERVER": "https://login.other.test",
                "ADMIN_PASSWORD": .string(Self.password), "MODE": "open",
            ]
        ]
        let model = ScriptedModel(
            .calls(
                (
                    "k8s_patch",
                    [
                        "resource_type": "configmap", "name": "shop", "patch_type": "merge",
                        "patch": .string(JSONWriter.string(body)),
                    ]
                )), .says("Done."))
        try await Story.run(model) { story in
            try await story.letCopilotWriteAll()
            try await story.apply(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: shop, namespace: \(Story.namespace)}
                data:
                  ENABLE_BASIC_AUTH: "yes"
                  REQUIRE_AUTH: "1"
                  AUTH: "on"
                  AUTH_SERVER: https://login.example
                  ADMIN_PASSWORD: another-one-before
                """)
            try await story.ask("turn it off")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let approval = try #require(waiting.status.approvals["c1"]).json
            let preview = approval["preview"]?.string ?? ""
            for line in [
                "-  ENABLE_BASIC_AUTH: \"yes\"", "+  ENABLE_BASIC_AUTH: \"no\"", "-  REQUIRE_AUTH: \"1\"",
                "+  REQUIRE_AUTH: \"0\"",
                "-  AUTH_SERVER: https://login.example", "+  AUTH_SERVER: https://login.other.test",
            ] {
                #expect(preview.contains("\n\(line)\n"), "\(preview)")
            }
            for shown in [approval["arguments"]?.string, approval["requests"]?[0]?["body"]?.string] {
                #expect(shown?.contains("https://login.other.test") == true && shown?.contains("REQUIRE_AUTH") == true)
            }
            let tokens = preview.split(separator: "\n").filter { $0.contains("ADMIN_PASSWORD: ‹redacted:") }
            #expect(tokens.count == 2 && tokens[0].suffix(10) != tokens[1].suffix(10), "\(preview)")
            #expect(approval["summary"]?.string?.hasSuffix("and 1 more") == true, "\(approval)")
            let all = try await everything(story)
            #expect(!all.contains(Self.password) && !all.contains("another-one-before"))
        }
    }

    @Test func `files of settings in a ConfigMap reach the model without their passwords`() async throws {
        let model = ScriptedModel(
            .calls(("k8s_get", ["resource_type": "configmap", "name": "files", "output": "yaml"])), .says("Seen."))
        try await Story.run(model) { story in
            try await story.apply(
                """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: files, namespace: \(Story.namespace)}
                data:
                  settings.xml: |
                    <server><username>ci</username><password>\(Self.password)-1</password></server>
                  .pgpass: |
                    db.example:5432:app:app:\(Self.password)-2
                  .netrc: "machine git.example login ci password \(Self.password)-3"
                  app.yaml: |
                    auth: {mode: basic, users: [{name: app, password: \(Self.password)-4}]}
                """)
            try await story.ask("look")
            try await story.untilPhase(.completed)
            let result = model.toolResults.last ?? ""
            #expect(result.contains("<username>ci</username>") && result.contains("mode: basic"), "\(result)")
            #expect(!result.contains(Self.password), "\(result)")
        }
    }

    @Test func `a change in a file with CRLF is shown by its line`() async throws {
        let lines = (1...30).map { "line \($0)\r\n" }.joined()
        let patch: JSONValue = ["data": ["a.ini": .string(lines.replacing("line 9\r\n", with: "line nine\r\n"))]]
        let model = ScriptedModel(
            .calls(
                (
                    "k8s_patch",
                    [
                        "resource_type": "configmap", "name": "ini", "patch_type": "merge",
                        "patch": .string(JSONWriter.string(patch)),
                    ]
                )), .says("Done."))
        try await Story.run(model) { story in
            try await story.letCopilotWriteAll()
            _ = try await story.api.create(
                KubeObject([
                    "apiVersion": "v1", "kind": "ConfigMap", "data": ["a.ini": .string(lines)],
                    "metadata": ["name": "ini", "namespace": .string(Story.namespace)],
                ]), in: Self.configMaps)
            try await story.ask("change line 9")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let preview = waiting.status.approvals["c1"]?.json["preview"]?.string ?? ""
            #expect(preview.contains("\n-    line 9\n+    line nine\n"), "\(preview)")
        }
    }

    @Test func `the key is made once, and tokens stay the same for the next worker`() async throws {
        let model = ScriptedModel { _, turn in
            turn.isMultiple(of: 2)
                ? .calls(("k8s_get", ["resource_type": "deployment", "name": "web", "output": "yaml"])) : .says("Seen.")
        }
        try await Story.run(nil) { story in
            _ = try await story.api.patch(
                .deployments, namespace: Story.namespace, name: "web",
                patch: .merge(["metadata": ["annotations": ["api-token": "abcdefgh12345678"]]]))
            var tokens: [String] = []
            for name in ["one", "two"] {
                try await story.withOperator(model, identity: name) {
                    try await story.ask("look", name: name)
                    try await story.untilPhase(.completed, name)
                }
                let result = model.toolResults.last ?? ""
                let start = try #require(result.firstRange(of: "api-token: "))
                tokens.append(String(result[start.upperBound...].prefix { !$0.isNewline }))
            }
            #expect(tokens[0] == tokens[1] && tokens[0].contains("‹redacted:"))
            let secrets = try await story.api.list(.secrets, namespace: "skyflo-system").items.filter {
                $0["type"] != "skyflo.ai/transcript"
            }
            #expect(secrets.map(\.name) == ["skyflo-redaction-key"])
            #expect(secrets.first?["immutable"] == true)
            #expect(Base64.decode(secrets.first?["data", "key"]?.string ?? "")?.count == 32)
        }
    }

    @Test func `workers that start at once use the same key, and one that can't be used stops them`() async throws {
        try await Story.run(nil) { story in
            let model = ScriptedModel(.says("Hi."))
            try await story.withOperator(model, identity: "a") {
                try await story.withOperator(model, identity: "b") {
                    try await eventually("there is a key") {
                        try await story.api.list(.secrets, namespace: "skyflo-system").items.count == 1
                    }
                }
            }
            try await story.api.delete(.secrets, namespace: "skyflo-system", name: "skyflo-redaction-key")
            try await story.apply(
                """
                apiVersion: v1
                kind: Secret
                metadata: {name: skyflo-redaction-key, namespace: skyflo-system}
                stringData: {key: short}
                """)
            await #expect {
                try await story.withOperator(model) { try await Task.sleep(for: .seconds(60)) }
            } throws: { error in
                "\(error)".contains("skyflo-system/skyflo-redaction-key has no \"key\" of 32 bytes")
            }
        }
    }
}
