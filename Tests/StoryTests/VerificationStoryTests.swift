import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// What code checks after a write, and how it looks.
@Suite struct VerificationStoryTests {
    private func checks(_ conversation: Conversation) -> [String: JSONValue] {
        (conversation.status.json["verification"]?.array ?? []).reduce(into: [:]) {
            $0[$1["check"]?.string ?? ""] = $1
        }
    }

    @Test func `effects are watched, not polled, and told with evidence`() async throws {
        let model = ScriptedModel(.scale(to: 4), .says("Done."))
        let requests = Mutex<[KubeRequest]>([])
        try await Story.run(nil) { story in
            try await story.withOperator(
                model,
                wrap: {
                    NotedAPI($0) { request, identity in
                        if identity != nil { requests.withLock { $0.append(request) } }
                    }
                }
            ) {
                try await story.ask("scale web to 4")
                try await story.untilPhase(.awaitingApproval)
                requests.withLock { $0 = [] }
                try await story.approve("c1")
                let done = try await story.untilPhase(.completed)
                let checks = checks(done)
                #expect(checks["deployment shop/web has 4 ready replicas"]?["result"] == "Passed")
                let warnings = checks["no new warnings about deployment shop/web"]
                #expect(
                    warnings?["result"] == "Passed" && warnings?["evidence"]?.string?.hasPrefix("no warnings") == true)
            }
            let reads = requests.withLock(\.self).filter {
                $0.method == .get && $0.path == "/apis/apps/v1/namespaces/shop/deployments"
            }
            #expect(reads.map { $0[query: "watch"] } == ["true"])
            #expect(reads.allSatisfy { $0[query: "fieldSelector"] == "metadata.name=web" })
        }
    }

    @Test func `an identity that may read and not list has its writes verified as well`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.apply(
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: narrow, namespace: shop}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: narrow, namespace: shop}
                rules: [{apiGroups: [apps], resources: [deployments, deployments/scale], verbs: [get, patch]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: narrow, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: narrow}
                subjects: [{kind: ServiceAccount, name: narrow, namespace: shop}]
                """)
            try await story.ask("scale web", spec: ["serviceAccountName": "narrow"])
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .succeeded)
            let checks = checks(done)
            #expect(checks["deployment shop/web has 3 ready replicas"]?["result"] == "Passed")
            let warnings = checks["no new warnings about deployment shop/web"]
            #expect(warnings?["result"] == "NotChecked")
            #expect(warnings?["evidence"]?.string?.contains("list events") == true)
        }
    }

    @Test func `a warning about a pod since the write is evidence against it`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            // The write is done, and nobody has looked at its effect yet.
            let hook = Hook(where: { $0.method == .patch && $0.path.hasSuffix("/web/scale") && !$0.isReadOnly }) { _ in
                true
            } then: {
                let event: KeyValuePairs<String, JSONValue> = [
                    "type": "Warning", "reason": "BackOff",
                    "message": "Back-off restarting: password=hunter2hunter2",
                    "lastTimestamp": "2100-01-01T00:00:00Z",
                    "involvedObject": [
                        "kind": "Pod", "name": "web-6d4cf56db6-x2x4z", "namespace": "shop", "apiVersion": "v1",
                    ],
                ]
                _ = try await story.api.create(
                    KubeObject(.events, namespace: "shop", name: "web.1", members: event), in: .events)
            }
            try await story.withOperator(model, wrap: { HookedAPI($0, hook) }) {
                try await story.ask("scale web to 3")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let done = try await story.untilPhase(.completed)
                let warnings = checks(done)["no new warnings about deployment shop/web"]
                #expect(warnings?["result"] == "Failed")
                let evidence = warnings?["evidence"]?.string ?? ""
                #expect(evidence.contains("BackOff (pod web-6d4cf56db6-x2x4z)") && !evidence.contains("hunter2"))
                #expect(done.status.calls["c1"]?.state == .failed)
                #expect(model.toolResults.first?.contains("BackOff") == true)
            }
        }
    }

    @Test func `a repair isn't called failed by the pods that it replaced`() async throws {
        let model = ScriptedModel(
            .calls(
                (
                    "k8s_set_image",
                    ["resource_type": "deployment", "resource_name": "cart", "container_images": "cart=nginx:1.27"]
                )), .says("Done."))
        try await Story.run(nil) { story in
            let old = try await eventuallyFound("the broken pod") {
                try await story.api.list(
                    .pods, namespace: "shop",
                    options: ListOptions(labelSelector: LabelSelector(matching: ["app": "cart"]))
                ).items.first
            }
            let cart = try await story.api.get(.deployments, namespace: "shop", name: "cart")
            try await story.warn("PolicyViolation", about: cart, "cart.1", from: "2020-01-01T00:00:00Z")
            // The kubelet goes on to complain until the pod is gone, and the policy for ever.
            let hook = Hook(
                where: { $0.method == .patch && $0.path.hasSuffix("/deployments/cart") && !$0.isReadOnly }
            ) { _ in
                true
            } then: {
                for reason in ["BackOff", "Failed", "FailedPreStopHook"] {
                    try await story.warn(reason, about: old, "\(old.name).\(reason.lowercased())")
                }
                try await story.warn("PolicyViolation", about: cart, "cart.2")
            }
            try await story.withOperator(model, wrap: { HookedAPI($0, hook) }) {
                try await story.ask("repair cart")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.state == .succeeded)
                let warnings = checks(done)["no new warnings about deployment shop/cart"]
                #expect(warnings?["result"] == "Passed")
                #expect(warnings?["evidence"]?.string?.contains("before the write: PolicyViolation") == true)
            }
        }
    }

    @Test func `a deletion is verified down to its pods`() async throws {
        let model = ScriptedModel(
            .calls(("k8s_delete", ["resource_type": "deployment", "name": "catalog"])), .says("Done."))
        try await Story.run(model) { story in
            try await story.apply(
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: deleter, namespace: shop}
                rules: [{apiGroups: [apps], resources: [deployments], verbs: [delete]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: deleter, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: deleter}
                subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
                """)
            try await story.ask("delete catalog")
            try await story.untilPhase(.awaitingApproval)
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(checks(done)["deployment shop/catalog is gone"]?["result"] == "Passed")
            #expect(checks(done)["the pods of deployment shop/catalog are gone"]?["result"] == "Passed")
            let left = try await story.api.list(
                .pods, namespace: "shop",
                options: ListOptions(labelSelector: LabelSelector(matching: ["app": "catalog"])))
            #expect(left.items.isEmpty)
        }
    }
}

extension Story {
    /// Records a Warning that is seen last long after the test.
    fileprivate func warn(
        _ reason: String, about object: KubeObject, _ name: String, from first: String = "2100-01-01T00:00:00Z"
    ) async throws {
        let event: KeyValuePairs<String, JSONValue> = [
            "type": "Warning", "reason": .string(reason), "message": "so it is", "firstTimestamp": .string(first),
            "lastTimestamp": "2100-01-01T00:00:00Z",
            "involvedObject": [
                "apiVersion": .string(object.apiVersion), "kind": .string(object.kind), "name": .string(object.name),
                "namespace": "shop", "uid": .string(object.uid),
            ],
        ]
        _ = try await api.create(KubeObject(.events, namespace: "shop", name: name, members: event), in: .events)
    }
}
