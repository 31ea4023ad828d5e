/// A version of a chart, as the index of a repository has it.
package struct ChartVersion: Sendable, Hashable {
    package var name: String
    package var version: String
    package var appVersion = ""
    package var description = ""
    package var keywords: [String] = []
    /// Where its archive is: absolute, or relative to the repository.
    package var urls: [String] = []
    /// Of the archive, in hexadecimal, with or without `sha256:`; empty where the index has none.
    package var digest = ""
    package var created = ""
    package var isDeprecated = false

    /// The memory that it takes, in bytes, about. Texts that versions share count for each.
    var cost: Int {
        [appVersion, description, digest, created].reduce(320) { $0 + $1.utf8.count }
            + (urls + keywords).reduce(0) { $0 + 48 + $1.utf8.count }
    }

    package init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}

/// Which of several versions is meant.
package struct VersionChoice: Sendable {
    private let text: String?
    private let constraint: VersionConstraint?

    /// - Parameter text: a version, or a constraint as `^1.2`; nil for the newest that is no pre-release.
    /// - Throws: where it is neither.
    package init(_ text: String?) throws(HelmError) {
        let text = text.flatMap { $0.isEmpty ? nil : $0 }
        self.text = text
        constraint = try VersionConstraint(ByteString(text ?? "*"))
    }

    /// Whether a text names one version, so that nothing has to be chosen.
    package static func isExact(_ text: String) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).count >= 3
            && (try? SemanticVersion(ByteString(text))) != nil
    }

    /// The position of the version that is meant: that text itself, else the first that the constraint allows.
    /// - Parameter versions: newest first.
    package func first(of versions: [String]) -> Int? {
        if let text, let exact = versions.firstIndex(of: text) { return exact }
        return versions.firstIndex { version in
            guard let constraint, let version = try? SemanticVersion(ByteString(version)) else { return false }
            return constraint.allows(version)
        }
    }

    /// Those that are versions, newest first.
    package static func sorted(_ versions: [String]) -> [String] {
        let known = versions.compactMap { text in (try? SemanticVersion(ByteString(text))).map { (text, $0) } }
        return known.sorted { $0.1.compare(to: $1.1) > 0 }.map(\.0)
    }
}
