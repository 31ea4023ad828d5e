import FoundationEssentials
import KubeClient
import KubeModel
import Logging

/// Measures turns of a running operator from outside: TurnBench KUBECONFIG OPERATOR-PID [TURNS [CONCURRENT]].
@main
struct TurnBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 3, let pid = Int(arguments[2]) else {
            print("usage: TurnBench KUBECONFIG OPERATOR-PID [TURNS [CONCURRENT]]")
            return
        }
        let turns = arguments.count > 3 ? Int(arguments[3]) ?? 30 : 30
        let concurrent = arguments.count > 4 ? Int(arguments[4]) ?? 16 : 16
        try await run(
            kubeconfig: arguments[1], process: MeasuredProcess(pid: pid), turns: turns, concurrent: concurrent)
    }

    @concurrent
    private static func run(
        kubeconfig: String, process: MeasuredProcess, turns: Int, concurrent: Int
    ) async throws {
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        try await ScriptedOpenAI.withRunning(logger: logger) { modelURL in
            try await withKubeClient(try .kubeconfig(path: kubeconfig), logger: logger) { client in
                let bench = Bench(api: client, process: process)
                try await bench.prepare(modelURL: modelURL)
                try await bench.measure(turns: turns, concurrent: concurrent)
                try await client.delete(.namespaces, name: Bench.namespace)
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
