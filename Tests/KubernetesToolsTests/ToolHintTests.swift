import FakeKubeAPI
import KubeClient
import KubeModel
import Testing
import Writes

@testable import KubernetesTools
@testable import ToolKit

/// What the tools say of themselves, and that it agrees with what they declare to send and with what they do.
@Suite struct ToolHintTests {
    private let entries = tools.catalog.entries.filter { !$0.toolset.isEmpty }

    @Test func `every tool declares what it sends, and a read declares nothing but reads`() throws {
        for entry in entries {
            let requests = try #require(entry.requests, "\(entry.name) doesn't declare what it sends")
            #expect(requests.allSatisfy(\.isRead) == entry.hints.isReadOnly, "\(entry.name)")
            #expect(!entry.title.isEmpty && !entry.description.isEmpty, "\(entry.name)")
        }
    }

    @Test func `whoever may delete objects of others, evict pods or run commands is destructive`() {
        for entry in entries {
            let writes = (entry.requests ?? []).filter { !$0.isRead }
            // A pod that a tool has created itself is its own.
            let deletes = writes.contains { $0.verbs.contains("delete") } && entry.name != "k8s_run_pod"
            let ends = writes.contains { !Set($0.resources).isDisjoint(with: ["pods/eviction", "pods/exec"]) }
            if deletes || ends { #expect(entry.hints.isDestructive, "\(entry.name)") }
            if entry.hints.isReadOnly {
                #expect(!entry.hints.isDestructive && entry.hints.isIdempotent, "\(entry.name)")
            }
        }
        #expect(
            entries.filter(\.hints.isDestructive).map(\.name) == [
                "k8s_apply", "k8s_patch", "k8s_scale", "k8s_delete", "k8s_exec", "k8s_drain", "k8s_label",
                "k8s_annotate", "k8s_taint", "k8s_evict", "k8s_read_file",
            ])
        #expect(
            entries.filter(\.hints.isOpenWorld).map(\.name) == ["k8s_exec", "k8s_http_get", "k8s_run_pod", "k8s_debug"])
    }

    @Test func `a tool that writes says so in its own text`() {
        for entry in entries where !entry.hints.isReadOnly {
            #expect(entry.description.hasPrefix("Propose "), "\(entry.name)")
        }
    }

    /// The same call once more, after the first was carried out.
    @Test func `of an idempotent tool a second call proposes nothing more`() async throws {
        try await ToolCluster.withRunning { cluster in
            try await cluster.apply(Self.shop)
            for (tool, arguments) in Self.calls {
                try await cluster.carryOut(tool, arguments)
                let isDone: Bool
                do {
                    guard
                        case .output = try await tools.call(
                            name: tool, arguments: JSONWriter.string(arguments), in: cluster.context)
                    else {
                        isDone = false
                        #expect(entries.first { $0.name == tool }?.hints.isIdempotent == false, "\(tool)")
                        continue
                    }
                    isDone = true
                } catch is ToolFailure { isDone = true }
                #expect(isDone && entries.first { $0.name == tool }?.hints.isIdempotent == true, "\(tool)")
            }
        }
    }

    private static let calls: [(String, JSONValue)] = [
        ("k8s_scale", ["kind": "deploy", "name": "web", "replicas": 3]),
        ("k8s_set_image", ["kind": "deploy", "name": "web", "container_images": "app=shop/web:2"]),
        ("k8s_set_env", ["kind": "deploy", "name": "web", "env": ["MODE": "fast"]]),
        ("k8s_set_resources", ["kind": "deploy", "name": "web", "requests": "cpu=200m"]),
        ("k8s_label", ["kind": "deploy", "name": "web", "labels": ["team": "shop"]]),
        ("k8s_annotate", ["kind": "deploy", "name": "web", "annotations": ["note": "x"]]),
        ("k8s_rollout_pause", ["name": "web"]), ("k8s_rollout_resume", ["name": "web"]),
        ("k8s_expose", ["kind": "deploy", "name": "web", "port": 80]),
        ("k8s_autoscale", ["kind": "deploy", "name": "web", "max": 5]),
        ("k8s_apply", ["content": "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: b}}"]),
        ("k8s_cordon", ["name": "n1"]), ("k8s_uncordon", ["name": "n1"]),
        ("k8s_taint", ["name": "n1", "taints": "a=b:NoSchedule"]),
    ]

    private static let shop = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 1
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: shop/web:1}]}
        ---
        {apiVersion: v1, kind: Node, metadata: {name: n1}}
        """
}
