import Foundation
import KubeClient
import KubeModel
import LocalCluster
import OperatorTestKit
import Subprocess
import Testing
import Writes

@testable import KubernetesTools
@testable import ToolKit

/// What the real kubectl says, the tools say too: descriptions fact by fact, tables line by line.
@Suite struct BesideKubectlTests {
    private static let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    private static let isThere = path.contains { FileManager.default.isExecutableFile(atPath: "\($0)/kubectl") }

    /// Facts that ours leaves out, and why: by kind (empty for all) and label.
    private static let leftOut: [String: [String: String]] = [
        "": [
            "Optional": "false is the default", "Host Port": "0/TCP is none",
            "LIM": "kubectl rounds the limit up to whole units", "Medium": "none",
            "Mounts": "of a service account, which all pods have", "GlobalDefault": "false is the default",
            "UID": "tells a person nothing", "Resource Version": "tells a person nothing",
            "Generation": "tells a person nothing",
        ],
        "node": ["Lease": "of a node without a kubelet"],
        "networkpolicy": ["Created on": "in a form of its own"],
    ]

    private static let further: [(kind: String, name: String)] = [
        ("configmap", "settings"), ("secret", "db"), ("persistentvolume", "disk"),
        ("persistentvolumeclaim", "data"), ("storageclass", "fast"), ("ingress", "web"),
        ("statefulset", "db"), ("daemonset", "agent"), ("cronjob", "report"), ("replicaset", ""),
        ("horizontalpodautoscaler", "web"), ("networkpolicy", "web"), ("serviceaccount", "robot"),
        ("role", "reader"), ("rolebinding", "reader"), ("clusterrole", "metrics"),
        ("clusterrolebinding", "metrics"), ("poddisruptionbudget", "web"), ("namespace", "default"),
        ("resourcequota", "quota"), ("limitrange", "limits"), ("endpoints", "manual"),
        ("endpointslice", "manual-1"), ("event", "web.1"), ("priorityclass", "high"),
        ("ingressclass", "public"), ("lease", "leader"), ("customresourcedefinition", "backups.example.com"),
    ]

    @Test(.enabled(if: isThere)) func `further kinds are described with all that kubectl tells`() async throws {
        try await Self.withShop { cluster, kubectl in
            try await cluster.apply(Self.others)
            for event in try YAML.parseAll(Self.events) {
                _ = try await cluster.client.create(KubeObject(event), in: .events)
            }
            let sets = try await cluster.client.list(.replicaSets, namespace: "default").items
            let set = try #require(sets.first { $0.labels["app"] == "web" }).name
            for (kind, name) in Self.further {
                let name = name.isEmpty ? set : name
                let ours = try await cluster.output("k8s_describe", ["kind": .string(kind), "name": .string(name)])
                Self.compare(kind, kubectl: try await kubectl(["describe", kind, name]), ours: ours, leastFacts: 2)
            }
        }
    }

    @Test(.enabled(if: isThere)) func `five kinds are described with all that kubectl tells`() async throws {
        try await Self.withShop { cluster, kubectl in
            let pods = try await cluster.client.list(.pods, namespace: "default").items
            let pod = try #require(pods.first { $0.labels["app"] == "web" }).name
            for (kind, name) in [
                ("deployment", "web"), ("pod", pod), ("service", "web"), ("job", "once"), ("node", "local-node"),
            ] {
                let ours = try await cluster.output("k8s_describe", ["kind": .string(kind), "name": .string(name)])
                Self.compare(kind, kubectl: try await kubectl(["describe", kind, name]), ours: ours)
            }
        }
    }

    private static let tables: [([String], String, JSONValue)] = [
        (["get", "deploy", "web"], "k8s_get", ["kind": "deploy", "name": "web"]),
        (["get", "pods", "-o", "wide"], "k8s_get", ["kind": "pods", "output": "wide"]),
        (["get", "svc,deploy"], "k8s_get", ["kind": "svc,deploy"]),
        (["get", "nodes", "-o", "wide"], "k8s_get", ["kind": "nodes", "output": "wide"]),
        (["get", "pods", "-o", "name"], "k8s_get", ["kind": "pods", "output": "name"]),
        (["rollout", "status", "deploy", "web"], "k8s_rollout_status", ["name": "web"]),
        (["rollout", "history", "deploy", "web"], "k8s_rollout_history", ["name": "web"]),
        (["top", "nodes"], "k8s_top_nodes", [:]),
        (["api-resources"], "k8s_list_api_resources", [:]),
        (["auth", "can-i", "list", "pods"], "k8s_auth_can_i", ["verb": "list", "kind": "pods"]),
    ]

    @Test(.enabled(if: isThere)) func `tables have the words of kubectl's, line by line`() async throws {
        try await Self.withShop { cluster, kubectl in
            for (words, tool, arguments) in Self.tables {
                let (theirs, ours) = (try await kubectl(words), try await cluster.output(tool, arguments))
                let lines = ours.split(separator: "\n").map { Set(Self.cells(String($0))) }
                let missing = theirs.split(separator: "\n").map(String.init).filter { line in
                    let cells = Self.cells(line)
                    return !cells.isEmpty && !lines.contains { $0.isSuperset(of: cells) }
                }
                #expect(missing.isEmpty, "\(words) has\n\(missing.joined(separator: "\n"))\nOURS\n\(ours)")
            }
        }
    }

    /// Without what passes between two looks: ages, and what is used.
    private static func cells(_ line: String) -> [String] {
        let passing = #/^(?:\d+[smhd])+$|^\d+(?:m|Mi|%)$|^\(?\d+s|ago\)?$/#
        return line.split { " \t:;,".contains($0) }.map { $0.lowercased() }
            .filter { $0.firstMatch(of: passing) == nil && $0 != "<none>" }
    }

    private typealias Kubectl = ([String]) async throws -> String

    private static func withShop(_ body: (ToolCluster, Kubectl) async throws -> Void) async throws {
        try await LocalCluster.withRunning { _, endpoint in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let config = folder.appendingPathComponent("config").path
            try endpoint.kubeconfig().write(toFile: config, atomically: true, encoding: .utf8)
            try await ToolCluster.withClient(of: endpoint) { cluster in
                try await cluster.apply(shop)
                try await settle(cluster)
                try await body(cluster) { try await kubectl($0, config: config, cache: folder.path) }
            }
        }
    }

    private static func compare(_ kind: String, kubectl: String, ours: String, leastFacts: Int = 9) {
        let facts = KubectlFact.all(in: kubectl)
        #expect(facts.count >= leastFacts, "\(kind): \(kubectl)")
        let lines = DescribedLines.of(ours)
        let missing = facts.filter { fact in
            leftOut[""]?[fact.label] == nil && leftOut[kind]?[fact.label] == nil && !fact.isTold(in: lines)
        }
        #expect(
            missing.isEmpty,
            "\(kind) lacks\n\(missing.map(\.description).joined(separator: "\n"))\nOURS\n\(ours)")
    }

    private static func settle(_ cluster: ToolCluster) async throws {
        try await eventually("all have run") {
            let web = try await cluster.get(.deployments, "web")
            let job = try await cluster.get(.jobs, "once")
            return web["status", "availableReplicas"]?.int == 2 && job["status", "completionTime"] != nil
        }
    }

    private static func kubectl(_ arguments: [String], config: String, cache: String) async throws -> String {
        let result = try await Subprocess.run(
            .name("kubectl"), arguments: Arguments(["--kubeconfig", config, "--cache-dir", cache] + arguments),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        guard case .exited(0) = result.terminationStatus else { throw ToolFailure("kubectl: \(result.standardError)") }
        return result.standardOutput
    }

    private static let shop = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {mode: fast}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}, annotations: {note: hello}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}, annotations: {team: blue}}
            spec:
              serviceAccountName: default
              nodeSelector: {kubernetes.io/os: linux}
              tolerations: [{key: gpu, operator: Equal, value: "yes", effect: NoSchedule}]
              initContainers:
              - {name: init, image: "busybox:1.37", command: [sh, -c, "true"]}
              containers:
              - name: app
                image: shop/app:1
                args: [--port, "8080"]
                ports: [{name: http, containerPort: 8080}]
                env:
                - {name: MODE, value: fast}
                - {name: DB, valueFrom: {secretKeyRef: {name: db, key: password, optional: true}}}
                - {name: CM, valueFrom: {configMapKeyRef: {name: settings, key: mode, optional: true}}}
                - {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                - {name: LIM, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}
                envFrom: [{prefix: X_, configMapRef: {name: settings, optional: true}}]
                resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}
                livenessProbe: {httpGet: {path: /healthz, port: http}, initialDelaySeconds: 5}
                readinessProbe: {tcpSocket: {port: 8080}}
                startupProbe: {exec: {command: [cat, /ok]}}
                volumeMounts: [{name: data, mountPath: /data}, {name: conf, mountPath: /conf, readOnly: true, subPath: x}]
              volumes:
              - {name: data, emptyDir: {sizeLimit: 1Gi}}
              - {name: conf, configMap: {name: settings}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web}
        spec:
          selector: {app: web}
          type: NodePort
          sessionAffinity: ClientIP
          ports: [{name: http, port: 80, targetPort: http}]
        ---
        apiVersion: batch/v1
        kind: Job
        metadata: {name: once}
        spec:
          backoffLimit: 3
          activeDeadlineSeconds: 100
          template:
            spec: {restartPolicy: Never, containers: [{name: c, image: "shop/job:1", command: [run]}]}
        """

    private static let events = """
        apiVersion: v1
        kind: Event
        metadata: {name: web.1, namespace: default}
        involvedObject: {apiVersion: apps/v1, kind: Deployment, name: web, namespace: default}
        type: Warning
        reason: Slow
        message: it takes its time
        count: 3
        firstTimestamp: "2026-11-21T03:00:00Z"
        lastTimestamp: "2026-11-21T03:05:00Z"
        source: {component: somebody}
        """

    private static let others = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {mode: fast, app.conf: "port = 8080\nlevel = info\n"}
        binaryData: {logo: AAECAwQF}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: db}
        type: Opaque
        stringData: {password: for-tests-only, user: shop}
        ---
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: disk, labels: {disk: big}}
        spec:
          capacity: {storage: 5Gi}
          accessModes: [ReadWriteOnce, ReadOnlyMany]
          persistentVolumeReclaimPolicy: Retain
          storageClassName: fast
          volumeMode: Filesystem
          hostPath: {path: /data/disk, type: DirectoryOrCreate}
          nodeAffinity:
            required:
              nodeSelectorTerms:
              - matchExpressions: [{key: zone, operator: In, values: [a, b]}]
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data, labels: {app: web}}
        spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}
        ---
        apiVersion: storage.k8s.io/v1
        kind: StorageClass
        metadata: {name: fast, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}
        provisioner: example.com/disk
        parameters: {type: ssd, zones: "a,b"}
        allowVolumeExpansion: true
        mountOptions: [noatime]
        reclaimPolicy: Delete
        volumeBindingMode: WaitForFirstConsumer
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: web, annotations: {example.com/rewrite: "yes"}}
        spec:
          ingressClassName: public
          defaultBackend: {service: {name: missing, port: {number: 8080}}}
          tls: [{hosts: [shop.example.com], secretName: shop-tls}]
          rules:
          - host: shop.example.com
            http:
              paths:
              - {path: /api, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
              - {path: /, pathType: Exact, backend: {service: {name: web, port: {name: http}}}}
        ---
        apiVersion: networking.k8s.io/v1
        kind: IngressClass
        metadata: {name: public}
        spec: {controller: example.com/ingress}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: db, labels: {app: db}}
        spec:
          serviceName: db
          replicas: 1
          updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 1}}
          selector: {matchLabels: {app: db}}
          template:
            metadata: {labels: {app: db}}
            spec: {containers: [{name: db, image: "postgres:17", ports: [{containerPort: 5432}]}]}
          volumeClaimTemplates:
          - metadata: {name: data, labels: {tier: db}}
            spec: {storageClassName: fast, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
        ---
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: agent}
        spec:
          selector: {matchLabels: {app: agent}}
          template:
            metadata: {labels: {app: agent}}
            spec: {nodeSelector: {kubernetes.io/os: linux}, containers: [{name: agent, image: "agent:1"}]}
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: report}
        spec:
          schedule: "*/5 * * * *"
          timeZone: Europe/Berlin
          concurrencyPolicy: Forbid
          startingDeadlineSeconds: 60
          suspend: true
          successfulJobsHistoryLimit: 4
          failedJobsHistoryLimit: 2
          jobTemplate:
            spec:
              parallelism: 2
              completions: 5
              template:
                spec:
                  restartPolicy: OnFailure
                  containers: [{name: report, image: "busybox:1.37", command: [date], env: [{name: A, value: b}]}]
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 2
          maxReplicas: 6
          metrics:
          - {type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 60}}}
          - {type: Resource, resource: {name: memory, target: {type: AverageValue, averageValue: 200Mi}}}
          behavior: {scaleDown: {stabilizationWindowSeconds: 120, policies: [{type: Percent, value: 10, periodSeconds: 60}]}}
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: web}
        spec:
          podSelector: {matchLabels: {app: web}}
          policyTypes: [Ingress, Egress]
          ingress:
          - from:
            - {podSelector: {matchLabels: {role: front}}}
            - {namespaceSelector: {matchLabels: {team: blue}}, podSelector: {matchLabels: {app: x}}}
            - {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}
            ports: [{port: 80}, {port: 443, protocol: TCP}]
          egress:
          - to: [{namespaceSelector: {}}]
            ports: [{port: 53, protocol: UDP}, {port: 9000, endPort: 9010}]
        ---
        apiVersion: v1
        kind: ServiceAccount
        metadata: {name: robot, labels: {app: robot}}
        imagePullSecrets: [{name: registry}]
        secrets: [{name: robot-key}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: reader}
        rules:
        - {apiGroups: [""], resources: [pods, pods/log], verbs: [get, list, watch]}
        - {apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: [get, patch]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: reader}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
        subjects:
        - {kind: ServiceAccount, name: robot, namespace: default}
        - {kind: User, name: jane, apiGroup: rbac.authorization.k8s.io}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: metrics, labels: {team: blue}}
        rules: [{nonResourceURLs: [/metrics, /healthz], verbs: [get]}, {apiGroups: ["*"], resources: ["*"], verbs: [list]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: metrics}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: metrics}
        subjects: [{kind: Group, name: ops, apiGroup: rbac.authorization.k8s.io}]
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec: {minAvailable: 1, selector: {matchLabels: {app: web}}}
        ---
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: quota}
        spec: {hard: {pods: "40", requests.cpu: "20", services: "9"}}
        ---
        apiVersion: v1
        kind: LimitRange
        metadata: {name: limits}
        spec:
          limits:
          - {type: Container, min: {cpu: 10m}, max: {cpu: "2"}, default: {cpu: 500m}, defaultRequest: {cpu: 100m}, maxLimitRequestRatio: {cpu: "20"}}
        ---
        apiVersion: v1
        kind: Endpoints
        metadata: {name: manual}
        subsets: [{addresses: [{ip: 10.9.0.1}], notReadyAddresses: [{ip: 10.9.0.2}], ports: [{name: http, port: 8080, protocol: TCP}]}]
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: manual-1, labels: {kubernetes.io/service-name: manual}}
        addressType: IPv4
        ports: [{name: http, port: 8080, protocol: TCP}]
        endpoints:
        - {addresses: [10.9.0.1], conditions: {ready: true}, nodeName: n1, zone: a, targetRef: {kind: Pod, name: p, namespace: default}}
        ---
        apiVersion: scheduling.k8s.io/v1
        kind: PriorityClass
        metadata: {name: high}
        value: 1000
        description: for what matters
        ---
        apiVersion: coordination.k8s.io/v1
        kind: Lease
        metadata: {name: leader}
        spec: {holderIdentity: a, leaseDurationSeconds: 15, renewTime: "2026-11-21T03:00:00.000000Z"}
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: backups.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {plural: backups, singular: backup, kind: Backup, shortNames: [bk]}
          versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
        """
}
