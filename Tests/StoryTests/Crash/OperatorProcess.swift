import FoundationEssentials
import LocalCluster
import Subprocess
import Synchronization
import SystemPackage
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A worker in a process of its own: the real `skyflo operator`, started again whenever it ends, as a kubelet does it.
final class OperatorProcess: Sendable {
    private struct State {
        var pid: pid_t?
        var starts = 0
        var kills = 0
        var isOver = false
    }

    let identity: String
    /// What its requests are known by.
    let authorization: String
    private let kubeconfig: URL
    private let options: [String]
    private let state = Mutex(State())

    /// - Parameter endpoint: with the token of a ServiceAccount that no other process has.
    init(_ identity: String, _ endpoint: LocalCluster.Endpoint, options: [String] = []) throws {
        self.identity = identity
        self.options = options
        authorization = "Bearer \(endpoint.token)"
        kubeconfig = FileManager.default.temporaryDirectory.appending(path: "\(identity)-\(UUID().uuidString).yaml")
        try endpoint.kubeconfig().write(to: kubeconfig, atomically: false, encoding: .utf8)
    }

    /// Beside the tests; nil where it wasn't built.
    static let binary: String? = {
        let path = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "skyflo").path()
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }()

    var starts: Int { state.withLock(\.starts) }
    /// How often it ended by SIGKILL.
    var kills: Int { state.withLock(\.kills) }

    /// Runs it until ``end()`` or until the task is cancelled.
    func run() async throws {
        defer { try? FileManager.default.removeItem(at: kubeconfig) }
        let binary = try #require(Self.binary)
        var failures = 0
        while !Task.isCancelled, !state.withLock(\.isOver) {
            let result = try await Subprocess.run(
                .path(FilePath(binary)),
                arguments: Arguments(
                    ["operator", "--kubeconfig", kubeconfig.path(), "--health-port", "0", "--log-level", "error"]
                        + options),
                environment: .inherit.updating(["POD_NAME": identity]), input: .none, output: .discarded,
                error: .currentStandardError
            ) { execution in
                state.withLock { state in
                    state.pid = execution.processIdentifier.value
                    state.starts += 1
                }
            }
            state.withLock { state in
                state.pid = nil
                if result.terminationStatus == .signaled(SIGKILL), !Task.isCancelled { state.kills += 1 }
            }
            guard case .exited(let code) = result.terminationStatus, code != 0 else { continue }
            failures += 1
            try #require(failures < 20, "\(identity) ends again and again, with \(code)")
        }
    }

    func send(_ signal: Int32) { state.withLock { _ = $0.pid.map { kill($0, signal) } } }

    /// Ends it as a kubelet does: it is asked to, and not started again.
    func end() {
        state.withLock { $0.isOver = true }
        send(SIGTERM)
    }
}
