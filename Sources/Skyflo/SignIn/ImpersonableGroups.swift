import Concurrency
import KubeClient
import KubeModel
import Synchronization

/// Which groups may be impersonated. An administrator grants them by name (RBAC, `resourceNames`); a request that names one
/// more would be refused as a whole, so that the others of a person are left out.
final class ImpersonableGroups: Sendable {
    private static let lifetime = Duration.seconds(60)
    private static let remembered = 4096
    private static let atOnce = 8

    private let api: any KubeAPI
    private let answers = Mutex<[String: (isAllowed: Bool, at: ContinuousClock.Instant)]>([:])

    init(api: any KubeAPI) { self.api = api }

    /// - Throws: what keeps the API server from answering.
    func among(_ groups: [String]) async throws -> [String] {
        let found = try await groups.concurrentMap(atOnce: Self.atOnce) { group in
            try await self.mayImpersonate(group) ? group : nil
        }
        return found.compactMap(\.self)
    }

    private func mayImpersonate(_ group: String) async throws -> Bool {
        if let known = answers.withLock({ $0[group] }), known.at + Self.lifetime > .now { return known.isAllowed }
        let isAllowed = try await AccessReview.allows(
            ResourceAccess(verb: "impersonate", group: "", version: "v1", resource: "groups", name: group), api: api)
        answers.withLock { answers in
            if answers.count >= Self.remembered { answers = [:] }
            answers[group] = (isAllowed, .now)
        }
        return isAllowed
    }
}
