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
            "Mounts": "of a service account, which all pods have",
        ],
        "node": ["Lease": "of a node without a kubelet"],
    ]

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

    private static func compare(_ kind: String, kubectl: String, ours: String) {
        let facts = KubectlFact.all(in: kubectl)
        #expect(facts.count > 8, "\(kind): \(kubectl)")
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
}
