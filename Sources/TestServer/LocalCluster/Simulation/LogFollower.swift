import Concurrency
import KubeModel
import ServiceLifecycle

/// `pods/log` with `follow`: what is there, then every new line, until the container ends.
struct LogFollower: StreamedBody {
    let store: ClusterStore
    let logs: PodLogs
    let pod: KubeObject
    let options: PodLogs.Options
    let container: String

    /// - Throws: as ``PodLogs/lines(of:_:)``.
    init(store: ClusterStore, logs: PodLogs, pod: KubeObject, options: PodLogs.Options) throws(APIStatus) {
        self.store = store
        self.logs = logs
        self.pod = pod
        self.options = options
        container = try logs.container(of: pod, options)
        _ = try logs.lines(of: pod, options)
    }

    /// Writes until the container has ended, the limit is reached, or the task is cancelled (the client left).
    @concurrent func run(_ write: @concurrent ([UInt8]) async throws -> Void) async throws {
        let subscription = store.subscribe(APIResource.pods.id)
        subscription.wake()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    try await Concurrency.sleep(for: .seconds(1))
                    subscription.wake()
                }
            }
            try await deliver(subscription, write: write)
            group.cancelAll()
        }
    }

    @concurrent private func deliver(
        _ subscription: ClusterStore.Subscription, write: @concurrent ([UInt8]) async throws -> Void
    ) async throws {
        var options = options
        var room = options.limitBytes ?? .max
        var last: KubeTime?
        var isFirst = true
        for await _ in subscription.stream.cancelOnGracefulShutdown() {
            let live = store.get(APIResource.pods.id, key: pod.key)?.object
            let current = live?.uid == pod.uid ? live : nil
            let all = (try? logs.lines(of: current ?? pod, options)) ?? []
            let new = all.filter { line in last.map { line.time > $0 } ?? true }
            last = new.last?.time ?? last
            // Only the beginning is cut; what comes later is all wanted.
            options.tailLines = nil
            if isFirst, last == nil { last = logs.now() }
            let bytes = Array(PodLogs.format(new, options: options).utf8.prefix(room))
            // The first one even when empty: with it goes the head.
            if isFirst || !bytes.isEmpty { try await write(bytes) }
            isFirst = false
            room -= bytes.count
            let status = current.flatMap { PodLogs.status(of: container, in: $0) }
            if room <= 0 || status?["state", "running"] == nil { return }
        }
    }
}
