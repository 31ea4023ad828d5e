/// A regular expression with the syntax and the results of Go's `regexp`.
///
/// One match takes a time that is linear in the expression and in the text. Both may be large, and there may be many matches:
/// what is done is told to a ``Charge``, which ends it.
package struct GoRegex: Sendable {
    /// A match: the ranges of the whole and of its groups, nil for a group that took no part.
    package typealias Match = [Range<Int>?]

    /// Counts instructions that were followed and bytes that were made, and throws where they are too many.
    package typealias Charge = (_ work: Int) throws(HelmError) -> Void

    /// For one use of an expression outside of a rendering.
    package static func limited(to limit: Int = 50_000_000) -> Charge {
        var spent = 0
        return { work throws(HelmError) in
            spent += work
            if spent > limit { throw HelmError("the expression takes more than \(limit) steps on this text") }
        }
    }

    /// Bytes that a replacement may make.
    private static let maximumResult = 64 << 20

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

    package func matches(_ text: ByteString, charge: Charge = limited()) throws(HelmError) -> Bool {
        var matcher = RegexMatcher(program, groupCount: 1, text: text.bytes)
        return try matcher.firstMatch(from: 0, charge: charge) != nil
    }

    /// The first match.
    package func firstMatch(in text: ByteString, charge: Charge = limited()) throws(HelmError) -> Match? {
        var matcher = RegexMatcher(program, groupCount: names.count, text: text.bytes)
        return try matcher.firstMatch(from: 0, charge: charge).map(Self.ranges)
    }

    /// The text of the first match; empty where there is none.
    package func find(in text: ByteString, charge: Charge = limited()) throws(HelmError) -> ByteString {
        guard let range = try firstMatch(in: text, charge: charge)?.first ?? nil else { return "" }
        return ByteString(bytes: text.bytes[range])
    }

    /// All matches that don't overlap, `limit` at most; a negative limit is none.
    package func allMatches(
        in text: ByteString, limit: Int = -1, charge: Charge = limited()
    ) throws(HelmError) -> [Match] {
        var matcher = RegexMatcher(program, groupCount: names.count, text: text.bytes)
        var matches: [Match] = []
        var position = 0
        var lastEnd = -1
        while position <= text.count, limit < 0 || matches.count < limit,
            let match = try matcher.firstMatch(from: position, charge: charge)
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

    package func findAll(
        in text: ByteString, limit: Int = -1, charge: Charge = limited()
    ) throws(HelmError) -> [ByteString] {
        try allMatches(in: text, limit: limit, charge: charge).compactMap { match in
            (match.first ?? nil).map { ByteString(bytes: text.bytes[$0]) }
        }
    }

    /// The text with each match replaced; `$1` and `${name}` in the replacement are groups.
    package func replacing(
        in text: ByteString, with template: ByteString, charge: Charge = limited()
    ) throws(HelmError) -> ByteString {
        try replacing(in: text, charge) { match throws(HelmError) in try expand(template, match, of: text, charge) }
    }

    package func replacing(
        in text: ByteString, withLiteral replacement: ByteString, charge: Charge = limited()
    ) throws(HelmError) -> ByteString {
        try replacing(in: text, charge) { _ throws(HelmError) in replacement }
    }

    private func replacing(
        in text: ByteString, _ charge: Charge, _ replacement: (Match) throws(HelmError) -> ByteString
    ) throws(HelmError) -> ByteString {
        var matcher = RegexMatcher(program, groupCount: names.count, text: text.bytes)
        var result: [UInt8] = []
        var lastEnd = 0
        var position = 0
        while position <= text.count, let match = try matcher.firstMatch(from: position, charge: charge) {
            result += text.bytes[lastEnd..<match[0]]
            if match[1] > lastEnd || match[0] == 0 { result += try replacement(Self.ranges(match)).bytes }
            if result.count > Self.maximumResult {
                throw HelmError("a text of more than \(Self.maximumResult) bytes is not made")
            }
            lastEnd = match[1]
            position = max(position + Self.width(of: text, at: position), match[1])
        }
        return ByteString(bytes: result + text.bytes[lastEnd...])
    }

    /// The texts between matches, `limit` at most; a negative limit is none.
    package func split(
        _ text: ByteString, limit: Int, charge: Charge = limited()
    ) throws(HelmError) -> [ByteString] {
        if limit == 0 { return [] }
        if !isEmpty, text.isEmpty { return [""] }
        var parts: [ByteString] = []
        var (start, end) = (0, 0)
        for match in try allMatches(in: text, limit: limit, charge: charge) {
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

    private func expand(
        _ template: ByteString, _ match: Match, of text: ByteString, _ charge: Charge
    ) throws(HelmError) -> ByteString {
        try charge(template.count)
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
                let range = match.indices.contains(index) ? match[index] : nil
                // A copy of many bytes takes the time of a few instructions.
                try charge(names.count + (range?.count ?? 0) >> 4)
                if let range { result += text.bytes[range] }
                if result.count > Self.maximumResult { break }
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
