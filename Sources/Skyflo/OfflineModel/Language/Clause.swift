/// A part of a message that says one thing.
struct Clause: Sendable, Hashable {
    var tokens: [Token]
    var isQuestion = false

    var words: [String] { tokens.map(\.word) }

    private static let conjunctions: Set<String> = ["and", "then", "but", "plus", "afterwards", "finally"]

    /// "anything but web" leaves web out.
    private static let masses: Set<String> = [
        "all", "any", "anything", "every", "everything", "everyone", "everywhere", "none", "nothing",
    ]

    /// Splits at the ends of sentences, at commas, and at "and", "then" and "but".
    static func clauses(of tokens: [Token]) -> [Clause] {
        var clauses: [Clause] = []
        var current: [Token] = []
        func close(isQuestion: Bool) {
            if !current.isEmpty { clauses.append(Clause(tokens: current, isQuestion: isQuestion)) }
            current = []
        }
        for token in tokens {
            switch token.mark {
            // "namespace: shop" is one thing, whatever else a colon separates.
            case .colon where Self.isNamespaceWord(current.last) && !Self.endsPlace(current):
                current[current.count - 1].text += ":"
            case .comma, .colon, .stop: close(isQuestion: false)
            case .question: close(isQuestion: true)
            case .word where token.word == "but" && masses.contains(current.last?.word ?? ""):
                current.append(Token(text: "except"))
            case .word where conjunctions.contains(token.word): close(isQuestion: false)
            case .word: current.append(token)
            }
        }
        close(isQuestion: false)
        return clauses
    }

    /// "in the shop namespace": what follows a colon is no name of another.
    private static func endsPlace(_ tokens: [Token]) -> Bool {
        guard let name = tokens.dropLast().last?.word, Vocabulary.isLabel(name), !Vocabulary.words.contains(name),
            !Vocabulary.determiners.contains(name), Int(name) == nil
        else { return false }
        let before = tokens.dropLast(2).last { !Vocabulary.determiners.contains($0.word) }
        return before.map { ["in", "within", "inside"].contains($0.word) } ?? true
    }

    private static func isNamespaceWord(_ token: Token?) -> Bool {
        token.map { ["namespace", "ns", "-n", "--namespace"].contains($0.word) } ?? false
    }

    func starts(with phrase: [String]) -> Bool { words.starts(with: phrase) }

    func contains(anyOf words: Set<String>) -> Bool { tokens.contains { words.contains($0.word) } }

    func contains(_ phrase: [String]) -> Bool {
        let words = words
        guard words.count >= phrase.count else { return false }
        return (0...(words.count - phrase.count)).contains { words[$0...].starts(with: phrase) }
    }

    mutating func dropFirst(_ count: Int) { tokens.removeFirst(min(count, tokens.count)) }
}

/// Phrases written as one text: `"can you"`.
struct Phrases: Sendable {
    private let phrases: [[String]]

    /// Longer ones are tried first, so that "would you mind" is not taken for "would you".
    init(_ texts: [String]) {
        phrases = texts.map { $0.split(separator: " ").map(String.init) }.sorted { $0.count > $1.count }
    }

    /// How many words of the beginning are one of the phrases; nil for none.
    func prefix(of clause: Clause) -> Int? { phrases.first { clause.starts(with: $0) }?.count }

    func isIn(_ clause: Clause) -> Bool { phrases.contains { clause.contains($0) } }
}
