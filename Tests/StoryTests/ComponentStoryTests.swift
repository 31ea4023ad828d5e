import ControllerRuntime
import Controllers
import KubeClient
import KubeModel
import LiveServer
import OperatorTestKit
import SkyfloAPI
import Testing

/// What the operator makes of a SkyfloAI, and keeps.
@Suite struct ComponentStoryTests {
    @Test func `one SkyfloAI becomes a Command Center and an MCP server that are ready`() async throws {
        try await Installed.run(["ui": ["replicas": 2], "mcp": [:], "engine": [:]]) { story in
            let status = try await story.untilInstalled("ready") { $0.isReady }
            #expect(status.components.map(\.name) == ["ui", "engine", "mcp"])
            #expect(status.components[0].readyReplicas == 2 && status.components[0].version == "1.0.0")
            #expect(status.uiStatus?.phase == .ready && status.mcpStatus?.message == "1 of 1 replicas are ready")
            #expect(status.conditions[type: "Available"]?.status == .true)
            #expect(status.conditions[type: "Degraded"]?.status == .false)
            #expect(status.conditions[type: "SettingsUsed"]?.status == .true)
            #expect(status.conditions[type: "Ready"]?.status == .true)
            let sky = try await story.api.get(.skyfloAIs, namespace: Story.systemNamespace, name: "skyflo")
            for name in ["skyflo-ui", "skyflo-mcp"] {
                let deployment = try await story.component(.deployments, name)
                #expect(deployment.isControlled(by: sky))
                #expect(deployment["spec", "template", "spec", "containers"]?[0]?["image"] == .string(Installed.image))
                _ = try await story.component(Installed.services, name)
                let secret = try await story.component(.secrets, "\(name)-tls")
                func text(_ member: String) -> String {
                    String(decoding: Base64.decode(secret["data", member]?.string ?? "") ?? [], as: UTF8.self)
                }
                let certificate = try ServingCertificate(certificatePEM: text("tls.crt"), keyPEM: text("tls.key"))
                #expect(try certificate.validity().names.contains("\(name).skyflo-system.svc"))
            }
            #expect(try await story.component(Installed.budgets, "skyflo-ui")["spec", "maxUnavailable"] == 1)
            try await eventually("it is told") {
                let reasons = try await story.api.list(.events, namespace: Story.systemNamespace).items
                    .compactMap { $0["reason"]?.string }
                return reasons.contains("ComponentCreated") && reasons.contains("ComponentReady")
            }
        }
    }

    @Test func `the sample of the whole system becomes that`() async throws {
        try await Story.run(nil, samples: []) { story in
            try await story.apply(file: "config/samples/installation.yaml")
            try await story.withOperator(OfflineProvider(), components: Installed.components) {
                let status = try await story.untilInstalled("ready") { $0.isReady }
                #expect(status.components.map(\.name) == ["ui", "engine", "mcp"])
                // This operator isn't in a Deployment, and knows no default SkyfloAI.
                #expect(status.conditions[type: "SettingsUsed"]?.message.contains("spec.engine.replicas") == true)
            }
        }
    }

    @Test func `in another namespace components are made where the operator was told so, and has the right`()
        async throws
    {
        let bindings = APIResource(
            group: "rbac.authorization.k8s.io", version: "v1", plural: "rolebindings", kind: "RoleBinding")
        try await Story.run(nil, samples: []) { story in
            _ = try await story.api.create(.namespace("team"), in: .namespaces)
            var binding = KubeObject(bindings, namespace: "team", name: "skyflo-components")
            binding["roleRef"] = [
                "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "skyflo-components",
            ]
            binding["subjects"] = [
                ["kind": "ServiceAccount", "name": "skyflo-operator", "namespace": "skyflo-system"]
            ]
            _ = try await story.api.create(binding, in: bindings)
            _ = try await story.api.create(
                KubeObject(.skyfloAIs, namespace: "team", name: "skyflo", members: ["spec": ["ui": [:]]]),
                in: .skyfloAIs)
            var components = Installed.components
            components.namespaces = ["team"]
            try await story.withOperator(OfflineProvider(), components: components) {
                try await eventually("it is ready") {
                    let object = try await story.api.get(.skyfloAIs, namespace: "team", name: "skyflo")
                    return SkyfloAI(object).status.isReady
                }
                _ = try await story.api.get(.secrets, namespace: "team", name: "skyflo-ui-tls")
            }
        }
    }

    @Test func `whatever somebody changes, takes away or damages comes back`() async throws {
        try await Installed.run(["ui": ["replicas": 2], "mcp": [:]]) { story in
            try await story.untilInstalled("ready") { $0.isReady }
            let (api, namespace) = (story.api, Story.systemNamespace)
            _ = try await api.patch(
                .deployments, namespace: namespace, name: "skyflo-ui",
                patch: .merge(["spec": ["replicas": 5, "template": ["spec": ["securityContext": ["runAsUser": 0]]]]]))
            try await eventually("the Deployment is as it was") {
                let spec = try await story.component(.deployments, "skyflo-ui")["spec"]
                return spec?["replicas"] == 2 && spec?["template", "spec", "securityContext", "runAsUser"] == 65532
            }
            let service = try await story.component(Installed.services, "skyflo-mcp")
            try await api.delete(Installed.services, namespace: namespace, name: "skyflo-mcp")
            try await eventually("the Service is there again") {
                let again = try await api.find(Installed.services, namespace: namespace, name: "skyflo-mcp")
                return again.map { $0.uid != service.uid } ?? false
            }
            for taken: JSONValue in [["labels": .null], ["ownerReferences": .null]] {
                _ = try await api.patch(
                    .serviceAccounts, namespace: namespace, name: "skyflo-ui", patch: .merge(["metadata": taken]))
                try await eventually("labels and owner are there again") {
                    let account = try await story.component(.serviceAccounts, "skyflo-ui")
                    return account.controller?.name == "skyflo"
                        && account.labels["app.kubernetes.io/part-of"] == "skyflo"
                }
            }
            let before = try await story.component(.secrets, "skyflo-ui-tls")
            _ = try await api.patch(
                .secrets, namespace: namespace, name: "skyflo-ui-tls", patch: .merge(["data": ["tls.crt": "eA=="]]))
            try await eventually("there is another certificate, and the pods read it") {
                let secret = try await story.component(.secrets, "skyflo-ui-tls")
                let crt = secret["data", "tls.crt"]
                return crt != "eA==" && crt != before["data", "tls.crt"]
            }
            try await api.delete(.secrets, namespace: namespace, name: "skyflo-mcp-tls")
            try await eventually("the Secret is there again") {
                try await api.find(.secrets, namespace: namespace, name: "skyflo-mcp-tls") != nil
            }
            try await story.untilInstalled("ready again") { $0.isReady }
        }
    }

    @Test func `what is wanted no longer is removed, and what is somebody else's isn't`() async throws {
        let labels = [
            "app.kubernetes.io/managed-by": "skyflo-operator", "app.kubernetes.io/part-of": "skyflo",
            "app.kubernetes.io/name": "skyflo",
        ]
        let spec: JSONValue = [
            "ui": ["replicas": 2, "ingress": ["host": "sky.example.com"]], "mcp": [:],
        ]
        try await Installed.run(spec) { story in
            try await story.untilInstalled("ready") { $0.isReady }
            let (api, namespace) = (story.api, Story.systemNamespace)
            _ = try await story.component(Installed.ingresses, "skyflo-ui")
            var bystander = KubeObject(
                Installed.services, namespace: namespace, name: "bystander",
                members: ["spec": ["ports": [["port": 80]], "selector": ["a": "b"]]])
            bystander.labels = labels
            _ = try await api.create(bystander, in: Installed.services)
            try await story.changeSkyfloAI(["ui": ["replicas": 1, "ingress": .null]])
            try await eventually("the budget and the Ingress are gone") {
                let budget = try await api.find(Installed.budgets, namespace: namespace, name: "skyflo-ui")
                let ingress = try await api.find(Installed.ingresses, namespace: namespace, name: "skyflo-ui")
                return budget == nil && ingress == nil
            }
            try await story.changeSkyfloAI(["ui": .null])
            let status = try await story.untilInstalled("only one component is left") { $0.components.count == 1 }
            #expect(status.uiStatus == nil && status.mcpStatus != nil)
            for (resource, name) in [
                (APIResource.deployments, "skyflo-ui"), (Installed.services, "skyflo-ui"),
                (.serviceAccounts, "skyflo-ui"),
                (.secrets, "skyflo-ui-tls"),
            ] {
                let left = try await api.find(resource, namespace: namespace, name: name)
                #expect(left == nil || left?.isBeingDeleted == true, "\(resource) \(name)")
            }
            _ = try await story.component(Installed.services, "bystander")
            _ = try await story.component(.deployments, "skyflo-mcp")
            try await story.changeSkyfloAI(["mcp": .null])
            let bare = try await story.untilInstalled("nothing is left") { $0.components.isEmpty }
            #expect(bare.conditions[type: "Available"] == nil && bare.conditions[type: "Ready"] != nil)
        }
    }

    @Test func `an object of somebody else keeps what it is, and nothing of the component is made`() async throws {
        try await Installed.run(["ui": [:], "mcp": [:]]) { story in
            try await story.apply(
                """
                apiVersion: v1
                kind: ServiceAccount
                metadata: {name: skyflo-ui, namespace: skyflo-system, labels: {theirs: "yes"}}
                """)
        } _: { story in
            let status = try await story.untilInstalled("the conflict is told, and the other component is ready") {
                $0.conditions[type: "Degraded"]?.reason == "ObjectConflict" && $0.mcpStatus?.phase == .ready
            }
            #expect(status.uiStatus?.phase == .notReady)
            #expect(status.uiStatus?.message.contains("ServiceAccount skyflo-system/skyflo-ui exists") == true)
            let account = try await story.component(.serviceAccounts, "skyflo-ui")
            #expect(account.labels == ["theirs": "yes"] && account.ownerReferences == [])
            let deployment = try await story.api.find(
                .deployments, namespace: Story.systemNamespace, name: "skyflo-ui")
            #expect(deployment == nil)
        }
    }

    @Test func `a paused SkyfloAI's components are left as they are`() async throws {
        try await Installed.run(["ui": ["replicas": 2]]) { story in
            try await story.untilInstalled("ready") { $0.isReady }
            try await story.changeSkyfloAI(["paused": true])
            try await story.untilInstalled("paused") { $0.conditions[type: "Progressing"]?.reason == "Paused" }
            _ = try await story.api.patch(
                .deployments, namespace: Story.systemNamespace, name: "skyflo-ui",
                patch: .merge(["spec": ["replicas": 4]]))
            try await story.changeSkyfloAI(["ui": ["replicas": 3], "mcp": [:]])
            let generation = try await story.api.get(
                .skyfloAIs, namespace: Story.systemNamespace, name: "skyflo"
            ).generation
            try await story.untilInstalled("it looked at it again") {
                $0.conditions[type: "Progressing"]?.observedGeneration == generation
                    && $0.uiStatus?.desiredReplicas == 4
            }
            let other = try await story.api.find(.deployments, namespace: Story.systemNamespace, name: "skyflo-mcp")
            #expect(other == nil)
            try await story.changeSkyfloAI(["paused": false])
            try await story.untilInstalled("made as the spec says") {
                $0.isReady && $0.uiStatus?.readyReplicas == 3 && $0.mcpStatus?.phase == .ready
            }
        }
    }

    @Test func `with a deleted SkyfloAI all goes that was made for it`() async throws {
        try await Installed.run(["ui": [:], "mcp": [:]]) { story in
            try await story.untilInstalled("ready") { $0.isReady }
            try await story.api.delete(.skyfloAIs, namespace: Story.systemNamespace, name: "skyflo")
            try await eventually("nothing is left") {
                for (resource, name) in [
                    (APIResource.deployments, "skyflo-ui"), (.deployments, "skyflo-mcp"),
                    (Installed.services, "skyflo-ui"),
                    (.serviceAccounts, "skyflo-mcp"), (.secrets, "skyflo-ui-tls"),
                ]
                where try await story.api.find(resource, namespace: Story.systemNamespace, name: name) != nil {
                    return false
                }
                return true
            }
        }
    }
}
