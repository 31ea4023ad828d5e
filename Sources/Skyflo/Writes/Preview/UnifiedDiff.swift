/// The differences of two texts in the unified format (`diff -u`), line by line.
package enum UnifiedDiff {
    /// - Parameter limit: how many bytes the result may have; a longer one ends in a line that says how much is missing.
    /// - Returns: an empty text where there is no difference.
    package static func text(
        old: String, new: String, oldName: String, newName: String, context: Int = 3, limit: Int = 16_384
    ) -> String {
        let (a, b) = (lines(old), lines(new))
        let edits = LineEdits.between(a, b)
        let hunks = hunks(edits, context: context)
        guard !hunks.isEmpty else { return "" }
        var out = ["--- \(oldName)", "+++ \(newName)"]
        for hunk in hunks { out += render(edits[hunk], lhs: a, rhs: b) }
        return OutputLimit.cut(out.joined(separator: "\n") + "\n", to: limit)
    }

    /// Lines with their line feeds, so that a last line without one differs from one with it.
    static func lines(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var rest = Substring(text)
        while let end = rest.utf8.firstIndex(of: 0x0A) {
            let next = rest.utf8.index(after: end)
            lines.append(rest[..<next])
            rest = rest[next...]
        }
        if !rest.isEmpty { lines.append(rest) }
        return lines
    }

    /// Ranges of edits: each change with the lines around it, those that touch put together.
    private static func hunks(_ edits: [LineEdits.Edit], context: Int) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for (at, edit) in edits.enumerated() {
            if case .keep = edit { continue }
            let range = max(0, at - context)..<min(edits.count, at + context + 1)
            if let last = hunks.last, range.lowerBound <= last.upperBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }

    private static func render(_ edits: ArraySlice<LineEdits.Edit>, lhs a: [Substring], rhs b: [Substring]) -> [String]
    {
        var body: [String] = []
        var (oldStart, newStart): (Int?, Int?)
        var (oldCount, newCount) = (0, 0)
        var (oldAt, newAt) = (0, 0)
        for edit in edits {
            switch edit {
            case .keep(let i, let j):
                body += render(" ", line: a[i])
                (oldStart, newStart) = (oldStart ?? i, newStart ?? j)
                (oldCount, newCount) = (oldCount + 1, newCount + 1)
            case .remove(let i, let j):
                body += render("-", line: a[i])
                (oldStart, newAt) = (oldStart ?? i, j)
                oldCount += 1
            case .insert(let i, let j):
                body += render("+", line: b[j])
                (newStart, oldAt) = (newStart ?? j, i)
                newCount += 1
            }
        }
        // Lines count from 1; a side without lines names the line before.
        let old = range(oldStart.map { $0 + 1 } ?? oldAt, count: oldCount)
        let new = range(newStart.map { $0 + 1 } ?? newAt, count: newCount)
        return ["@@ -\(old) +\(new) @@"] + body
    }

    private static func range(_ start: Int, count: Int) -> String { count == 1 ? "\(start)" : "\(start),\(count)" }

    private static func render(_ mark: String, line: Substring) -> [String] {
        line.utf8.last == 0x0A
            ? [mark + line.dropLast()] : [mark + line, "\\ No newline at end of file"]
    }
}

/// The shortest way from one list of lines to another (E. Myers, "An O(ND) Difference Algorithm", 1986).
enum LineEdits {
    /// With the positions in the old and in the new list.
    enum Edit: Hashable {
        case keep(Int, Int)
        case remove(Int, Int)
        case insert(Int, Int)
    }

    /// Above so many changes the middle is given as replaced: the search takes their square in time and memory.
    private static let maximumDistance = 1500

    static func between(_ old: [Substring], _ new: [Substring]) -> [Edit] {
        // By their bytes: Swift takes texts for equal that are written by other characters (`é` and `e` with an accent).
        var numbers: [[UInt8]: Int] = [:]
        let (a, b) = (numbered(old, numbers: &numbers), numbered(new, numbers: &numbers))
        var head = 0
        while head < a.count, head < b.count, a[head] == b[head] { head += 1 }
        var tail = 0
        while tail < a.count - head, tail < b.count - head, a[a.count - 1 - tail] == b[b.count - 1 - tail] { tail += 1 }
        var edits = (0..<head).map { Edit.keep($0, $0) }
        edits += middle(a, other: b, old: head..<a.count - tail, new: head..<b.count - tail)
        edits += (0..<tail).map { Edit.keep(a.count - tail + $0, b.count - tail + $0) }
        return edits
    }

    /// The same number for the same line.
    private static func numbered(_ lines: [Substring], numbers: inout [[UInt8]: Int]) -> [Int] {
        lines.map { line in
            let bytes = Array(line.utf8)
            let number = numbers[bytes] ?? numbers.count
            numbers[bytes] = number
            return number
        }
    }

    private static func middle(_ a: [Int], other b: [Int], old: Range<Int>, new: Range<Int>) -> [Edit] {
        guard let trace = search(Array(a[old]), Array(b[new])) else {
            return old.map { .remove($0, new.lowerBound) } + new.map { .insert(old.upperBound, $0) }
        }
        return path(trace, old: old, new: new)
    }

    /// The furthest point on each diagonal after 0, 1, 2, … changes, until the end is reached; nil when that takes too many.
    private static func search(_ a: [Int], _ b: [Int]) -> [[Int]]? {
        var trace: [[Int]] = []
        var furthest = [0, 0, 0]
        for d in 0...min(maximumDistance, a.count + b.count) {
            // Diagonal k stands at k + d + 1; one place more on either side spares the test for the border.
            var next = [Int](repeating: 0, count: 2 * d + 3)
            for k in stride(from: -d, through: d, by: 2) {
                // Of the step before, whose array is two shorter: k - 1 stands at k + d - 1, k + 1 at k + d + 1.
                let isInsert = k == -d || (k != d && furthest[k + d - 1] < furthest[k + d + 1])
                var x = d == 0 ? 0 : isInsert ? furthest[k + d + 1] : furthest[k + d - 1] + 1
                while x < a.count, x - k < b.count, a[x] == b[x - k] { x += 1 }
                next[k + d + 1] = x
                if x >= a.count, x - k >= b.count {
                    trace.append(next)
                    return trace
                }
            }
            trace.append(next)
            furthest = next
        }
        return nil
    }

    private static func path(_ trace: [[Int]], old: Range<Int>, new: Range<Int>) -> [Edit] {
        var edits: [Edit] = []
        var (x, y) = (old.count, new.count)
        for d in trace.indices.reversed() {
            let k = x - y
            var (previousX, previousY) = (0, 0)
            if d > 0 {
                let furthest = trace[d - 1]
                let isInsert = k == -d || (k != d && furthest[k + d - 1] < furthest[k + d + 1])
                previousX = isInsert ? furthest[k + d + 1] : furthest[k + d - 1]
                previousY = previousX - (isInsert ? k + 1 : k - 1)
            }
            // Behind the change of this step (none in step 0) the way follows equal lines.
            let start =
                d == 0
                ? (0, 0) : x - y > previousX - previousY ? (previousX + 1, previousY) : (previousX, previousY + 1)
            while x > start.0 {
                (x, y) = (x - 1, y - 1)
                edits.append(.keep(old.lowerBound + x, new.lowerBound + y))
            }
            guard d > 0 else { break }
            let at = (old.lowerBound + previousX, new.lowerBound + previousY)
            edits.append(x > previousX ? .remove(at.0, at.1) : .insert(at.0, at.1))
            (x, y) = (previousX, previousY)
        }
        return edits.reversed()
    }
}
