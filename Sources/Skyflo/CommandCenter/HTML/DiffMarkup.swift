/// A unified diff as rows: what was removed and what was added is said in a word, a sign and a colour.
package struct DiffMarkup {
    /// Rows that are shown at once; the others are behind a fold.
    private static let shown = 120

    enum Row: Sendable, Hashable {
        case file(String)
        case hunk(String)
        case context(String, old: Int?, new: Int?)
        case removed(String, Int?)
        case added(String, Int?)
    }

    let rows: [Row]

    /// The markup, for those who look for holes in it.
    package static func markup(of diff: String) -> String { DiffMarkup(diff).html(of: diff).markup }

    init(_ diff: String) {
        var lines = diff.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String(String.UnicodeScalarView($0)) }
        if lines.last == "" { lines.removeLast() }
        var reader = Reader()
        for (position, line) in lines.enumerated() {
            reader.read(line, next: position + 1 < lines.count ? lines[position + 1] : nil)
        }
        rows = reader.rows
    }

    var added: Int { rows.count { if case .added = $0 { true } else { false } } }
    var removed: Int { rows.count { if case .removed = $0 { true } else { false } } }

    func html(of subject: String) -> HTML {
        HTML(
            .div, .class("diff"), .set(.role, to: "group"),
            .aria("label", is: "Diff of \(subject): \(added) added, \(removed) removed")
        ) {
            HTML(.header) {
                HTML.icon(.file)
                HTML(.span, .class("grow")) { HTML(.b) { subject } }
                HTML(.span, .class("plus")) { "+\(added) added" }
                HTML(.span, .class("minus")) { "−\(removed) removed" }
            }
            HTML(joining: rows.prefix(Self.shown).map(Self.html))
            if rows.count > Self.shown {
                HTML(.details, .class("fold"), .data("keep", is: "rest of \(subject)")) {
                    HTML(.summary) {
                        HTML.icon(.go, class: "i turnr")
                        "\(rows.count - Self.shown) more lines of this diff"
                    }
                    HTML(joining: rows.dropFirst(Self.shown).map(Self.html))
                }
            }
        }
    }

    private static func html(_ row: Row) -> HTML {
        switch row {
        case .file(let text), .hunk(let text): HTML(.div, .class("hunk")) { text }
        case .context(let text, let old, let new):
            HTML(.div, .class("r c")) { cells(text, old: old, new: new) }
        case .removed(let text, let number):
            HTML(.del, .class("r")) { cells(text, word: "removed ", old: number, new: nil) }
        case .added(let text, let number):
            HTML(.ins, .class("r")) { cells(text, word: "added ", old: nil, new: number) }
        }
    }

    private static func cells(_ text: String, word: String? = nil, old: Int?, new: Int?) -> HTML {
        HTML(joining: [
            HTML(.b) { old.map(String.init) ?? "" }, HTML(.b) { new.map(String.init) ?? "" },
            HTML(.code) {
                word.map(HTML.hidden)
                text
            },
        ])
    }

    /// A removed line that begins with dashes looks like the head of a file: within a hunk it is one by the hunk's count.
    private struct Reader {
        var rows: [Row] = []
        private var old: Int?
        private var new: Int?
        private var oldLeft = 0
        private var newLeft = 0
        private var isHead = false

        mutating func read(_ line: String, next: String?) {
            let isInHunk = oldLeft > 0 || newLeft > 0
            if !isInHunk, line.hasPrefix("@@"), let (a, b) = Self.ranges(line) {
                (old, oldLeft, new, newLeft) = (a.start, a.count, b.start, b.count)
                return rows.append(.hunk(line))
            }
            if !isInHunk, line.hasPrefix("--- "), next?.hasPrefix("+++ ") == true {
                isHead = true
                return rows.append(.file(line))
            }
            if isHead, line.hasPrefix("+++ ") {
                isHead = false
                return rows.append(.file(line))
            }
            switch line.unicodeScalars.first {
            case "-":
                rows.append(.removed(String(line.unicodeScalars.dropFirst()), old))
                step(old: true, new: false)
            case "+":
                rows.append(.added(String(line.unicodeScalars.dropFirst()), new))
                step(old: false, new: true)
            case " ", nil:
                rows.append(.context(String(line.unicodeScalars.dropFirst()), old: old, new: new))
                step(old: true, new: true)
            default: rows.append(.hunk(line))
            }
        }

        private mutating func step(old isOld: Bool, new isNew: Bool) {
            if isOld {
                old = old.map { $0 + 1 }
                oldLeft -= 1
            }
            if isNew {
                new = new.map { $0 + 1 }
                newLeft -= 1
            }
        }

        /// Of `@@ -10,3 +10,4 @@`.
        private static func ranges(_ line: String) -> ((start: Int, count: Int), (start: Int, count: Int))? {
            let words = line.split(separator: " ")
            guard words.count >= 3, let old = range(words[1], sign: "-"), let new = range(words[2], sign: "+") else {
                return nil
            }
            return (old, new)
        }

        private static func range(_ word: Substring, sign: Character) -> (start: Int, count: Int)? {
            guard word.first == sign else { return nil }
            let numbers = word.dropFirst().split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard let first = numbers.first, let start = first, (0...1_000_000_000).contains(start) else { return nil }
            guard numbers.count > 1 else { return (start, 1) }
            guard numbers.count == 2, let count = numbers[1], (0...1_000_000_000).contains(count) else { return nil }
            return (start, count)
        }
    }
}
