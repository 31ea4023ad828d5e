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

    private static let quotes: [Character: Character] = [
        "\"": "\"", "“": "”", "”": "”", "„": "“", "«": "»", "‘": "’", "`": "`",
    ]

    private mutating func take(_ character: Character) {
        switch character {
        case "\n", "\r\n", ";", "…", "。", "；": end(.stop)
        case "!", "！", "?", "？": end("?？".contains(character) ? .question : .stop)
        // A comma without a blank behind it belongs to a selector: `app=web,tier=front`.
        case "," where buffer.contains("=") && !isAtEndOfWord: buffer.append(character)
        case ",", "，", "、": end(.comma)
        case "：": end(.colon)
        case "*" where rest.first == "*":
            rest.removeFirst()
            if buffer.isEmpty { bold() } else { flush() }
        case "(", ")", "[", "]", "{", "}", "<", ">", "*", "|", "（", "）": flush()
        case "'", "’": apostrophe(character)
        case ":" where buffer.isEmpty: end(.colon)
        case ".", ":": isAtEndOfWord ? end(character == "." ? .stop : .colon) : buffer.append(character)
        case "–", "—": dash()
        case _ where Self.quotes[character] != nil: quotation(closing: Self.quotes[character] ?? character)
        case _ where character.isWhitespace: flush()
        default: buffer.append(character)
        }
    }

    private static let endsWord: Set<Character> = [
        ".", "\"", "'", "`", "”", "’", "»", ")", "]", "}", ">", "*", ",", ";", ":", "!", "?", "…",
        "，", "。", "？", "！", "）",
    ]

    private var isAtEndOfWord: Bool { rest.first.map { $0.isWhitespace || Self.endsWord.contains($0) } ?? true }

    private mutating func apostrophe(_ character: Character) {
        if !buffer.isEmpty, buffer.last != "=" {
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
        if !inside.isEmpty { quoted(inside) }
    }

    /// `**shop**` is as good as quotation marks.
    private mutating func bold() {
        guard let close = rest.firstRange(of: "**"), !rest[..<close.lowerBound].contains("\n") else { return }
        let inside = String(rest[..<close.lowerBound])
        rest = rest[close.upperBound...]
        if !inside.isEmpty { quoted(inside) }
    }

    /// A whole command in quotation marks is read as if it stood without them.
    private mutating func quoted(_ inside: String) {
        if inside.hasPrefix("kubectl ") {
            tokens += Self.tokens(inside)
        } else {
            tokens.append(Token(text: inside, isQuoted: !inside.contains(" ")))
        }
    }

    /// Between words it separates; before one, a word processor made it of the hyphens of an option.
    private mutating func dash() {
        let isOption = buffer.isEmpty && rest.first?.isLetter == true
        flush()
        guard isOption else { return }
        let name = rest.prefix { $0.isLetter || $0 == "-" }
        buffer = name.count == 1 ? "-" : "--"
    }

    private mutating func end(_ mark: Token.Mark) {
        flush()
        tokens.append(Token(text: "", mark: mark))
    }

    private mutating func flush() {
        defer { buffer = "" }
        if buffer.isEmpty || buffer == "-" || buffer == "--" || buffer == "=" { return }
        while buffer.count > 1, buffer.last == "/" || buffer.last == "-" { buffer.removeLast() }
        let lower = buffer.lowercased()
        if let words = Vocabulary.contractions[lower] {
            tokens += words.split(separator: " ").map { Token(text: String($0)) }
        } else if lower.hasSuffix("'s") {
            tokens.append(Token(text: String(buffer.dropLast(2))))
        } else if let colon = placeEnd {
            tokens.append(Token(text: String(buffer[..<colon])))
            tokens.append(Token(text: "", mark: .colon))
            tokens.append(Token(text: String(buffer[buffer.index(after: colon)...])))
        } else {
            tokens.append(Token(text: buffer))
        }
    }

    /// The colon of `in shop:app=nginx:1.28`, where no blank follows it.
    private var placeEnd: String.Index? {
        guard ["in", "namespace", "-n", "ns"].contains(tokens.last?.word), let colon = buffer.firstIndex(of: ":"),
            Vocabulary.isLabel(buffer[..<colon].lowercased()), buffer[colon...].contains("=")
        else { return nil }
        return colon
    }
}
