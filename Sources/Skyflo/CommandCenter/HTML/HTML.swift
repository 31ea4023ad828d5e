import ConversationAccess

/// Markup of a page, or of a part of one.
///
/// Whatever isn't written in this program gets into it as text, which is escaped: neither a model nor a cluster can make
/// an element, an attribute or a character that isn't seen (``SafeText``). Elements and attributes are closed sets; scripts,
/// frames, event handlers and styles aren't in them.
struct HTML: Sendable, Hashable {
    private(set) var markup: String

    static let empty = HTML(markup: "")

    private init(markup: String) { self.markup = markup }

    static func text(_ text: String) -> HTML { HTML(markup: escape(SafeText.escape(text))) }

    /// Of this program's own files only.
    static func asset(_ bytes: [UInt8]) -> HTML { HTML(markup: String(decoding: bytes, as: UTF8.self)) }

    init(_ element: Element, _ attributes: Attribute?..., @HTMLBuilder content: () -> HTML = { .empty }) {
        markup = "<" + element.rawValue
        for case let attribute? in attributes {
            markup += " " + attribute.name
            if let value = attribute.value { markup += "=\"" + Self.escape(SafeText.escape(value)) + "\"" }
        }
        markup += ">"
        guard !element.isVoid else { return }
        markup += content().markup + "</" + element.rawValue + ">"
    }

    init(joining parts: [HTML]) { markup = parts.reduce(into: "") { $0 += $1.markup } }

    mutating func append(_ part: HTML) { markup += part.markup }

    var isEmpty: Bool { markup.isEmpty }
    var document: String { "<!doctype html>\n" + markup }

    private static func escape(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    enum Element: String, Sendable {
        case html, head, meta, title, link, script, body, header, footer, main, nav, aside, section, article, form,
            label,
            input, textarea, select, option, datalist, button, fieldset, legend, details, summary, div, span, p, a, b,
            i,
            em, strong, del, ins, mark, code, pre, kbd, ul, ol, li, dl, dt, dd, table, caption, thead, tbody, tr, th,
            td,
            h1, h2, h3, h4, hr, br, blockquote, time, small, svg, use

        var isVoid: Bool {
            switch self {
            case .meta, .link, .input, .hr, .br: true
            default: false
            }
        }
    }
}

/// Puts parts together; a String is text.
@resultBuilder
enum HTMLBuilder {
    static func buildExpression(_ part: HTML) -> HTML { part }
    static func buildExpression(_ part: HTML?) -> HTML { part ?? .empty }
    static func buildExpression(_ text: String) -> HTML { .text(text) }
    static func buildBlock(_ parts: HTML...) -> HTML { HTML(joining: parts) }
    static func buildOptional(_ part: HTML?) -> HTML { part ?? .empty }
    static func buildEither(first part: HTML) -> HTML { part }
    static func buildEither(second part: HTML) -> HTML { part }
    static func buildArray(_ parts: [HTML]) -> HTML { HTML(joining: parts) }
}
