import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// A release of Helm is rolled back by one approval, step by step.
@Suite struct ReleaseStoryTests {
    private static func manifest(_ value: String) -> String {
        """
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: credentials}
        stringData: {password: \(value)-hunter2-pass}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {value: \(value)}
        """
    }

    private static func store(_ story: Story, _ revision: Int, status: String, value: String) async throws {
        let record: JSONValue = [
            "name": "web", "namespace": "shop", "version": JSONValue(revision), "config": ["value": .string(value)],
            "info": ["status": .string(status), "description": "Install complete"],
            "chart": ["metadata": ["name": "shop", "version": "1.2.0"]], "manifest": .string(manifest(value)),
            "hooks": [],
        ]
        // Helm reads what isn't compressed as well.
        let data = Base64.encode(Array(Base64.encode(JSONWriter.bytes(record)).utf8))
        _ = try await story.api.create(
            KubeObject([
                "apiVersion": "v1", "kind": "Secret", "type": "helm.sh/release.v1",
                "metadata": [
                    "name": .string("sh.helm.release.v1.web.v\(revision)"), "namespace": "shop",
                    "labels": [
                        "name": "web", "owner": "helm", "status": .string(status),
                        "version": .string(String(revision)),
                    ],
                ],
                "data": ["release": .string(data)],
            ]), in: .secrets)
    }

    private static func prepare(_ story: Story) async throws {
        try await ExecStoryTests.prepare(story)
        try await store(story, 1, status: "superseded", value: "one")
        try await store(story, 2, status: "deployed", value: "two")
        for document in try YAML.parseAll(manifest("two")) where !document.isNull {
            var object = KubeObject(document)
            object.json[path: ["metadata", "namespace"]] = "shop"
            _ = try await story.api.apply(
                object, in: object.kind == "Secret" ? .secrets : .configMaps,
                options: WriteOptions(fieldManager: "helm"))
        }
    }

    private static func statuses(_ story: Story) async throws -> [String?] {
        var found: [String?] = []
        for revision in 1...3 {
            let secret = try await story.api.find(
                .secrets, namespace: "shop", name: "sh.helm.release.v1.web.v\(revision)")
            found.append(secret?.labels["status"])
        }
        return found
    }

    @Test func `what was approved is done, and neither status nor approval has a credential`() async throws {
        let model = ScriptedModel(.calls(("helm_rollback", ["release_name": "web"])), .says("Done."))
        try await Story.run(model) { story in
            try await Self.prepare(story)
            try await story.ask("roll web back")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let approval = try #require(waiting.status.approvals["c1"])
            #expect(approval.preview.contains("+  value: one"))
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .succeeded, "\(done.status.json)")
            #expect(try await Self.statuses(story) == ["superseded", "superseded", "deployed"])
            let settings = try await story.api.get(.configMaps, namespace: "shop", name: "settings")
            #expect(settings["data", "value"] == "one")
            let text = JSONWriter.string(done.object.json)
            for secret in ["one-hunter2-pass", "two-hunter2-pass"] {
                #expect(!text.contains(secret) && !text.contains(Base64.encode(Array(secret.utf8))))
            }
        }
    }

    @Test func `where a step fails the new revision is marked failed, and the one before stays deployed`() async throws
    {
        let model = ScriptedModel(.calls(("helm_rollback", ["release_name": "web"])), .says("Oh."))
        try await Story.run(model) { story in
            try await Self.prepare(story)
            try await story.ask("roll web back")
            try await story.untilPhase(.awaitingApproval)
            // Somebody else changes what is to be changed.
            _ = try await story.api.patch(
                .configMaps, namespace: "shop", name: "settings", patch: .merge(["data": ["value": "mine"]]),
                options: WriteOptions(fieldManager: "kubectl-edit"))
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .failed, "\(done.status.json)")
            #expect(try await Self.statuses(story) == ["superseded", "deployed", "failed"])
            let settings = try await story.api.get(.configMaps, namespace: "shop", name: "settings")
            #expect(settings["data", "value"] == "mine")
            let result = try #require(model.toolResults.first)
            #expect(result.contains("mark revision 3 of release shop/web failed"), "\(result)")
        }
    }
}
