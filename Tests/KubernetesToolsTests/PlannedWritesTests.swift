import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// The writes of every tool that writes, byte for byte. What a person approves is made of them: no change to one of them goes
/// unseen.
@Suite struct PlannedWritesTests {
    /// A call of each.
    static let calls: [(tool: String, arguments: JSONValue)] = [
        ("k8s_annotate", ["kind": "deploy", "name": "web", "annotations": ["owner": "jane"]]),
        ("k8s_apply", ["content": "{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {a: b}}"]),
        ("k8s_autoscale", ["kind": "deploy", "name": "web", "min": 2, "max": 5]),
        ("k8s_cordon", ["node_name": "n1"]),
        ("k8s_create_job_from_cronjob", ["cronjob_name": "report", "name": "report-now"]),
        ("k8s_debug", ["name": "web-0", "image": "busybox:1.37", "command": "sh -c 'ps'"]),
        ("k8s_delete", ["kind": "pod", "name": "web-0"]),
        ("k8s_drain", ["node_name": "n1"]),
        ("k8s_evict", ["name": "web-0"]),
        ("k8s_exec", ["name": "web-0", "command": "ls -l /"]),
        ("k8s_expose", ["kind": "deploy", "name": "web", "port": 80]),
        ("k8s_label", ["kind": "node", "name": "n1", "labels": ["disk": "ssd"]]),
        ("k8s_patch", ["kind": "deploy", "name": "web", "patch": #"{"spec":{"replicas":4}}"#, "patch_type": "merge"]),
        ("k8s_read_file", ["name": "web-0", "path": "/etc/hosts"]),
        ("k8s_rollout_pause", ["name": "web"]),
        ("k8s_rollout_restart", ["name": "web"]),
        ("k8s_rollout_resume", ["name": "paused"]),
        ("k8s_rollout_undo", ["name": "web"]),
        ("k8s_run_pod", ["name": "probe", "image": "busybox:1.37", "command": "nc -z web 80"]),
        ("k8s_scale", ["kind": "deploy", "name": "web", "replicas": 5]),
        ("k8s_set_env", ["kind": "deploy", "name": "web", "container": "app", "env": ["LEVEL": "debug"]]),
        ("k8s_set_image", ["kind": "deploy", "name": "web", "container_images": "app=shop/web:2"]),
        ("k8s_set_resources", ["kind": "deploy", "name": "web", "container": "app", "limits": "memory=1Gi"]),
        ("k8s_taint", ["node_name": "n1", "taints": "gpu=yes:NoSchedule"]),
        ("k8s_uncordon", ["node_name": "n2"]),
    ]

    @Test func `a call of each tool that writes is among them`() {
        let writing = tools.catalog.entries.filter { !$0.hints.isReadOnly }.map(\.name).sorted()
        #expect(Self.calls.map(\.tool) == writing)
    }

    @Test func `what is planned is what was planned before`() async throws {
        #expect(try await Self.planned() == plannedWritesGolden)
    }

    static func planned() async throws -> String {
        var texts: [String] = []
        for (tool, arguments) in calls {
            let text = golden(try await proposal(api(), tool, arguments))
            texts.append("# \(tool) \(JSONWriter.string(arguments))\n\(text)\n")
        }
        return texts.joined(separator: "\n")
    }

    private static func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(web)
        var paused = web
        paused["metadata", "name"] = "paused"
        paused["spec", "paused"] = true
        api.put(paused)
        for (number, unschedulable) in [(1, false), (2, true)] {
            api.put(
                yaml(
                    "{apiVersion: v1, kind: Node, metadata: {name: n\(number)}, spec: {unschedulable: \(unschedulable)}}"
                ))
        }
        api.put(
            yaml(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: web-0, namespace: shop, labels: {app: web}, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-2, uid: uid-web-2, controller: true}]}
                spec: {nodeName: n1, containers: [{name: app, image: "shop/web:1"}]}
                status: {phase: Running, containerStatuses: [{name: app, ready: true, state: {running: {}}}]}
                """))
        for (revision, image) in [(1, "shop/web:0"), (2, "shop/web:1")] {
            api.put(
                yaml(
                    """
                    apiVersion: apps/v1
                    kind: ReplicaSet
                    metadata:
                      name: web-\(revision)
                      namespace: shop
                      labels: {app: web}
                      annotations: {deployment.kubernetes.io/revision: "\(revision)"}
                      ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: uid-web, controller: true}]
                    spec:
                      selector: {matchLabels: {app: web}}
                      template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "\(image)"}]}}
                    """))
        }
        api.put(
            yaml(
                """
                apiVersion: batch/v1
                kind: CronJob
                metadata: {name: report, namespace: shop}
                spec: {schedule: "@daily", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: r, image: "r:1"}]}}}}}
                """))
        return api
    }
}
