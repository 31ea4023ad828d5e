import KubeModel
import SkyfloAPI

/// Which settings of a SkyfloAI's components are used, and in words which aren't.
package enum SettingsUse {
    private static let variables: Set<String> = ["HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "TZ"]

    /// The variables that reach a component's container: those that the program reads and that have a value of their own. One
    /// that comes from a Secret never does: whoever may write a SkyfloAI could have any Secret of the namespace sent to a
    /// proxy of theirs. Where a name is given twice, the last one counts, as for the kubelet.
    static func environment(of settings: ComponentSettings) -> [EnvironmentVariable] {
        var result: [EnvironmentVariable] = []
        for variable in settings.environment where isUsed(variable) {
            result.removeAll { $0.name == variable.name }
            var escaped = variable
            escaped.value = variable.value.split(separator: "$", omittingEmptySubsequences: false)
                .joined(separator: "$$")
            result.append(escaped)
        }
        return result
    }

    private static func isUsed(_ variable: EnvironmentVariable) -> Bool {
        guard !variable.hasSource else { return false }
        return variables.contains(variable.name.uppercased()) || variable.name.hasPrefix("OTEL_")
    }

    /// A sentence for each setting that isn't used.
    ///
    /// - Parameters:
    ///   - image: the operator's own; nil where it isn't known.
    ///   - mayScaleEngine: whether the SkyfloAI says how many operators run.
    package static func unused(
        in skyfloAI: SkyfloAI, image: String?, mayScaleEngine: Bool
    ) -> [UnusedSetting] {
        ComponentKind.allCases.flatMap { kind -> [UnusedSetting] in
            guard let settings = skyfloAI.components[kind] else { return [] }
            let path = "spec.\(kind.rawValue)"
            var found = foreignImage(settings, path: path, image: image)
            found += settings.foreignMembers.map {
                .init(reason: .setting, message: "\(path).\($0) is not used: \(why($0))")
            }
            if kind == .engine {
                found += engine(settings, path: path, mayScale: mayScaleEngine)
            } else {
                found += variables(settings, path: path)
            }
            return found
        }
    }

    private static func foreignImage(
        _ settings: ComponentSettings, path: String, image: String?
    ) -> [UnusedSetting] {
        guard let named = settings.image, let image, named != image else { return [] }
        return [
            .init(
                reason: .image,
                message:
                    "\(path).image \(named) is not started: it isn't this operator's image, \(image), which is used")
        ]
    }

    private static func why(_ member: String) -> String {
        switch member {
        case "databaseConfig": "conversations are kept in the cluster, not in PostgreSQL"
        case "redisConfig": "turns are followed at the operator, not through Redis"
        default: "tools act on the operator's own cluster"
        }
    }

    private static func engine(_ settings: ComponentSettings, path: String, mayScale: Bool) -> [UnusedSetting] {
        var found: [UnusedSetting] = []
        let why = "set it where the operator is installed, so that a mistake can still be corrected"
        if settings.resources != nil {
            found.append(.init(reason: .setting, message: "\(path).resources is not used: \(why)"))
        }
        if !settings.environment.isEmpty {
            found.append(.init(reason: .setting, message: "\(path).env is not used: \(why)"))
        }
        if settings.replicas != nil, !mayScale {
            found.append(
                .init(
                    reason: .setting,
                    message:
                        "\(path).replicas is not used: only the operator's default SkyfloAI, in the operator's own "
                        + "namespace, says how many operators run"))
        }
        return found
    }

    private static func variables(_ settings: ComponentSettings, path: String) -> [UnusedSetting] {
        let names = settings.environment.filter { !isUsed($0) }.map(\.name)
        guard !names.isEmpty else { return [] }
        let shown = names.prefix(16).joined(separator: ", ") + (names.count > 16 ? " and \(names.count - 16) more" : "")
        return [
            .init(
                reason: .setting,
                message:
                    "\(path).env: \(shown) \(names.count == 1 ? "is" : "are") not used: a component reads HTTPS_PROXY, "
                    + "HTTP_PROXY, NO_PROXY, TZ and OTEL_*, with a value and not from elsewhere")
        ]
    }
}

/// A setting that isn't used, and why.
package struct UnusedSetting: Sendable, Hashable {
    package enum Reason: String, Sendable {
        case image = "ForeignImage"
        case setting = "NotUsed"
    }

    package var reason: Reason
    package var message: String
}
