import KubeClient
import KubeModel

/// What may become of a request whose target has another version than when it was previewed.
public enum RefreshedRequest: Sendable, Hashable {
    /// Only status or bookkeeping has moved, and the effect would be the one that was approved: the same request, under the
    /// version that the target has now.
    case same(PlannedRequest)
    /// What was approved isn't what would happen, or that can't be told.
    case other(String)
}

extension WriteExecutor {
    /// Looks at the target of a request that the API server refused as stale, and tries the request out again.
    ///
    /// - Throws: `CancellationError`. Whatever else goes wrong keeps the request stale.
    public static func refresh(
        _ planned: PlannedRequest, api: ReadOnlyAPI, redactor: Redactor
    ) async throws -> RefreshedRequest {
        let target = planned.target
        guard let previewed = planned.previewed else {
            return .other("\(target.text) has changed since, and what of it isn't known")
        }
        do {
            guard let live = try await api.find(target.resource, namespace: target.namespace, name: target.name) else {
                return .other("\(target.text) is gone")
            }
            guard live.uid == target.uid else { return .other("\(target.text) was replaced by a new one") }
            guard redactor.contentHash(of: live) == previewed.before,
                var moved = planned.pinned(to: live.resourceVersion)
            else { return .other("\(target.text) has changed since") }
            moved.before = live
            let dryRun = try await DryRun(moved, api: api, redactor: redactor)
            guard let answer = try dryRun.answer(),
                redactor.contentHash(of: dryRun.result(answer)) == previewed.after
            else { return .other("\(target.text): the change would have another effect by now") }
            return .same(moved)
        } catch let error as CancellationError {
            throw error
        } catch {
            return .other("\(target.text) has changed since: \(ToolFailure(describing: error).message)")
        }
    }
}
