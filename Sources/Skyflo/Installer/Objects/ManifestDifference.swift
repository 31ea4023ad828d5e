import KubeModel

/// Where an object of a cluster is other than its manifest says.
///
/// What only the server has is no difference where it is empty or one of its defaults; where `isStrict`, all else that is added
/// is one: a rule too many in a role, a condition in a policy.
package struct ManifestDifference: Sendable {
    /// The server's own values for what a policy leaves out.
    private static let defaults: [String: JSONValue] = [
        "failurePolicy": "Fail", "matchPolicy": "Equivalent", "scope": "*", "apiGroup": "rbac.authorization.k8s.io",
    ]

    /// Paths such as `spec.versions[0].schema`, the shortest that say what differs; in the manifest's order.
    package private(set) var paths: [String] = []
    private let isStrict: Bool

    /// - Parameters:
    ///   - wanted: A part of the manifest.
    ///   - live: The same part of the object.
    ///   - name: Where the part is, such as `spec`.
    ///   - isStrict: Additions count.
    package init(wanted: JSONValue?, live: JSONValue?, at name: String, isStrict: Bool) {
        self.isStrict = isStrict
        compare(wanted: wanted ?? .null, live: live ?? .null, path: name)
    }

    private mutating func compare(wanted: JSONValue, live: JSONValue, path: String) {
        switch (wanted, live) {
        case (.object(let wanted), .object(let live)):
            for (key, value) in wanted { compare(wanted: value, live: live[key] ?? .null, path: "\(path).\(key)") }
            guard isStrict else { return }
            for (key, value) in live where wanted[key] == nil && !Self.isNeutral(value, of: key) {
                paths.append("\(path).\(key)")
            }
        case (.array(let wanted), .array(let live)) where wanted.count == live.count:
            for (position, value) in wanted.enumerated() {
                compare(wanted: value, live: live[position], path: "\(path)[\(position)]")
            }
        case (let wanted, let live):
            if wanted == live || Self.isEmpty(wanted) && Self.isEmpty(live) { return }
            if case .null = live, let key = path.split(separator: ".").last, Self.isNeutral(wanted, of: String(key)) {
                return
            }
            paths.append(path)
        }
    }

    private static func isNeutral(_ value: JSONValue, of key: String) -> Bool {
        isEmpty(value) || defaults[key] == value
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        switch value {
        case .null: true
        case .object(let members): members.isEmpty
        case .array(let elements): elements.isEmpty
        default: false
        }
    }
}
