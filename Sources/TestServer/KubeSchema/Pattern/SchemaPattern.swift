/// A regular expression of a schema or a rule, in RE2's syntax and with its promise: matching takes time in proportion to
/// the text and to the expression.
///
/// Swift's `Regex` doesn't do: it tracks back, so that `(a*)*b` takes longer than anyone waits; its parser runs out of stack
/// on a few kilobytes of brackets; and it reads `[a[b]&&c]` as operations on sets.
struct SchemaPattern: Sendable, Hashable {
    let source: String
    private let program: PatternProgram

    /// Compiles a pattern; nil when the source isn't a regular expression.
    init?(_ source: String) {
        var parser = PatternParser(source)
        guard let node = parser.parse(), let program = PatternProgram(node) else { return nil }
        self.source = source
        self.program = program
    }

    static func == (a: SchemaPattern, b: SchemaPattern) -> Bool { a.source == b.source }

    func hash(into hasher: inout Hasher) { hasher.combine(source) }

    /// Whether any part of `text` matches: anchors are the pattern's own affair.
    func matches(_ text: String) -> Bool { program.match(in: Array(text.unicodeScalars), from: 0) != nil }

    /// The matches from the left, at most `limit` of them; all when that is negative. As in Go, an empty match right behind
    /// another match doesn't count.
    func all(in text: String, limit: Int) -> [String] {
        let scalars = Array(text.unicodeScalars)
        var result: [String] = []
        var at = 0
        var previousEnd = -1
        while at <= scalars.count, limit < 0 || result.count < limit, let range = program.match(in: scalars, from: at) {
            if !(range.isEmpty && range.lowerBound == previousEnd) {
                var view = String.UnicodeScalarView()
                view.append(contentsOf: scalars[range])
                result.append(String(view))
            }
            previousEnd = range.upperBound
            at = range.isEmpty ? range.upperBound + 1 : range.upperBound
        }
        return result
    }
}
