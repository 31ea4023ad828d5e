import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import Synchronization
import ToolKit

/// Watches what calls wait for, so that nobody has to look again and again, and no worker is held: who waits is taken up when
/// something has come.
///
/// What is watched is nobody's state. A worker that starts looks once at every wait that it finds stored, and watches from
/// there. Where the API server or a missing permission doesn't let it watch, looks at intervals go on as without it.
package final class WaitWatches: Service {
    /// A wait of a call.
    struct WaitKey: Hashable {
        var conversation: ObjectKey
        var call: String
    }

    private struct Job {
        var key: WaitKey
        var number: UInt64
        var watches: [WaitWatch]
        var api: ReadOnlyAPI
        var seconds: Double
        /// Whoever looks on is told by it; nil where nobody can.
        var telling: CallTelling?
        /// Ends when nobody waits for it any more.
        var wanted: AsyncStream<Never>
    }

    private struct Active {
        var number: UInt64
        var wanted: AsyncStream<Never>.Continuation
    }

    private struct State {
        /// Jobs are taken only while somebody runs them.
        var jobs: AsyncStream<Job>.Continuation?
        var wake: (@Sendable (ObjectKey) -> Void)?
        var lastNumber: UInt64 = 0
        var active: [WaitKey: Active] = [:]
        /// Those that can't be watched.
        var refused: Set<WaitKey> = []
    }

    /// Each has a connection of its own.
    private static let maximum = 256
    /// Between two looks: whatever changes all the time isn't looked at all the time.
    private static let pause = Duration.milliseconds(250)

    private let state = Mutex(State())
    private let clock: any RuntimeClock
    private let logger: Logger

    package init(clock: any RuntimeClock = SystemClock(), logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    /// - Parameter wake: has a conversation taken up.
    package func connect(_ wake: @escaping @Sendable (ObjectKey) -> Void) { state.withLock { $0.wake = wake } }

    /// Watches until something has come that is worth a look, or the time is up.
    /// - Parameters:
    ///   - seconds: that are left of the wait.
    ///   - telling: is told of changes meanwhile; nil where nobody can look on.
    /// - Returns: whether it is watched.
    func watch(
        _ key: WaitKey, _ watches: [WaitWatch], as api: ReadOnlyAPI, seconds: Double, telling: CallTelling? = nil
    ) -> Bool {
        state.withLock { state in
            guard let jobs = state.jobs, state.wake != nil, !watches.isEmpty, !state.refused.contains(key) else {
                return false
            }
            if state.active[key] != nil { return true }
            guard state.active.count < Self.maximum else { return false }
            state.lastNumber += 1
            let (wanted, continuation) = AsyncStream.makeStream(of: Never.self)
            state.active[key] = Active(number: state.lastNumber, wanted: continuation)
            jobs.yield(
                Job(
                    key: key, number: state.lastNumber, watches: watches, api: api, seconds: seconds, telling: telling,
                    wanted: wanted))
            return true
        }
    }

    /// Nobody waits for it any more.
    func forget(_ key: WaitKey) {
        let ended = state.withLock { state in
            state.refused.remove(key)
            return state.active.removeValue(forKey: key)
        }
        ended?.wanted.finish()
    }

    package func run() async throws {
        let jobs = JobStream<Job>()
        state.withLock { $0.jobs = jobs.continuation }
        defer {
            state.withLock { state in
                state.jobs = nil
                state.active = [:]
            }
        }
        await jobs.run { await self.perform($0) }
    }

    private func perform(_ job: Job) async {
        let isRefused = await withTaskGroup(of: Bool.self) { group in
            for watch in job.watches { group.addTask { await self.follow(watch, of: job) } }
            group.addTask { [clock] in
                try? await clock.sleep(for: .milliseconds(Int64(max(0, job.seconds) * 1000)))
                return false
            }
            group.addTask {
                for await _ in job.wanted {}
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        try? await clock.sleep(for: Self.pause)
        let wake = state.withLock { state -> (@Sendable (ObjectKey) -> Void)? in
            // Another one may have taken its place.
            guard state.active[job.key]?.number == job.number else { return nil }
            state.active[job.key] = nil
            if isRefused { state.refused.insert(job.key) }
            return state.wake
        }
        if !Task.isCancelled { wake?(job.key.conversation) }
    }

    private struct HasCome: Error {}

    /// Until a change is worth a look.
    /// - Returns: whether it can't be watched.
    private func follow(_ watch: WaitWatch, of job: Job) async -> Bool {
        let options = WatchOptions(labelSelector: watch.labelSelector, fieldSelector: watch.fieldSelector)
        do {
            try await job.api.follow(
                watch.resource, namespace: watch.namespace, from: watch.resourceVersion ?? "", options: options
            ) { event in
                if let telling = job.telling, let text = watch.progress(event) { telling.say(text) }
                if watch.isWorthALook(event) { throw HasCome() }
            }
        } catch is HasCome {
            return false
        } catch is CancellationError {
            return false
        } catch let status as APIStatus where status.isExpired {
            return false
        } catch {
            logger.debug(
                "a wait can't be watched", metadata: ["key": "\(job.key.conversation)", "error": "\(error)"])
            return true
        }
    }
}
