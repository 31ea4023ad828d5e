import Foundation
import LocalCluster
import Subprocess
import Testing

/// kubectl against a running cluster: the client that people will use.
struct KubectlTests {
    struct Output {
        var status: Int32
        var text: String
    }

    /// Runs kubectl with its own cache and configuration in a folder that goes after.
    struct Kubectl {
        let folder: URL

        init(_ endpoint: LocalCluster.Endpoint) throws {
            folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try endpoint.kubeconfig().write(
                to: folder.appendingPathComponent("config"), atomically: true, encoding: .utf8)
        }

        /// - Parameter input: what `-f -` reads.
        func callAsFunction(_ arguments: String..., input: String? = nil) async throws -> Output {
            let config = ["--kubeconfig", folder.appendingPathComponent("config").path, "--cache-dir", folder.path]
            let result = try await Subprocess.run(
                .name("kubectl"), arguments: Arguments(config + arguments), input: .string(input ?? ""),
                output: .string(limit: 1 << 22), error: .combinedWithOutput)
            guard case .exited(let status) = result.terminationStatus else { return Output(status: -1, text: "") }
            return Output(status: status, text: result.standardOutput)
        }
    }

    private static let isThere = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/kubectl") }

    private func deployment(_ image: String) -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: "\(image)"}]}
        """
    }

    private func run(_ body: (Kubectl) async throws -> Void) async throws {
        try await LocalCluster.withRunning { _, endpoint in
            let kubectl = try Kubectl(endpoint)
            defer { try? FileManager.default.removeItem(at: kubectl.folder) }
            try await body(kubectl)
        }
    }

    @Test(.enabled(if: isThere)) func `a deployment is applied, rolls out, scales and goes`() async throws {
        try await run { kubectl in
            let manifest = deployment("registry.example/web:1")
            #expect(try await kubectl("apply", "-f", "-", input: manifest).text == "deployment.apps/web created\n")
            #expect(try await kubectl("apply", "-f", "-", input: manifest).text == "deployment.apps/web unchanged\n")
            let rollout = try await kubectl("rollout", "status", "deployment/web", "--timeout=10s")
            #expect(rollout.status == 0, "\(rollout.text)")
            let pods = try await kubectl("get", "pods", "-l", "app=web", "--no-headers")
            #expect(pods.text.split(separator: "\n").count(where: { $0.contains("1/1") }) == 2)
            #expect(try await kubectl("scale", "deployment/web", "--replicas=3").status == 0)
            let waited = try await kubectl(
                "wait", "--for=jsonpath={.status.readyReplicas}=3", "deployment/web", "--timeout=10s")
            #expect(waited.status == 0, "\(waited.text)")
            #expect(try await kubectl("logs", "deployment/web").text.contains("web is ready"))
            let described = try await kubectl("describe", "deployment", "web").text
            #expect(described.contains("Scaled up replica set"))
            #expect(try await kubectl("delete", "deployment", "web").status == 0)
            let gone = try await kubectl("wait", "--for=delete", "pod", "-l", "app=web", "--timeout=10s")
            #expect(gone.status == 0, "\(gone.text)")
        }
    }

    @Test(.enabled(if: isThere)) func `a bad image leaves the old pods, and says why`() async throws {
        try await run { kubectl in
            _ = try await kubectl("apply", "-f", "-", input: deployment("registry.example/web:1"))
            _ = try await kubectl("rollout", "status", "deployment/web", "--timeout=10s")
            _ = try await kubectl("set", "image", "deployment/web", "web=registry.invalid/web:2")
            let rollout = try await kubectl("rollout", "status", "deployment/web", "--timeout=1s")
            #expect(rollout.status != 0)
            let pods = try await kubectl("get", "pods", "--no-headers").text.split(separator: "\n")
            #expect(pods.count(where: { $0.contains("Running") }) == 2)
            let failing = try #require(pods.first { $0.contains("ImagePullBackOff") })
            let name = String(try #require(failing.split(separator: " ").first))
            let logs = try await kubectl("logs", name).text
            #expect(logs.contains("is waiting to start: trying and failing to pull image"))
            let events = try await kubectl("get", "events", "--field-selector", "involvedObject.name=\(name)").text
            #expect(events.contains("Failed to pull image \"registry.invalid/web:2\""))
            _ = try await kubectl("rollout", "undo", "deployment/web")
            let undone = try await kubectl("rollout", "status", "deployment/web", "--timeout=10s")
            #expect(undone.status == 0, "\(undone.text)")
        }
    }

    @Test(.enabled(if: isThere)) func `create, get, patch and wait`() async throws {
        try await run { kubectl in
            let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {a: b}\n"
            #expect(try await kubectl("create", "-f", "-", input: map).text == "configmap/one created\n")
            #expect(try await kubectl("get", "cm", "one", "-o", "jsonpath={.data.a}").text == "b")
            #expect(try await kubectl("get", "cm", "one", "-o", "yaml").text.contains("\ndata:\n  a: b\n"))
            _ = try await kubectl("patch", "cm", "one", "--type=merge", "-p", #"{"data":{"a":"c"}}"#)
            let waited = try await kubectl("wait", "--for=jsonpath={.data.a}=c", "cm/one", "--timeout=5s")
            #expect(waited.status == 0, "\(waited.text)")
            #expect(try await kubectl("delete", "cm", "one").text == "configmap \"one\" deleted\n")
            let missing = try await kubectl("get", "cm", "one")
            #expect(missing.text == "Error from server (NotFound): configmaps \"one\" not found\n")
        }
    }

    @Test(.enabled(if: isThere)) func `commands run in a pod, with their streams and exit codes`() async throws {
        try await run { kubectl in
            _ = try await kubectl("run", "box", "--image=registry.example/box:1", "--env=MODE=fast")
            let ready = try await kubectl("wait", "--for=condition=Ready", "pod/box", "--timeout=10s")
            #expect(ready.status == 0, "\(ready.text)")
            #expect(try await kubectl("exec", "box", "--", "echo", "hello").text == "hello\n")
            let failed = try await kubectl("exec", "box", "--", "sh", "-c", "echo $MODE; exit 3")
            #expect(failed.status == 3)
            #expect(failed.text == "fast\ncommand terminated with exit code 3\n")
            let echoed = try await kubectl("exec", "-i", "box", "--", "cat", input: "one\ntwo\n")
            #expect(echoed.text == "one\ntwo\n")
            #expect(try await kubectl("exec", "box", "--", "rm", "x").status != 0)
            let elsewhere = try await kubectl("exec", "box", "-c", "other", "--", "ls")
            #expect(elsewhere.text.contains("container other is not valid for pod box"))
            let attached = try await kubectl("attach", "box")
            #expect(attached.text.contains("simulated pods have no attach"))
        }
    }

    @Test func `only loopback is served`() async throws {
        let cluster = LocalCluster(.init(host: "0.0.0.0"))
        await #expect(throws: LocalClusterError.self) { try await cluster.run() }
        await #expect(throws: LocalClusterError.self) { _ = try await cluster.endpoint() }
    }
}
