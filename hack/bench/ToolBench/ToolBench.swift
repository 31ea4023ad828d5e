import ControllerRuntime
import KubeClient
import KubeModel
import KubernetesTools
import Logging
import ToolKit
import Writes

/// Calls tools as the operator does, in one process with a connection and a mapper that stay. Run by hack/bench/tools.
@main
struct ToolBench {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch (arguments.first, arguments.count) {
        case ("fill", 3):
            guard let count = Int(arguments[2]) else { return usage() }
            try await withClient(arguments[1]) { client in try await fill(client, pods: count) }
        case ("call", 5):
            guard let count = Int(arguments[4]) else { return usage() }
            try await withClient(arguments[1]) { client in
                try await call(client, tool: arguments[2], arguments: arguments[3], times: count)
            }
        default: usage()
        }
    }

    private static func usage() {
        print("usage: ToolBench fill KUBECONFIG PODS | call KUBECONFIG TOOL ARGUMENTS TIMES")
    }

    /// Away from the main actor, on which every `await` would change threads.
    @concurrent
    private static func withClient(_ path: String, _ body: @Sendable (KubeClient) async throws -> Void) async throws {
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        try await withKubeClient(try .kubeconfig(path: path), logger: logger) { client in try await body(client) }
    }

    private static func fill(_ client: KubeClient, pods count: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<16 {
                group.addTask {
                    for number in stride(from: worker, to: count, by: 16) {
                        _ = try await client.create(pod(number), in: .pods)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private static func pod(_ number: Int) -> KubeObject {
        KubeObject([
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "namespace": "default", "name": .string("bench-\(number)"),
                "labels": ["app": "bench", "shard": .string("s\(number % 10)")],
            ],
            "spec": ["containers": [["name": "app", "image": "shop/app:1", "args": ["--port", "8080"]]]],
        ])
    }

    /// The first call looks up what a conversation's first call looks up, and isn't counted where there are more.
    private static func call(_ client: KubeClient, tool: String, arguments: String, times: Int) async throws {
        let tools = ToolRegistry(KubernetesToolset.all { SystemClock().now })
        let administrator = Impersonation(user: "bench", groups: ["system:masters"])
        let context = ToolContext(
            api: ReadOnlyAPI(client.impersonating(administrator)), mapper: RESTMapper(api: client),
            namespace: "default", redactor: Redactor(key: Array("for benchmarks only".utf8)))
        func once() async throws -> Int {
            guard case .output(let text) = try await tools.call(name: tool, arguments: arguments, in: context) else {
                throw ToolFailure("\(tool) proposed a write")
            }
            return text.utf8.count
        }
        var bytes = times > 1 ? try await once() : 0
        let clock = ContinuousClock()
        let cpu = ProcessTimes.cpuSeconds
        let start = clock.now
        for _ in 0..<times { bytes = try await once() }
        let wall = start.duration(to: clock.now) / times
        let used = (ProcessTimes.cpuSeconds - cpu) / Double(times)
        print("\(milliseconds(wall)) \(used * 1000) \(bytes)")
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    }
}
