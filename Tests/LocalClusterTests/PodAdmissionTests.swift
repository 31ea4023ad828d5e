import KubeModel
import KubeSchema
import Testing

@testable import LocalCluster

/// What is decided about a pod before it runs: limits, priorities, whether it fits the node.
struct PodAdmissionTests {
    let cluster: Simulated
    private let node = "/api/v1/nodes/local-node"
    private let pods = "/api/v1/namespaces/default/pods"

    init() throws { cluster = try Simulated() }

    private func pod(_ name: String, _ container: JSONValue = .object([:]), _ spec: JSONValue = .object([:]))
        -> JSONValue
    {
        var container = container
        container["name"] = "app"
        container["image"] = "app:1"
        var spec = spec
        spec["containers"] = [container]
        return ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": .string(name)], "spec": spec]
    }

    private func limit(_ limits: JSONValue) {
        _ = cluster.api.send(
            "POST", "/api/v1/namespaces/default/limitranges",
            [
                "apiVersion": "v1", "kind": "LimitRange", "metadata": ["name": "limits"],
                "spec": ["limits": [limits]],
            ])
    }

    @Test func `a namespace's limits fill in what a container doesn't say`() {
        limit(["type": "Container", "max": ["cpu": "1"], "defaultRequest": ["cpu": "100m"]])
        let created = cluster.api.send("POST", pods, pod("one")).json
        let resources = created["spec", "containers"]?.array?.first?["resources"]
        #expect(resources == ["requests": ["cpu": "100m"], "limits": ["cpu": "1"]])
        #expect(created["status", "qosClass"] == "Burstable")
        #expect(created["metadata", "annotations", "kubernetes.io/limit-ranger"] != nil)
    }

    @Test func `what is outside of them is refused`() {
        limit(["type": "Container", "max": ["cpu": "1"], "min": ["cpu": "0.1"]])
        let answer = cluster.api.send(
            "POST", pods, pod("one", ["resources": ["requests": ["cpu": "50m"], "limits": ["cpu": "1.5"]]]))
        #expect(answer.status == 403)
        #expect(
            answer.message
                == "pods \"one\" is forbidden: [minimum cpu usage per Container is 100m, but request is 50m, "
                + "maximum cpu usage per Container is 1, but limit is 1500m]")
    }

    @Test(arguments: [("1Gi", "1024Mi"), ("0.5", "500m"), ("1e3", "1k"), ("1500m", "1.5"), ("12E", "12000P")])
    func `quantities are compared by value`(_ a: String, _ b: String) throws {
        #expect(try #require(Quantity(a)) == #require(Quantity(b)))
        #expect(try #require(Quantity("1Mi")) > #require(Quantity("1M")))
    }

    @Test(
        arguments: [
            ("0.5", "500m"), ("1024Mi", "1Gi"), ("1.5Gi", "1536Mi"), ("1000m", "1"), ("1e3", "1e3"), ("12E2", "1200"),
            ("100Ki", "100Ki"), ("1500k", "1500k"), ("0", "0"), ("-250m", "-250m"),
        ])
    func `quantities are written in their canonical form`(_ text: String, _ canonical: String) throws {
        #expect(try #require(Quantity(text)).description == canonical)
    }

    @Test func `a quota of resources is told by what pods ask for`() {
        _ = cluster.api.send(
            "POST", "/api/v1/namespaces/default/resourcequotas",
            [
                "apiVersion": "v1", "kind": "ResourceQuota", "metadata": ["name": "q"],
                "spec": ["hard": ["cpu": "1", "limits.memory": "1Gi"]],
            ])
        let vague = cluster.api.send("POST", pods, pod("vague"))
        #expect(
            vague.message
                == "pods \"vague\" is forbidden: failed quota: q: must specify cpu for: app; limits.memory for: app")
        func asking(_ name: String, _ cpu: String) -> InProcess.Answer {
            cluster.api.send(
                "POST", pods,
                pod(name, ["resources": ["requests": ["cpu": .string(cpu)], "limits": ["memory": "256Mi"]]]))
        }
        #expect(asking("one", "600m").status == 201)
        #expect(
            asking("two", "0.6").message
                == "pods \"two\" is forbidden: exceeded quota: q, requested: cpu=600m, used: cpu=600m, limited: cpu=1")
        cluster.settle()
        let used = cluster.get("/api/v1/namespaces/default/resourcequotas/q")["status", "used"]
        #expect(used == ["cpu": "600m", "limits.memory": "256Mi"])
    }

    @Test func `a pod waits until its node takes it`() {
        cluster.patch(node, ["spec": ["unschedulable": true]])
        _ = cluster.api.send("POST", pods, pod("one"))
        cluster.settle()
        #expect(cluster.get(pods + "/one")["status", "phase"] == "Pending")
        #expect(cluster.events(about: "Pod").contains { $0.hasPrefix("FailedScheduling: 0/1 nodes are available") })
        cluster.patch(node, ["spec": ["unschedulable": .null]])
        #expect(cluster.get(pods + "/one")["status", "phase"] == "Running")
    }

    @Test func `taints keep away who doesn't tolerate them`() {
        cluster.patch(node, ["spec": ["taints": [["key": "gpu", "value": "yes", "effect": "NoSchedule"]]]])
        let toleration: JSONValue = ["key": "gpu", "operator": "Exists"]
        _ = cluster.api.send("POST", pods, pod("plain"))
        _ = cluster.api.send("POST", pods, pod("special", .object([:]), ["tolerations": [toleration]]))
        cluster.settle()
        #expect(cluster.get(pods + "/plain")["status", "phase"] == "Pending")
        #expect(cluster.get(pods + "/special")["status", "phase"] == "Running")
    }

    @Test func `priorities come from classes`() {
        let system = cluster.api.send(
            "POST", pods, pod("one", .object([:]), ["priorityClassName": "system-node-critical"]))
        #expect(system.json["spec", "priority"] == 2_000_001_000)
        let unknown = cluster.api.send("POST", pods, pod("two", .object([:]), ["priorityClassName": "nope"]))
        #expect(unknown.message == "pods \"two\" is forbidden: no PriorityClass with name nope was found")
    }

    @Test func `services for the outside get a port on every node, each its own`() {
        func service(_ name: String, _ port: JSONValue) -> InProcess.Answer {
            cluster.api.send(
                "POST", "/api/v1/namespaces/default/services",
                [
                    "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
                    "spec": ["type": "NodePort", "ports": [port]],
                ])
        }
        let first = service("one", ["port": 80]).json["spec", "ports"]?.array?.first?["nodePort"]
        #expect((30_000...32_767).contains(first?.int ?? 0))
        #expect(service("two", .compact(["port": 80, "nodePort": first])).message.contains("already allocated"))
        #expect(service("three", ["port": 80, "nodePort": 80]).message.contains("not in the valid range"))
        let changed = cluster.patch("/api/v1/namespaces/default/services/one", ["spec": ["type": "ClusterIP"]]).json
        #expect(changed["spec", "ports"]?.array?.first?["nodePort"] == nil)
        #expect(changed["spec", "externalTrafficPolicy"] == nil)
    }

    @Test func `an aggregated role has the rules of those that its selector finds`() {
        let rbac = "/apis/rbac.authorization.k8s.io/v1/clusterroles"
        let rule: JSONValue = ["apiGroups": ["example.dev"], "resources": ["widgets"], "verbs": ["get"]]
        let label = "rbac.authorization.k8s.io/aggregate-to-view"
        _ = cluster.api.send(
            "POST", rbac,
            [
                "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
                "metadata": ["name": "widgets-view", "labels": .object([label: "true"])], "rules": [rule],
            ])
        cluster.settle()
        for name in ["view", "edit", "admin"] {
            #expect(cluster.get("\(rbac)/\(name)")["rules"]?.array?.contains(rule) == true)
        }
        _ = cluster.api.send("DELETE", rbac + "/widgets-view")
        cluster.settle()
        #expect(cluster.get(rbac + "/admin")["rules"]?.array?.contains(rule) == false)
    }
}
