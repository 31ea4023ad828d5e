/// Answers as pages show them: the part of GitHub's Markdown that models write. What isn't in it stands there as text.
///
/// Made from the text alone and in time that grows with it: HTML is text, an image is named and not loaded, a link shows
/// where it leads, and nothing looks like a part of the page that decides.
package enum Markdown {
    /// Deeper lists and quotes stay text.
    fileprivate static let depth = 6

    /// The markup, for those who look for holes in it.
    package static func markup(of text: String) -> String { html(text).markup }

    static func html(_ text: String) -> HTML {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { scalars in
            var line = Array(scalars)
            if line.last == "\r" { line.removeLast() }
            return line
        }
        var blocks = MarkdownBlocks(lines: lines, depth: 0)
        return blocks.html()
    }
}

typealias MarkdownLine = [Unicode.Scalar]

/// The blocks of some lines: those of the text, of an item, or of a quote.
private struct MarkdownBlocks {
    let lines: [MarkdownLine]
    let depth: Int
    private var at = 0

    init(lines: [MarkdownLine], depth: Int) {
        self.lines = lines
        self.depth = depth
    }

    mutating func html() -> HTML {
        var result = HTML.empty
        while at < lines.count {
            let line = lines[at]
            if line.isBlank {
                at += 1
            } else if let fence = line.fence {
                result.append(code(fence))
            } else if let level = line.headingLevel {
                result.append(heading(level))
            } else if line.isRule {
                at += 1
                result.append(HTML(.hr))
            } else if let columns = columns {
                result.append(table(columns))
            } else if depth < Markdown.depth, line.marker != nil {
                result.append(list())
            } else if depth < Markdown.depth, line.isQuote {
                result.append(quote())
            } else {
                result.append(paragraph())
            }
        }
        return result
    }

    private mutating func code(_ fence: MarkdownLine.Fence) -> HTML {
        at += 1
        var code: [String] = []
        while at < lines.count, !lines[at].closes(fence) {
            code.append(lines[at].text)
            at += 1
        }
        at += 1
        let language = fence.language.isEmpty ? "code" : fence.language
        return HTML(.div, .class("tool")) {
            HTML(.pre, .class("term"), .set(.tabindex, to: "0"), .aria("label", is: "Code: \(language)")) {
                code.joined(separator: "\n")
            }
            HTML(.div, .class("tfoot")) { HTML(.span, .class("grow")) { language } }
        }
    }

    private mutating func heading(_ level: Int) -> HTML {
        let line = lines[at]
        at += 1
        let content = line.dropFirst(level).trimmed
        let closing = content.reversed().prefix { $0 == "#" }.count
        let isClosed = closing > 0 && (content.dropLast(closing).last.map { $0 == " " } ?? true)
        let text = isClosed ? content.dropLast(closing).trimmed : content
        // The page has h1 and h2 itself.
        return HTML(level <= 2 ? .h3 : .h4) { MarkdownSpans.html(text) }
    }

    private mutating func paragraph() -> HTML {
        var text: MarkdownLine = []
        while at < lines.count, !lines[at].isBlank {
            let line = lines[at]
            let begins =
                line.fence != nil || line.headingLevel != nil || line.isRule
                || (depth < Markdown.depth && (line.marker != nil || line.isQuote))
            if begins, !text.isEmpty { break }
            if !text.isEmpty { text.append("\n") }
            text += line.trimmed
            at += 1
        }
        return HTML(.p) { MarkdownSpans.html(text) }
    }

    private mutating func quote() -> HTML {
        var inner: [MarkdownLine] = []
        while at < lines.count, lines[at].isQuote {
            let line = lines[at].trimmed.dropFirst()
            inner.append(Array(line.first == " " ? line.dropFirst() : line))
            at += 1
        }
        var blocks = MarkdownBlocks(lines: inner, depth: depth + 1)
        return HTML(.blockquote, .class("think")) { blocks.html() }
    }

    private mutating func list() -> HTML {
        guard let first = lines[at].marker else { return .empty }
        var items = HTML.empty
        while at < lines.count, let marker = lines[at].marker, marker.isOrdered == first.isOrdered,
            marker.indent == first.indent
        {
            var inner = [Array(lines[at].dropFirst(marker.width))]
            at += 1
            while at < lines.count, belongs(lines[at], to: marker) {
                inner.append(Array(lines[at].dropFirst(min(marker.width, lines[at].indent))))
                at += 1
            }
            var blocks = MarkdownBlocks(lines: inner, depth: depth + 1)
            items.append(HTML(.li) { blocks.html() })
        }
        return HTML(first.isOrdered ? .ol : .ul) { items }
    }

    /// An empty line belongs to an item where what comes after it does.
    private func belongs(_ line: MarkdownLine, to marker: MarkdownLine.Marker) -> Bool {
        guard line.isBlank else { return line.indent >= marker.indent + 2 }
        return at + 1 < lines.count && !lines[at + 1].isBlank && lines[at + 1].indent >= marker.indent + 2
    }

    // MARK: Tables

    /// Which columns are numbers, as the line below says; nil where no table begins.
    private var columns: [Bool]? {
        guard at + 1 < lines.count, lines[at].contains("|"), lines[at + 1].contains("-") else { return nil }
        let cells = lines[at + 1].cells
        let isRule = cells.allSatisfy { cell in
            !cell.isEmpty && cell.contains("-") && cell.allSatisfy { $0 == "-" || $0 == ":" }
        }
        guard isRule, cells.count == lines[at].cells.count else { return nil }
        return cells.map { $0.last == ":" }
    }

    private mutating func table(_ isNumber: [Bool]) -> HTML {
        let head = lines[at].cells
        at += 2
        var rows = HTML.empty
        while at < lines.count, !lines[at].isBlank, lines[at].contains("|") {
            rows.append(Self.row(lines[at].cells, of: .td, isNumber))
            at += 1
        }
        let (body, title) = (rows, Self.row(head, of: .th, isNumber))
        return HTML(
            .div, .class("scroll"), .set(.tabindex, to: "0"), .set(.role, to: "group"), .aria("label", is: "Table")
        ) {
            HTML(.table, .class("tbl")) {
                HTML(.thead) { title }
                HTML(.tbody) { body }
            }
        }
    }

    private static func row(_ cells: [MarkdownLine], of element: HTML.Element, _ isNumber: [Bool]) -> HTML {
        HTML(.tr) {
            for (column, alignsRight) in isNumber.enumerated() {
                HTML(element, alignsRight ? .class("num") : nil, element == .th ? .set(.scope, to: "col") : nil) {
                    column < cells.count ? MarkdownSpans.html(cells[column]) : .empty
                }
            }
        }
    }
}

// MARK: - Lines

extension [Unicode.Scalar] {
    fileprivate struct Fence {
        var mark: Unicode.Scalar
        var length: Int
        var language: String
    }

    fileprivate struct Marker {
        var indent: Int
        /// With the blank behind it.
        var width: Int
        var isOrdered: Bool
    }

    fileprivate var text: String { String(String.UnicodeScalarView(self)) }
    fileprivate var isBlank: Bool { allSatisfy { $0 == " " || $0 == "\t" } }
    fileprivate var indent: Int { prefix { $0 == " " || $0 == "\t" }.count }
    fileprivate var isQuote: Bool { trimmed.first == ">" }

    fileprivate var fence: Fence? {
        let line = trimmed
        guard let mark = line.first, mark == "`" || mark == "~" else { return nil }
        let length = line.prefix { $0 == mark }.count
        guard length >= 3 else { return nil }
        let language = line.dropFirst(length).trimmed
        guard !language.contains("`") else { return nil }
        return Fence(mark: mark, length: length, language: String(language.text.prefix(32)))
    }

    fileprivate func closes(_ fence: Fence) -> Bool {
        let line = trimmed
        return line.count >= fence.length && line.allSatisfy { $0 == fence.mark }
    }

    fileprivate var headingLevel: Int? {
        let level = prefix { $0 == "#" }.count
        guard (1...6).contains(level), level < count, self[level] == " " else { return nil }
        return level
    }

    fileprivate var isRule: Bool {
        let line = filter { $0 != " " }
        guard line.count >= 3, let mark = line.first, mark == "-" || mark == "*" || mark == "_" else { return false }
        return line.allSatisfy { $0 == mark }
    }

    fileprivate var marker: Marker? {
        let indent = indent
        let line = dropFirst(indent)
        guard let first = line.first else { return nil }
        var width = 1
        let isOrdered = ("0"..."9").contains(first)
        if isOrdered {
            width = line.prefix { ("0"..."9").contains($0) }.count + 1
            guard width <= 10, let mark = line.dropFirst(width - 1).first, mark == "." || mark == ")" else {
                return nil
            }
        } else if first != "-" && first != "*" && first != "+" {
            return nil
        }
        guard line.dropFirst(width).first == " " else { return nil }
        return Marker(indent: indent, width: indent + width + 1, isOrdered: isOrdered)
    }

    fileprivate var cells: [MarkdownLine] {
        var line = trimmed
        if line.first == "|" { line.removeFirst() }
        if line.last == "|", line.dropLast().last != "\\" { line.removeLast() }
        var cells: [MarkdownLine] = [[]]
        var isEscaped = false
        for scalar in line {
            if scalar == "|", !isEscaped {
                cells.append([])
            } else {
                if scalar == "|" { cells[cells.count - 1].removeLast() }
                cells[cells.count - 1].append(scalar)
            }
            isEscaped = scalar == "\\" && !isEscaped
        }
        return cells.map(\.trimmed)
    }
}

extension Collection<Unicode.Scalar> where Self: BidirectionalCollection {
    fileprivate var trimmed: MarkdownLine {
        var result = Array(drop { $0 == " " || $0 == "\t" })
        while let last = result.last, last == " " || last == "\t" { result.removeLast() }
        return result
    }
}
