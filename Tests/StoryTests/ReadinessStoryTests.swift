import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Testing

/// What is called verified, of each kind that starts something: many conversations beside each other, each with one write.
@Suite struct ReadinessStoryTests {
    private struct Case: Sendable {
        var name: String
        /// The tool and its arguments.
        var call: (String, JSONValue)
        var state: CallState
        /// In the evidence of its first check.
        var says: String

        static func applies(_ name: String, _ manifest: String, _ state: CallState, _ says: String) -> Case {
            Case(name: name, call: ("k8s_apply", ["content": .string(manifest)]), state: state, says: says)
        }
    }

    /// As the message says, and then done.
    private static func model(_ cases: [Case]) -> ScriptedModel {
        ScriptedModel { request, _ in
            if case .tool = request.messages.last { return .says("Done.") }
            let found = cases.first { one in
                request.messages.contains {
                    if case .user(let text) = $0 { text.contains("case \(one.name).") } else { false }
                }
            }
            return found.map { .calls($0.call) } ?? .says("Nothing.")
        }
    }

    private func check(_ cases: [Case], prepare: @escaping @Sendable (Story) async throws -> Void = { _ in })
        async throws
    {
        try await Story.run(nil) { story in
            try await story.apply(
                """
                apiVersion: rbac.authorization.k8s.io/v1
                kind: ClusterRoleBinding
                metadata: {name: copilot}
                roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
                subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
                """)
            try await prepare(story)
            try await story.withOperator(Self.model(cases)) {
                for one in cases { try await story.ask("case \(one.name).", name: one.name) }
                for one in cases {
                    try await story.untilPhase(.awaitingApproval, one.name)
                    try await story.approve("c1", in: one.name)
                }
                for one in cases {
                    let done = try await story.untilPhase(.completed, one.name)
                    let checks = done.status.json["verification"]?.array ?? []
                    let evidence = checks.first?["evidence"]?.string ?? ""
                    #expect(done.status.calls["c1"]?.state == one.state, "\(one.name): \(checks)")
                    #expect(evidence.contains(one.says), "\(one.name): \(checks)")
                }
            }
        }
    }

    private static func pod(_ name: String, _ image: String, more: String = "") -> String {
        "{apiVersion: v1, kind: Pod, metadata: {name: \(name)}, spec: {\(more)containers: [{name: c, image: '\(image)'}]}}"
    }

    private static func workload(
        _ kind: String, _ name: String, _ image: String = "nginx:1", spec: String = "", version: String = "apps/v1"
    ) -> String {
        "{apiVersion: \(version), kind: \(kind), metadata: {name: \(name)}, spec: {\(spec)"
            + "selector: {matchLabels: {app: \(name)}}, template: {metadata: {labels: {app: \(name)}}, "
            + "spec: {containers: [{name: c, image: '\(image)'}]}}}}"
    }

    private static func job(_ name: String, _ image: String, spec: String = "") -> String {
        "{apiVersion: batch/v1, kind: Job, metadata: {name: \(name)}, spec: {\(spec)"
            + "template: {spec: {restartPolicy: Never, containers: [{name: c, image: '\(image)'}]}}}}"
    }

    private static func claim(_ name: String, _ storageClass: String) -> String {
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: \(name)}, spec: {storageClassName: \(storageClass), "
            + "accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}"
    }

    @Test func `what can't start is not called verified`() async throws {
        try await check([
            .applies("pod-pull", Self.pod("a", "registry.invalid/x:1"), .failed, "waits: ImagePullBackOff"),
            .applies("pod-crash", Self.pod("b", "crash:1"), .failed, "waits: CrashLoopBackOff"),
            .applies("pod-once", Self.pod("c", "crash:1", more: "restartPolicy: Never, "), .failed, "exited with 1"),
            .applies("pod-nowhere", Self.pod("d", "x:1", more: "nodeSelector: {disk: ssd}, "), .failed, "be scheduled"),
            .applies("pod-unready", Self.pod("e", "unready:1"), .failed, "unready status: [c]"),
            .applies("set-crash", Self.workload("ReplicaSet", "f", "crash:1"), .failed, "0 of 1 replica is ready"),
            .applies(
                "hand-crash",
                Self.workload(
                    "StatefulSet", "g", "crash:1", spec: "serviceName: g, updateStrategy: {type: OnDelete}, "),
                .failed, "0 of 1 replica is ready"),
            .applies("claim", Self.claim("h", "nowhere"), .failed, "ProvisioningFailed: storageclass"),
            .applies("job-fails", Self.job("i", "crash:1", spec: "backoffLimit: 0, "), .failed, "has failed"),
            Case(
                name: "pod-image",
                call: (
                    "k8s_set_image",
                    ["resource_type": "pod", "resource_name": "up", "container_images": "c=registry.invalid/x:1"]
                ), state: .failed, says: "waits: ImagePullBackOff"),
        ]) { story in
            try await story.apply(Self.pod("up", "nginx:1").replacing("name: up", with: "name: up, namespace: shop"))
            try await eventually("the pod is up") {
                try await story.api.get(.pods, namespace: "shop", name: "up")["status", "phase"]?.string == "Running"
            }
        }
    }

    @Test func `what does its work is called verified`() async throws {
        try await check([
            .applies("pod-runs", Self.pod("a", "nginx:1"), .succeeded, "pod shop/a is ready"),
            .applies("pod-done", Self.pod("b", "x:1", more: "restartPolicy: Never, "), .succeeded, "has finished"),
            .applies("set", Self.workload("ReplicaSet", "c"), .succeeded, "1 of 1 replica is ready"),
            .applies(
                "by-hand",
                Self.workload(
                    "StatefulSet", "d", spec: "replicas: 2, serviceName: d, updateStrategy: {type: OnDelete}, "),
                .succeeded, "2 of 2 replicas are ready"),
            .applies(
                "daemons", Self.workload("DaemonSet", "e", spec: "updateStrategy: {type: OnDelete}, "),
                .succeeded, "1 of 1 pod is ready"),
            .applies(
                "paused", Self.workload("Deployment", "f", spec: "paused: true, "),
                .succeeded, "nothing rolls out until it is resumed"),
            .applies("job-gone", Self.job("g", "x:1", spec: "ttlSecondsAfterFinished: 0, "), .succeeded, "complete"),
            .applies("waiting", Self.claim("h", "lazy"), .succeeded, "waits for its first consumer"),
            .applies("bound", Self.claim("i", "eager"), .succeeded, "is bound"),
            .applies("suspended", Self.job("j", "x:1", spec: "suspend: true, "), .succeeded, "is suspended"),
            Case(
                name: "hand-image",
                call: (
                    "k8s_set_image",
                    ["resource_type": "statefulset", "resource_name": "hand", "container_images": "c=nginx:2"]
                ), state: .succeeded, says: "1 of 1 pod still runs the old template"),
            Case(
                name: "hand-restart",
                call: ("k8s_rollout_restart", ["resource_type": "daemonset", "name": "daemon"]),
                state: .succeeded, says: "1 of 1 pod still runs the old template"),
            Case(
                name: "set-image",
                call: (
                    "k8s_set_image",
                    ["resource_type": "replicaset", "resource_name": "rs", "container_images": "c=nginx:2"]
                ), state: .succeeded, says: "pods that run already keep the old template"),
            Case(
                name: "pod-repair",
                call: (
                    "k8s_set_image",
                    ["resource_type": "pod", "resource_name": "broken", "container_images": "c=nginx:2"]
                ), state: .succeeded, says: "pod shop/broken is ready"),
        ]) { story in
            for (name, mode) in [("lazy", "WaitForFirstConsumer"), ("eager", "Immediate")] {
                try await story.apply(
                    "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: \(name)}, provisioner: x, "
                        + "volumeBindingMode: \(mode)}")
            }
            for manifest in [
                Self.workload("StatefulSet", "hand", spec: "serviceName: x, updateStrategy: {type: OnDelete}, "),
                Self.workload("DaemonSet", "daemon", spec: "updateStrategy: {type: OnDelete}, "),
                Self.workload("ReplicaSet", "rs"), Self.pod("broken", "bad:1"),
            ] {
                try await story.apply(
                    manifest.replacing("metadata: {name: ", with: "metadata: {namespace: shop, name: "))
            }
            try await eventually("they are up") {
                let pods = try await story.api.list(.pods, namespace: "shop").items
                return ["hand-", "daemon-", "rs-"].allSatisfy { prefix in
                    pods.contains { $0.name.hasPrefix(prefix) && $0["status", "phase"]?.string == "Running" }
                }
            }
        }
    }
}
