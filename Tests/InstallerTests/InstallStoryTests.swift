import Installer
import KubeClient
import KubeModel
import LocalCluster
import OperatorTestKit
import SkyfloAPI
import SkyfloCLI
import Testing

/// `skyflo install` and `skyflo uninstall` against a cluster.
struct InstallStoryTests {
    private static func cluster(_ body: @escaping (TestCluster) async throws -> Void) async throws {
        try await TestCluster.run(.init(), body: body)
    }

    private static func install(
        _ objects: [KubeObject], api: any KubeAPI, mode: InstallAction.Mode = .applied, waits: Bool = true,
        timeout: Duration = .seconds(60), force: Bool = false, ignoresObstacles: Bool = false
    ) async throws -> (status: SkyfloCLI.ExitStatus, screen: Screen) {
        let screen = Screen()
        let action = InstallAction(
            objects: objects, namespace: "skyflo-system", mode: mode, waits: waits, timeout: timeout, force: force,
            ignoresObstacles: ignoresObstacles)
        return (try await action.perform(in: screen.session(api)), screen)
    }

    @Test func `an empty cluster gets everything, and the second time nothing changes`() async throws {
        try await Self.cluster { cluster in
            let objects = try installation()
            let shown = try await Self.install(objects, api: cluster.api, mode: .dryRun)
            #expect(shown.status == .success, "\(shown.screen.said)")
            #expect(shown.screen.out.contains("deployment.apps/skyflo-operator created (server dry run)"))
            #expect(try await cluster.api.find(.namespaces, name: "skyflo-system") == nil)
            let first = try await Self.install(objects, api: cluster.api)
            #expect(first.status == .success, "\(first.screen.said)")
            #expect(
                first.screen.out.split(separator: "\n").allSatisfy { $0.hasSuffix(" created") }, "\(first.screen.out)")
            #expect(first.screen.said.contains("the operator is ready"))
            let deployment = try await cluster.api.get(
                .deployments, namespace: "skyflo-system", name: "skyflo-operator")
            #expect(deployment["status", "readyReplicas"] == 1)
            let second = try await Self.install(objects, api: cluster.api)
            #expect(second.status == .success)
            #expect(
                second.screen.out.split(separator: "\n").allSatisfy { $0.hasSuffix(" unchanged") },
                "\(second.screen.out)")
            #expect(second.screen.said.contains("nothing changed"))
            let after = try await cluster.api.get(.deployments, namespace: "skyflo-system", name: "skyflo-operator")
            #expect(after.generation == deployment.generation)
            let diff = try await Self.install(objects, api: cluster.api, mode: .diff)
            #expect(diff.screen.out.isEmpty && diff.screen.said == "nothing would change\n")
        }
    }

    @Test func `a difference is shown per object, and only what differs is applied`() async throws {
        try await Self.cluster { cluster in
            _ = try await Self.install(try installation(), api: cluster.api)
            let more = try installation("replicas: 2\nnetworkPolicy: {enabled: false}")
            let diff = try await Self.install(more, api: cluster.api, mode: .diff)
            #expect(diff.screen.out.contains("-  replicas: 1\n") && diff.screen.out.contains("+  replicas: 2\n"))
            #expect(
                diff.screen.out.hasSuffix("networkpolicy.networking.k8s.io/skyflo-operator deleted (server dry run)\n"))
            #expect(diff.screen.said.contains("3 of "), "\(diff.screen.said)")
            let applied = try await Self.install(more, api: cluster.api)
            let changed = applied.screen.out.split(separator: "\n").filter { !$0.hasSuffix(" unchanged") }
            #expect(
                changed == [
                    "poddisruptionbudget.policy/skyflo-operator created", "deployment.apps/skyflo-operator configured",
                    "networkpolicy.networking.k8s.io/skyflo-operator deleted",
                ])
            // What others made stays.
            try await cluster.apply(try Repository.text("config/manager/network-policy.yaml"))
            let again = try await Self.install(more, api: cluster.api)
            #expect(again.screen.said.contains("nothing changed"), "\(again.screen.out)")
        }
    }

    @Test func `who may do nothing is told all that is missing, and nothing is written`() async throws {
        try await Self.cluster { cluster in
            try await cluster.withUser("bob") { api in
                let result = try await Self.install(try installation(), api: api)
                #expect(result.status == .error)
                let said = result.screen.said
                for kind in ["customresourcedefinitions", "clusterroles", "deployments", "validatingadmissionpolicies"]
                {
                    #expect(said.contains("you may not create \(kind)") || said.contains(kind), "\(kind): \(said)")
                }
                #expect(said.contains("nothing was written"))
            }
            #expect(try await cluster.api.find(.namespaces, name: "skyflo-system") == nil)
        }
    }

    @Test func `what Helm or another hand manages is left alone unless it is told`() async throws {
        try await Self.cluster { cluster in
            _ = try await Self.install(try installation(), api: cluster.api)
            _ = try await cluster.api.patch(
                .deployments, namespace: "skyflo-system", name: "skyflo-operator",
                patch: .merge(["spec": ["replicas": 4]]), options: WriteOptions(fieldManager: "kubectl-scale"))
            let numbered = try installation("replicas: 1")
            let conflict = try await Self.install(numbered, api: cluster.api)
            #expect(conflict.status == .error)
            #expect(conflict.screen.said.contains("kubectl-scale") && conflict.screen.said.contains("replicas"))
            let forced = try await Self.install(numbered, api: cluster.api, force: true)
            #expect(forced.status == .success)
            let live = try await cluster.api.get(.deployments, namespace: "skyflo-system", name: "skyflo-operator")
            #expect(live["spec", "replicas"] == 1)
            _ = try await cluster.api.patch(
                .deployments, namespace: "skyflo-system", name: "skyflo-operator",
                patch: .merge([
                    "metadata": [
                        "labels": ["app.kubernetes.io/managed-by": "Helm"],
                        "annotations": ["meta.helm.sh/release-name": "copilot"],
                    ]
                ]))
            let helm = try await Self.install(try installation("replicas: 2"), api: cluster.api)
            #expect(helm.status == .error && helm.screen.said.contains("the Helm release copilot"))
            let uninstall = Screen()
            let status = try await UninstallAction(namespace: "skyflo-system", isConfirmed: true)
                .perform(in: uninstall.session(cluster.api))
            #expect(status == .error && uninstall.said.contains("helm uninstall copilot"), "\(uninstall.said)")
            #expect(
                try await cluster.api.find(.deployments, namespace: "skyflo-system", name: "skyflo-operator") != nil)
        }
    }

    @Test func `an image that can't be pulled is told in words when the time is up`() async throws {
        try await Self.cluster { cluster in
            let result = try await Self.install(
                try installation(image: "registry.invalid/skyflo"), api: cluster.api, timeout: .seconds(3))
            #expect(result.status == .timeout)
            #expect(result.screen.said.contains("can't be pulled") && result.screen.said.contains("--image"))
        }
    }

    @Test func `a second installation in another namespace is refused`() async throws {
        try await Self.cluster { cluster in
            _ = try await Self.install(try installation(), api: cluster.api)
            let screen = Screen()
            let action = InstallAction(objects: try installation(namespace: "other"), namespace: "other")
            #expect(try await action.perform(in: screen.session(cluster.api)) == .error)
            #expect(screen.said.contains("an installation in the namespace skyflo-system already"), "\(screen.said)")
            #expect(try await cluster.api.find(.namespaces, name: "other") == nil)
        }
    }

    @Test func `uninstalling keeps people's work, and says how to delete that`() async throws {
        try await Self.cluster { cluster in
            _ = try await Self.install(try installation(), api: cluster.api)
            try await cluster.apply(try Repository.text("rbac/optional/read-secrets.yaml"))
            try await cluster.apply(
                """
                apiVersion: skyflo.ai/v1
                kind: Conversation
                metadata: {name: talk, namespace: default}
                spec: {messages: [{content: hello}]}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: talk-1, namespace: skyflo-system}
                type: skyflo.ai/transcript
                ---
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: theirs, namespace: skyflo-system, labels: {app.kubernetes.io/name: skyflo}}
                """)
            let asked = Screen(answers: ["n"])
            await #expect(throws: CommandError.self) {
                try await UninstallAction(namespace: "skyflo-system").perform(in: asked.session(cluster.api))
            }
            let dry = Screen()
            _ = try await UninstallAction(namespace: "skyflo-system", isDryRun: true).perform(
                in: dry.session(cluster.api))
            #expect(dry.out.contains("deployment.apps/skyflo-operator would be deleted"))
            let screen = Screen(answers: ["y"])
            let status = try await UninstallAction(namespace: "skyflo-system").perform(in: screen.session(cluster.api))
            #expect(status == .success, "\(screen.said)")
            #expect(screen.out.contains("clusterrole.rbac.authorization.k8s.io/skyflo-operator-secrets deleted"))
            #expect(screen.said.contains("kept: serviceaccount/theirs: no installation of skyflo makes it"))
            #expect(
                screen.said.contains("kept: 1 Conversation, 0 SkyfloAIs")
                    && screen.said.contains("1 Secret of transcripts"))
            #expect(screen.said.contains("skyflo uninstall -n skyflo-system --delete-crds"))
            #expect(try await cluster.api.find(.conversations, namespace: "default", name: "talk") != nil)
            let again = Screen()
            let second = try await UninstallAction(namespace: "skyflo-system", isConfirmed: true).perform(
                in: again.session(cluster.api))
            #expect(second == .success && again.out.isEmpty)
        }
    }

    @Test func `told so, it deletes all that is ours, and the namespace where nothing else is in it`() async throws {
        try await Self.cluster { cluster in
            _ = try await Self.install(try installation(), api: cluster.api)
            try await cluster.apply(
                """
                apiVersion: skyflo.ai/v1
                kind: Conversation
                metadata: {name: talk, namespace: default}
                spec: {messages: [{content: hello}]}
                ---
                apiVersion: v1
                kind: Secret
                metadata: {name: talk-1, namespace: skyflo-system}
                type: skyflo.ai/transcript
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: theirs, namespace: skyflo-system}
                """)
            let screen = Screen()
            let action = UninstallAction(
                namespace: "skyflo-system", scope: .init(definitions: true), isConfirmed: true)
            #expect(try await action.perform(in: screen.session(cluster.api)) == .success)
            #expect(screen.said.contains("kept: namespace/skyflo-system, which has other objects: configmap/theirs"))
            #expect(try await cluster.api.find(.customResourceDefinitions, name: "skyfloais.skyflo.ai") == nil)
            #expect(try await cluster.api.find(.secrets, namespace: "skyflo-system", name: "talk-1") == nil)
            _ = try await cluster.api.delete(.configMaps, namespace: "skyflo-system", name: "theirs")
            let again = Screen()
            #expect(try await action.perform(in: again.session(cluster.api)) == .success)
            #expect(again.out.contains("namespace/skyflo-system deleted"), "\(again.out) \(again.said)")
            #expect(try await cluster.api.find(.namespaces, name: "skyflo-system") == nil)
        }
    }

    @Test func `without a terminal nobody is asked and nothing deleted`() async throws {
        try await Self.cluster { cluster in
            _ = try await Self.install(try installation(), api: cluster.api, waits: false)
            let error = await #expect(throws: CommandError.self) {
                try await UninstallAction(namespace: "skyflo-system").perform(in: Screen().session(cluster.api))
            }
            #expect(error?.status == .usage)
        }
    }
}
