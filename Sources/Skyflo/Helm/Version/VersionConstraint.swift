/// A constraint on versions as Masterminds' `semver` reads it, such as `>=1.20-0, <2 || ^3.1`.
package struct VersionConstraint: Sendable {
    private var alternatives: [[VersionRelation]] = []

    /// - Throws: `improper constraint: "…"`.
    package init(_ text: ByteString) throws(HelmError) {
        guard let grammar = Grammar.shared else { throw HelmError("constraint parser error") }
        let text = try grammar.hyphen.replacing(in: text, with: ">= $1, <= $11 ")
        for alternative in text.text.split(separator: "||", omittingEmptySubsequences: false).map({ ByteString($0) }) {
            guard try grammar.alternative.matches(alternative) else {
                throw HelmError(message: "improper constraint: " + GoSyntax.quoted(alternative))
            }
            var relations: [VersionRelation] = []
            for match in try grammar.relation.allMatches(in: alternative) {
                let groups = match.map { range in
                    range.map { String(decoding: alternative.bytes[$0], as: UTF8.self) } ?? ""
                }
                relations.append(try VersionRelation(groups: groups))
            }
            alternatives.append(relations)
        }
    }

    /// Whether the version is one that the constraint allows. Pre-releases are only where the constraint names one.
    package func allows(_ version: SemanticVersion) -> Bool {
        alternatives.contains { relations in
            let takesPrereleases = relations.contains { !$0.version.prerelease.isEmpty }
            return relations.allSatisfy { $0.allows(version, takesPrereleases: takesPrereleases) }
        }
    }

    /// Whether a constraint allows a version, as `semverCompare` says it.
    package static func check(_ constraint: ByteString, _ version: ByteString) throws(HelmError) -> Bool {
        let constraint = try VersionConstraint(constraint)
        return constraint.allows(try SemanticVersion(version))
    }

    private struct Grammar: Sendable {
        /// `1.2 - 2.0`
        let hyphen: GoRegex
        /// Relations with space or commas between them.
        let alternative: GoRegex
        let relation: GoRegex

        static let shared = try? Grammar()

        private init() throws(HelmError) {
            let identifiers = #"[0-9A-Za-z\-]+(\.[0-9A-Za-z\-]+)*"#
            let number = #"[0-9|x|X|\*]+"#
            let version = #"v?(\#(number))(\.\#(number))?(\.\#(number))?(-(\#(identifiers)))?(\+(\#(identifiers)))?"#
            let sign = #"=||!=|>|<|>=|=>|<=|=<|~|~>|\^"#
            hyphen = try GoRegex(ByteString(#"\s*(\#(version))\s+-\s+(\#(version))\s*"#))
            relation = try GoRegex(ByteString(#"(\#(sign))\s*(\#(version))"#))
            alternative = try GoRegex(
                ByteString(#"^(\s*(\#(sign))\s*(\#(version))\s*)((?:\s+|,\s*)(\#(sign))\s*(\#(version))\s*)*$"#))
        }
    }
}
