/// What a tool printed for a list: tables, that there is nothing, or something else, which is then told as it is.
struct ListText: Sendable, Hashable {
    private(set) var tables: [TextTable] = []
    /// What stands beside the tables, or follows the words that there is nothing.
    private(set) var remarks: [String] = []
    /// The tool said that there is nothing. What can't be read says no such thing.
    private(set) var isNothing = false
    /// The namespace in which the tool found nothing, where it said one.
    private(set) var emptyNamespace: String?

    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map(String.init)
        if let first = lines.first, let rest = Self.afterNothing(first) {
            isNothing = true
            let words = first.split(separator: " ")
            if words.count > 5, words[3] == "in", words[5].hasPrefix("namespace") { emptyNamespace = String(words[4]) }
            remarks = ([rest] + lines.dropFirst()).filter { !$0.isEmpty }
            return
        }
        for line in lines {
            if let table = TextTable(header: line) {
                tables.append(table)
            } else if tables.isEmpty || !tables[tables.count - 1].append(line) {
                remarks.append(line)
            }
        }
    }

    /// What is said behind "No resources found in shop namespace." in the same line; nil for another line.
    private static func afterNothing(_ line: String) -> String? {
        guard line.hasPrefix("No resources found") else { return nil }
        var rest = line.dropFirst("No resources found".count)
        let words = rest.split(separator: " ", maxSplits: 2)
        if words.count == 3, words[0] == "in", let end = words[2].firstRange(of: "namespace")?.upperBound,
            words[2].hasPrefix("namespace")
        {
            rest = rest[end...]
        }
        return String(rest.drop { " .,:;".contains($0) })
    }

    /// Whether there is more than the text has.
    var isCut: Bool {
        remarks.contains { remark in
            let lower = remark.lowercased()
            return remark.hasPrefix("…") || remark.hasPrefix("...")
                || ["more", "left out", "truncated", "omitted", " cut"].contains(where: lower.contains)
        }
    }

    /// The rows that have names.
    var objects: [ObjectRow] {
        tables.flatMap { table in table.rows.compactMap { ObjectRow(table, row: $0) } }
    }

    /// Whether it tells which objects there are: in tables with names, or by saying that there are none.
    var tellsObjects: Bool { isNothing || !tables.isEmpty && tables.allSatisfy { $0.columns.contains("NAME") } }
}
