/// The patterns of a `.helmignore`.
package struct IgnoreRules: Sendable {
    private struct Rule: Sendable {
        var pattern: PathPattern
        var isNegated = false
        var needsFolder = false
        /// Whether it is compared with the whole path; otherwise with the last part.
        var isWhole = false
    }

    private var rules: [Rule] = []

    /// The rules of a text, and that of hidden files among templates.
    package init(_ text: ByteString = "") throws(HelmError) {
        var bytes = text.bytes[...]
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
        for line in bytes.split(separator: 0x0A) { try add(GoText.trimmingSpaces(ByteString(bytes: line))) }
        try add("templates/.?*")
    }

    private mutating func add(_ line: ByteString) throws(HelmError) {
        guard let first = line.bytes.first, first != UInt8(ascii: "#") else { return }
        if GoText.contains("**", in: line) { throw HelmError("double-star (**) syntax is not supported") }
        guard PathPattern(line.bytes).isValid else { throw HelmError("syntax error in pattern") }
        var text = line.bytes[...]
        let isNegated = first == UInt8(ascii: "!")
        if isNegated { text.removeFirst() }
        let needsFolder = text.last == UInt8(ascii: "/")
        if needsFolder { text.removeLast() }
        let isRooted = text.first == UInt8(ascii: "/")
        let isWhole = isRooted || text.contains(UInt8(ascii: "/"))
        if isRooted { text.removeFirst() }
        rules.append(
            Rule(pattern: PathPattern(Array(text)), isNegated: isNegated, needsFolder: needsFolder, isWhole: isWhole))
    }

    /// Whether a file or folder is left out, with all that is in it. The first rule that decides does.
    package func ignores(_ path: String, isFolder: Bool) -> Bool {
        if path.isEmpty || path == "." || path == "./" { return false }
        for rule in rules {
            let matches = rule.pattern.matches(Array((rule.isWhole ? path : ChartFile.baseName(path)).utf8))
            if rule.isNegated {
                // A rule with a `!` leaves out all that it doesn't match.
                if rule.needsFolder, !isFolder { return true }
                if !matches { return true }
            } else if !rule.needsFolder || isFolder, matches {
                return true
            }
        }
        return false
    }
}

/// A pattern of Go's `filepath.Match`: `*` and `?` stop at a slash.
struct PathPattern: Sendable {
    private enum Part: Sendable {
        case byte(UInt32)
        case single, any
        case oneOf([ClosedRange<UInt32>], isNegated: Bool)
    }

    private var parts: [Part] = []
    private(set) var isValid = true

    init(_ text: [UInt8]) {
        var rest = GoText.scalars(ByteString(bytes: text))[...]
        while let character = rest.popFirst() {
            switch Unicode.Scalar(character) {
            case "*": parts.append(.any)
            case "?": parts.append(.single)
            case "[": readClass(&rest)
            case "\\":
                guard let escaped = rest.popFirst() else {
                    isValid = false
                    return
                }
                parts.append(.byte(escaped))
            default: parts.append(.byte(character))
            }
        }
    }

    private mutating func readClass(_ rest: inout ArraySlice<UInt32>) {
        let isNegated = rest.first == 0x5E
        if isNegated { rest.removeFirst() }
        var ranges: [ClosedRange<UInt32>] = []
        while rest.first != 0x5D || ranges.isEmpty {
            guard let low = Self.member(&rest) else {
                isValid = false
                return
            }
            var high = low
            if rest.first == 0x2D {
                rest.removeFirst()
                guard let end = Self.member(&rest) else {
                    isValid = false
                    return
                }
                high = end
            }
            if low <= high { ranges.append(low...high) } else { ranges.append(UInt32.max...UInt32.max) }
        }
        rest.removeFirst()
        parts.append(.oneOf(ranges, isNegated: isNegated))
    }

    private static func member(_ rest: inout ArraySlice<UInt32>) -> UInt32? {
        guard let character = rest.popFirst(), character != 0x2D, character != 0x5D else { return nil }
        return character == 0x5C ? rest.popFirst() : character
    }

    func matches(_ text: [UInt8]) -> Bool {
        guard isValid else { return false }
        let text = GoText.scalars(ByteString(bytes: text))
        // Where to go on after the last `*`, with one character more for it: later ones needn't be tried.
        var (part, position) = (0, 0)
        var retry: (part: Int, position: Int)?
        while true {
            if part == parts.count, position == text.count { return true }
            if part < parts.count, case .any = parts[part] {
                retry = (part, position)
                part += 1
                continue
            }
            if part < parts.count, position < text.count, Self.matches(parts[part], text[position]) {
                part += 1
                position += 1
                continue
            }
            guard let last = retry, last.position < text.count, text[last.position] != 0x2F else { return false }
            retry = (last.part, last.position + 1)
            (part, position) = (last.part + 1, last.position + 1)
        }
    }

    private static func matches(_ part: Part, _ character: UInt32) -> Bool {
        switch part {
        case .byte(let expected): character == expected
        case .single: character != 0x2F
        case .oneOf(let ranges, let isNegated):
            character != 0x2F && ranges.contains { $0.contains(character) } != isNegated
        case .any: false
        }
    }
}
