import ControllerRuntime
import Controllers
import KubeClient
import KubeModel
import LiveServer
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// What the operator makes of a SkyfloAI, and keeps.
@Suite struct ComponentStoryTests {
    static let image = "registry.example.com/skyflo:1"
    static let components = ComponentsConfiguration(
        image: image, version: "1.0.0", startedAt: KubeTime(seconds: 1_800_000_000))
    static let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")
    static let budgets = APIResource(
        group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget")
    static let ingresses = APIResource(
        group: "networking.k8s.io", version: "v1", plural: "ingresses", kind: "Ingress")

    /// A cluster with the manifests and this SkyfloAI in it, and an operator while `body` runs.
    private func run(
        _ spec: JSONValue, components: ComponentsConfiguration = Self.components,
        prepare: @escaping @Sendable (Story) async throws -> Void = { _ in },
        _ body: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        try await Story.run(nil, samples: []) { story in
            try await prepare(story)
            try await story.make(spec)
            try await story.withOperator(OfflineProvider(), components: components) { try await body(story) }
        }
    }

    // MARK: Made and kept

    @Test func `one SkyfloAI becomes a Command Center and an MCP server that are ready`() async throws {
        try await run(["ui": ["replicas": 2], "mcp": [:], "engine": [:]]) { story in
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
                #expect(deployment["spec", "template", "spec", "containers"]?[0]?["image"] == .string(Self.image))
                _ = try await story.component(Self.services, name)
                let secret = try await story.component(.secrets, "\(name)-tls")
                func text(_ member: String) -> String {
                    String(decoding: Base64.decode(secret["data", member]?.string ?? "") ?? [], as: UTF8.self)
                }
                let certificate = try ServingCertificate(certificatePEM: text("tls.crt"), keyPEM: text("tls.key"))
                #expect(try certificate.validity().names.contains("\(name).skyflo-system.svc"))
            }
            #expect(try await story.component(Self.budgets, "skyflo-ui")["spec", "maxUnavailable"] == 1)
            try await eventually("it is told") {
                let reasons = try await story.api.list(.events, namespace: Story.systemNamespace).items
                    .compactMap { $0["reason"]?.string }
                return reasons.contains("ComponentCreated") && reasons.contains("ComponentReady")
            }
        }
    }

    @Test func `whatever somebody changes, takes away or damages comes back`() async throws {
        try await run(["ui": ["replicas": 2], "mcp": [:]]) { story in
            try await story.untilInstalled("ready") { $0.isReady }
            let (api, namespace) = (story.api, Story.systemNamespace)
            _ = try await api.patch(
                .deployments, namespace: namespace, name: "skyflo-ui",
                patch: .merge(["spec": ["replicas": 5, "template": ["spec": ["securityContext": ["runAsUser": 0]]]]]))
            try await eventually("the Deployment is as it was") {
                let spec = try await story.component(.deployments, "skyflo-ui")["spec"]
                return spec?["replicas"] == 2 && spec?["template", "spec", "securityContext", "runAsUser"] == 65532
            }
            let service = try await story.component(Self.services, "skyflo-mcp")
            try await api.delete(Self.services, namespace: namespace, name: "skyflo-mcp")
            try await eventually("the Service is there again") {
                let again = try await api.find(Self.services, namespace: namespace, name: "skyflo-mcp")
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
        try await run(spec) { story in
            try await story.untilInstalled("ready") { $0.isReady }
            let (api, namespace) = (story.api, Story.systemNamespace)
            _ = try await story.component(Self.ingresses, "skyflo-ui")
            var bystander = KubeObject(
                Self.services, namespace: namespace, name: "bystander",
                members: ["spec": ["ports": [["port": 80]], "selector": ["a": "b"]]])
            bystander.labels = labels
            _ = try await api.create(bystander, in: Self.services)
            try await story.changeSkyfloAI(["ui": ["replicas": 1, "ingress": .null]])
            try await eventually("the budget and the Ingress are gone") {
                let budget = try await api.find(Self.budgets, namespace: namespace, name: "skyflo-ui")
                let ingress = try await api.find(Self.ingresses, namespace: namespace, name: "skyflo-ui")
                return budget == nil && ingress == nil
            }
            try await story.changeSkyfloAI(["ui": .null])
            let status = try await story.untilInstalled("only one component is left") { $0.components.count == 1 }
            #expect(status.uiStatus == nil && status.mcpStatus != nil)
            for (resource, name) in [
                (APIResource.deployments, "skyflo-ui"), (Self.services, "skyflo-ui"), (.serviceAccounts, "skyflo-ui"),
                (.secrets, "skyflo-ui-tls"),
            ] {
                let left = try await api.find(resource, namespace: namespace, name: name)
                #expect(left == nil || left?.isBeingDeleted == true, "\(resource) \(name)")
            }
            _ = try await story.component(Self.services, "bystander")
            _ = try await story.component(.deployments, "skyflo-mcp")
            try await story.changeSkyfloAI(["mcp": .null])
            let bare = try await story.untilInstalled("nothing is left") { $0.components.isEmpty }
            #expect(bare.conditions[type: "Available"] == nil && bare.conditions[type: "Ready"] != nil)
        }
    }

    @Test func `an object of somebody else keeps what it is, and nothing of the component is made`() async throws {
        try await run(["ui": [:], "mcp": [:]]) { story in
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
        try await run(["ui": ["replicas": 2]]) { story in
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
        try await run(["ui": [:], "mcp": [:]]) { story in
            try await story.untilInstalled("ready") { $0.isReady }
            try await story.api.delete(.skyfloAIs, namespace: Story.systemNamespace, name: "skyflo")
            try await eventually("nothing is left") {
                for (resource, name) in [
                    (APIResource.deployments, "skyflo-ui"), (.deployments, "skyflo-mcp"), (Self.services, "skyflo-ui"),
                    (.serviceAccounts, "skyflo-mcp"), (.secrets, "skyflo-ui-tls"),
                ]
                where try await story.api.find(resource, namespace: Story.systemNamespace, name: name) != nil {
                    return false
                }
                return true
            }
        }
    }

    // MARK: What can't be

    @Test func `an image that isn't ours is never started, and that is said`() async throws {
        try await run(["ui": ["image": "skyfloai/ui:v1"], "mcp": ["image": "skyfloai/mcp:v1"]]) { story in
            let status = try await story.untilInstalled("ready") { $0.isReady }
            let unused = status.conditions[type: "SettingsUsed"]
            #expect(unused?.status == .false && unused?.reason == "ForeignImage")
            #expect(unused?.message.contains("skyfloai/mcp:v1") == true)
            let pods = try await story.api.list(.pods, namespace: Story.systemNamespace).items
            let images = Set(pods.compactMap { $0["spec", "containers"]?[0]?["image"]?.string })
            #expect(images == [Self.image])
        }
    }

    @Test func `an image that can't be pulled is told in words`() async throws {
        var components = Self.components
        components.image = "registry.invalid/skyflo:1"
        try await run(["ui": [:]], components: components) { story in
            let status = try await story.untilInstalled("told") {
                $0.conditions[type: "Degraded"]?.reason == "ImagePullFailed"
            }
            #expect(status.conditions[type: "Available"]?.status == .false)
            #expect(status.uiStatus?.phase == .notReady)
            #expect(status.uiStatus?.message.contains("registry.invalid/skyflo:1 can't be pulled") == true)
        }
    }

    @Test func `an operator that doesn't know its image makes nothing and says why`() async throws {
        try await run(["ui": [:]], components: ComponentsConfiguration()) { story in
            let status = try await story.untilInstalled("told") {
                $0.conditions[type: "Degraded"]?.reason == "ImageUnknown"
            }
            #expect(status.conditions[type: "Available"]?.message.contains("--component-image") == true)
            let deployment = try await story.api.find(
                .deployments, namespace: Story.systemNamespace, name: "skyflo-ui")
            #expect(deployment == nil)
        }
    }

    @Test func `an operator without the right says which role it lacks`() async throws {
        let bindings = APIResource(
            group: "rbac.authorization.k8s.io", version: "v1", plural: "rolebindings", kind: "RoleBinding")
        try await run(["ui": [:]]) { story in
            try await story.api.delete(bindings, namespace: Story.systemNamespace, name: "skyflo-components")
        } _: { story in
            let status = try await story.untilInstalled("told") {
                $0.conditions[type: "Degraded"]?.reason == "RightsMissing"
            }
            #expect(status.uiStatus?.message.contains("ClusterRole skyflo-components") == true)
        }
    }

    @Test func `a route that the API server doesn't serve, and a Secret that is missing, are told`() async throws {
        try await run([
            "ui": ["gateway": ["parentRefs": [["name": "web"]]]], "mcp": ["tlsSecretName": "mine"],
        ]) { story in
            let status = try await story.untilInstalled("told") {
                $0.component("ui")?.reason == "HTTPRouteNotServed" && $0.component("mcp")?.reason == "SecretMissing"
            }
            #expect(status.mcpStatus?.message.contains("skyflo-system/mine") == true)
            var secret = KubeObject(
                .secrets, namespace: Story.systemNamespace, name: "mine",
                members: ["type": "kubernetes.io/tls", "data": ["tls.crt": "eA==", "tls.key": "eA=="]])
            secret.labels = ["theirs": "yes"]
            _ = try await story.api.create(secret, in: .secrets)
            try await story.untilInstalled("with the Secret it is made") { $0.mcpStatus?.phase == .ready }
            let volume = try await story.component(.deployments, "skyflo-mcp")["spec", "template", "spec", "volumes"]?[
                0]
            #expect(volume?["secret", "secretName"] == "mine")
            #expect(try await story.component(.secrets, "mine").labels == ["theirs": "yes"])
        }
    }

    @Test func `a route leads to the Command Center where the Gateway API is served, and goes with the wish for it`()
        async throws
    {
        let spec: JSONValue = [
            "ui": ["gateway": ["parentRefs": [["name": "web"]], "hostnames": ["sky.example.com"]]]
        ]
        let routes = APIResource(
            group: "gateway.networking.k8s.io", version: "v1", plural: "httproutes", kind: "HTTPRoute")
        try await run(spec) { story in
            try await story.apply(
                """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata:
                  name: httproutes.gateway.networking.k8s.io
                  annotations: {api-approved.kubernetes.io: "https://github.com/kubernetes-sigs/gateway-api"}
                spec:
                  group: gateway.networking.k8s.io
                  scope: Namespaced
                  names: {plural: httproutes, singular: httproute, kind: HTTPRoute, listKind: HTTPRouteList}
                  versions:
                    - name: v1
                      served: true
                      storage: true
                      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
                """)
            try await eventually("routes are served") {
                do {
                    _ = try await story.api.list(routes, namespace: Story.systemNamespace)
                    return true
                } catch let status as APIStatus where status.isNotFound {
                    return false
                }
            }
        } _: { story in
            try await story.untilInstalled("ready") { $0.isReady }
            let route = try await story.component(routes, "skyflo-ui")
            #expect(route["spec", "hostnames"] == ["sky.example.com"])
            #expect(route["spec", "rules"]?[0]?["backendRefs"]?[0]?["name"] == "skyflo-ui")
            _ = try await story.api.patch(
                routes, namespace: Story.systemNamespace, name: "skyflo-ui",
                patch: .merge(["spec": ["hostnames": ["other"]]]))
            try await eventually("the route is as it was") {
                try await story.component(routes, "skyflo-ui")["spec", "hostnames"] == ["sky.example.com"]
            }
            try await story.changeSkyfloAI(["ui": ["gateway": .null]])
            try await eventually("the route is gone") {
                try await story.api.find(routes, namespace: Story.systemNamespace, name: "skyflo-ui") == nil
            }
        }
    }

    // MARK: Operators

    @Test func `an operator that starts anew writes nothing but what has changed`() async throws {
        try await Story.run(nil, samples: []) { story in
            try await story.make(["ui": ["replicas": 2], "mcp": ["resources": ["limits": ["cpu": "1000m"]]]])
            try await story.withOperator(OfflineProvider(), components: Self.components) {
                try await story.untilInstalled("ready") { $0.isReady }
            }
            let written = Mutex<[String]>([])
            let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                NotedAPI(api) { request, _ in
                    guard !request.isReadOnly, !request.path.hasSuffix("/status"), !request.path.contains("/events"),
                        !request.path.contains("reviews"), !request.path.contains("/leases")
                    else { return }
                    written.withLock { $0.append("\(request.method.rawValue) \(request.path)") }
                }
            }
            var later = Self.components
            later.startedAt = KubeTime(seconds: 1_800_000_060)
            try await story.withOperator(
                OfflineProvider(), identity: "operator-2", components: later, wrap: wrap
            ) {
                try await story.changeSkyfloAI(["ui": ["replicas": 3]])
                try await story.untilInstalled("scaled") { $0.isReady && $0.uiStatus?.readyReplicas == 3 }
            }
            let path = "/apis/apps/v1/namespaces/skyflo-system/deployments/skyflo-ui"
            #expect(written.withLock(\.self) == ["PATCH \(path)"])
        }
    }

    @Test func `in an upgrade the younger operator's image wins, and the older one doesn't fight it`() async throws {
        let old = Mutex<Int>(0)
        let isNew = Gate()
        let wrap: @Sendable (any KubeAPI) -> any KubeAPI = { api in
            NotedAPI(api) { request, _ in
                if isNew.isOpen, !request.isReadOnly, request.path.contains("/deployments/") {
                    old.withLock { $0 += 1 }
                }
            }
        }
        try await Story.run(nil, samples: []) { story in
            try await story.make(["ui": [:], "mcp": [:]])
            try await story.withOperator(OfflineProvider(), components: Self.components, wrap: wrap) {
                try await story.untilInstalled("ready") { $0.isReady }
                isNew.open()
                let new = ComponentsConfiguration(
                    image: "registry.example.com/skyflo:2", version: "2.0.0",
                    startedAt: KubeTime(seconds: 1_800_000_060))
                try await story.withOperator(OfflineProvider(), identity: "operator-2", components: new) {
                    try await story.untilInstalled("upgraded") { status in
                        status.isReady && status.components.allSatisfy { $0.version == "2.0.0" }
                    }
                    let spec = try await story.component(.deployments, "skyflo-ui")["spec", "template", "spec"]
                    #expect(spec?["containers"]?[0]?["image"] == "registry.example.com/skyflo:2")
                }
            }
        }
        #expect(old.withLock(\.self) == 0)
    }

    @Test func `the operator's own Deployment is scaled, unless somebody else says how many`() async throws {
        try await Story.run(nil, samples: []) { story in
            try await story.apply(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: skyflo-operator, namespace: skyflo-system}
                spec:
                  selector: {matchLabels: {app: operator}}
                  template:
                    metadata: {labels: {app: operator}}
                    spec: {containers: [{name: proxy, image: p}, {name: operator, image: "registry.example.com/skyflo:1"}]}
                """)
            let pod = try await eventuallyFound("its pod") {
                try await story.api.list(.pods, namespace: Story.systemNamespace).items.first
            }
            try await story.make(["ui": [:], "engine": ["replicas": 2]])
            try await story.withOperator(
                OfflineProvider(), lease: WorkerLease(namespace: Story.systemNamespace),
                defaultSkyfloAI: ObjectKey(namespace: Story.systemNamespace, name: "skyflo"),
                components: ComponentsConfiguration(version: "1.0.0", pod: pod.key)
            ) {
                let status = try await story.untilInstalled("scaled") {
                    $0.isReady && $0.engineStatus?.readyReplicas == 2
                }
                #expect(status.component("ui")?.image == Self.image)
                _ = try await story.api.patch(
                    .deployments, namespace: Story.systemNamespace, name: "skyflo-operator",
                    patch: .merge(["spec": ["replicas": 1]]), options: WriteOptions(fieldManager: "argocd-controller"))
                let managed = try await story.untilInstalled("told") {
                    $0.component("engine")?.reason == "ReplicasManaged"
                }
                #expect(managed.engineStatus?.message.contains("argocd-controller") == true)
                #expect(try await story.component(.deployments, "skyflo-operator")["spec", "replicas"] == 1)
            }
        }
    }
}

extension SkyfloAIStatus {
    fileprivate var isReady: Bool {
        !components.isEmpty && components.allSatisfy { $0.phase == .ready }
            && conditions[type: "Available"]?.status == .true && conditions[type: "Progressing"]?.status == .false
    }

    fileprivate func component(_ name: String) -> ComponentStatus? { components.first { $0.name == name } }
}

extension Story {
    fileprivate func make(_ spec: JSONValue) async throws {
        _ = try await api.create(
            KubeObject(.skyfloAIs, namespace: Self.systemNamespace, name: "skyflo", members: ["spec": spec]),
            in: .skyfloAIs)
    }

    fileprivate func changeSkyfloAI(_ spec: JSONValue) async throws {
        _ = try await api.patch(
            .skyfloAIs, namespace: Self.systemNamespace, name: "skyflo", patch: .merge(["spec": spec]))
    }

    fileprivate func component(_ resource: APIResource, _ name: String) async throws -> KubeObject {
        try await api.get(resource, namespace: Self.systemNamespace, name: name)
    }

    /// Waits until the status says so.
    @discardableResult
    fileprivate func untilInstalled(
        _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
        _ condition: @Sendable (SkyfloAIStatus) -> Bool
    ) async throws -> SkyfloAIStatus {
        let last = Mutex(SkyfloAIStatus())
        do {
            return try await eventuallyFound(what, within: .seconds(60)) {
                let object = try await api.get(.skyfloAIs, namespace: Self.systemNamespace, name: "skyflo")
                let status = SkyfloAI(object).status
                last.withLock { $0 = status }
                return condition(status) ? status : nil
            }
        } catch {
            Issue.record("not so: \(what): \(last.withLock { $0.json })", sourceLocation: sourceLocation)
            throw error
        }
    }
}
