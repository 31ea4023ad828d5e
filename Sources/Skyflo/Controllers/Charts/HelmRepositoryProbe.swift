import Concurrency
import ControllerRuntime
import KubeModel
import SkyfloAPI
import Writes

/// Looks whether the chart repositories of a SkyfloAI can be reached.
final class HelmRepositoryProbe: Sendable {
    private static let longest = Duration.seconds(10)

    private let memory = ProbeMemory<HelmRepositoryStatus>()

    /// - Returns: one for each repository of the spec, in its order.
    /// - Throws: `CancellationError`.
    func look(_ skyflo: SkyfloAI, _ directory: ChartDirectory) async throws -> [HelmRepositoryStatus] {
        guard !skyflo.helmRepositories.isEmpty else { return [] }
        return try await memory.statuses(of: skyflo.object, at: directory.clock.uptime) {
            try await statuses(skyflo, by: directory)
        }
    }

    private func statuses(
        _ skyflo: SkyfloAI, by directory: ChartDirectory
    ) async throws -> [HelmRepositoryStatus] {
        let before = Dictionary(
            skyflo.status.helmRepositories.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return try await skyflo.helmRepositories.concurrentMap(atOnce: 8) { settings in
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
    }
}
