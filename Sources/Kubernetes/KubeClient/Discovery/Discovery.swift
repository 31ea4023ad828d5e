import KubeModel

/// What an API server serves, with the look-ups of `kubectl`.
struct Discovery: Sendable {
    /// Groups in the server's order, the core group first; versions in the server's order, the preferred one first.
    let resources: [APIResource]
    /// Groups whose server couldn't be asked (an aggregated API that is down): what they serve isn't known, or not any more.
    var unavailable: [GroupVersion] = []

    /// Each resource once, in the preferred version of those that its group has it in.
    var preferred: [APIResource] { Self.once(resources) }

    func resource(for kind: GroupVersionKind) -> APIResource? {
        resources.first { $0.groupVersionKind == kind }
    }

    /// `NAME`, `NAME.GROUP` or `NAME.VERSION.GROUP`, in any case. NAME is a plural, a singular, a kind or a short name.
    ///
    /// The first form that fits wins, in the order that kubectl tries them: with version and group, with a group, with
    /// the beginning of a group. Where several groups have the name, it is the first group's, in its preferred version.
    func resource(named name: String) -> APIResource? {
        let parts = name.lowercased().split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard let first = parts.first, !first.isEmpty else { return nil }
        if parts.count == 3,
            let exact = match(first, isCandidate: { $0.version == parts[1] && $0.group == parts[2] }).first
        {
            return exact
        }
        let group = parts.dropFirst().joined(separator: ".")
        if group.isEmpty { return match(first) { _ in true }.first }
        return match(first) { $0.group == group }.first ?? match(first) { $0.group.hasPrefix(group) }.first
    }

    /// All resources that a name without its group may mean, those of other groups included; each once.
    func namesakes(of name: String) -> [APIResource] {
        let first = name.lowercased().prefix { $0 != "." }
        return Self.once(match(first) { _ in true })
    }

    /// What belongs to a category such as `all`, each once.
    func resources(inCategory category: String) -> [APIResource] {
        let category = category.lowercased()
        return preferred.filter { $0.categories.contains(category) }
    }

    /// A full name anywhere beats a short name anywhere.
    private func match(_ name: Substring, isCandidate: (APIResource) -> Bool) -> [APIResource] {
        let candidates = resources.filter(isCandidate)
        return candidates.filter { $0.plural == name || $0.singular == name || $0.kind.lowercased() == name }
            + candidates.filter { $0.shortNames.contains { $0 == name } }
    }

    private static func once(_ resources: [APIResource]) -> [APIResource] {
        var seen: Set<String> = []
        return resources.filter { seen.insert($0.qualifiedName).inserted }
    }
}
