import KubeModel

/// What an API server serves, with the look-ups of `kubectl`.
struct Discovery: Sendable {
    /// Groups in the server's order, the core group first; versions in the server's order, the preferred one first.
    let resources: [APIResource]

    /// Each resource once, in the preferred version of those that its group has it in.
    var preferred: [APIResource] {
        var seen: Set<String> = []
        return resources.filter { seen.insert($0.qualifiedName).inserted }
    }

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
            let exact = match(first, { $0.version == parts[1] && $0.group == parts[2] })
        {
            return exact
        }
        let group = parts.dropFirst().joined(separator: ".")
        if group.isEmpty { return match(first) { _ in true } }
        return match(first) { $0.group == group } ?? match(first) { $0.group.hasPrefix(group) }
    }

    /// A full name anywhere beats a short name anywhere.
    private func match(_ name: Substring, _ isCandidate: (APIResource) -> Bool) -> APIResource? {
        let candidates = resources.filter(isCandidate)
        return candidates.first { $0.plural == name || $0.singular == name || $0.kind.lowercased() == name }
            ?? candidates.first { $0.shortNames.contains { $0 == name } }
    }
}
