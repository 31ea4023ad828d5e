import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// What an approver is told about others who manage the same object.
@Suite struct OwnershipStoryTests {
    @Test func `an approval says what Git and an autoscaler will make of the change`() async throws {
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(model) { story in
            try await story.apply(
                """
                apiVersion: autoscaling/v2
                kind: HorizontalPodAutoscaler
                metadata: {name: web, namespace: shop}
                spec: {minReplicas: 2, maxReplicas: 8, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: Role
                metadata: {name: scalers, namespace: shop}
                rules: [{apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [list]}]
                ---
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: scalers, namespace: shop}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: scalers}
                subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
                """)
            let mark: JSONValue = ["argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web"]
            _ = try await story.api.patch(
                .deployments, namespace: Story.namespace, name: "web",
                patch: .merge(["metadata": ["annotations": mark]]))
            try await story.ask("scale web to 3")
            let waiting = try await story.untilPhase(.awaitingApproval)
            let warnings = waiting.status.approvals["c1"]?.json["warnings"]?.array?.compactMap(\.string) ?? []
            #expect(warnings.count == 2, "\(warnings)")
            #expect(
                warnings.first?.hasPrefix("managed by Argo CD application shop: its next sync will revert this") == true
            )
            #expect(warnings.last?.hasPrefix("horizontalpodautoscaler web (2 to 8 replicas)") == true)
        }
    }
}
