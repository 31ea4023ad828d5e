import ControllerRuntime
import Controllers
import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// Components, and the operators that make them.
@Suite struct ComponentOperatorStoryTests {
    @Test func `an operator that starts anew writes nothing but what has changed`() async throws {
        try await Story.run(nil, samples: []) { story in
            try await story.make(["ui": ["replicas": 2], "mcp": ["resources": ["limits": ["cpu": "1000m"]]]])
            try await story.withOperator(OfflineProvider(), components: Installed.components) {
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
            var later = Installed.components
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
            try await story.withOperator(OfflineProvider(), components: Installed.components, wrap: wrap) {
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

    @Test func `when the younger operator is gone the older one decides again`() async throws {
        try await Story.run(nil, samples: []) { story in
            func operating(_ version: String, since: Double) async throws -> ComponentsConfiguration {
                let pod = KubeObject(
                    .pods, namespace: Story.systemNamespace, name: "operator-\(version)",
                    members: ["spec": ["containers": [["name": "operator", "image": .string(Installed.image)]]]])
                return ComponentsConfiguration(
                    image: "registry.example.com/skyflo:\(version)", version: version,
                    pod: try await story.api.create(pod, in: .pods).key,
                    startedAt: KubeTime(seconds: 1_800_000_000 + since))
            }
            let (old, new) = (try await operating("1", since: 0), try await operating("2", since: 60))
            try await story.make(["ui": [:]])
            try await story.withOperator(OfflineProvider(), components: old) {
                try await story.untilInstalled("ready") { $0.isReady }
                try await story.withOperator(OfflineProvider(), identity: "operator-2", components: new) {
                    try await story.untilInstalled("upgraded") { $0.isReady && $0.component("ui")?.version == "2" }
                }
                try await story.api.delete(
                    .pods, namespace: Story.systemNamespace, name: "operator-2",
                    options: DeleteOptions(gracePeriodSeconds: 0))
                _ = try await story.api.patch(
                    .deployments, namespace: Story.systemNamespace, name: "skyflo-ui",
                    patch: .merge(["metadata": ["labels": ["app.kubernetes.io/version": "9"]]]))
                try await story.untilInstalled("taken back") { $0.isReady && $0.component("ui")?.version == "1" }
                let deployment = try await story.component(.deployments, "skyflo-ui")
                #expect(deployment.annotations["skyflo.ai/operator-pod"]?.hasPrefix("operator-1/") == true)
            }
        }
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
                #expect(status.component("ui")?.image == Installed.image)
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
