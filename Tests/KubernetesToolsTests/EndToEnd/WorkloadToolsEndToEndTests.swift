import FakeKubeAPI
import KubeClient
import KubeModel
import OperatorTestKit
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// The tools that change workloads and what is around them, each previewed, carried out and recovered.
@Suite struct WorkloadToolsEndToEndTests {
    private let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, labels: {app: web}}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: app
                image: "shop/app:1"
                ports: [{containerPort: 8080}]
                env: [{name: MODE, value: fast}, {name: REGION, value: eu}]
        ---
        {apiVersion: v1, kind: Node, metadata: {name: n1}}
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: report}
        spec:
          schedule: "0 3 * * *"
          suspend: true
          jobTemplate:
            metadata: {labels: {app: report}}
            spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: "r:1"}]}}}
        """
    private let deployment: JSONValue = ["resource_type": "deploy", "name": "web"]

    private func with(_ more: JSONValue) -> JSONValue { MergePatch.apply(more, to: deployment) }

    @Test func `labels and annotations are set, changed and removed`() async throws {
        try await ToolCluster.withRunning { cluster in
            try await cluster.apply(manifest)
            try await cluster.carryOut("k8s_label", with(["labels": ["tier": "front"]]))
            try await cluster.carryOut("k8s_label", with(["labels": ["tier": "back"], "overwrite": true]))
            try await cluster.carryOut("k8s_annotate", with(["annotations": ["note": "a b"]]))
            var live = try await cluster.get(.deployments, "web")
            #expect(live.labels == ["app": "web", "tier": "back"] && live.annotations["note"] == "a b")
            try await cluster.carryOut("k8s_label", with(["remove": "tier"]))
            try await cluster.carryOut("k8s_annotate", with(["remove": "note"]))
            live = try await cluster.get(.deployments, "web")
            #expect(live.labels == ["app": "web"] && live.annotations["note"] == nil)
        }
    }

    @Test func `a roll-out is paused and resumed, and a node tainted`() async throws {
        try await ToolCluster.withRunning { cluster in
            try await cluster.apply(manifest)
            try await cluster.carryOut("k8s_rollout_pause", ["name": "web"])
            #expect(try await cluster.get(.deployments, "web")["spec", "paused"] == true)
            try await cluster.carryOut("k8s_rollout_resume", ["name": "web"])
            #expect(try await cluster.get(.deployments, "web")["spec", "paused"] == nil)
            let nodes = APIResource(group: "", version: "v1", plural: "nodes", kind: "Node", namespaced: false)
            try await cluster.carryOut("k8s_taint", ["node_name": "n1", "taints": "a=b:NoSchedule,c:NoExecute"])
            try await cluster.carryOut(
                "k8s_taint", ["node_name": "n1", "taints": "a=x:NoSchedule,c-", "overwrite": true])
            let node = try await cluster.get(nodes, "n1")
            #expect(node["spec", "taints"] == [["key": "a", "value": "x", "effect": "NoSchedule"]])
            try await cluster.carryOut("k8s_taint", ["node_name": "n1", "taints": "a-"])
            #expect(try await cluster.get(nodes, "n1")["spec", "taints"] == nil)
        }
    }

    @Test func `resources and environment change in the container that is meant`() async throws {
        try await ToolCluster.withRunning { cluster in
            try await cluster.apply(manifest)
            try await cluster.carryOut(
                "k8s_set_resources", with(["requests": "cpu=100m", "limits": "cpu=1,memory=1Gi"]))
            try await cluster.carryOut("k8s_set_resources", with(["limits": "cpu-"]))
            let again = try await cluster.output("k8s_set_resources", with(["requests": "cpu=100m"]))
            #expect(again.hasPrefix("Nothing to do"))
            try await cluster.carryOut(
                "k8s_set_env", with(["env": ["LEVEL": "debug"], "from_config_map": ["MODE": "settings/mode"]]))
            try await cluster.carryOut(
                "k8s_set_env", with(["env": ["MODE": "slow"], "from_secret": ["LEVEL": "s/k"], "remove": "REGION"]))
            try await cluster.carryOut("k8s_set_env", with(["from_secret": ["LEVEL": "other/k"]]))
            try await cluster.carryOut("k8s_set_env", with(["from_config_map": ["LEVEL": "settings/level"]]))
            let live = try await cluster.get(.deployments, "web")
            let container = live["spec", "template", "spec", "containers"]?.array?.first
            #expect(container?["resources"] == ["requests": ["cpu": "100m"], "limits": ["memory": "1Gi"]])
            let variables = container?["env"]?.array ?? []
            #expect(Set(variables.compactMap { $0["name"]?.string }) == ["MODE", "LEVEL"])
            #expect(variables.contains(["name": "MODE", "value": "slow"]))
            let reference: JSONValue = ["configMapKeyRef": ["name": "settings", "key": "level"]]
            #expect(variables.contains(["name": "LEVEL", "valueFrom": reference]), "\(variables)")
        }
    }

    @Test func `a service, an autoscaler and a job are created`() async throws {
        try await ToolCluster.withRunning { cluster in
            try await cluster.apply(manifest)
            try await cluster.carryOut("k8s_expose", with(["port": 80, "target_port": "8080"]))
            let service = try await cluster.get(.services, "web")
            #expect(service["spec", "selector"] == ["app": "web"] && service["spec", "type"] == "ClusterIP")
            try await cluster.carryOut("k8s_autoscale", with(["min": 2, "max": 4]))
            #expect(try await cluster.get(.autoscalers, "web")["spec", "maxReplicas"] == 4)
            await #expect(throws: ToolFailure.self) { try await cluster.propose("k8s_autoscale", with(["max": 4])) }
            try await cluster.carryOut("k8s_create_job_from_cronjob", ["cronjob_name": "report", "name": "now"])
            let job = try await cluster.get(.jobs, "now")
            #expect(job.controller?.name == "report" && job.labels["app"] == "report")
            #expect(job.annotations["cronjob.kubernetes.io/instantiate"] == "manual")
        }
    }

    @Test func `a pod is evicted as far as its budget allows`() async throws {
        try await ToolCluster.withRunning { cluster in
            try await cluster.apply(
                "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i}]}}")
            let preview = try await cluster.carryOut("k8s_evict", ["name": "p", "grace_period_seconds": 0])
            #expect(preview.text == "pod default/p: would be evicted, with 0 s to end\n")
            #expect(try await cluster.client.find(.pods, namespace: "default", name: "p") == nil)
        }
    }

    @Test func `a debug container is added, and none is changed or removed`() async throws {
        try await ToolCluster.withRunning(simulatesWorkloads: true) { cluster in
            try await cluster.apply(
                "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: \"i:1\"}]}}")
            try await eventually("the pod runs") { try await cluster.get(.pods, "p")["status", "phase"] == "Running" }
            try await cluster.carryOut("k8s_debug", ["name": "p", "image": "busybox:1.37", "command": "ls"])
            try await cluster.carryOut("k8s_debug", ["name": "p", "image": "busybox:1.37", "target_container": "c"])
            try await eventually("both run") {
                try await cluster.get(.pods, "p")["status", "ephemeralContainerStatuses"]?.array?.count == 2
            }
            let pod = try await cluster.get(.pods, "p")
            let names = (pod["spec", "ephemeralContainers"]?.array ?? []).compactMap { $0["name"]?.string }
            #expect(names.sorted() == ["debugger-1", "debugger-2"], "\(names)")
            #expect(pod["spec", "containers"]?.array?.count == 1)
            let log = try await cluster.output("k8s_logs", ["pod_name": "p", "container_name": "debugger-1"])
            #expect(log.contains("debugger-1 starting from busybox:1.37"), "\(log)")
            for (patch, why) in [
                (["spec": ["ephemeralContainers": []]], "may not be removed"),
                (["spec": ["ephemeralContainers": [["name": "debugger-1", "image": "x"]]]], "may not be"),
            ] as [(JSONValue, String)] {
                await #expect {
                    _ = try await cluster.client.patch(
                        .pods, namespace: "default", name: "p", subresource: "ephemeralcontainers", patch: .merge(patch)
                    )
                } throws: { "\($0)".contains(why) }
            }
            let other: JSONValue = ["spec": ["containers": [["name": "c", "image": "other:1"]]]]
            _ = try await cluster.client.patch(
                .pods, namespace: "default", name: "p", subresource: "ephemeralcontainers", patch: .strategic(other))
            #expect(try await cluster.get(.pods, "p")["spec", "containers"]?[0]?["image"] == "i:1")
        }
    }

    @Test func `several objects are deleted by a selector`() async throws {
        try await ToolCluster.withRunning { cluster in
            for name in ["a", "b", "c"] {
                try await cluster.apply(
                    "{apiVersion: v1, kind: ConfigMap, metadata: {name: \(name), labels: {keep: \"\(name == "c")\"}}}")
            }
            let preview = try await cluster.carryOut(
                "k8s_delete", ["resource_type": "cm", "label_selector": "keep=false"])
            #expect(preview.text.contains("configmap default/a") && preview.text.contains("configmap default/b"))
            let left = try await cluster.output("k8s_get", ["resource_type": "cm", "output": "name"])
            #expect(left.contains("configmap/c") && !left.contains("configmap/a\n"), "\(left)")
        }
    }
}
