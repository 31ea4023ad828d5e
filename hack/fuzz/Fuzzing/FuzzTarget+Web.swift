import CommandCenter
import KubeModel

extension FuzzTarget {
    /// What is read of a form means the same when it is written again; what isn't a form is refused.
    static let webForm = FuzzTarget.text(
        "web-form",
        corpus: ["a=1&b=2", "message=and+now%0D%0Athe%20rest&key=2026-12-01T00%3A00%3A00.000000Z", "a=%C3%A4"],
        words: ["&", "=", "+", "%", "%0D%0A", "%25", "%26", "%ff", "a", "ä"]
    ) { input in
        guard let fields = try? FormFields.parse(String(decoding: input, as: UTF8.self)) else { return }
        let written = fields.map { "\(PercentEncoding.query($0.key))=\(PercentEncoding.query($0.value))" }
        let again = try FormFields.parse(written.joined(separator: "&"))
        try require(again == fields, "read as \(fields), and then as \(again)")
    }

    private static let hostile = [
        "<script>", "</pre>", "<img src=x onerror=alert(1)>", "\" onclick=\"", "javascript:", "https://a.b/c", "data:",
        "<", ">", "\"", "'", "&", "&#60;", "\u{202E}", "\u{0}", "\u{301}", "\n", "\r\n",
    ]

    /// Whatever a model writes, the page gets elements and attributes of these kinds only.
    static let webAnswer = FuzzTarget.text(
        "web-answer",
        corpus: [
            "# Title\n\ntext **bold** *slanted* `code` ~~gone~~\n\n- a\n  - b\n1. c\n\n> quote\n\n---\n```yaml\na: b\n```",
            "| a | b |\n|---|--:|\n| [x](https://a.b/c) | ![y](https://a.b/d) |\n\nsee https://a.b/c?d=e&f=g.",
        ],
        words: hostile + [
            "**", "*", "_", "~~", "`", "```", "[", "](", ")", "![", "|", "|-|", "- ", "> ", "# ", "1. ", "\\",
        ]
    ) { input in
        try checkMarkup(Markdown.markup(of: String(decoding: input, as: UTF8.self)))
    }

    /// The same of a diff.
    static let webDiff = FuzzTarget.text(
        "web-diff", corpus: ["--- a/web\n+++ b/web\n@@ -1,2 +1,2 @@\n a: 1\n-b: 2\n+b: 3\n"],
        words: hostile + ["@@ -1,1 +1,1 @@\n", "--- ", "+++ ", "-", "+", " ", "@@ -999999999999,0 +1 @@\n"]
    ) { input in
        try checkMarkup(DiffMarkup.markup(of: String(decoding: input, as: UTF8.self)))
    }

    private static let elements: Set<String> = [
        "p", "h3", "h4", "b", "em", "del", "ins", "code", "pre", "div", "span", "ul", "ol", "li", "blockquote", "hr",
        "a",
        "table", "thead", "tbody", "tr", "th", "td", "header", "svg", "use", "details", "summary",
    ]
    private static let attributes: Set<String> = [
        "class", "href", "rel", "target", "tabindex", "role", "aria-label", "aria-hidden", "scope", "data-keep",
    ]

    /// Reads markup as strictly as it is written: each tag closed, each value in quotes.
    private static func checkMarkup(_ markup: String) throws {
        var open: [Substring] = []
        var rest = markup.unicodeScalars[...]
        while let start = rest.firstIndex(of: "<") {
            try require(!rest[..<start].contains(">"), "a > that isn't a tag's")
            rest = rest[rest.index(after: start)...]
            guard let end = rest.firstIndex(of: ">") else { throw FuzzFailure(description: "a tag without an end") }
            let tag = Substring(rest[..<end])
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                try require(open.popLast() == tag.dropFirst(), "</\(tag) closes something else")
                continue
            }
            let parts = tag.split(separator: "\"", omittingEmptySubsequences: false)
            let name = tag.prefix { $0 != " " }
            try require(elements.contains(String(name)), "the element <\(name)>")
            for (position, part) in parts.enumerated() where position.isMultiple(of: 2) && position + 1 < parts.count {
                let attribute = part.drop { $0 != " " }.dropFirst().dropLast()
                try require(attributes.contains(String(attribute)), "the attribute \(part)")
                let value = parts[position + 1]
                let isPlace =
                    value.hasPrefix("#i-") || value.hasPrefix("http://") || value.hasPrefix("https://")
                    || value.lowercased().hasPrefix("http")
                try require(attribute != "href" || isPlace, "the address \(value)")
            }
            if name != "hr" { open.append(name) }
        }
        try require(open.isEmpty && !rest.contains(">"), "<\(open) stays open")
    }
}
