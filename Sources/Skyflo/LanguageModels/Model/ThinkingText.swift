/// Thinking that a server without a parser for it leaves in the content.
package enum ThinkingText {
    struct Tag: Sendable {
        var opening: String
        var closing: String
    }

    static let tags = [
        Tag(opening: "<think>", closing: "</think>"), Tag(opening: "<thinking>", closing: "</thinking>"),
        Tag(opening: "<thought>", closing: "</thought>"), Tag(opening: "<reasoning>", closing: "</reasoning>"),
        Tag(opening: "<seed:think>", closing: "</seed:think>"), Tag(opening: "[THINK]", closing: "[/THINK]"),
        Tag(opening: "◁think▷", closing: "◁/think▷"), Tag(opening: "<|channel>thought", closing: "<channel|>"),
        Tag(opening: "<|begin_of_thought|>", closing: "<|end_of_thought|>"),
    ]

    /// The content without the thinking at its beginning. Some templates open the thinking themselves, so that only its end
    /// is in the content. A tag in code or in the middle of a sentence is part of what is said.
    ///
    /// - Parameter isCut: whether the reply ended at its token limit.
    package static func removed(from content: String, isCut: Bool) -> String {
        let text = content.drop(while: \.isWhitespace)
        // The channels of gpt-oss.
        if text.hasPrefix("<|channel|>"), let final = text.ranges(of: "<|channel|>final<|message|>").last {
            return rest(text[final.upperBound...])
        }
        if let tag = tags.first(where: { text.hasPrefix($0.opening) }) {
            let inside = text.dropFirst(tag.opening.count)
            if let end = inside.firstRange(of: tag.closing) {
                return removed(from: rest(inside[end.upperBound...]), isCut: isCut)
            }
            // Cut inside of the thinking; otherwise it is a sentence about the tag, unless it has a line of its own.
            return isCut || inside.first?.isNewline != false ? "" : content
        }
        for tag in tags {
            if let end = lineEnd(of: tag.closing, in: text), !text[..<end.lowerBound].contains(tag.opening) {
                return rest(text[end.upperBound...])
            }
        }
        return content
    }

    private static func rest(_ text: Substring) -> String { String(text.drop(while: \.isWhitespace)) }

    /// The first closing tag that ends a line, outside of code.
    private static func lineEnd(of closing: String, in text: Substring) -> Range<Substring.Index>? {
        var isCode = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let trimmed = line.drop(while: \.isWhitespace)
            if trimmed.hasPrefix("```") || trimmed.hasPrefix("~~~") {
                isCode.toggle()
                continue
            }
            guard !isCode, let found = line.firstRange(of: closing) else { continue }
            let isQuoted = line[..<found.lowerBound].filter { $0 == "`" }.count % 2 == 1
            let isAtEnd = line[found.upperBound...].allSatisfy(\.isWhitespace)
            let isAtStart = line[..<found.lowerBound].allSatisfy(\.isWhitespace)
            // "The user wants X.</think>web has 2 replicas."
            let (before, after) = (line[..<found.lowerBound].last, line[found.upperBound...].first)
            let isBetweenSentences = [".", "!", "?"].contains(before) && after != " "
            if !isQuoted, isAtEnd || isAtStart || isBetweenSentences { return found }
        }
        return nil
    }
}
