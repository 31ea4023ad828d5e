import Installer
import KubeClient
import KubeModel
import LocalCluster
import OperatorTestKit
import SkyfloAPI
import SkyfloCLI
import Testing

/// `skyflo install` and `skyflo uninstall` where the operator has made and scaled something.
struct ComponentRemovalStoryTests {
    private static let namespace = "skyflo-system"

    /// An installation with a SkyfloAI, and the Deployment of its Command Center as the operator makes it.
    private static func installed(
        _ values: String = "", body: @escaping (TestCluster) async throws -> Void
    ) async throws {
        try await TestCluster.run(.init()) { cluster in
            let screen = Screen()
            let action = InstallAction(
                objects: try installation(values), namespace: namespace, timeout: .seconds(60))
            #expect(try await action.perform(in: screen.session(cluster.api)) == .success, "\(screen.said)")
            try await cluster.apply(
                """
                apiVersion: skyflo.ai/v1
                kind: SkyfloAI
                metadata: {name: skyflo, namespace: skyflo-system}
                spec: {ui: {}}
                """)
            let sky = try await cluster.api.get(.skyfloAIs, namespace: namespace, name: "skyflo")
            try await cluster.apply(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata:
                  name: skyflo-ui
                  namespace: skyflo-system
                  labels: {app.kubernetes.io/name: skyflo, app.kubernetes.io/component: ui, app.kubernetes.io/part-of: skyflo}
                  ownerReferences:
                    - {apiVersion: skyflo.ai/v1, kind: SkyfloAI, name: skyflo, uid: \(sky.uid), controller: true}
                spec:
                  selector: {matchLabels: {app.kubernetes.io/name: skyflo, app.kubernetes.io/instance: skyflo-ui}}
                  template:
                    metadata:
                      labels:
                        app.kubernetes.io/name: skyflo
                        app.kubernetes.io/instance: skyflo-ui
                        app.kubernetes.io/component: ui
                    spec: {containers: [{name: ui, image: registry.example.com/skyflo}]}
                """)
            try await eventually("the Command Center runs") {
                let ui = try await cluster.api.get(.deployments, namespace: namespace, name: "skyflo-ui")
                return ui["status", "readyReplicas"] == 1
            }
            try await body(cluster)
        }
    }

    private static func uninstall(
        _ cluster: TestCluster, scope: RemovalPlan.Scope = .init()
    ) async throws -> (status: SkyfloCLI.ExitStatus, screen: Screen) {
        let screen = Screen()
        let action = UninstallAction(
            namespace: namespace, scope: scope, isConfirmed: true, timeout: .seconds(30))
        return (try await action.perform(in: screen.session(cluster.api)), screen)
    }

    @Test func `components stay with their SkyfloAI, and the rest goes without waiting for them`() async throws {
        try await Self.installed { cluster in
            let (status, screen) = try await Self.uninstall(cluster)
            #expect(status == .success, "\(screen.said)")
            #expect(screen.out.contains("clusterrole.rbac.authorization.k8s.io/skyflo-operator deleted"))
            #expect(
                screen.said.contains(
                    "kept, and running on without an operator: deployment skyflo-system/skyflo-ui"), "\(screen.said)")
            #expect(
                try await cluster.api.find(.deployments, namespace: Self.namespace, name: "skyflo-operator") == nil)
            #expect(try await cluster.api.find(.deployments, namespace: Self.namespace, name: "skyflo-ui") != nil)
        }
    }

    @Test func `with the CRDs components go, and then the namespace`() async throws {
        try await Self.installed { cluster in
            let (status, screen) = try await Self.uninstall(cluster, scope: .init(definitions: true))
            #expect(status == .success, "\(screen.said)")
            #expect(screen.out.contains("namespace/skyflo-system deleted"), "\(screen.out) \(screen.said)")
            #expect(try await cluster.api.find(.deployments, namespace: Self.namespace, name: "skyflo-ui") == nil)
        }
    }

    @Test func `accounts are kept by an installation without them, and deleted with all else`() async throws {
        try await Self.installed("rbac: {webSignIn: true}") { cluster in
            let lean = InstallAction(objects: try installation(), namespace: Self.namespace, timeout: .seconds(60))
            let again = Screen()
            #expect(try await lean.perform(in: again.session(cluster.api)) == .success, "\(again.said)")
            #expect(again.out.contains("role.rbac.authorization.k8s.io/skyflo-web deleted"), "\(again.out)")
            let accounts = "skyflo-web-accounts"
            #expect(try await cluster.api.find(.secrets, namespace: Self.namespace, name: accounts) != nil)
            let (status, screen) = try await Self.uninstall(cluster)
            #expect(status == .success, "\(screen.said)")
            #expect(screen.said.contains("kept: 19 Secrets with accounts, sessions and keys"), "\(screen.said)")
            #expect(try await cluster.api.find(.secrets, namespace: Self.namespace, name: accounts) != nil)
            let rest = try await Self.uninstall(cluster, scope: .init(definitions: true))
            #expect(rest.status == .success, "\(rest.screen.said)")
            #expect(rest.screen.out.contains("secret/skyflo-web-accounts deleted"), "\(rest.screen.out)")
            #expect(rest.screen.out.contains("namespace/skyflo-system deleted"), "\(rest.screen.said)")
        }
    }

    @Test func `how many operators there are is left to who scales them`() async throws {
        try await Self.installed { cluster in
            let scaling = KubeObject(
                .deployments, namespace: Self.namespace, name: "skyflo-operator",
                members: ["spec": ["replicas": 2]])
            // As spec.engine.replicas does it: nothing is taken from anybody.
            _ = try await cluster.api.apply(scaling, in: .deployments, manager: "skyflo-operator-scale", force: false)
            let screen = Screen()
            let again = InstallAction(objects: try installation(), namespace: Self.namespace, timeout: .seconds(60))
            #expect(try await again.perform(in: screen.session(cluster.api)) == .success, "\(screen.said)")
            #expect(screen.said.contains("nothing changed"), "\(screen.out)")
            let live = try await cluster.api.get(.deployments, namespace: Self.namespace, name: "skyflo-operator")
            #expect(live["spec", "replicas"] == 2)
            let numbered = Screen()
            let action = InstallAction(
                objects: try installation("replicas: 1"), namespace: Self.namespace, timeout: .seconds(60))
            #expect(try await action.perform(in: numbered.session(cluster.api)) == .error)
            #expect(numbered.said.contains("skyflo-operator-scale"), "\(numbered.said)")
        }
    }
}
