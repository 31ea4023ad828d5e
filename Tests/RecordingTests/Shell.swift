import Foundation
import Subprocess
import SystemPackage

/// Runs the commands of the recordings, with a kubectl configuration and a cache of their own.
struct Shell: Sendable {
    struct Output: Sendable {
        var status: Int32
        var stdout: String
        var stderr: String
    }

    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// - Parameter limit: seconds after which the command is stopped, as Control-C stops it.
    func run(_ command: String, input: String?, kubeconfig: String, limit: Double = 20) async throws -> Output {
        let config = folder.appendingPathComponent("\(UUID().uuidString).config")
        try kubeconfig.write(to: config, atomically: false, encoding: .utf8)
        let result = try await Subprocess.run(
            .path("/usr/bin/env"),
            arguments: Arguments(["timeout", "-s", "INT", String(limit), "/bin/sh", "-c", command]),
            environment: .inherit.updating([
                "KUBECONFIG": config.path, "KUBECACHEDIR": folder.appendingPathComponent("cache").path, "TZ": "UTC",
            ]),
            workingDirectory: FilePath(Recordings.folder.path), input: .string(input ?? ""),
            output: .string(limit: 1 << 24), error: .string(limit: 1 << 24))
        return Output(
            status: result.terminationStatus.code, stdout: result.standardOutput, stderr: result.standardError)
    }

    /// The minor version of the kubectl that is found, nil for none.
    static func kubectlMinor() async -> Int? {
        let result = try? await Subprocess.run(
            .name("kubectl"), arguments: ["version", "--client"], output: .string(limit: 1 << 16), error: .discarded)
        return result?.standardOutput.firstMatch(of: /v1\.([0-9]+)\./).flatMap { Int($0.1) }
    }
}

extension TerminationStatus {
    /// As a shell shows it.
    var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
