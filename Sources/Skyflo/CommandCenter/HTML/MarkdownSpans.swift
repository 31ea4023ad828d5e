/// The text of a block: code, emphasis, links.
struct MarkdownSpans {
    private static let depth = 6
    private static let escapable = Set("\\`*_{}[]()#+-.!|~<>".unicodeScalars)

    private let text: MarkdownLine
    private let depth: Int
    private var at = 0
    private var plain = ""
    private var result = HTML.empty
    /// What was looked for behind here and isn't there, so that a text of openings alone isn't searched over and over.
    private var missing: Set<String> = []

    static func html(_ text: MarkdownLine) -> HTML {
        var spans = MarkdownSpans(text: text, depth: 0)
        return spans.html()
    }

    private init(text: MarkdownLine, depth: Int) {
        self.text = text
        self.depth = depth
    }

    private mutating func html() -> HTML {
        while at < text.count {
            guard let part = span() else {
                plain.unicodeScalars.append(text[at])
                at += 1
                continue
            }
            flush()
            result.append(part)
        }
        flush()
        return result
    }

    private mutating func flush() {
        if !plain.isEmpty { result.append(.text(plain)) }
        plain = ""
    }

    /// nil for a character that stands for itself.
    private mutating func span() -> HTML? {
        switch text[at] {
        case "\\":
            guard at + 1 < text.count, Self.escapable.contains(text[at + 1]) else { return nil }
            at += 2
            return .text(String(text[at - 1]))
        case "`": return code()
        case "*", "_", "~": return emphasis()
        case "!" where at + 1 < text.count && text[at + 1] == "[":
            at += 1
            guard let (alternative, address) = bracketed() else {
                at -= 1
                return nil
            }
            return .text("[image: \(alternative.string) \(address)]")
        case "[": return link()
        case "h": return bareLink()
        default: return nil
        }
    }

    private mutating func code() -> HTML? {
        let width = text[at...].prefix { $0 == "`" }.count
        let fence = MarkdownLine(repeating: "`", count: width)
        guard let end = find(fence, from: at + width, exactly: true) else {
            // As many as there are, so that none of them begins another search.
            plain.unicodeScalars.append(contentsOf: fence)
            at += width
            return .empty
        }
        var content = text[at + width..<end]
        if content.first == " ", content.last == " ", content.contains(where: { $0 != " " }) {
            content = content.dropFirst().dropLast()
        }
        at = end + width
        return HTML(.code) { Array(content).string }
    }

    private mutating func emphasis() -> HTML? {
        let mark = text[at]
        let isDouble = at + 1 < text.count && text[at + 1] == mark
        guard depth < Self.depth, isDouble || mark != "~" else { return nil }
        let fence = MarkdownLine(repeating: mark, count: isDouble ? 2 : 1)
        let start = at + fence.count
        guard start < text.count, !text[start].properties.isWhitespace else { return nil }
        // `a_b_c` is a name.
        if mark == "_", at > 0, text[at - 1].isWordPart { return nil }
        guard let end = find(fence, from: start + 1), !text[end - 1].properties.isWhitespace else { return nil }
        if mark == "_", end + fence.count < text.count, text[end + fence.count].isWordPart { return nil }
        var inner = MarkdownSpans(text: Array(text[start..<end]), depth: depth + 1)
        at = end + fence.count
        let element: HTML.Element = mark == "~" ? .del : isDouble ? .b : .em
        return HTML(element) { inner.html() }
    }

    // MARK: Links

    private mutating func link() -> HTML? {
        guard let (words, address) = bracketed() else { return nil }
        guard let link = Link(web: address) else { return .text("\(words.string) (\(address))") }
        // Where it leads is seen before it is followed.
        return words.string == address
            ? Self.anchor(link) : HTML(joining: [.text(words.string + " ("), Self.anchor(link), .text(")")])
    }

    private mutating func bareLink() -> HTML? {
        guard at == 0 || !text[at - 1].isWordPart else { return nil }
        let word = text[at...].prefix { !$0.properties.isWhitespace && !"<>\"'`|)]".unicodeScalars.contains($0) }
        var address = Array(word)
        while let last = address.last, ".,;:!?*_".unicodeScalars.contains(last) { address.removeLast() }
        guard let link = Link(web: address.string) else { return nil }
        at += address.count
        return Self.anchor(link)
    }

    private static func anchor(_ link: Link) -> HTML {
        HTML(.a, .href(link), .set(.rel, to: "noopener noreferrer nofollow"), .set(.target, to: "_blank")) { link.text }
    }

    /// `[words](address)`, passed over; nil where it is none.
    private mutating func bracketed() -> (words: MarkdownLine, address: String)? {
        guard let middle = find(["]", "("], from: at + 1), let end = find([")"], from: middle + 2) else { return nil }
        let words = Array(text[at + 1..<middle])
        let address = Array(text[middle + 2..<end]).string
        guard !words.contains("["), !address.unicodeScalars.contains("\n") else { return nil }
        at = end + 1
        return (words, address)
    }

    // MARK: Searching

    /// - Parameter exactly: not within more of the same characters.
    private mutating func find(_ wanted: MarkdownLine, from start: Int, exactly: Bool = false) -> Int? {
        let key = wanted.string
        guard start <= text.count, !missing.contains(key), let mark = wanted.first else { return nil }
        var position = start
        while position + wanted.count <= text.count {
            if text[position] == mark, text[position..<position + wanted.count].elementsEqual(wanted) {
                let run = exactly ? text[position...].prefix { $0 == mark }.count : wanted.count
                if run == wanted.count { return position }
                position += run
            } else {
                position += 1
            }
        }
        missing.insert(key)
        return nil
    }
}

extension MarkdownLine {
    fileprivate var string: String { String(String.UnicodeScalarView(self)) }
}

extension Unicode.Scalar {
    fileprivate var isWordPart: Bool { properties.isAlphabetic || properties.numericType != nil || self == "_" }
}
