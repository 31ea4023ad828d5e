import Foundation
import LocalCluster
import Testing

/// What people install with kubectl.
struct ManifestTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private static let isThere = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/kubectl") }

    /// What an API server fills in is written in the manifests wherever it is inside of a list, which kubectl compares as a
    /// whole: it would say "configured" at every apply, and people would look for what changed.
    @Test(.enabled(if: isThere)) func `a second apply changes nothing`() async throws {
        try await LocalCluster.withRunning { _, endpoint in
            let kubectl = try KubectlTests.Kubectl(endpoint)
            defer { try? FileManager.default.removeItem(at: kubectl.folder) }
            let folders = ["crds/", "rbac/", "config/admission/", "config/manager/deployment.yaml"]
            for folder in folders {
                let first = try await kubectl("apply", "-f", "\(Self.root)/\(folder)")
                #expect(first.status == 0, "\(first.text)")
                let second = try await kubectl("apply", "-f", "\(Self.root)/\(folder)")
                let lines = second.text.split(separator: "\n")
                #expect(second.status == 0 && !lines.isEmpty)
                for line in lines { #expect(line.hasSuffix(" unchanged")) }
            }
            let kustomized = try await kubectl("apply", "-k", "\(Self.root)/config/manager")
            #expect(kustomized.status == 0, "\(kustomized.text)")
            let again = try await kubectl("apply", "-k", "\(Self.root)/config/manager")
            let lines = again.text.split(separator: "\n")
            #expect(lines.count == 3, "\(again.text)")
            for line in lines { #expect(line.hasSuffix(" unchanged")) }
        }
    }

    @Test(.enabled(if: isThere)) func `an empty cluster has everything after one apply, and a second changes nothing`()
        async throws
    {
        try await LocalCluster.withRunning { _, endpoint in
            let kubectl = try KubectlTests.Kubectl(endpoint)
            defer { try? FileManager.default.removeItem(at: kubectl.folder) }
            let first = try await kubectl("apply", "-k", "\(Self.root)/config/default")
            #expect(first.status == 0, "\(first.text)")
            let waited = try await kubectl(
                "wait", "--for=condition=Available", "-n", "skyflo-system", "deployment/skyflo-operator",
                "--timeout=60s")
            #expect(waited.status == 0, "\(waited.text)")
            let second = try await kubectl("apply", "-k", "\(Self.root)/config/default")
            let lines = second.text.split(separator: "\n")
            #expect(second.status == 0 && lines.count > 30, "\(second.text)")
            for line in lines { #expect(line.hasSuffix(" unchanged")) }
        }
    }
}
