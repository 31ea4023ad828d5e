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

    private static func gizmos(size: String) -> String {
        """
        {apiVersion: gizmos.dev/v1, kind: Gizmo, metadata: {name: g, namespace: lab}, spec: {size: \(size)}}
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: lab}}
        ---
        {apiVersion: v1, kind: ConfigMap, metadata: {name: notes, namespace: lab}}
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: gizmos.gizmos.dev}
        spec:
          group: gizmos.dev
          scope: Namespaced
          names: {kind: Gizmo, listKind: GizmoList, plural: gizmos, singular: gizmo}
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties: {spec: {type: object, properties: {size: {type: integer, maximum: 3}}}}
        """
    }

    private static let gizmos = APIResource(group: "gizmos.dev", version: "v1", plural: "gizmos", kind: "Gizmo")

    @Test func `a definition, a namespace and an object of both are one approval`() async throws {
        let model = ScriptedModel(apply(Self.gizmos(size: "2")), .says("Done."))
        try await Story.run(model) { story in
            try await story.apply(Self.rights)
            try await story.ask("make a gizmo")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let warnings = waiting.status.approvals["c1"]?.json["warnings"]?.array?.compactMap(\.string) ?? []
            #expect(
                warnings.contains(
                    "gizmo lab/g could not be checked: customresourcedefinition gizmos.gizmos.dev has to be established first; it is when its turn comes"
                ), "\(warnings)")
            #expect(warnings.contains("configmap lab/notes could not be checked: namespace lab doesn't exist yet"))
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .succeeded, "\(done.status.json)")
            let live = try await story.api.get(Self.gizmos, namespace: "lab", name: "g")
            #expect(live["spec", "size"] == 2)
        }
    }

    @Test func `what a new namespace lets be tried out is, before anything is put into it`() async throws {
        let manifest = """
            {apiVersion: v1, kind: Namespace, metadata: {name: lab}}
            ---
            {apiVersion: v1, kind: ConfigMap, metadata: {name: notes, namespace: lab}, data: {a: b}}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: lab}
            spec: {selector: {app: web}, ports: [{port: 99999}]}
            """
        let model = ScriptedModel(apply(manifest), .says("The port is wrong."))
        try await Story.run(model) { story in
            try await story.apply(Self.rights)
            try await story.ask("make it")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            let call = try #require(done.status.calls["c1"])
            #expect(call.state == .failed, "\(call)")
            #expect(call.result?.contains("the rest was not sent: service lab/web: ") == true, "\(call)")
            #expect(call.result?.contains("(1 of 3 requests was sent before: namespace lab)") == true, "\(call)")
            let map = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
            #expect(try await story.api.find(map, namespace: "lab", name: "notes") == nil)
        }
    }

    @Test func `what is refused when its turn comes ends it, and the end says what was done`() async throws {
        let model = ScriptedModel(apply(Self.gizmos(size: "9")), .says("Too big."))
        try await Story.run(model) { story in
            try await story.apply(Self.rights)
            try await story.ask("make a gizmo")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            let call = try #require(done.status.calls["c1"])
            #expect(call.state == .failed, "\(call)")
            #expect(call.result?.contains("create gizmo lab/g: ") == true, "\(call)")
            #expect(call.result?.contains("2 of 4 steps were done") == true, "\(call)")
            #expect(call.result?.contains("not done: create configmap lab/notes") == true, "\(call)")
        }
    }
}
