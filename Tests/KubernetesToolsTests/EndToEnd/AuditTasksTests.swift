import KubeModel
import OperatorTestKit
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// Questions about many objects, as audits ask them: one call tells of each object what there is to judge.
@Suite struct AuditTasksTests {
    /// What is asked of whom, and what a row has to say, with bars between its cells.
    struct Audit: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var kind: String
        var columns: String
        /// What the row of an object has, by its name.
        var rows: [(String, String)]
        var isClusterWide = false
    }

    private static let audits = [
        Audit(
            testDescription: "images", kind: "pods", columns: "IMAGES:.spec.containers[*].image",
            rows: [
                ("good", "registry.example/app@sha256:\(String(repeating: "0a", count: 32))"),
                ("bad", "nginx,redis:latest"),
            ]),
        Audit(
            testDescription: "requests and limits", kind: "pods",
            columns: ".spec.containers[*].resources.limits,.spec.containers[*].resources.requests.cpu",
            rows: [
                ("good", #"{"cpu":"200m","ephemeral-storage":"1Gi","memory":"128Mi"}"#), ("bad", "<none>"),
                ("good", "100m"),
            ]),
        Audit(
            testDescription: "terminals, tokens and probes", kind: "pods",
            columns:
                "TTY:.spec.containers[*].tty,STDIN:..stdin,TOKEN:spec.automountServiceAccountToken,PROBE:..readinessProbe.tcpSocket.port",
            rows: [("good", "<none> | <none> | false | 80"), ("bad", "true | true | true | <none>")]),
        Audit(
            testDescription: "labels", kind: "pods", columns: "OWNER:.metadata.labels.example\\.com/owner",
            rows: [("good", "team-a"), ("bad", "<none>")]),
        Audit(
            testDescription: "annotations and outside addresses of services", kind: "services",
            columns:
                "RUNBOOK:.metadata.annotations['example.com/runbook'],TYPE:.spec.type,IPS:.spec.externalIPs[*],SELECTOR:.spec.selector",
            rows: [
                ("good", #"https://runbooks.example/web | ClusterIP | <none> | {"app":"web"}"#),
                ("bad", #"<none> | LoadBalancer | 203.0.113.7 | {"app":"web"}"#),
            ]),
        Audit(
            testDescription: "hosts and encryption of ingresses", kind: "ingresses",
            columns:
                "HOSTS:.spec.rules[*].host,TLS:.spec.tls[*].secretName,HTTP:.metadata.annotations.kubernetes\\.io/ingress\\.allow-http",
            rows: [("good", "shop.example.com | shop-tls | false"), ("bad", "*.example.com | <none> | <none>")]),
        Audit(
            testDescription: "autoscalers and what they scale", kind: "hpa",
            columns:
                "MIN:.spec.minReplicas,MAX:.spec.maxReplicas,KIND:.spec.scaleTargetRef.kind,TARGET:.spec.scaleTargetRef.name",
            rows: [("good", "3 | 6 | Deployment | good"), ("bad", "1 | 9 | Deployment | missing")]),
        Audit(
            testDescription: "replicas and labels of deployments", kind: "deployments",
            columns: "REPLICAS:.spec.replicas,APP:.spec.selector.matchLabels.app", rows: [("good", "2 | good")]),
        Audit(
            testDescription: "disruption budgets", kind: "pdb",
            columns: "UNAVAILABLE:.spec.maxUnavailable,AVAILABLE:.spec.minAvailable,APP:.spec.selector.matchLabels.app",
            rows: [("good", "<none> | 1 | good"), ("bad", "0 | <none> | good")]),
        Audit(
            testDescription: "who may change endpoints", kind: "clusterroles",
            columns: "VERBS:.rules[?(@.resources[*]==\"endpoints\")].verbs[*]",
            rows: [("good", "<none>"), ("bad", "create,patch")], isClusterWide: true),
        Audit(
            testDescription: "who is let in without a name", kind: "clusterrolebindings",
            columns:
                "ROLE:.roleRef.name,USERS:.subjects[?(@.kind==\"User\")].name,GROUPS:.subjects[?(@.kind==\"Group\")].name",
            rows: [("good", "good | jane | <none>"), ("bad", "bad | <none> | system:unauthenticated")],
            isClusterWide: true),
        Audit(
            testDescription: "owners of namespaces", kind: "namespaces", columns: "OWNER:.metadata.labels.owner",
            rows: [("good", "jane.example"), ("bad", "<none>")], isClusterWide: true),
    ]

    @Test func `one list answers each`() async throws {
        try await ToolCluster.withRunning { cluster in
            try await cluster.apply(Self.pods)
            try await cluster.apply(Self.others)
            for audit in Self.audits {
                let text = try await cluster.output(
                    "k8s_get", ["kind": .string(audit.kind), "columns": .string(audit.columns)])
                for (name, row) in audit.rows {
                    let line = text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
                    let cells = line?.replacing(#/ {3,}/#, with: " | ")
                    #expect(cells?.contains(row) == true, "\(audit): \(text)")
                }
            }
        }
    }

    /// Nothing of what audits look at is hidden or left out of a list in whole.
    @Test func `lists in whole have all of it`() async throws {
        try await ToolCluster.withRunning { cluster in
            for manifest in [Self.pods, Self.others] { try await cluster.apply(manifest) }
            let wanted = try [Self.pods, Self.others].flatMap { try YAML.parseAll($0) }.map { KubeObject($0) }
            for (kind, objects) in Dictionary(grouping: wanted, by: \.kind) where kind != "Namespace" {
                let names = objects.map { "\(kind)/\($0.name)" }.joined(separator: ",")
                let text = try await cluster.output("k8s_get", ["kind": .string(names), "output": "json"])
                let answer = try JSONParser.parse(text)
                // One object alone is no list.
                let shown = (answer["items"]?.array ?? [answer]).map { KubeObject($0) }
                for object in objects {
                    let found = try #require(shown.first { $0.name == object.name }).json
                    for (path, value) in Self.leaves(of: object.json) {
                        #expect(Self.value(at: path, in: found) == value, "\(kind) \(object.name) \(path)")
                    }
                }
            }
        }
    }

    /// All values that have no members, with the ways to them.
    private static func leaves(of json: JSONValue) -> [(path: [String], value: JSONValue)] {
        let members: [(String, JSONValue)]
        switch json {
        case .object(let object): members = object.map { ($0.key, $0.value) }
        case .array(let elements): members = elements.enumerated().map { (String($0.offset), $0.element) }
        default: return [([], json)]
        }
        return members.flatMap { step, value in leaves(of: value).map { ([step] + $0.path, $0.value) } }
    }

    private static func value(at path: [String], in json: JSONValue) -> JSONValue? {
        path.reduce(json) { value, step in
            if let elements = value?.array { return Int(step).flatMap { $0 < elements.count ? elements[$0] : nil } }
            return value?[step]
        }
    }

    private static let pods = """
        apiVersion: v1
        kind: Pod
        metadata: {name: good, labels: {example.com/owner: team-a}}
        spec:
          automountServiceAccountToken: false
          containers:
          - name: app
            image: registry.example/app@sha256:\(String(repeating: "0a", count: 32))
            resources:
              requests: {cpu: 100m, memory: 64Mi}
              limits: {cpu: 200m, ephemeral-storage: 1Gi, memory: 128Mi}
            readinessProbe: {tcpSocket: {port: 80}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: bad}
        spec:
          automountServiceAccountToken: true
          containers: [{name: a, image: nginx, tty: true, stdin: true}, {name: b, image: "redis:latest"}]
        """

    private static let others = """
        apiVersion: v1
        kind: Service
        metadata: {name: good, annotations: {example.com/runbook: "https://runbooks.example/web"}}
        spec: {selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: bad}
        spec: {type: LoadBalancer, externalIPs: [203.0.113.7], selector: {app: web}, ports: [{port: 80}]}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: good, annotations: {kubernetes.io/ingress.allow-http: "false"}}
        spec:
          tls: [{hosts: [shop.example.com], secretName: shop-tls}]
          rules: [{host: shop.example.com, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: good, port: {number: 80}}}}]}}]
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: bad}
        spec:
          rules: [{host: "*.example.com", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: good, port: {number: 80}}}}]}}]
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: good}
        spec:
          replicas: 2
          selector: {matchLabels: {app: good}}
          template: {metadata: {labels: {app: good}}, spec: {containers: [{name: app, image: "app:1"}]}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: good}
        spec: {minReplicas: 3, maxReplicas: 6, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: good}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: bad}
        spec: {minReplicas: 1, maxReplicas: 9, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: missing}}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: good}
        spec: {minAvailable: 1, selector: {matchLabels: {app: good}}}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: bad}
        spec: {maxUnavailable: 0, selector: {matchLabels: {app: good}}}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: good}
        rules: [{apiGroups: [""], resources: [pods], verbs: [get]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: bad}
        rules: [{apiGroups: [""], resources: [pods], verbs: [get]}, {apiGroups: [""], resources: [services, endpoints], verbs: [create, patch]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: good}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: good}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: bad}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: bad}
        subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:unauthenticated"}]
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: good, labels: {owner: jane.example}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: bad}
        """
}
