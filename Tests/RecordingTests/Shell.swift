import Foundation

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

    /// Waits without blocking a thread: the server under test runs on the same few.
    /// - Parameter limit: seconds after which the command is stopped, as Control-C stops it.
    func run(_ command: String, input: String?, kubeconfig: String, limit: Double = 20) async throws -> Output {
        let id = UUID().uuidString
        func file(_ name: String, _ content: String = "") throws -> URL {
            let url = folder.appendingPathComponent("\(id).\(name)")
            try content.write(to: url, atomically: false, encoding: .utf8)
            return url
        }
        let (config, source) = (try file("config", kubeconfig), try file("in", input ?? ""))
        let (stdout, stderr) = (try file("out"), try file("err"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["timeout", "-s", "INT", String(limit), "/bin/sh", "-c", command]
        process.currentDirectoryURL = Recordings.folder
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["KUBECONFIG": config.path, "KUBECACHEDIR": folder.appendingPathComponent("cache").path, "TZ": "UTC"]
        ) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: stdout)
        process.standardError = try FileHandle(forWritingTo: stderr)
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        func text(_ url: URL) throws -> String { String(decoding: try Data(contentsOf: url), as: UTF8.self) }
        return Output(status: process.terminationStatus, stdout: try text(stdout), stderr: try text(stderr))
    }

    /// The minor version of the kubectl that is found, nil for none.
    static let kubectlMinor: Int? = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["kubectl", "version", "--client"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.firstMatch(of: /v1\.([0-9]+)\./).flatMap { Int($0.1) }
    }()
}
