import KubeClient
import KubeModel

/// Lists all pods in pages and decodes them, three times, keeping none but the last.
enum ListScenario {
    static func run(_ client: KubeClient) async throws {
        let size = try await client.call(KubeRequest(.get, path: "/bench/size"))
        let bytes = size["bytes"]?.double ?? 0
        let base = ProcessUsage.trimmedResidentBytes()
        var best = Double.infinity
        var cpu = Double.infinity
        var kept = KubeList(items: [], resourceVersion: "")
        for _ in 0..<3 {
            kept = KubeList(items: [], resourceVersion: "")
            let start = ContinuousClock.now
            let cpuStart = ProcessUsage.cpuSeconds
            kept = try await client.listAll(.pods)
            cpu = min(cpu, ProcessUsage.cpuSeconds - cpuStart)
            best = min(best, start.secondsSince)
        }
        let count = Double(kept.items.count)
        report("list", bytes / best / 1e6, "MB/s")
        report("list CPU", cpu / count * 1e6, "us/object")
        report("list kept", (ProcessUsage.trimmedResidentBytes() - base) / count, "bytes/object")
        report("list peak", ProcessUsage.peakResidentBytes / 1e6, "MB")
        withExtendedLifetime(kept) {}
    }
}

extension ContinuousClock.Instant {
    var secondsSince: Double {
        let elapsed = duration(to: .now)
        return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    }
}
