import KubeClient
import KubeModel
import SkyfloAPI

extension KubernetesBackend {
    /// Looks at the target of a request that the API server refused as stale, and tries the request out again.
    ///
    /// - Returns: the request under the version that the target has now; nil where what was approved isn't what would
    ///   happen, or that can't be told: whatever goes wrong keeps the request stale.
    package func refresh(
        _ planned: PlannedRequest, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> PlannedRequest? {
        let target = planned.target
        guard let previewed = planned.previewed else { return nil }
        do {
            let live = try await api.find(target.resource, namespace: target.namespace, name: target.name)
            let members = planned.statusMembers
            guard let live, live.uid == target.uid,
                redactor.contentHash(of: live, status: members) == previewed.before,
                var moved = planned.pinned(to: live.resourceVersion)
            else { return nil }
            moved.before = live
            let dryRun = try await DryRun(moved, api: api, redactor: redactor)
            guard let answer = try dryRun.answer(),
                redactor.contentHash(of: dryRun.result(answer), status: members) == previewed.after
            else { return nil }
            return moved
        } catch let error as CancellationError {
            throw error
        } catch {
            return nil
        }
    }
}
