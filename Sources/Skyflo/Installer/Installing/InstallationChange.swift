import KubeModel
import Writes

/// What applying one object of an installation does.
package struct InstallationChange: Sendable, Hashable {
    package enum Verdict: String, Sendable, Hashable {
        case created, configured, unchanged
    }

    /// As it is wanted.
    package var object: KubeObject
    package var name: InstalledObject
    package var resource: APIResource?
    /// As it was before; nil where it didn't exist.
    package var live: KubeObject?
    /// As the server says it would be, or is now; nil where it couldn't be asked.
    package var after: KubeObject?

    package init(
        object: KubeObject, name: InstalledObject, resource: APIResource? = nil, live: KubeObject? = nil,
        after: KubeObject? = nil
    ) {
        self.object = object
        self.name = name
        self.resource = resource
        self.live = live
        self.after = after
    }

    /// Whether something changes that people would call a change. Who set it is no part of that.
    package var verdict: Verdict {
        guard let live else { return .created }
        guard let after else { return .configured }
        return live.withoutServerFields == after.withoutServerFields ? .unchanged : .configured
    }

    /// The difference as a unified diff of YAML; empty where nothing changes.
    package var diff: String {
        guard verdict != .unchanged else { return "" }
        let new = (after ?? object).withoutServerFields
        return UnifiedDiff.text(
            old: live.map { YAML.format($0.withoutServerFields.json, sorted: true) } ?? "",
            new: YAML.format(new.json, sorted: true), oldName: live == nil ? "/dev/null" : "\(name)",
            newName: "\(name)", limit: 256 * 1024)
    }
}
