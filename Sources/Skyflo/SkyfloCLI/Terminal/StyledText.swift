import ConversationAccess

/// Text with marks on parts of it. Rendering is the only way to a string, and escapes every part (``SafeText``), so that
/// nothing reaches a terminal by another way than the styles themselves.
package struct StyledText: Sendable, Hashable, ExpressibleByStringInterpolation {
    package enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
    }

    private struct Part: Sendable, Hashable {
        var text: String
        var style: Style?
    }

    private var parts: [Part]

    package init(_ text: String, style: Style? = nil) { parts = [Part(text: text, style: style)] }
    package init(stringLiteral value: String) { self.init(value) }

    package static func + (a: StyledText, b: StyledText) -> StyledText {
        var result = a
        result.parts += b.parts
        return result
    }

    /// - Parameter isColoured: with the escape sequences of the styles, otherwise without any.
    package func rendered(isColoured: Bool) -> String {
        parts.map { part in
            let text = SafeText.escape(part.text)
            guard isColoured, let style = part.style, !text.isEmpty else { return text }
            return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
        }.joined()
    }
}
