/// Which of the names that exist somebody may have meant by one that doesn't.
enum NearNames {
    private static let shown = 5

    /// The nearest first; empty where none is near.
    static func of(_ name: String, among others: some Sequence<String>) -> [String] {
        let wanted = name.lowercased()
        let limit = max(1, wanted.count / 3)
        var found: [(distance: Int, name: String)] = []
        for other in Set(others) {
            let lower = other.lowercased()
            let isPart = wanted.count > 2 && (lower.contains(wanted) || (lower.count > 2 && wanted.contains(lower)))
            let distance = distance(
                from: Array(wanted.unicodeScalars.prefix(128)), to: Array(lower.unicodeScalars.prefix(128)))
            if isPart || distance <= limit { found.append((isPart ? min(distance, limit) : distance, other)) }
        }
        return found.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(shown).map(\.name)
    }

    /// `; did you mean replicas, replica?`, or nothing.
    static func hint(_ name: String, among others: some Sequence<String>) -> String {
        let near = of(name, among: others)
        return near.isEmpty ? "" : "; near names are \(near.joined(separator: ", "))"
    }

    /// Levenshtein's.
    private static func distance(from a: [Unicode.Scalar], to b: [Unicode.Scalar]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (x == y ? 0 : 1))
                diagonal = above
            }
        }
        return row[b.count]
    }
}
