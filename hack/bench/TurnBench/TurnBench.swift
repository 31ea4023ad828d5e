import FoundationEssentials
import KubeClient
import KubeModel
import Logging
import ScriptedOpenAI

/// Measures turns of a running operator from outside.
@main
struct TurnBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let pid = Int(arguments[2]), let turns = Int(arguments[4]),
            let concurrent = Int(arguments[5])
        else {
            print("usage: TurnBench KUBECONFIG OPERATOR-PID OPERATOR-URL TURNS CONCURRENT")
            return
        }
        try await run(
            kubeconfig: arguments[1], MeasuredProcess(pid: pid), operatorURL: arguments[3], turns: turns,
            concurrent: concurrent)
    }

    @concurrent
    private static func run(
        kubeconfig: String, _ process: MeasuredProcess, operatorURL: String, turns: Int, concurrent: Int
    ) async throws {
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let metrics =
            "{clusters: [{name: o, cluster: {server: \"\(operatorURL)\"}}], current-context: o, "
            + "contexts: [{name: o, context: {cluster: o}}]}"
        try await ScriptedOpenAI.withRunning(logger: logger, BenchScript.reply) { modelURL in
            try await withKubeClient(try .kubeconfig(path: kubeconfig), logger: logger) { client in
                try await withKubeClient(try .kubeconfig(text: metrics), logger: logger) { operatorClient in
                    let bench = Bench(
                        api: client, process: process, counts: RequestCounts(api: operatorClient),
                        user: try await client.userName())
                    try await bench.prepare(modelURL: modelURL)
                    try await bench.measure(turns: turns, concurrent: concurrent)
                    try await client.delete(.namespaces, name: Bench.namespace)
                }
            }
        }
    }
}

/// CPU and memory of another process, as the kernel counts them.
struct MeasuredProcess: Sendable {
    let pid: Int

    /// User and system seconds since it started.
    func cpuSeconds() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        // The name in parentheses may hold blanks; utime and stime are the 12th and 13th fields behind it.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        return (Double(fields[12]) ?? 0) / 100 + (Double(fields[13]) ?? 0) / 100
    }

    /// Resident memory now, in MiB.
    func residentMiB() throws -> Double {
        let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        let kilobytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0
        return kilobytes / 1024
    }
}
