import Concurrency
import ControllerRuntime
import KubeModel
import SkyfloAPI
import Synchronization
import Writes

/// Looks whether the chart repositories of a SkyfloAI can be reached.
final class HelmRepositoryProbe: Sendable {
    /// How often one is asked: people wait for a corrected setting, not for a system that is down.
    private static let interval = Duration.seconds(55)
    private static let longest = Duration.seconds(10)

    private struct Seen {
        var statuses: [HelmRepositoryStatus]
        var at: Duration
        var uid: String
        var generation: Int
    }

    private let seen = Mutex<[ObjectKey: Seen]>([:])

    /// - Returns: one for each repository of the spec, in its order.
    /// - Throws: `CancellationError`.
    func look(_ skyflo: SkyfloAI, _ directory: ChartDirectory) async throws -> [HelmRepositoryStatus] {
        guard !skyflo.helmRepositories.isEmpty else { return [] }
        let (object, now) = (skyflo.object, directory.clock.uptime)
        if let known = seen.withLock({ $0[object.key] }), known.uid == object.uid,
            known.generation == object.generation, now - known.at < Self.interval
        {
            return known.statuses
        }
        let before = Dictionary(
            skyflo.status.helmRepositories.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let statuses = try await skyflo.helmRepositories.concurrentMap(atOnce: 8) { settings in
            var status = HelmRepositoryStatus(name: settings.name, isReached: true, message: "")
            do {
                if settings.isEnabled {
                    try await directory.look(settings, within: Self.longest)
                } else {
                    (status.isReached, status.message) = (false, "disabled")
                }
            } catch let error as CancellationError {
                throw error
            } catch {
                status.isReached = false
                status.message = OutputLimit.shorten(ToolFailure(describing: error).message, to: 512)
            }
            let old = before[settings.name]
            status.since = old?.isReached == status.isReached ? old?.since ?? directory.clock.now : directory.clock.now
            return status
        }
        seen.withLock { seen in
            seen[object.key] = Seen(statuses: statuses, at: now, uid: object.uid, generation: object.generation)
        }
        return statuses
    }
}
