/// Which jobs, repositories or applications an integration allows, by their full names. In a pattern `*` is any characters,
/// slashes too.
package struct NamePatterns: Sendable, Hashable {
    package let patterns: [String]

    /// - Parameter patterns: none allow all.
    package init(_ patterns: [String]) { self.patterns = patterns }

    package func allow(_ name: String) -> Bool {
        patterns.isEmpty || patterns.contains { Self.matches(name, pattern: $0) }
    }

    /// Whether a name matches a pattern.
    package static func matches(_ name: String, pattern: String) -> Bool {
        matches(Array(name.utf8)[...], Array(pattern.utf8)[...])
    }

    /// Greedy with one place to return to: linear but for that.
    private static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        var (at, place) = (text.startIndex, pattern.startIndex)
        var star: (pattern: Int, text: Int)?
        while at < text.endIndex {
            if place < pattern.endIndex, pattern[place] == UInt8(ascii: "*") {
                star = (place + 1, at)
                place += 1
            } else if place < pattern.endIndex, pattern[place] == text[at] {
                at += 1
                place += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (place, at) = (last.pattern, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
