/// A regular expression with the syntax and the results of Go's `regexp`. Matching takes linear time.
package struct GoRegex: Sendable {
    /// A match: the ranges of the whole and of its groups, nil for a group that took no part.
    package typealias Match = [Range<Int>?]

    private let program: RegexProgram
    private let names: [String?]
    private let isEmpty: Bool

    /// - Throws: "error parsing regexp: missing closing ): `(`" and the like.
    package init(_ pattern: ByteString) throws(HelmError) {
        var parser = try RegexParser(pattern)
        let node = try parser.parse()
        program = try RegexProgram(node, pattern: pattern.text)
        names = parser.names
        isEmpty = pattern.isEmpty
    }

    package func matches(_ text: ByteString) -> Bool {
        var matcher = RegexMatcher(program, groupCount: 1, text: text.bytes)
        return matcher.firstMatch(from: 0) != nil
    }

    /// The first match.
    package func firstMatch(in text: ByteString) -> Match? {
        var matcher = RegexMatcher(program, groupCount: names.count, text: text.bytes)
        return matcher.firstMatch(from: 0).map(Self.ranges)
    }

    /// The text of the first match; empty where there is none.
    package func find(in text: ByteString) -> ByteString {
        guard let range = firstMatch(in: text)?.first ?? nil else { return "" }
        return ByteString(bytes: text.bytes[range])
    }

    /// All matches that don't overlap, `limit` at most; a negative limit is none.
    package func allMatches(in text: ByteString, limit: Int = -1) -> [Match] {
        var matcher = RegexMatcher(program, groupCount: names.count, text: text.bytes)
        var matches: [Match] = []
        var position = 0
        var lastEnd = -1
        while position <= text.count, limit < 0 || matches.count < limit, let match = matcher.firstMatch(from: position)
        {
            var isAccepted = true
            if match[1] == position {
                // An empty match right after another match is none.
                isAccepted = match[0] != lastEnd
                position += Self.width(of: text, at: position)
            } else {
                position = match[1]
            }
            lastEnd = match[1]
            if isAccepted { matches.append(Self.ranges(match)) }
        }
        return matches
    }

    package func findAll(in text: ByteString, limit: Int = -1) -> [ByteString] {
        allMatches(in: text, limit: limit).compactMap { match in
            (match.first ?? nil).map { ByteString(bytes: text.bytes[$0]) }
        }
    }

    /// The text with each match replaced; `$1` and `${name}` in the replacement are groups.
    package func replacing(in text: ByteString, with template: ByteString) -> ByteString {
        replacing(in: text) { expand(template, $0, of: text) }
    }

    package func replacing(in text: ByteString, withLiteral replacement: ByteString) -> ByteString {
        replacing(in: text) { _ in replacement }
    }

    private func replacing(in text: ByteString, _ replacement: (Match) -> ByteString) -> ByteString {
        var matcher = RegexMatcher(program, groupCount: names.count, text: text.bytes)
        var result: [UInt8] = []
        var lastEnd = 0
        var position = 0
        while position <= text.count, let match = matcher.firstMatch(from: position) {
            result += text.bytes[lastEnd..<match[0]]
            if match[1] > lastEnd || match[0] == 0 { result += replacement(Self.ranges(match)).bytes }
            lastEnd = match[1]
            position = max(position + Self.width(of: text, at: position), match[1])
        }
        return ByteString(bytes: result + text.bytes[lastEnd...])
    }

    /// The texts between matches, `limit` at most; a negative limit is none.
    package func split(_ text: ByteString, limit: Int) -> [ByteString] {
        if limit == 0 { return [] }
        if !isEmpty, text.isEmpty { return [""] }
        var parts: [ByteString] = []
        var (start, end) = (0, 0)
        for match in allMatches(in: text, limit: limit) {
            if limit > 0, parts.count == limit - 1 { break }
            guard let range = match.first ?? nil else { continue }
            end = range.lowerBound
            if range.upperBound != 0 { parts.append(ByteString(bytes: text.bytes[start..<end])) }
            start = range.upperBound
        }
        if end != text.count { parts.append(ByteString(bytes: text.bytes[start...])) }
        return parts
    }

    /// The text with a backslash before what has a meaning in expressions.
    package static func quote(_ text: ByteString) -> ByteString {
        var quoted: [UInt8] = []
        for byte in text.bytes {
            if #"\.+*?()|[]{}^$"#.utf8.contains(byte) { quoted.append(UInt8(ascii: "\\")) }
            quoted.append(byte)
        }
        return ByteString(bytes: quoted)
    }

    private static func ranges(_ match: [Int]) -> Match {
        stride(from: 0, to: match.count, by: 2).map {
            match[$0] < 0 || match[$0 + 1] < 0 ? nil : match[$0]..<match[$0 + 1]
        }
    }

    /// How far it is to the next character; past the end from there.
    private static func width(of text: ByteString, at position: Int) -> Int {
        position < text.count ? RegexMatcher.decode(text.bytes, at: position).length : 1
    }

    private func expand(_ template: ByteString, _ match: Match, of text: ByteString) -> ByteString {
        var result: [UInt8] = []
        var rest = template.bytes[...]
        let dollar = UInt8(ascii: "$")
        while let byte = rest.popFirst() {
            if byte != dollar {
                result.append(byte)
            } else if rest.first == dollar {
                rest.removeFirst()
                result.append(dollar)
            } else if let name = Self.reference(&rest) {
                let index = Int(name) ?? names.firstIndex(of: name) ?? -1
                if match.indices.contains(index), let range = match[index] { result += text.bytes[range] }
            } else {
                result.append(dollar)
            }
        }
        return ByteString(bytes: result)
    }

    /// The name after a `$`, with or without braces.
    private static func reference(_ rest: inout ArraySlice<UInt8>) -> String? {
        var name = rest
        let isBraced = name.first == UInt8(ascii: "{")
        if isBraced { name.removeFirst() }
        let word = name.prefix { RegexClass.words.contains(UInt32($0)) }
        guard !word.isEmpty else { return nil }
        name = name[word.endIndex...]
        if isBraced, name.popFirst() != UInt8(ascii: "}") { return nil }
        rest = name
        return String(decoding: word, as: UTF8.self)
    }
}
