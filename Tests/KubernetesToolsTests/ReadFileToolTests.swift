import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

@Suite struct ReadFileToolTests {
    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(
            yaml(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: p, namespace: shop, uid: u1}
                spec:
                  containers:
                  - name: app
                    image: i
                    volumeMounts:
                    - {name: db, mountPath: /etc/db}
                    - {name: all, mountPath: /var/all/}
                    - {name: conf, mountPath: /etc/app}
                  - {name: other, image: i}
                  volumes:
                  - {name: db, secret: {secretName: db}}
                  - {name: all, projected: {sources: [{configMap: {name: c}}, {serviceAccountToken: {path: t}}]}}
                  - {name: conf, configMap: {name: c}}
                status: {phase: Running}
                """))
        return api
    }

    private func arguments(_ path: String, container: String = "app") -> JSONValue {
        ["pod_name": "p", "path": .string(path), "container_name": .string(container)]
    }

    @Test func `what is run is fixed but for the path, and asked for as a command`() async throws {
        let proposal = try await proposal(api(), "k8s_read_file", arguments("/etc/app/my file;id"))
        let write = try #require(proposal.writes.first)
        guard case .command(let command) = write.action, proposal.writes.count == 1 else {
            return #expect(Bool(false))
        }
        #expect(command.command == ["head", "-c", "15000", "--", "/etc/app/my file;id"])
        #expect(command.container == "app" && command.target.uid == "u1" && write.guarantee == .onceOnly)
        #expect(proposal.summary == "Read file /etc/app/my file;id in pod shop/p, container app")
    }

    @Test(arguments: [
        "etc/passwd", "/", "/etc/", "/etc//passwd", "/etc/../root/x", "/./x", "-n", "/a\nb", "/proc/1/environ",
        "/sys/x",
        "/dev/mem", "/proc", "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt", "/run/secrets/x",
        "/root/.ssh/config",
        "/home/a/.aws/config", "/etc/shadow", "/etc/tls/tls.key", "/root/.kube/config", "/app/.env", "/app/token",
        "/root/id_ed25519", "/etc/db/x", "/var/all/t", "/etc/db",
    ])
    func `what is no file, or may be a credential, is refused`(_ path: String) async {
        #expect(await failure(api(), "k8s_read_file", arguments(path)).contains("path: "), "\(path)")
    }

    @Test func `a mount counts for its own container, and a path that only begins like it does not`() async throws {
        _ = try await proposal(api(), "k8s_read_file", arguments("/etc/db/x", container: "other"))
        _ = try await proposal(api(), "k8s_read_file", arguments("/etc/dbx"))
    }
}
