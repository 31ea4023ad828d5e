/// Which of the names that exist somebody may have meant by one that doesn't.
package enum NearNames {
    private static let shown = 5

    /// The nearest first; empty where none is near.
    package static func of(_ name: String, among others: some Sequence<String>) -> [String] {
        let wanted = name.lowercased()
        let limit = max(1, wanted.count / 3)
        var found: [(distance: Int, name: String)] = []
        for other in Set(others) {
            let lower = other.lowercased()
            let isPart = wanted.count > 2 && (lower.contains(wanted) || (lower.count > 2 && wanted.contains(lower)))
            let distance = distance(
                from: Array(wanted.unicodeScalars.prefix(128)), to: Array(lower.unicodeScalars.prefix(128)))
            if distance <= limit {
                found.append((distance, other))
            } else if isPart {
                found.append((limit, other))
            } else if sharesFirstWord(wanted, with: lower) {
                found.append((limit + 1, other))
            }
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(shown).map(\.name)
    }

    /// `; near names are replicas, replica`, or nothing.
    package static func hint(_ name: String, among others: some Sequence<String>) -> String {
        let near = of(name, among: others)
        return near.isEmpty ? "" : "; near names are \(near.joined(separator: ", "))"
    }

    /// All names where they are few, the near ones first, else the near ones alone; nil where there is nothing to say.
    ///
    /// - Parameter what: `namespaces`
    package static func sentence(_ name: String, among others: [String], what: String, few: Int = 10) -> String? {
        guard !others.isEmpty else { return nil }
        let near = of(name, among: others)
        if others.count <= few {
            return "the \(what) are \((near + others.filter { !near.contains($0) }).joined(separator: ", "))"
        }
        return near.isEmpty ? nil : "similar names are \(near.joined(separator: ", "))"
    }

    /// `web-7f9c-x2x` and `web-6d5f-abc`: controllers make names that begin with that of their owner.
    private static func sharesFirstWord(_ name: String, with other: String) -> Bool {
        let (first, second) = (name.prefix { $0 != "-" }, other.prefix { $0 != "-" })
        return first.count > 2 && first.count < name.count && first == second
    }

    /// How many letters have to be put in, left out or replaced, or swapped with their neighbour.
    private static func distance(from a: [Unicode.Scalar], to b: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var row = Array(0...b.count)
        for i in a.indices {
            var next = [i + 1]
            for j in b.indices {
                var best = min(row[j + 1] + 1, next[j] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                next.append(best)
            }
            before = row
            row = next
        }
        return row[b.count]
    }
}
