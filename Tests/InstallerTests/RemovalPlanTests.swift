import Helm
import Installer
import KubeModel
import Testing

struct RemovalPlanTests {
    private static let known = Result { () throws(HelmError) in try KnownObjects(namespace: "skyflo-system") }

    private static func plan(_ found: [KubeObject], scope: RemovalPlan.Scope = .init()) throws -> RemovalPlan {
        RemovalPlan(found: found, known: try known.get(), scope: scope)
    }

    private static func marked(_ objects: [KubeObject], _ kinds: Set<String>, release: String = "copilot")
        -> [KubeObject]
    {
        objects.map { object in
            var object = object
            if kinds.contains(object.kind) {
                object.labels["app.kubernetes.io/managed-by"] = "Helm"
                object.annotations["meta.helm.sh/release-name"] = release
            }
            return object
        }
    }

    @Test func `what was installed goes in the other order, the operator first, CRDs and namespace apart`() throws {
        let plan = try Self.plan(try installation())
        #expect(plan.managers.isEmpty && plan.kept.isEmpty && plan.definitions.isEmpty)
        #expect(plan.deletions.first?.kind == "Deployment")
        #expect(plan.ownNamespace?.name == "skyflo-system")
        let phases = plan.deletions.map { InstallPhase(of: $0) }
        #expect(phases == phases.sorted(by: >))
        #expect(!phases.contains(.definitions) && !phases.contains(.namespaces))
        let all = try Self.plan(try installation(), scope: .init(definitions: true))
        #expect(all.definitions.map(\.name).sorted() == ["conversations.skyflo.ai", "skyfloais.skyflo.ai"])
    }

    @Test func `without the definitions there are no Conversations`() {
        #expect(RemovalPlan.Scope(definitions: true).conversations)
        #expect(!RemovalPlan.Scope().conversations)
    }

    @Test func `what is others' is kept, with the reason`() throws {
        var account = try #require(try installation().first { $0.kind == "ServiceAccount" })
        account["metadata", "name"] = "theirs"
        var unlabelled = try #require(try installation().first { $0.kind == "Service" })
        unlabelled.labels = [:]
        var component = try #require(try installation().first { $0.kind == "Deployment" })
        component["metadata", "ownerReferences"] = [
            ["apiVersion": "skyflo.ai/v1", "kind": "SkyfloAI", "name": "skyflo", "uid": "1", "controller": true]
        ]
        let plan = try Self.plan([account, unlabelled, component])
        #expect(plan.deletions.isEmpty)
        let reasons = Dictionary(uniqueKeysWithValues: plan.kept.map { ("\($0.object)", $0.reason) })
        #expect(reasons["serviceaccount/theirs"] == "no installation of skyflo makes it")
        #expect(reasons["service/skyflo-operator"]?.contains("lacks the label") == true)
        #expect(reasons["deployment.apps/skyflo-operator"] == "it belongs to SkyfloAI skyflo, and goes with it")
        // What we applied ourselves is ours, whatever its label.
        unlabelled["metadata", "managedFields"] = [["manager": "skyflo-install", "operation": "Apply"]]
        #expect(try Self.plan([unlabelled]).deletions.count == 1)
    }

    @Test func `only pods of what was deleted, and that can still work, are waited for`() throws {
        let operators = try installation().filter { $0.kind == "Deployment" }
        let pods = WorkloadPods(of: operators)
        func pod(_ labels: [String: String], phase: String?) -> KubeObject {
            var pod = KubeObject(.pods, namespace: "skyflo-system", name: "any")
            pod.labels = labels
            pod["status", "phase"] = phase.map { .string($0) }
            return pod
        }
        let own = [
            "app.kubernetes.io/name": "skyflo", "app.kubernetes.io/component": "operator", "pod-template-hash": "1",
        ]
        for phase in ["Running", "Pending", "Unknown", nil] { #expect(pods.isWorking(pod(own, phase: phase))) }
        for phase in ["Succeeded", "Failed"] { #expect(!pods.isWorking(pod(own, phase: phase))) }
        for component in ["ui", "mcp", "doctor", "web"] {
            let labels = ["app.kubernetes.io/name": "skyflo", "app.kubernetes.io/component": component]
            #expect(!pods.isWorking(pod(labels, phase: "Running")))
        }
        #expect(!WorkloadPods(of: []).isWorking(pod(own, phase: "Running")))
    }

    @Test func `accounts stay with people's work, and go with it`() throws {
        let secrets = try installation("rbac: {webSignIn: true}").filter { $0.kind == "Secret" }
        let kept = try Self.plan(secrets)
        #expect(kept.deletions.isEmpty && kept.accounts.count == secrets.count && !secrets.isEmpty)
        let gone = try Self.plan(secrets, scope: .init(conversations: true))
        #expect(gone.deletions.count == secrets.count && gone.accounts.isEmpty)
        // A release of Helm that is gone has left them.
        let left = try Self.plan(Self.marked(secrets, ["Secret"]), scope: .init(conversations: true))
        #expect(left.managers.isEmpty && left.deletions.count == secrets.count)
    }

    @Test func `an installation of others is left to them`() throws {
        let objects = try installation()
        let helm = try Self.plan(Self.marked(objects, ["Deployment", "CustomResourceDefinition"]))
        #expect(helm.managers.map(\.remedy) == ["helm uninstall copilot"])
        var argo = objects
        let at = try #require(argo.firstIndex { $0.kind == "Deployment" })
        argo[at].annotations["argocd.argoproj.io/tracking-id"] = "skyflo:apps/Deployment:skyflo-system/skyflo-operator"
        #expect(try Self.plan(argo).managers.map(\.remedy) == ["argocd app delete skyflo"])
        var flux = objects
        flux[at].labels["kustomize.toolkit.fluxcd.io/name"] = "skyflo"
        flux[at].labels["kustomize.toolkit.fluxcd.io/namespace"] = "flux-system"
        #expect(try Self.plan(flux).managers.map(\.remedy) == ["flux delete kustomization skyflo -n flux-system"])
    }

    @Test func `a CRD that a release of Helm left behind is nobody's`() throws {
        let left = Self.marked(try installation(), ["CustomResourceDefinition"])
        let plan = try Self.plan(left.filter { $0.kind == "CustomResourceDefinition" }, scope: .init(definitions: true))
        #expect(plan.managers.isEmpty && plan.definitions.count == 2)
        let other = try Self.plan(Self.marked(left, ["Deployment"], release: "other"), scope: .init(definitions: true))
        #expect(other.managers.map(\.remedy) == ["helm uninstall other"])
    }
}
