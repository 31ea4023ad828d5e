import KubeModel

/// `metadata.name=a,status.phase!=Running`: terms over a few fields of an object that are compared as text.
struct FieldSelector: Sendable, Hashable {
    struct Term: Sendable, Hashable {
        var field: String
        var value: String
        var isNegated: Bool
    }

    var terms: [Term] = []

    init() {}

    /// Throws 400 with the server's words where a term has no operator.
    init(parsing text: String) throws(APIStatus) {
        for part in Self.split(text) where !part.isEmpty {
            let bytes = Substring(part)
            if let at = bytes.range(of: "!=") {
                terms.append(Self.term(bytes[..<at.lowerBound], bytes[at.upperBound...], isNegated: true))
            } else if let at = bytes.range(of: "==") ?? bytes.range(of: "=") {
                terms.append(Self.term(bytes[..<at.lowerBound], bytes[at.upperBound...], isNegated: false))
            } else {
                throw APIStatus.badRequest("invalid selector: '\(text)'; can't understand '\(part)'")
            }
        }
    }

    private static func term(_ field: Substring, _ value: Substring, isNegated: Bool) -> Term {
        var text = ""
        var isEscaped = false
        for character in value {
            if !isEscaped, character == "\\" {
                isEscaped = true
            } else {
                text.append(character)
                isEscaped = false
            }
        }
        return Term(field: String(field), value: text, isNegated: isNegated)
    }

    /// At commas that no backslash precedes.
    private static func split(_ text: String) -> [String] {
        var parts = [""]
        var isEscaped = false
        for character in text {
            if character == ",", !isEscaped {
                parts.append("")
            } else {
                parts[parts.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        return parts
    }

    func matches(_ value: (String) -> String?) -> Bool {
        terms.allSatisfy { term in ((value(term.field) ?? "") == term.value) != term.isNegated }
    }
}

extension Substring {
    /// The first place of `text`; the standard library searches for patterns only with more machinery.
    fileprivate func range(of text: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }
}
