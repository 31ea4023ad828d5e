import Helm
import HelmFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// `HelmBench CHART ROUNDS`: loads a chart and renders it again and again. Prints lines of name, value and unit.
/// `HelmBench answer`: answers requests of the input.
@main
enum HelmBench {
    static func main() throws {
        if CommandLine.arguments.dropFirst() == ["answer"] { return HelmAnswers.run() }
        guard CommandLine.arguments.count == 3, let rounds = Int(CommandLine.arguments[2]), rounds > 0 else {
            print("usage: HelmBench CHART ROUNDS, or HelmBench answer")
            exit(2)
        }
        let start = seconds(CLOCK_MONOTONIC)
        let chart = try ChartPath.load(CommandLine.arguments[1])
        report("load", (seconds(CLOCK_MONOTONIC) - start) * 1000, "ms")
        var times: [Double] = []
        var bytes = 0
        let cpu = seconds(CLOCK_PROCESS_CPUTIME_ID)
        let environment = HelmClock.environment(limit: 3600)
        for _ in 0..<rounds {
            let begin = seconds(CLOCK_MONOTONIC)
            let renderer = ChartRenderer(
                release: .init(name: "rel", namespace: "ns"), environment: environment)
            bytes = try renderer.render(chart, values: HelmMap()).manifest.count
            times.append((seconds(CLOCK_MONOTONIC) - begin) * 1000)
        }
        report("first", times[0], "ms")
        report("warm", times.sorted()[times.count / 2], "ms")
        report("CPU", (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) / Double(rounds) * 1000, "ms/render")
        report("peak", peak, "MB")
        report("manifest", Double(bytes) / 1e6, "MB")
    }

    private static func report(_ name: String, _ value: Double, _ unit: String) {
        let text = value < 10 ? "\((value * 1000).rounded() / 1000)" : "\((value * 10).rounded() / 10)"
        print("\(name)\t\(text)\t\(unit)")
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static var peak: Double {
        var usage = rusage()
        #if canImport(Glibc)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return Double(usage.ru_maxrss) / 1000
        #else
            getrusage(RUSAGE_SELF, &usage)
            return Double(usage.ru_maxrss) / 1e6
        #endif
    }
}
