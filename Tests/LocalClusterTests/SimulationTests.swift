import KubeModel
import Testing

@testable import LocalCluster

/// Controllers of the simulation, each through the API alone.
struct SimulationTests {
    let cluster: Simulated

    init() throws { cluster = try Simulated() }

    private func workload(_ kind: String, _ name: String, image: String = "registry.example/app:1", more: String = "")
        -> String
    {
        """
        apiVersion: apps/v1
        kind: \(kind)
        metadata: {name: \(name)}
        spec:
          selector: {matchLabels: {app: \(name)}}
          template: {metadata: {labels: {app: \(name)}}, spec: {containers: [{name: app, image: "\(image)"}]}}
          \(more)
        """
    }

    private func image(_ image: String) -> JSONValue {
        ["spec": ["template": ["spec": ["containers": [["name": "app", "image": .string(image)]]]]]]
    }

    // MARK: StatefulSet

    private let statefulSet = "/apis/apps/v1/namespaces/default/statefulsets/db"

    @Test func `a StatefulSet has pods with ordinals and claims of their own`() throws {
        let claims =
            "volumeClaimTemplates: [{metadata: {name: data}, spec: {accessModes: [ReadWriteOnce], "
            + "resources: {requests: {storage: 1Gi}}}}]"
        try cluster.create(workload("StatefulSet", "db", more: "serviceName: db\n  replicas: 2\n  " + claims))
        #expect(cluster.pods.map(\.name) == ["db-0", "db-1"])
        #expect(cluster.pods.map { $0.labels["apps.kubernetes.io/pod-index"] } == ["0", "1"])
        let volumes = cluster.pods.first?["spec", "volumes"]?.array ?? []
        #expect(volumes.contains { $0["persistentVolumeClaim", "claimName"]?.string == "data-db-0" })
        #expect(
            cluster.items("/api/v1/namespaces/default/persistentvolumeclaims").map(\.name)
                == ["data-db-0", "data-db-1"])
        let status = cluster.get(statefulSet)["status"]
        #expect(status?["readyReplicas"]?.int == 2)
        #expect(status?["currentRevision"] == status?["updateRevision"])
        #expect(
            Set(cluster.events(about: "StatefulSet")).isSuperset(of: [
                "SuccessfulCreate: create Claim data-db-0 Pod db-0 in StatefulSet db success",
                "SuccessfulCreate: create Pod db-1 in StatefulSet db successful",
            ]))
    }

    @Test func `a StatefulSet rolls out down to its partition, and back`() throws {
        try cluster.create(workload("StatefulSet", "db", more: "replicas: 3"))
        cluster.patch(statefulSet, ["spec": ["updateStrategy": ["rollingUpdate": ["partition": 2]]]])
        cluster.patch(statefulSet, image("registry.example/app:2"))
        func images() -> [String] {
            cluster.pods.compactMap { $0["spec", "containers"]?[0]?["image"]?.string?.last.map(String.init) }
        }
        #expect(images() == ["1", "1", "2"])
        cluster.patch(statefulSet, ["spec": ["updateStrategy": ["rollingUpdate": ["partition": 0]]]])
        #expect(images() == ["2", "2", "2"])
        cluster.patch(statefulSet, image("registry.example/app:1"))
        #expect(images() == ["1", "1", "1"])
        let revisions = cluster.items("/apis/apps/v1/namespaces/default/controllerrevisions")
        #expect(revisions.compactMap { $0.json["revision"]?.int }.sorted() == [2, 3])
    }

    @Test func `a pod of a StatefulSet that isn't ready holds up the next`() throws {
        try cluster.create(workload("StatefulSet", "db", image: "registry.example/slow:1", more: "replicas: 2"))
        #expect(cluster.pods.map(\.name) == ["db-0"])
        cluster.advance(seconds: 5)
        #expect(cluster.pods.map(\.name) == ["db-0", "db-1"])
    }

    // MARK: HorizontalPodAutoscaler

    @Test(arguments: [("{requests: {cpu: 100m}}", 2, "ValidMetricFound"), ("{}", 1, "FailedGetResourceMetric")])
    func `an autoscaler keeps its target in its bounds where the pods request what it goes by`(
        _ resources: String, _ replicas: Int, _ reason: String
    ) throws {
        let target = "/apis/apps/v1/namespaces/default/deployments/web"
        try cluster.create(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web}
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
              minReplicas: 2
              maxReplicas: 4
              metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]
            """)
        func status() -> JSONValue? {
            cluster.get("/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web")["status"]
        }
        #expect(status()?["conditions"]?[0]?["reason"] == "FailedGetScale")
        try cluster.create(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: app, image: "registry.example/app:1", resources: \(resources)}]}
            """)
        #expect(cluster.get(target)["spec", "replicas"]?.int == replicas)
        #expect(status()?["conditions"]?[1]?["reason"] == .string(reason))
        #expect(status()?["currentReplicas"]?.int == replicas)
        cluster.patch(target, ["spec": ["replicas": 0]])
        #expect(status()?["conditions"]?[1]?["reason"] == "ScalingDisabled")
    }

    // MARK: DaemonSet

    @Test func `a DaemonSet has one pod on the node, and replaces it`() throws {
        let path = "/apis/apps/v1/namespaces/default/daemonsets/agent"
        try cluster.create(workload("DaemonSet", "agent"))
        #expect(cluster.pods.map { $0["spec", "nodeName"]?.string } == ["local-node"])
        let before = cluster.pods.first?.uid
        cluster.patch(path, image("registry.example/app:2"))
        #expect(cluster.pods.count == 1)
        #expect(cluster.pods.first?.uid != before)
        let status = cluster.get(path)["status"]
        #expect(status?["updatedNumberScheduled"]?.int == 1)
        #expect(status?["numberAvailable"]?.int == 1)
    }

    @Test func `a DaemonSet for other nodes wants no pod`() throws {
        try cluster.create(workload("DaemonSet", "agent"))
        cluster.patch(
            "/apis/apps/v1/namespaces/default/daemonsets/agent",
            ["spec": ["template": ["spec": ["nodeSelector": ["disk": "ssd"]]]]])
        #expect(cluster.pods.isEmpty)
    }

    // MARK: Pods

    private func pod(_ name: String, _ image: String, policy: String = "Always") -> String {
        """
        {apiVersion: v1, kind: Pod, metadata: {name: \(name), labels: {app: \(name)}}, spec: {restartPolicy: \(policy),
        containers: [{name: app, image: "registry.example/\(image)"}]}}
        """
    }

    @Test func `a container that crashes is restarted with a growing back-off`() throws {
        try cluster.create(pod("p", "crash:1"))
        func state() -> String {
            let status = cluster.pods.first?["status", "containerStatuses"]?[0]
            let text = status?["state", "waiting", "message"]?.string?.split(separator: " ").prefix(2)
            return "\(status?["restartCount"]?.int ?? -1) \(text?.joined(separator: " ") ?? "")"
        }
        #expect(state() == "1 back-off 10s")
        cluster.advance(seconds: 9)
        #expect(state() == "1 back-off 10s")
        cluster.advance(seconds: 1)
        #expect(state() == "2 back-off 20s")
        cluster.advance(seconds: 20)
        #expect(state() == "3 back-off 40s")
        #expect(RestartBackOff.text(restarts: 4) == "1m20s")
        #expect(RestartBackOff.text(restarts: 9) == "5m0s")
        let backOff = cluster.items("/api/v1/namespaces/default/events").first {
            $0.json["reason"]?.string == "BackOff"
        }
        #expect(backOff?.json["count"]?.int == 3)
    }

    @Test(arguments: [("app:1", "Succeeded", 0), ("crash:1", "Failed", 1)])
    func `a pod that is never restarted finishes`(image: String, phase: String, code: Int) throws {
        try cluster.create(pod("p", image, policy: "Never"))
        #expect(cluster.pods.first?["status", "phase"]?.string == phase)
        let state = cluster.pods.first?["status", "containerStatuses"]?[0]?["state"]
        #expect(state?["terminated", "exitCode"]?.int == code)
    }

    @Test(arguments: ["unready:1", "slow:1"]) func `it runs and isn't ready`(image: String) throws {
        try cluster.create(pod("p", image))
        #expect(cluster.pods.first?["status", "phase"]?.string == "Running")
        #expect(cluster.pods.first.map(PodState.isReady) == false)
        cluster.advance(seconds: 60)
        #expect(cluster.pods.first.map(PodState.isReady) == image.hasPrefix("slow"))
    }

    // MARK: Services

    @Test func `a Service has the addresses of its ready pods`() throws {
        try cluster.create(pod("web", "app:1"))
        try cluster.create(
            "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}")
        let address = cluster.pods.first?["status", "podIP"]?.string
        let endpoints = "/api/v1/namespaces/default/endpoints/web"
        #expect(cluster.get(endpoints)["subsets"]?[0]?["addresses"]?[0]?["ip"]?.string == address)
        let slices = cluster.items("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices")
        #expect(slices.count == 1)
        #expect(slices.first?.labels["kubernetes.io/service-name"] == "web")
        #expect(slices.first?.json["endpoints"]?[0]?["addresses"] == [.string(address ?? "")])
        _ = cluster.api.send("DELETE", "/api/v1/namespaces/default/pods/web")
        cluster.settle()
        #expect(cluster.get(endpoints)["subsets"] == nil)
        _ = cluster.api.send("DELETE", "/api/v1/namespaces/default/services/web")
        cluster.settle()
        #expect(cluster.get(endpoints)["code"]?.int == 404)
        #expect(cluster.items("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices").isEmpty)
    }

    // MARK: Evictions

    private let eviction: JSONValue = ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "ev"]]

    @Test func `an eviction that a budget forbids is 429 with the reason`() throws {
        try cluster.create(pod("ev", "app:1"))
        try cluster.create(
            "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: guard}, spec: {minAvailable: 1, "
                + "selector: {matchLabels: {app: ev}}}}")
        let path = "/api/v1/namespaces/default/pods/ev/eviction"
        let refused = cluster.api.send("POST", path, eviction)
        #expect(refused.status == 429)
        #expect(refused.message == "Cannot evict pod as it would violate the pod's disruption budget.")
        #expect(
            refused.json["details", "causes"]?[0]?["message"]?.string
                == "The disruption budget guard needs 1 healthy pods and has 1 currently")
        cluster.patch(
            "/apis/policy/v1/namespaces/default/poddisruptionbudgets/guard", ["spec": ["minAvailable": 0]])
        #expect(cluster.api.send("POST", path, eviction).status == 201)
        // The one disruption is booked at once, before a controller counts again.
        let budget = cluster.get("/apis/policy/v1/namespaces/default/poddisruptionbudgets/guard")
        #expect(budget["status", "disruptionsAllowed"]?.int == 0)
        cluster.settle()
        #expect(cluster.pods.isEmpty)
    }

    @Test func `a percentage counts what the workload wants`() throws {
        try cluster.create(workload("Deployment", "web", more: "replicas: 4"))
        try cluster.create(
            "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: half}, spec: {maxUnavailable: 50%, "
                + "selector: {matchLabels: {app: web}}}}")
        let status = cluster.get("/apis/policy/v1/namespaces/default/poddisruptionbudgets/half")["status"]
        #expect(status?["disruptionsAllowed"]?.int == 2)
        #expect(status?["desiredHealthy"]?.int == 2)
    }

    // MARK: Quotas

    @Test func `a quota counts, and refuses what exceeds it`() throws {
        try cluster.create(
            "{apiVersion: v1, kind: ResourceQuota, metadata: {name: few}, spec: {hard: {configmaps: 1}}}")
        _ = cluster.api.send("POST", configMaps, configMap("one"))
        let answer = cluster.api.send("POST", configMaps, configMap("two"))
        #expect(answer.status == 403)
        #expect(
            answer.message
                == "configmaps \"two\" is forbidden: exceeded quota: few, requested: configmaps=1, used: configmaps=1, "
                + "limited: configmaps=1")
        cluster.settle()
        let quota = cluster.get("/api/v1/namespaces/default/resourcequotas/few")
        #expect(quota["status", "used", "configmaps"]?.string == "1")
    }
}
