import KubeModel

/// `metadata.name=a,status.phase!=Running`: terms over a few fields of an object that are compared as text.
package struct ServedFieldSelector: Sendable, Hashable {
    package struct Term: Sendable, Hashable {
        package var field: String
        package var value: String
        package var isNegated: Bool
    }

    package var terms: [Term] = []

    init() {}

    /// Throws 400 with the server's words where a term has no operator.
    package init(parsing text: String) throws(APIStatus) {
        for part in Self.split(text) where !part.isEmpty {
            guard let term = Self.term(part) else {
                throw APIStatus.badRequest("invalid selector: '\(text)'; can't understand '\(String(part))'")
            }
            terms.append(term)
        }
    }

    /// By code points: to a server a comma is one also where a combining character follows.
    private typealias Text = Substring.UnicodeScalarView

    /// nil without an operator. `!=` counts before `==` and `=`, wherever they stand.
    private static func term(_ part: Text) -> Term? {
        guard let first = part.firstIndex(of: "=") else { return nil }
        let negation = part.indices.first { part[$0] == "!" && part[part.index(after: $0)...].first == "=" }
        if let negation {
            return term(part[..<negation], value: part[negation...].dropFirst(2), isNegated: true)
        }
        let double = part.indices.first { part[$0] == "=" && part[part.index(after: $0)...].first == "=" }
        if let double { return term(part[..<double], value: part[double...].dropFirst(2), isNegated: false) }
        return term(part[..<first], value: part[first...].dropFirst(), isNegated: false)
    }

    private static func term(_ field: Text, value: Text, isNegated: Bool) -> Term {
        var text = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in value {
            if !isEscaped, scalar == "\\" {
                isEscaped = true
            } else {
                text.append(scalar)
                isEscaped = false
            }
        }
        return Term(field: String(field), value: String(text), isNegated: isNegated)
    }

    /// At commas that no backslash precedes.
    private static func split(_ text: String) -> [Text] {
        let scalars = Substring(text).unicodeScalars
        var parts: [Text] = []
        var start = scalars.startIndex
        var isEscaped = false
        for at in scalars.indices {
            if scalars[at] == ",", !isEscaped {
                parts.append(scalars[start..<at])
                start = scalars.index(after: at)
            }
            isEscaped = scalars[at] == "\\" && !isEscaped
        }
        return parts + [scalars[start...]]
    }

    package func matches(_ value: (String) -> String?) -> Bool {
        terms.allSatisfy { term in ((value(term.field) ?? "") == term.value) != term.isNegated }
    }
}
