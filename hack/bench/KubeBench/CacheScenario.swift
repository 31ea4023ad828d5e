import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import Synchronization

/// An informer with a controller whose reconciler does nothing but look the pod up: first list, a burst of events,
/// events at a steady rate, names added to the queue, and a new list after 410.
struct CacheScenario: Sendable {
    private let client: KubeClient
    private let logger: Logger
    private let informer: Informer
    private let reconciler: PodReconciler
    private let controller: Controller

    init(_ client: KubeClient, logger: Logger) {
        self.client = client
        self.logger = logger
        informer = Informer(api: client, resource: .pods, logger: logger)
        reconciler = PodReconciler(informer: informer)
        controller = Controller(
            name: "bench", reconciler: reconciler, watches: [.init(informer)], concurrency: 2, logger: logger)
    }

    func run(events: Int) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let base = ProcessUsage.trimmedResidentBytes()
            let start = ContinuousClock.now
            let cpuStart = ProcessUsage.cpuSeconds
            group.addTask { await self.informer.run() }
            group.addTask { try await self.controller.run() }
            try await informer.waitForSync()
            let count = informer.list().count
            try await reconciler.wait { $0.count >= count }
            report("sync", start.secondsSince, "s")
            report("sync CPU", (ProcessUsage.cpuSeconds - cpuStart) / Double(count) * 1e6, "us/object")
            report("sync peak", ProcessUsage.peakResidentBytes / 1e6, "MB")
            report("cache", (ProcessUsage.trimmedResidentBytes() - base) / Double(count), "bytes/object")
            try await burst(events, of: count)
            try await paced(1000, perSecond: 100)
            try await reconcile(200_000)
            try await relist()
            report("peak", ProcessUsage.peakResidentBytes / 1e6, "MB")
            group.cancelAll()
        }
    }

    private func command(_ name: String, _ query: [KubeRequest.QueryItem] = []) async throws {
        _ = try await client.call(KubeRequest(.post, path: "/bench/\(name)", query: query))
    }

    private func burst(_ events: Int, of pods: Int) async throws {
        let before = reconciler.seen.lastVersion
        let start = ContinuousClock.now
        let cpuStart = ProcessUsage.cpuSeconds
        try await command("burst", [.init("count", value: String(events))])
        try await reconciler.wait { $0.lastVersion >= before + events }
        report("burst", Double(events) / start.secondsSince, "events/s")
        report("burst CPU", (ProcessUsage.cpuSeconds - cpuStart) / Double(events) * 1e6, "us/event")
    }

    private func paced(_ events: Int, perSecond: Int) async throws {
        reconciler.startLatencies()
        let before = reconciler.seen.lastVersion
        let cpuStart = ProcessUsage.cpuSeconds
        try await command("paced", [.init("count", value: String(events)), .init("rate", value: String(perSecond))])
        try await reconciler.wait { $0.lastVersion >= before + events }
        let latencies = reconciler.latencies.sorted()
        report("latency p50", Double(latencies[latencies.count / 2]) / 1e3, "us")
        report("latency p99", Double(latencies[latencies.count * 99 / 100]) / 1e3, "us")
        report("paced CPU", (ProcessUsage.cpuSeconds - cpuStart) / Double(events) * 1e6, "us/event")
    }

    private func reconcile(_ names: Int) async throws {
        let before = reconciler.seen.count
        let start = ContinuousClock.now
        let cpuStart = ProcessUsage.cpuSeconds
        for name in 0..<names { controller.enqueue(ObjectKey(namespace: "bench", name: "name-\(name)")) }
        try await reconciler.wait { $0.count >= before + names }
        report("reconciles", Double(names) / start.secondsSince, "1/s")
        report("reconcile CPU", (ProcessUsage.cpuSeconds - cpuStart) / Double(names) * 1e6, "us")
    }

    private func relist() async throws {
        let before = reconciler.seen.lastVersion
        let start = ContinuousClock.now
        let cpuStart = ProcessUsage.cpuSeconds
        try await command("expire")
        try await reconciler.wait { $0.lastVersion > before }
        report("relist after 410", start.secondsSince, "s")
        report("relist CPU", ProcessUsage.cpuSeconds - cpuStart, "s")
    }
}

/// Looks each pod up and keeps count.
private final class PodReconciler: Reconciler {
    struct Seen: Sendable {
        var count = 0
        var lastVersion = 0
    }

    private struct State {
        var seen = Seen()
        /// Nanoseconds from sending to reconciling; nil when nobody asks.
        var latencies: [Int]?
    }

    private let informer: Informer
    private let state = Mutex(State())

    init(informer: Informer) { self.informer = informer }

    var seen: Seen { state.withLock(\.seen) }
    var latencies: [Int] { state.withLock { $0.latencies ?? [] } }

    func startLatencies() { state.withLock { $0.latencies = [] } }

    func reconcile(_ request: ObjectKey) async throws -> ReconcileResult {
        let pod = informer.get(request)
        let version = pod.flatMap { Int($0.resourceVersion) } ?? 0
        let measures = state.withLock { state in
            state.seen.count += 1
            state.seen.lastVersion = max(state.seen.lastVersion, version)
            return state.latencies != nil
        }
        if measures, let sent = pod?.annotations["bench/sent"].flatMap({ Int($0) }) {
            let latency = PodCollection.now - sent
            state.withLock { $0.latencies?.append(latency) }
        }
        return .done
    }

    func wait(until condition: (Seen) -> Bool) async throws {
        while !condition(seen) { try await ContinuousClock().sleep(for: .milliseconds(1)) }
    }
}
