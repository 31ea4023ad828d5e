/// `Warning` headers: how an API server tells of deprecated versions and unknown fields (KEP-1693).
enum WarningHeader {
    /// The texts of all `299` warnings of a header, which may hold several:
    /// `299 - "first", 299 agent "with \"quotes\"" "Sat, 21 Nov 2026 03:00:00 GMT"` (RFC 7234, section 5.5).
    ///
    /// What doesn't follow that form ends the reading; it is advice, so that losing some of it is better than an error.
    static func texts(_ header: String) -> [String] {
        var rest = Substring(header)
        var texts: [String] = []
        while true {
            rest = rest.drop { $0 == " " || $0 == "," || $0 == "\t" }
            guard let code = word(&rest), word(&rest) != nil, let text = quoted(&rest) else { return texts }
            if code == "299" { texts.append(text) }
            _ = quoted(&rest)
        }
    }

    private static func word(_ rest: inout Substring) -> Substring? {
        let word = rest.prefix { $0 != " " }
        guard !word.isEmpty, word.count < rest.count else { return nil }
        rest = rest.dropFirst(word.count).drop { $0 == " " }
        return word
    }

    private static func quoted(_ rest: inout Substring) -> String? {
        var scan = rest.drop { $0 == " " }
        guard scan.popFirst() == "\"" else { return nil }
        var text = ""
        while let character = scan.popFirst() {
            switch character {
            case "\"":
                rest = scan
                return text
            case "\\": if let escaped = scan.popFirst() { text.append(escaped) }
            default: text.append(character)
            }
        }
        return nil
    }
}
