/// A word, or a mark that ends a part of a sentence.
struct Token: Sendable, Hashable {
    enum Mark: Sendable, Hashable { case word, comma, colon, stop, question }

    var text: String
    var mark = Mark.word
    /// In quotation marks: always a name or a value, never a word of English.
    var isQuoted = false

    /// In lower case; empty for what stands in quotation marks, so that it matches no word.
    var word: String { isQuoted || mark != .word ? "" : text.lowercased() }
}
