/// Lines of a text with some around them.
package enum LogSearch {
    /// - Parameters:
    ///   - words: any of which a line must have, in any case.
    ///   - context: lines before and after.
    /// - Returns: the lines with their numbers, `>` before those that were found, `--` between parts; the number of lines
    ///   that were found.
    package static func find(
        _ words: [String], in text: String, context: Int, most: Int
    ) -> (lines: [String], found: Int) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let wanted = words.map { $0.lowercased() }.filter { !$0.isEmpty }
        let hits = lines.indices.filter { index in
            let line = lines[index].lowercased()
            return wanted.contains { line.contains($0) }
        }
        let isHit = Set(hits)
        var shown: [String] = []
        var last = -1
        for hit in hits.prefix(most) {
            let (first, end) = (max(last + 1, hit - context), min(lines.count, hit + context + 1))
            if first > last + 1, !shown.isEmpty { shown.append("--") }
            guard first < end else { continue }
            shown += (first..<end).map { "\(isHit.contains($0) ? ">" : " ") \($0 + 1): \(lines[$0])" }
            last = end - 1
        }
        return (shown, hits.count)
    }
}
