/// A regular expression of a schema or a rule.
///
/// A compiled `Regex` isn't `Sendable`, so the source is kept and compiled where it is used; the initialiser makes sure
/// that it can be. Go's RE2 and Swift's engine agree on what schemas use: classes, anchors, repetition, groups.
struct SchemaPattern: Sendable, Hashable {
    let source: String

    /// nil when the source isn't a regular expression.
    init?(_ source: String) {
        guard (try? Regex(source)) != nil else { return nil }
        self.source = source
    }

    /// As RE2 reads it: code points, and `\d`, `\w` and `\s` stand for ASCII only.
    private var regex: Regex<AnyRegexOutput>? {
        try? Regex(source).matchingSemantics(.unicodeScalar).asciiOnlyCharacterClasses()
    }

    /// Whether any part of `text` matches, as in RE2: anchors are the pattern's own affair.
    func matches(_ text: String) -> Bool {
        guard let regex else { return false }
        return (try? regex.firstMatch(in: text)) != nil
    }

    /// The matches from the left, at most `limit` of them; all when that is negative.
    func all(in text: String, limit: Int) -> [String] {
        guard let regex else { return [] }
        let matches = text.matches(of: regex).map { String(text[$0.range]) }
        return limit < 0 ? matches : Array(matches.prefix(limit))
    }
}
