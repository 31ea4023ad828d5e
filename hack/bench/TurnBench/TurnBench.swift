import KubeClient
import KubeModel
import Logging
import ScriptedOpenAI

/// Measures turns of running operators from outside: of one, or of two in comparison.
@main
struct TurnBench {
    private struct Candidate {
        var name: String
        var kubeconfig: String
        var process: MeasuredProcess
        /// Where it serves its metrics.
        var url: String
    }

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 6 || arguments.count == 10, let turns = Int(arguments[0]),
            let concurrent = Int(arguments[1])
        else { return usage() }
        var candidates: [Candidate] = []
        for start in stride(from: 2, to: arguments.count, by: 4) {
            guard let pid = Int(arguments[start + 2]) else { return usage() }
            candidates.append(
                Candidate(
                    name: arguments[start], kubeconfig: arguments[start + 1], process: MeasuredProcess(pid: pid),
                    url: arguments[start + 3]))
        }
        try await run(candidates, turns: turns, concurrent: concurrent)
    }

    private static func usage() {
        print("usage: TurnBench TURNS CONCURRENT NAME KUBECONFIG OPERATOR-PID OPERATOR-URL [the same of a second]")
    }

    @concurrent
    private static func run(_ candidates: [Candidate], turns: Int, concurrent: Int) async throws {
        let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        try await ScriptedOpenAI.withRunning(logger: logger, BenchScript.reply) { modelURL in
            try await withBenches(candidates[...], modelURL: modelURL, logger: logger) { benches in
                if benches.count == 1 {
                    try await benches[0].measure(turns: turns, concurrent: concurrent)
                } else {
                    try await Comparison(operators: zip(candidates, benches).map { ($0.name, $1) }).measure(
                        turns: turns)
                }
            }
        }
    }

    /// Prepares each operator's cluster while `body` runs.
    private static func withBenches(
        _ candidates: ArraySlice<Candidate>, modelURL: String, logger: Logger, _ benches: [Bench] = [],
        _ body: @escaping @Sendable ([Bench]) async throws -> Void
    ) async throws {
        guard let candidate = candidates.first else { return try await body(benches) }
        let metrics =
            "{clusters: [{name: o, cluster: {server: \"\(candidate.url)\"}}], current-context: o, "
            + "contexts: [{name: o, context: {cluster: o}}]}"
        try await withKubeClient(try .kubeconfig(path: candidate.kubeconfig), logger: logger) { client in
            try await withKubeClient(try .kubeconfig(text: metrics), logger: logger) { metricsClient in
                let bench = Bench(
                    api: client, usage: OperatorUsage(process: candidate.process, metrics: metricsClient),
                    user: try await client.userName())
                try await bench.prepare(modelURL: modelURL)
                try await withBenches(
                    candidates.dropFirst(), modelURL: modelURL, logger: logger, benches + [bench], body)
                try await client.delete(.namespaces, name: Bench.namespace)
            }
        }
    }
}
