import Concurrency
import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import ServiceLifecycle
import Synchronization
import Writes

/// Follows what pods write that a call has started, as long as somebody looks on. The call's result doesn't need it: nothing
/// is asked of the API server where nobody looks on.
package final class OutputFollower: Service {
    private struct Job: Sendable {
        var pod: PlannedPodStep
        var telling: CallTelling
        var api: ReadOnlyAPI
        /// Bytes of its log that were told before.
        var told: Int
    }

    private struct State {
        /// Jobs are taken only while somebody runs them.
        var jobs: AsyncStream<Job>.Continuation?
        var active = 0
    }

    /// Each has a connection of its own.
    private static let maximum = 64
    /// How long it goes on when nobody looks on any more, at most.
    private static let tick = Duration.seconds(2)

    private let state = Mutex(State())
    private let clock: any RuntimeClock
    private let logger: Logger

    package init(clock: any RuntimeClock = SystemClock(), logger: Logger) {
        self.clock = clock
        self.logger = logger
    }

    /// Begins to, unless it is being done or was. Whoever asks asks again: a container may not have started yet.
    func follow(_ pod: PlannedPodStep, for telling: CallTelling, as api: ReadOnlyAPI) {
        state.withLock { state in
            guard let jobs = state.jobs, state.active < Self.maximum, let told = telling.beginOutput() else { return }
            state.active += 1
            jobs.yield(Job(pod: pod, telling: telling, api: api, told: told))
        }
    }

    package func run() async throws {
        let jobs = JobStream<Job>()
        state.withLock { $0.jobs = jobs.continuation }
        defer { state.withLock { $0.jobs = nil } }
        await jobs.run { await self.perform($0) }
    }

    private func perform(_ job: Job) async {
        let isWhole = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await self.read(job) }
            group.addTask { [clock] in
                while job.telling.isFollowed {
                    do { try await clock.sleep(for: Self.tick) } catch { return false }
                }
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        job.telling.endOutput(isWhole: isWhole)
        state.withLock { $0.active -= 1 }
    }

    /// - Returns: whether nothing comes any more.
    private func read(_ job: Job) async -> Bool {
        let (pod, namespace) = (job.pod.target.name, job.pod.target.namespace ?? "")
        do {
            // A log is had by the pod's name, which may be another one's by now.
            guard try await job.api.find(.pods, namespace: namespace, name: pod)?.uid == job.pod.target.uid else {
                return true
            }
            let options = LogOptions(container: job.pod.container, limitBytes: CallTelling.outputLimit + 1)
            return try await job.api.followLogs(pod: pod, namespace: namespace, options: options) { lines in
                var known = job.told
                while let line = try await lines.next() {
                    let text = line + "\n"
                    // The log is had from its beginning.
                    if known > 0 {
                        known -= text.utf8.count
                        continue
                    }
                    guard job.telling.write(text) else { return true }
                }
                return true
            }
        } catch let status as APIStatus where status.code == 400 {
            // Its container hasn't started.
            return false
        } catch let error as CancellationError {
            logger.trace("nobody looks on any more: \(error)")
            return false
        } catch is PermissionDenied {
            return true
        } catch {
            logger.debug("a log can't be followed", metadata: ["pod": "\(namespace)/\(pod)", "error": "\(error)"])
            return false
        }
    }
}
