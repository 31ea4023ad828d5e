import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Testing

/// Taking back what was written.
@Suite struct UndoStoryTests {
    /// Lets the model write once, approved.
    private func write(
        _ reply: ModelReply, _ body: @escaping @Sendable (Story, ScriptedModel) async throws -> Void
    ) async throws {
        let model = ScriptedModel(reply, .says("Done."))
        try await Story.run(model) { story in
            try await story.letCopilotWriteAll()
            try await story.apply(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: menu, namespace: shop}, data: {soup: hot}}")
            try await story.ask("change it")
            try await story.untilPhase(.awaitingApproval)
            try await story.approveUntilDone("c1")
            try await body(story, model)
        }
    }

    @Test func `a scale is taken back after an approval of its own, and that can be taken back too`() async throws {
        try await write(.scale(to: 3)) { story, model in
            let written = try await story.untilPhase(.completed)
            #expect(written.status.changes.map(\.id) == ["c1"])
            try await story.change(spec: ["undo": ["c1"]])
            let waiting = try await story.untilPhase(.awaitingApproval)
            #expect(waiting.status.approvals["c2"]?.json["preview"]?.string?.contains("+  replicas: 2") == true)
            #expect(try await story.replicas() == 3)
            let last = try await story.approveUntilDone("c2")
            let done = try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 2)
            #expect(done.status.changes.first?.undoneBy == last)
            #expect(done.status.turn == 1 && model.requests.count == 2, "the model has no part in it")
            #expect(done.status.json["verification"]?[0]?["result"] == "Passed")

            try await story.change(spec: ["undo": ["c1", .string(last)]])
            try await story.untilPhase(.awaitingApproval)
            let next = "c\((Int(last.dropFirst()) ?? 0) + 1)"
            try await story.approveUntilDone(next)
            let again = try await story.untilPhase(.completed)
            #expect(try await story.replicas() == 3)
            #expect(again.status.changes.first?.undoneBy == nil)
        }
    }

    @Test func `an undo that is denied changes nothing`() async throws {
        try await write(.scale(to: 3)) { story, _ in
            try await story.untilPhase(.completed)
            try await story.change(spec: ["undo": ["c1"]])
            try await story.untilPhase(.awaitingApproval)
            try await story.decide(["c2": ["decision": "Denied", "decidedBy": "bob"]])
            let failed = try await story.untilPhase(.failed)
            #expect(failed.status.conditions[type: "Failed"]?.reason == "UndoFailed")
            #expect(try await story.replicas() == 3)
        }
    }

    @Test func `what somebody else has changed since is not taken back`() async throws {
        try await write(.scale(to: 3)) { story, _ in
            try await story.untilPhase(.completed)
            _ = try await story.api.patch(
                .deployments, namespace: Story.namespace, name: "web", patch: .merge(["spec": ["replicas": 4]]))
            try await story.change(spec: ["undo": ["c1", "c9"]])
            let failed = try await story.untilPhase(.failed)
            let message = failed.status.conditions[type: "Failed"]?.message ?? ""
            #expect(message.contains("spec.replicas no longer has the value that the change wrote"), "\(message)")
            #expect(message.contains("change c9 does not exist"), "\(message)")
            #expect(try await story.replicas() == 4)
        }
    }

    @Test func `a new image is taken back, and what others changed beside it stays`() async throws {
        let image = ModelReply.calls(
            (
                "k8s_set_image",
                ["resource_type": "deployment", "resource_name": "web", "container_images": "web=nginx:1.28"]
            ))
        try await write(image) { story, _ in
            try await story.untilPhase(.completed)
            _ = try await story.api.patch(
                .deployments, namespace: Story.namespace, name: "web",
                patch: .merge(["metadata": ["annotations": ["note": "mine"]]]))
            try await story.change(spec: ["undo": ["c1"]])
            try await story.untilPhase(.awaitingApproval)
            try await story.approveUntilDone("c2")
            try await story.untilPhase(.completed)
            let web = try await story.api.get(.deployments, namespace: Story.namespace, name: "web")
            #expect(web["spec", "template", "spec", "containers"]?[0]?["image"] == "nginx:1.27")
            #expect(web.annotations["note"] == "mine")
        }
    }

    @Test func `a deleted object is made again without what the server had set`() async throws {
        let delete = ModelReply.calls(("k8s_delete", ["resource_type": "configmap", "name": "menu"]))
        try await write(delete) { story, _ in
            try await story.untilPhase(.completed)
            #expect(try await story.api.find(configMaps, namespace: Story.namespace, name: "menu") == nil)
            try await story.change(spec: ["undo": ["c1"]])
            let waiting = try await story.untilPhase(.awaitingApproval)
            let warnings = waiting.status.approvals["c2"]?.json["warnings"]?.array?.compactMap(\.string) ?? []
            #expect(warnings.contains { $0.contains("new uid") })
            try await story.approveUntilDone("c2")
            try await story.untilPhase(.completed)
            let menu = try await story.api.get(configMaps, namespace: Story.namespace, name: "menu")
            #expect(menu["data", "soup"] == "hot")
        }
    }

    @Test func `what was created is deleted, unless it is another one by now`() async throws {
        let create = ModelReply.calls(
            (
                "k8s_apply",
                ["content": "{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {a: b}}"]
            ))
        try await write(create) { story, _ in
            let written = try await story.untilPhase(.completed)
            #expect(written.status.changes.first?.uid.isEmpty == false)
            try await story.change(spec: ["undo": ["c1"]])
            try await story.untilPhase(.awaitingApproval)
            try await story.approveUntilDone("c2")
            try await story.untilPhase(.completed)
            #expect(try await story.api.find(configMaps, namespace: Story.namespace, name: "new") == nil)
        }
        try await write(create) { story, _ in
            try await story.untilPhase(.completed)
            try await story.api.delete(configMaps, namespace: Story.namespace, name: "new")
            try await story.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: new, namespace: shop}}")
            try await story.change(spec: ["undo": ["c1"]])
            let failed = try await story.untilPhase(.failed)
            #expect(failed.status.conditions[type: "Failed"]?.message.contains("replaced by a new one") == true)
        }
    }

    @Test func `what looks like a credential is kept nowhere, and so can't be restored`() async throws {
        let delete = ModelReply.calls(("k8s_delete", ["resource_type": "configmap", "name": "keys"]))
        let model = ScriptedModel(delete, .says("Done."))
        try await Story.run(model) { story in
            try await story.letCopilotWriteAll()
            try await story.apply(
                """
                {apiVersion: v1, kind: ConfigMap, metadata: {name: keys, namespace: shop}, \
                data: {password: correct-horse-battery}}
                """)
            try await story.ask("delete it")
            try await story.untilPhase(.awaitingApproval)
            try await story.approveUntilDone("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.json["changes", "c1", "obstacle"]?.string?.contains("credentials") == true)
            #expect(try await !story.transcript().contains("correct-horse"))
            try await story.change(spec: ["undo": ["c1"]])
            try await story.untilPhase(.failed)
        }
    }

    @Test func `entries of undo can't be changed or removed`() async throws {
        try await Story.run(nil, samples: ["0-shop.yaml"]) { story in
            try await story.ask("one", spec: ["undo": ["c1", "c2"]])
            try await story.change(spec: ["undo": ["c1", "c2", "c1"]])
            for changed: JSONValue in [["c1"], ["c2", "c1", "c1"], [], ["c1", "c2", "c3"]] {
                let status = try await #require(throws: APIStatus.self) {
                    try await story.change(spec: ["undo": changed])
                }
                #expect(status.message.contains("append-only"), "\(status)")
            }
        }
    }
}

extension Story {
    /// The rights to see every kind of write.
    func letCopilotWriteAll() async throws {
        try await apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: copilot-admin, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
            subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
            """)
    }

    /// Approves a call and, as often as its target has moved meanwhile, the one that takes its place.
    /// - Returns: the one that was executed.
    @discardableResult
    func approveUntilDone(_ id: String, in name: String = "talk") async throws -> String {
        var asked = id
        while true {
            let current = asked
            try await until("asked for \(current)", of: name) { $0.status.approvals[current]?.digest != nil }
            try await approve(current, in: name)
            let next = try await until("\(current) ended", of: name) {
                $0.status.calls[current]?.state.isFinal ?? false
            }
            guard next.status.calls[current]?.state == .stale else { return current }
            asked = "c\((Int(current.dropFirst()) ?? 0) + 1)"
        }
    }
}

private let configMaps = APIResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap")
