import Concurrency
import FoundationEssentials
import KubeClient
import KubeModel

/// What an operator has used up so far, as the kernel and the operator itself count it.
struct OperatorUsage: Sendable {
    struct Reading: Sendable {
        /// User and system seconds of the process.
        var cpu: Double
        var requests: RequestCounts

        func minus(_ other: Reading) -> Reading {
            Reading(cpu: cpu - other.cpu, requests: requests.minus(other.requests))
        }
    }

    let process: MeasuredProcess
    /// Speaks to the operator's own port.
    let metrics: KubeClient

    /// Reads as soon as the operator sends nothing any more: what it tells about a turn (Events) comes after its end.
    func settled() async throws -> Reading {
        var last = try await requests()
        for _ in 0..<40 {
            try await sleep(for: .milliseconds(50))
            let next = try await requests()
            if next.all == last.all { break }
            last = next
        }
        return Reading(cpu: try process.cpuSeconds(), requests: last)
    }

    private func requests() async throws -> RequestCounts {
        RequestCounts(metrics: try await metrics.send(KubeRequest(.get, path: "/metrics")).text)
    }
}

/// How many requests an operator has sent, by what they did.
struct RequestCounts: Sendable {
    /// By method and resource: `PATCH conversations/status`.
    private(set) var byKind: [String: Double] = [:]

    var all: Double { byKind.values.reduce(0, +) }
    var statusWrites: Double { byKind["PATCH conversations/status"] ?? 0 }

    /// - Parameter metrics: in the text format of Prometheus.
    init(metrics: String) {
        for line in metrics.split(separator: "\n") where line.hasPrefix("rest_client_requests_total{") {
            guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else { continue }
            let method = Self.label("code", of: line) == "stream" ? "WATCH" : Self.label("method", of: line)
            byKind["\(method) \(Self.label("resource", of: line))", default: 0] += value
        }
    }

    private init(_ byKind: [String: Double]) { self.byKind = byKind }

    func minus(_ other: RequestCounts) -> RequestCounts {
        RequestCounts(byKind.merging(other.byKind) { $0 - $1 })
    }

    /// None of those that are read here has a comma or a quote in its value.
    private static func label(_ name: String, of line: Substring) -> String {
        let labels = line.drop { $0 != "{" }.dropFirst().prefix { $0 != "}" }.split(separator: ",")
        guard let label = labels.first(where: { $0.hasPrefix(name + "=") }) else { return "" }
        return label.dropFirst(name.count + 1).filter { $0 != "\"" }
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
