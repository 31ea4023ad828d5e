import KubeClient
import Synchronization

/// What was last found of the admission policy that proves approvals.
///
/// It may be past, so it is no ground to write anything on: a write asks anew. It spares asking twice for one decision.
final class AdmissionPolicyCheckCache: Sendable {
    private let last = Mutex<AdmissionPolicyCheck.Finding?>(nil)

    /// nil before anybody has looked.
    var latest: AdmissionPolicyCheck.Finding? { last.withLock(\.self) }

    /// Looks, and remembers what is found. Throws what ``AdmissionPolicyCheck/look(_:)`` does.
    func look(_ api: any KubeAPI) async throws -> AdmissionPolicyCheck.Finding {
        let finding = try await AdmissionPolicyCheck.look(api)
        last.withLock { $0 = finding }
        return finding
    }
}
