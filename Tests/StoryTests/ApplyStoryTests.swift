import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// Manifests from the question to the cluster.
@Suite struct ApplyStoryTests {
    private func apply(_ content: String) -> ModelReply { .calls(("k8s_apply", ["content": .string(content)])) }

    private func flags(_ data: String) -> ModelReply {
        apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: flags}, data: \(data)}")
    }

    private static let rights = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: copilot}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
        subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
        """

    @Test func `whoever approves reads which fields go`() async throws {
        let model = ScriptedModel(flags("{a: '1'}"), flags("{c: '3'}"), flags("{d: '4'}"), .says("Done."))
        try await Story.run(model) { story in
            try await story.apply(Self.rights)
            try await story.ask("set the flags")
            var warnings: [String] = []
            for id in ["c1", "c2", "c3"] {
                let waiting = try await story.until("\(id) waits") { $0.status.approvals[id] != nil }
                warnings = waiting.status.approvals[id]?.json["warnings"]?.array?.compactMap(\.string) ?? []
                try await story.approve(id)
            }
            try await story.untilPhase(.completed)
            #expect(warnings == ["removes data.c, which the manifest leaves out"])
            let map = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
            let live = try await story.api.get(map, namespace: Story.namespace, name: "flags")
            #expect(live["data"] == ["a": "1", "d": "4"])
        }
    }

    @Test func `what can't work is told to the model, and nobody is asked`() async throws {
        let manifest = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: nowhere}}"
        let model = ScriptedModel(apply(manifest), .says("The namespace is missing."))
        try await Story.run(model) { story in
            try await story.apply(Self.rights)
            try await story.ask("make it")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.approvals.isEmpty)
            #expect(model.toolResults.last?.contains("namespace nowhere is missing") == true)
        }
    }
}
