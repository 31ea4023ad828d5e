/// How property names that are no identifiers are written in rules (KEP-2876): `foo__dash__bar`, `__namespace__`.
enum CELEscape {
    private static let symbols = ["underscores": "__", "dot": ".", "dash": "-", "slash": "/"]
    static let keywords: Set<String> = [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import",
        "let", "loop", "package", "namespace", "return",
    ]

    /// The property that an identifier stands for.
    static func property(_ identifier: String) -> String {
        let parts = split(identifier)
        guard parts.count >= 3 else { return identifier }
        if parts.count == 3, parts[0].isEmpty, parts[2].isEmpty, keywords.contains(parts[1]) { return parts[1] }
        var result = parts[0]
        var position = 1
        while position < parts.count {
            if let symbol = symbols[parts[position]], position + 1 < parts.count {
                result += symbol + parts[position + 1]
                position += 2
            } else {
                result += "__" + parts[position]
                position += 1
            }
        }
        return result
    }

    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var rest = text[...]
        while let character = rest.first {
            if rest.hasPrefix("__") {
                parts.append("")
                rest = rest.dropFirst(2)
            } else {
                parts[parts.count - 1].append(character)
                rest = rest.dropFirst()
            }
        }
        return parts
    }
}
