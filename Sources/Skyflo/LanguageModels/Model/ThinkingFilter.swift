/// Tells the thinking at the beginning of a reply apart while the reply is still coming, for those who look on.
///
/// What is an answer in the end is decided by ``ThinkingText`` on the whole text. Where a template opened the thinking by
/// itself, only its end is in the text, and nothing shows before that what the text is; such thinking is shown as text.
struct ThinkingFilter: Sendable {
    private enum State {
        /// Nothing but blanks and perhaps the first letters of a tag. Blanks behind thinking are no part of what is said.
        case beginning(held: String, isBehindThinking: Bool)
        /// Behind an opening tag. Perhaps the first letters of the closing tag are held back.
        case thinking(held: String, closing: String)
        case answering
    }

    private var state = State.beginning(held: "", isBehindThinking: false)

    /// The same pieces as they are to be shown. Each text comes out once, at the latest from ``finish()``.
    mutating func add(_ delta: ModelDelta) -> [ModelDelta] {
        switch delta {
        case .content(let text): return add(text)
        // The request is sent again: a new reply begins.
        case .waiting:
            self = ThinkingFilter()
            return [delta]
        case .toolCall: return finish() + [delta]
        case .reasoning: return [delta]
        }
    }

    /// What was held back, when no more text comes.
    mutating func finish() -> [ModelDelta] {
        defer { state = .answering }
        switch state {
        case .beginning(let held, _): return held.isEmpty ? [] : [.content(held)]
        case .thinking(let held, _): return held.isEmpty ? [] : [.reasoning(held)]
        case .answering: return []
        }
    }

    private mutating func add(_ piece: String) -> [ModelDelta] {
        switch state {
        case .answering: return piece.isEmpty ? [] : [.content(piece)]
        case .beginning(let held, let isBehind): return begin(held + piece, isBehindThinking: isBehind)
        case .thinking(let held, let closing): return think(held + piece, until: closing)
        }
    }

    private mutating func begin(_ text: String, isBehindThinking: Bool) -> [ModelDelta] {
        let start = text.drop(while: \.isWhitespace)
        let text = isBehindThinking ? String(start) : text
        if let tag = ThinkingText.tags.first(where: { start.hasPrefix($0.opening) }) {
            return think(String(start.dropFirst(tag.opening.count)), until: tag.closing)
        }
        if start.isEmpty || ThinkingText.tags.contains(where: { $0.opening.hasPrefix(start) }) {
            state = .beginning(held: text, isBehindThinking: isBehindThinking)
            return []
        }
        state = .answering
        return [.content(text)]
    }

    private mutating func think(_ text: String, until closing: String) -> [ModelDelta] {
        if let end = text.firstRange(of: closing) {
            let thought = String(text[..<end.lowerBound])
            let rest = begin(String(text[end.upperBound...]), isBehindThinking: true)
            return (thought.isEmpty ? [] : [.reasoning(thought)]) + rest
        }
        let held = Self.commonEnd(of: text, withStartOf: closing)
        state = .thinking(held: held, closing: closing)
        let thought = String(text.dropLast(held.count))
        return thought.isEmpty ? [] : [.reasoning(thought)]
    }

    /// The longest end of the text with which the tag could begin.
    private static func commonEnd(of text: String, withStartOf tag: String) -> String {
        for count in stride(from: min(tag.count - 1, text.count), to: 0, by: -1) where tag.hasPrefix(text.suffix(count))
        {
            return String(text.suffix(count))
        }
        return ""
    }
}
