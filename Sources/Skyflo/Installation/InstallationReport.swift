import KubeModel
import SkyfloAPI

/// What is said of a SkyfloAI's components in its status.
package struct InstallationReport: Sendable {
    package var components: [ComponentStatus] = []
    package var unused: [UnusedSetting] = []
    /// Why nothing can be made at all; nil where it can.
    package var obstacle: ComponentCause?
    package var isPaused = false

    package init() {}

    package static let types = ["Available", "Progressing", "Degraded", "SettingsUsed"]

    /// The conditions of the kinds in ``types``; none where the SkyfloAI has no components.
    package func conditions(generation: Int, at now: KubeTime) -> [Condition] {
        guard !components.isEmpty || obstacle != nil else { return [] }
        return [available, progressing, degraded, settings].map { condition in
            var condition = condition
            condition.observedGeneration = generation
            condition.lastTransitionTime = now
            return condition
        }
    }

    private func condition(_ type: String, holds: Bool, reason: String, message: String) -> Condition {
        Condition(
            type: type, status: holds ? .true : .false, reason: reason, message: message, observedGeneration: 0,
            lastTransitionTime: KubeTime(microseconds: 0))
    }

    private var available: Condition {
        let missing = components.filter { $0.readyReplicas == 0 }
        if missing.isEmpty, !components.isEmpty {
            return condition(
                "Available", holds: true, reason: "Available", message: "every component has a replica that is ready")
        }
        if let obstacle {
            return condition("Available", holds: false, reason: obstacle.reason, message: obstacle.message)
        }
        return condition(
            "Available", holds: false, reason: "NoReplicaReady",
            message: missing.map { "\($0.name): \($0.message)" }.joined(separator: "\n"))
    }

    private var progressing: Condition {
        if isPaused {
            return condition(
                "Progressing", holds: false, reason: "Paused",
                message: "spec.paused is true: components are left as they are, also where they differ from the spec")
        }
        if let obstacle {
            return condition("Progressing", holds: false, reason: obstacle.reason, message: obstacle.message)
        }
        let moving = components.filter { $0.phase == .progressing && $0.reason == nil }
        if !moving.isEmpty {
            return condition(
                "Progressing", holds: true, reason: "RollingOut",
                message: moving.map { "\($0.name): \($0.message)" }.joined(separator: "\n"))
        }
        let stuck = components.filter { $0.phase != .ready }
        return condition(
            "Progressing", holds: false, reason: stuck.isEmpty ? "RolledOut" : "Stuck",
            message: stuck.isEmpty
                ? "all components are as the spec says"
                : stuck.map { "\($0.name): \($0.message)" }.joined(separator: "\n"))
    }

    private var degraded: Condition {
        if let obstacle {
            return condition("Degraded", holds: true, reason: obstacle.reason, message: obstacle.message)
        }
        let failing = components.filter { $0.reason != nil }
        guard let first = failing.first else {
            return condition(
                "Degraded", holds: false, reason: "AsExpected", message: "nothing is wrong with any component")
        }
        return condition(
            "Degraded", holds: true, reason: first.reason ?? "",
            message: failing.map { "\($0.name): \($0.message)" }.joined(separator: "\n"))
    }

    private var settings: Condition {
        guard !unused.isEmpty else {
            return condition(
                "SettingsUsed", holds: true, reason: "AllUsed", message: "all settings of components are used")
        }
        let reason = unused.first { $0.reason == .image }?.reason ?? .setting
        return condition(
            "SettingsUsed", holds: false, reason: reason.rawValue,
            message: unused.map(\.message).joined(separator: "\n"))
    }

    // MARK: News

    /// Something to tell in an Event.
    package struct News: Sendable, Hashable {
        package var isWarning: Bool
        package var reason: String
        package var message: String

        package init(isWarning: Bool, reason: String, message: String) {
            self.isWarning = isWarning
            self.reason = reason
            self.message = message
        }
    }

    /// What has changed since a status was written.
    package func news(since former: [ComponentStatus]) -> [News] {
        var news: [News] = []
        for component in components {
            let old = former.first { $0.name == component.name }
            news += Self.news(of: component, since: old)
        }
        for old in former where !components.contains(where: { $0.name == old.name }) {
            news.append(.init(isWarning: false, reason: "ComponentRemoved", message: "\(old.name): it was removed"))
        }
        return news
    }

    private static func news(of component: ComponentStatus, since old: ComponentStatus?) -> [News] {
        guard let old else {
            return [.init(isWarning: false, reason: "ComponentCreated", message: "\(component.name): it is being made")]
        }
        var news: [News] = []
        if old.desiredReplicas > 0, component.desiredReplicas > 0, old.desiredReplicas != component.desiredReplicas {
            news.append(
                .init(
                    isWarning: false, reason: "ComponentScaled",
                    message: "\(component.name): from \(old.desiredReplicas) to \(component.desiredReplicas) replicas"))
        }
        if let version = component.version, let before = old.version, version != before {
            news.append(
                .init(
                    isWarning: false, reason: "ComponentUpgraded",
                    message: "\(component.name): from version \(before) to \(version)"))
        }
        if let reason = component.reason, old.reason != reason {
            news.append(
                .init(
                    isWarning: true, reason: "ComponentDegraded", message: "\(component.name): \(component.message)"))
        }
        if component.phase == .ready, old.phase != .ready {
            news.append(
                .init(isWarning: false, reason: "ComponentReady", message: "\(component.name): \(component.message)"))
        }
        return news
    }
}
