/// Cuts English with names of Kubernetes in it into words: `nginx:1.28`, `kind/name` and `-n` stay whole, contractions
/// are written out (`what's` → `what is`), possessives lose their `'s`.
struct Tokenizer {
    private var rest: Substring
    private var buffer = ""
    private var tokens: [Token] = []

    static func tokens(_ text: String) -> [Token] {
        var tokenizer = Tokenizer(rest: text[...])
        tokenizer.run()
        return tokenizer.tokens
    }

    private init(rest: Substring) { self.rest = rest }

    private mutating func run() {
        while let character = rest.popFirst() { take(character) }
        flush()
    }

    private mutating func take(_ character: Character) {
        switch character {
        case "\n", "\r\n", ";": end(.stop)
        case "!", "?": end(character == "?" ? .question : .stop)
        // A comma without a blank behind it belongs to a selector: `app=web,tier=front`.
        case "," where buffer.contains("=") && !isAtEndOfWord: buffer.append(character)
        case ",": end(.comma)
        case "(", ")", "[", "]", "{", "}", "<", ">", "*": flush()
        case "'", "’": apostrophe(character)
        case "\"", "“", "”", "`": quotation(closing: character == "“" ? "”" : character)
        case ".", ":": isAtEndOfWord ? end(character == "." ? .stop : .comma) : buffer.append(character)
        case _ where character.isWhitespace: flush()
        default: buffer.append(character)
        }
    }

    private var isAtEndOfWord: Bool { rest.first.map { $0.isWhitespace || $0 == "." || $0 == "\"" } ?? true }

    private mutating func apostrophe(_ character: Character) {
        if !buffer.isEmpty {
            // Inside of a word; behind one (`pods'`) it says nothing.
            if rest.first?.isLetter == true { buffer.append("'") }
        } else {
            quotation(closing: character)
        }
    }

    private mutating func quotation(closing: Character) {
        flush()
        guard let close = rest.firstIndex(of: closing), !rest[..<close].contains("\n") else { return }
        let inside = rest[..<close].split(separator: " ").joined(separator: " ")
        rest = rest[rest.index(after: close)...]
        if !inside.isEmpty { tokens.append(Token(text: inside, isQuoted: !inside.contains(" "))) }
    }

    private mutating func end(_ mark: Token.Mark) {
        flush()
        tokens.append(Token(text: "", mark: mark))
    }

    private mutating func flush() {
        defer { buffer = "" }
        if buffer.isEmpty || buffer == "-" || buffer == "–" || buffer == "—" { return }
        let lower = buffer.lowercased()
        if let words = Vocabulary.contractions[lower] {
            tokens += words.split(separator: " ").map { Token(text: String($0)) }
        } else if lower.hasSuffix("'s") {
            tokens.append(Token(text: String(buffer.dropLast(2))))
        } else {
            tokens.append(Token(text: buffer))
        }
    }
}
