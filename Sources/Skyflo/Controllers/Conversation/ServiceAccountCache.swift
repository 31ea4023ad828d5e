import ControllerRuntime
import KubeClient
import KubeModel
import Synchronization

/// Which ServiceAccounts existed a moment ago.
///
/// A finding counts as long as the API server itself takes a ServiceAccount's token for valid after it looked whether the
/// account exists (`TokenSuccessCacheTTL` of kube-apiserver's built-in authenticators: 10 s). That one is missing is
/// remembered no more than there (`TokenFailureCacheTTL`: 0): it may have been made since.
final class ServiceAccountCache: Sendable {
    private let lifetime: Duration
    /// When, of the clock's uptime, each was asked for with success.
    private let found = Mutex<[ObjectKey: Duration]>([:])

    init(lifetime: Duration = .seconds(10)) { self.lifetime = lifetime }

    func contains(_ account: ObjectKey, api: any KubeAPI, clock: any RuntimeClock) async throws -> Bool {
        let now = clock.uptime
        if found.withLock({ $0[account].map { now - $0 < lifetime } ?? false }) { return true }
        let exists =
            try await api.find(.serviceAccounts, namespace: account.namespace, name: account.name) != nil
        found.withLock { found in
            found = found.filter { now - $0.value < lifetime }
            found[account] = exists ? now : nil
        }
        return exists
    }
}
