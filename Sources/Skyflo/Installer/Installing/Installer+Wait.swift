import Concurrency
import KubeClient
import KubeModel
import Writes

extension Installer {
    /// How the wait for a Deployment ended.
    package enum RolloutEnd: Sendable, Hashable {
        case ready
        /// The time was up, or the Deployment gave up.
        case notReady(RolloutStatus, [RolloutTrouble])
    }

    /// Waits until a Deployment has rolled out.
    ///
    /// - Parameters:
    ///   - name: The Deployment in the installation's namespace.
    ///   - deadline: When to give up; what is wrong is said then.
    ///   - report: Gets a line each time that something else is waited for.
    package func waitForRollout(
        of name: String, until deadline: ContinuousClock.Instant, report: (String) -> Void
    ) async throws -> RolloutEnd {
        var last = ""
        while true {
            let deployment = try await api.get(.deployments, namespace: namespace, name: name)
            let status = RolloutStatus(deployment)
            if case .complete = status { return .ready }
            let troubles = try await troubles(of: deployment)
            let isOver = if case .failed = status { true } else { false }
            if isOver || ContinuousClock.now >= deadline { return .notReady(status, troubles) }
            let line = troubles.first.map { "not ready yet: \($0.message)" } ?? status.text
            if line != last { report(line) }
            last = line
            try await Concurrency.sleep(until: min(deadline, .now + .milliseconds(500)))
        }
    }

    /// What keeps the pods of a Deployment from running, as far as it may be read.
    package func troubles(of deployment: KubeObject) async throws -> [RolloutTrouble] {
        let labels = deployment["spec", "selector", "matchLabels"]?.object ?? [:]
        let selector = LabelSelector(matching: Dictionary(labels.map { ($0.key, $0.value.string ?? "") }) { $1 })
        let pods = try await allowed {
            try await api.list(.pods, namespace: namespace, options: ListOptions(labelSelector: selector)).items
        }
        let events = try await allowed { try await api.list(.events, namespace: namespace).items }
        return RolloutTrouble.all(deployment: deployment, pods: pods, events: events)
    }

    private func allowed(_ list: () async throws -> [KubeObject]) async throws -> [KubeObject] {
        do {
            return try await list()
        } catch let status as APIStatus where status.isForbidden {
            return []
        }
    }
}
