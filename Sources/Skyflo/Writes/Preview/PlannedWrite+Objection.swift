import KubeClient
import KubeModel

extension PlannedWrite {
    /// Which of later writes couldn't be tried out before this one was done: those in the namespace that it has created.
    /// Pods aren't among them, which the API server refuses until the namespace has its service account.
    package func enables(_ later: PlannedWrite) -> Bool {
        guard let first = request, let second = later.request else { return false }
        return first.target.resource.isSame(as: .namespaces) && first.target.uid.isEmpty && second.target.uid.isEmpty
            && second.target.namespace == first.target.name && !second.target.resource.isSame(as: .pods)
    }

    /// Why the API server would refuse it now, by a dry run; nil where it would not, or where that can't be told: an object
    /// that it refers to may come with a write before it.
    /// - Throws: `CancellationError`.
    package func objection(api: ReadOnlyAPI, redactor: Redactor) async throws -> String? {
        guard let request else { return nil }
        do {
            let dryRun = try await DryRun(request, api: api, redactor: redactor)
            guard [400, 403, 422].contains(dryRun.response.status), dryRun.obstacle == nil else { return nil }
            return dryRun.failure.message
        } catch let cancellation as CancellationError {
            throw cancellation
        } catch {
            return nil
        }
    }
}
