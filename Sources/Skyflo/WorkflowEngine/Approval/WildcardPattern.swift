/// A name in which `*` stands for any characters, also none.
package struct WildcardPattern {
    private let parts: [Substring]

    package init(_ text: String) { parts = text.split(separator: "*", omittingEmptySubsequences: false) }

    package func matches(_ text: String) -> Bool {
        guard let first = parts.first, let last = parts.last, parts.count > 1 else { return text == parts.first ?? "" }
        var rest = text[...]
        guard rest.hasPrefix(first) else { return false }
        rest = rest.dropFirst(first.count)
        // Taking each part where it first occurs leaves most room for the others.
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let place = Self.firstIndex(after: part, in: rest) else { return false }
            rest = rest[place...]
        }
        return rest.hasSuffix(last)
    }

    private static func firstIndex(after part: Substring, in text: Substring) -> String.Index? {
        var rest = text
        while rest.count >= part.count {
            if rest.hasPrefix(part) { return rest.dropFirst(part.count).startIndex }
            rest = rest.dropFirst()
        }
        return nil
    }
}
