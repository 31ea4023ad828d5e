import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// A large request of one piece: an environment for a team, with the whole operator.
@Suite struct TeamStoryTests {
    private static let people = ["ann", "ben", "cleo"]
    private static var namespaces: [String] { people.map { "team-\($0)" } + ["team-shared", "stage", "live"] }

    private static var manifest: String {
        let spaces = namespaces.map { name in
            """
            {apiVersion: v1, kind: Namespace, metadata: {name: \(name)}}
            ---
            {apiVersion: v1, kind: ResourceQuota, metadata: {name: quota, namespace: \(name)}, spec: {hard: {pods: "10", requests.cpu: "2", services: "5"}}}
            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: deny, namespace: \(name)}, spec: {podSelector: {}, policyTypes: [Ingress, Egress]}}
            ---
            {apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: dns, namespace: \(name)}, spec: {podSelector: {}, policyTypes: [Egress], egress: [{ports: [{port: 53, protocol: UDP}]}]}}
            """
        }
        let rights = people.flatMap { person in
            [("team-\(person)", "edit"), ("team-shared", "view")].map { namespace, role in
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: RoleBinding
                metadata: {name: \(person)-\(role), namespace: \(namespace)}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: \(role)}
                subjects: [{kind: User, name: \(person), apiGroup: rbac.authorization.k8s.io}, {kind: ServiceAccount, name: \(person), namespace: team-\(person)}]
                """
            } + ["{apiVersion: v1, kind: ServiceAccount, metadata: {name: \(person), namespace: team-\(person)}}"]
        }
        return (spaces + rights).joined(separator: "\n---\n")
    }

    @Test func `a manifest of thirty-three objects is one approval, and all of it is done`() async throws {
        let model = ScriptedModel(.calls(("k8s_apply", ["content": .string(Self.manifest)])), .says("Done."))
        try await Story.run(model) { story in
            try await story.apply(
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: administrator}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
                subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
                """)
            try await story.ask("set up the team's namespaces")
            let waiting = try await story.until("asked or refused") {
                $0.status.phase == .awaitingApproval || $0.status.turn == 1 && $0.status.isTurnEnded
            }
            let approval = try #require(waiting.status.approvals["c1"], "\(waiting.status.json)")
            #expect(approval.requests.count == 33)
            try await story.approve("c1")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .succeeded, "\(done.status.json)")
            let quota = APIResource(group: "", version: "v1", plural: "resourcequotas", kind: "ResourceQuota")
            for namespace in Self.namespaces {
                let found = try await story.api.find(quota, namespace: namespace, name: "quota")
                #expect(found?["spec", "hard", "pods"] == "10")
            }
        }
    }
}
