import Writes

/// Splits a command line into a program and its arguments, by the quoting rules of POSIX shells (Shell Command Language
/// §2.2) and nothing else of them: nothing is expanded, since no shell runs.
enum CommandWords {
    /// - Throws: ``ToolFailure`` for what only a shell could do, and for a quotation that doesn't end. Guessing what was
    ///   meant would run something else than what was asked for.
    static func split(_ text: String) throws(ToolFailure) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                // Within double quotes a backslash is one unless it quotes something.
                if quote == "\"", !"\"\\$`".contains(character) { word?.append("\\") }
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
                word = word ?? ""
            } else if let open = quote {
                if character == open { quote = nil } else { word?.append(character) }
                if open == "\"", character == "$" || character == "`" { throw shell(character) }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if "|&;<>()$`\n".contains(character) {
                throw shell(character)
            } else if character.isWhitespace {
                if let finished = word { words.append(finished) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        guard quote == nil, !isEscaped else {
            throw ToolFailure("the command has an opening quote without a closing one")
        }
        if let word { words.append(word) }
        if words.first == "--" { words.removeFirst() }
        guard let program = words.first, !program.isEmpty else { throw ToolFailure("the command is empty") }
        return words
    }

    private static func shell(_ character: Character) -> ToolFailure {
        let name = character == "\n" ? "a line feed" : "\"\(character)\""
        return ToolFailure(
            "no shell runs the command, and \(name) means something to a shell only: quote it with single quotes if it is "
                + "meant literally, or run a shell: sh -c '…'")
    }
}
