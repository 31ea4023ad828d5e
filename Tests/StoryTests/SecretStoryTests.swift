import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// Secrets that the model writes.
@Suite struct SecretStoryTests {
    private static let values = [
        "swordfish-for-tests", "c3dvcmRmaXNoLWZvci10ZXN0cw==", "second-for-tests", "c2Vjb25kLWZvci10ZXN0cw==",
    ]
    private static let rights = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: secrets, namespace: shop}
        rules: [{apiGroups: [""], resources: [secrets], verbs: [get, create, patch]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: secrets, namespace: shop}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: secrets}
        subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
        """

    private static func apply(_ members: String) -> ModelReply {
        .calls(
            (
                "k8s_apply",
                [
                    "content": .string(
                        "{apiVersion: v1, kind: Secret, metadata: {name: db, namespace: shop}, \(members)}")
                ]
            ))
    }

    @Test func `one is created and changed as approved, and its values are shown nowhere`() async throws {
        let model = ScriptedModel(
            Self.apply("stringData: {password: swordfish-for-tests}"),
            Self.apply("data: {password: c2Vjb25kLWZvci10ZXN0cw==}"), .says("Done."))
        try await Story.run(nil) { story in
            try await story.apply(Self.rights)
            try await story.withOperator(model) {
                try await story.ask("make the secret")
                let waiting = try await story.untilPhase(.awaitingApproval)
                let approval = try #require(waiting.status.approvals["c1"])
                #expect(approval.requests.first?["body"]?.string?.contains("‹redacted:") == true)
                #expect(approval.json["preview"]?.string?.contains("password: ‹redacted:") == true)
            }
            try await story.approve("c1")
            try await story.withOperator(model, identity: "operator-2") {
                try await story.until("c2 waits") { $0.status.approvals["c2"] != nil }
                let live = try await story.api.get(.secrets, namespace: "shop", name: "db")
                #expect(live["data", "password"] == .string(Self.values[1]))
                try await story.approve("c2")
                try await story.untilPhase(.completed)
            }
            let live = try await story.api.get(.secrets, namespace: "shop", name: "db")
            #expect(live["data", "password"] == .string(Self.values[3]))
            var text = "\(try await story.api.get(.conversations, namespace: "shop", name: "talk").json)"
            for event in try await story.api.list(.events, namespace: "shop").items { text += "\(event.json)" }
            text += try await story.transcript() + "\(model.toolResults)"
            for value in Self.values {
                let place = text.firstRange(of: value).map {
                    text[..<$0.lowerBound].suffix(200) + text[$0.lowerBound...].prefix(80)
                }
                #expect(place == nil)
            }
        }
    }

    @Test func `what may be more than a credential is refused, and by other tools every Secret`() async throws {
        let patch: JSONValue = ["stringData": ["password": "swordfish-for-tests"]]
        let model = ScriptedModel(
            Self.apply("type: kubernetes.io/service-account-token"),
            Self.apply(#"stringData: {run: "touch a\ntouch b"}"#), Self.apply("stringData: {password: first}"),
            .calls(
                ("k8s_patch", ["resource_type": "secret", "name": "db", "patch": .string(JSONWriter.string(patch))]),
                ("k8s_patch", ["resource_type": "secret", "name": "db", "patch": patch])), .says("Done."))
        try await Story.run(model) { story in
            try await story.apply(Self.rights)
            try await story.ask("make the secret")
            try await story.until("c3 waits") { $0.status.approvals["c3"] != nil }
            try await story.approve("c3")
            let done = try await story.untilPhase(.completed)
            #expect(
                done.status.calls["c1"]?.result?.contains("type kubernetes.io/service-account-token is not written")
                    == true)
            #expect(done.status.calls["c2"]?.result?.contains("text of several lines") == true)
            #expect(done.status.calls["c3"]?.state == .succeeded)
            #expect(done.status.calls["c4"]?.result?.contains("by k8s_apply of a manifest") == true)
            #expect(done.status.calls["c5"]?.state == .failed)
            let text = "\(done.object.json)" + (try await story.transcript())
            #expect(!text.contains("swordfish-for-tests"))
        }
    }
}
