/// Tells thinking from what is said while a reply comes, by the rules of ``ThinkingText``.
///
/// What may yet turn out to be the beginning of a tag is held back. Where a template has opened the thinking itself, only its
/// end is in the content: what was taken for an answer until then is taken back.
package struct ThinkingFilter: Sendable {
    private enum Mode: Sendable {
        /// Only white space so far, or what may become a tag.
        case undecided
        case thinking(closing: String)
        /// Everything before this is thinking (the channels of gpt-oss).
        case channels
        case answer
    }

    private static let channel = "<|channel|>"
    private static let finalChannel = "<|channel|>final<|message|>"
    /// A reply that said so much without the end of a thought has none.
    private static let searchLimit = 64 * 1024

    private var mode = Mode.undecided
    private var hasThought = false
    /// What isn't handed out yet.
    private var held = ""
    /// What was handed out as an answer, as long as it may be taken back.
    private var said: String? = ""
    private var mayHaveEnd = false

    package init() {}

    /// The same pieces as they are to be shown. Each text comes out once, at the latest from ``finish()``.
    package mutating func add(_ delta: ModelDelta) -> [ModelDelta] {
        switch delta {
        case .content(let text):
            held += text
            var pieces: [ModelDelta] = []
            while let piece = next() { pieces += piece }
            return pieces
        // The request is sent again: a new reply begins.
        case .waiting:
            self = ThinkingFilter()
            return [delta]
        case .toolCall: return finish() + [delta]
        case .reasoning, .retraction, .abandoned: return [delta]
        }
    }

    /// What was held back, when no more text comes.
    package mutating func finish() -> [ModelDelta] {
        // What comes behind a call is no beginning of anything.
        defer { (mode, held, said) = (.answer, "", nil) }
        guard !held.isEmpty else { return [] }
        switch mode {
        case .thinking, .channels: return [.reasoning(held)]
        case .undecided:
            // Blanks behind thinking are no part of what is said.
            return hasThought && held.allSatisfy(\.isWhitespace) ? [] : [.content(held)]
        case .answer: return answer(held)
        }
    }

    /// - Returns: nil where more text is needed; nothing where the mode has changed.
    private mutating func next() -> [ModelDelta]? {
        guard !held.isEmpty else { return nil }
        switch mode {
        case .undecided: return decide()
        case .thinking(let closing): return think(until: closing)
        case .channels:
            guard let end = held.firstRange(of: Self.finalChannel) else { return nil }
            let thought = String(held[..<end.lowerBound])
            (mode, held) = (.answer, String(held[end.upperBound...].drop(while: \.isWhitespace)))
            return [.reasoning(thought)]
        case .answer:
            let kept = tagBeginning(in: held)
            let ready = String(held.dropLast(kept))
            guard !ready.isEmpty else { return nil }
            held = String(held.suffix(kept))
            return answer(ready)
        }
    }

    private mutating func decide() -> [ModelDelta]? {
        let text = held.drop(while: \.isWhitespace)
        guard !text.isEmpty else { return nil }
        if text.hasPrefix(Self.channel) {
            mode = .channels
            return []
        }
        if let tag = ThinkingText.tags.first(where: { text.hasPrefix($0.opening) }) {
            held = String(text.dropFirst(tag.opening.count))
            mode = .thinking(closing: tag.closing)
            hasThought = true
            return []
        }
        let isBeginning = ThinkingText.tags.contains { $0.opening.hasPrefix(text) } || Self.channel.hasPrefix(text)
        if isBeginning { return nil }
        // Blanks between a thought and what is said belong to neither.
        if hasThought { held = String(text) }
        mode = .answer
        return []
    }

    private mutating func think(until closing: String) -> [ModelDelta]? {
        if let end = held.firstRange(of: closing) {
            let thought = String(held[..<end.lowerBound])
            held = String(held[end.upperBound...].drop(while: \.isWhitespace))
            mode = .undecided
            return thought.isEmpty ? [] : [.reasoning(thought)]
        }
        let kept = overlap(of: held, with: closing)
        let ready = String(held.dropLast(kept))
        guard !ready.isEmpty else { return nil }
        held = String(held.suffix(kept))
        return [.reasoning(ready)]
    }

    // MARK: Answers

    private mutating func answer(_ text: String) -> [ModelDelta] {
        guard said != nil else { return [.content(text)] }
        said?.append(text)
        // Each closing tag ends in one of these; most replies have none.
        mayHaveEnd = mayHaveEnd || text.contains { ">]▷".contains($0) }
        guard mayHaveEnd, let all = said else { return [.content(text)] }
        let rest = ThinkingText.removed(from: all, isCut: false)
        guard rest == all else {
            said = nil
            return [.retraction] + (rest.isEmpty ? [] : [.content(rest)])
        }
        mayHaveEnd = ThinkingText.tags.contains { all.contains($0.closing) }
        if all.utf8.count > Self.searchLimit { said = nil }
        return [.content(text)]
    }

    /// How many characters at the end may become the end of a thought.
    private func tagBeginning(in text: String) -> Int {
        guard said != nil, text.contains(where: { "<[◁".contains($0) }) else { return 0 }
        return ThinkingText.tags.reduce(0) { max($0, overlap(of: text, with: $1.closing)) }
    }

    /// How many characters at the end of a text are the beginning of a tag, and not all of it.
    private func overlap(of text: String, with tag: String) -> Int {
        let end = text.suffix(tag.count - 1)
        return end.indices.map { end[$0...] }.first { tag.hasPrefix($0) }?.count ?? 0
    }
}
