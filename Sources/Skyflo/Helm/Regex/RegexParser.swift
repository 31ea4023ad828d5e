/// A parsed expression.
indirect enum RegexNode {
    case empty
    case set(RegexClass)
    case assertion(Assertion)
    case group(RegexNode, index: Int)
    case sequence([RegexNode])
    case alternatives([RegexNode])
    case repetition(RegexNode, minimum: Int, maximum: Int?, isGreedy: Bool)

    /// Whether it may match without a character.
    var isNullable: Bool {
        switch self {
        case .empty, .assertion: true
        case .set: false
        case .group(let inner, _): inner.isNullable
        case .sequence(let nodes): nodes.allSatisfy(\.isNullable)
        case .alternatives(let nodes): nodes.contains(where: \.isNullable)
        case .repetition(let inner, let minimum, _, _): minimum == 0 || inner.isNullable
        }
    }

    /// Whether repetitions within each other repeat nothing more than `limit` times.
    func repeats(atMost limit: Int) -> Bool {
        switch self {
        case .empty, .set, .assertion: return true
        case .group(let inner, _): return inner.repeats(atMost: limit)
        case .sequence(let nodes), .alternatives(let nodes): return nodes.allSatisfy { $0.repeats(atMost: limit) }
        case .repetition(let inner, let minimum, let maximum, _):
            let count = maximum ?? minimum
            if maximum == 0 { return true }
            return count <= limit && inner.repeats(atMost: count > 0 ? limit / count : limit)
        }
    }

    enum Assertion: Sendable { case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary }
}

/// Reads RE2's syntax as Go's `regexp` does, with its error texts.
struct RegexParser {
    struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotMatchesLineFeed = false
        var isUngreedy = false
    }

    private static let maximumRepeats = 1000
    /// Ranges of characters in all classes together.
    private static let maximumRanges = 500_000

    let text: [Unicode.Scalar]
    var position = 0
    var flags = Flags()
    private(set) var names: [String?] = [nil]
    private var depth = 0
    private var ranges = 0

    init(_ pattern: ByteString) throws(HelmError) {
        guard let text = String(validating: pattern.bytes, as: UTF8.self) else {
            throw Self.error("invalid UTF-8", pattern.text)
        }
        self.text = Array(text.unicodeScalars)
    }

    static func error(_ problem: String, _ part: String) -> HelmError {
        HelmError("error parsing regexp: \(problem): `\(part)`")
    }

    func part(from start: Int, to end: Int? = nil) -> String {
        var part = String.UnicodeScalarView()
        part.append(contentsOf: text[start..<(end ?? text.count)])
        return String(part)
    }

    var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    func isNext(_ prefix: String) -> Bool {
        text[position...].starts(with: prefix.unicodeScalars)
    }

    mutating func parse() throws(HelmError) -> RegexNode {
        let node = try alternatives()
        if next != nil { throw Self.error("unexpected )", part(from: 0)) }
        return node
    }

    private mutating func alternatives() throws(HelmError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        if depth > 250 { throw Self.error("expression nests too deeply", part(from: 0)) }
        var alternatives = [try sequence()]
        while skip("|") { alternatives.append(try sequence()) }
        return alternatives.count == 1 ? alternatives[0] : .alternatives(alternatives)
    }

    private mutating func sequence() throws(HelmError) -> RegexNode {
        var nodes: [RegexNode] = []
        /// Where the repetition began that has just ended.
        var lastRepetition: Int?
        while let scalar = next, scalar != "|", scalar != ")" {
            let start = position
            if let bounds = try bounds() {
                let isGreedy = !skip("?")
                if let lastRepetition {
                    throw Self.error("invalid nested repetition operator", part(from: lastRepetition, to: position))
                }
                guard let last = nodes.popLast() else {
                    throw Self.error("missing argument to repetition operator", part(from: start, to: position))
                }
                let node = RegexNode.repetition(
                    last, minimum: bounds.minimum, maximum: bounds.maximum, isGreedy: isGreedy != flags.isUngreedy)
                if max(bounds.minimum, bounds.maximum ?? 0) >= 2, !node.repeats(atMost: Self.maximumRepeats) {
                    throw Self.error("invalid repeat count", part(from: start, to: position))
                }
                nodes.append(node)
                lastRepetition = start
                continue
            }
            lastRepetition = nil
            try append(to: &nodes)
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func append(to nodes: inout [RegexNode]) throws(HelmError) {
        if isNext("\\Q") {
            position += 2
            while next != nil, !isNext("\\E") {
                nodes.append(literal(text[position].value))
                position += 1
            }
            if next != nil { position += 2 }
        } else if let node = try atom() {
            if case .set(let set) = node { ranges += set.ranges.count }
            nodes.append(node)
        }
        if ranges + nodes.count > Self.maximumRanges { throw Self.error("expression too large", part(from: 0)) }
    }

    /// The bounds of a repetition that begins here, if one does. `{` that begins none is a character.
    private mutating func bounds() throws(HelmError) -> (minimum: Int, maximum: Int?)? {
        let start = position
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        guard skip("{") else { return nil }
        let minimum = number()
        var maximum = minimum
        var isOpen = false
        if minimum != nil, skip(",") {
            isOpen = next == "}"
            maximum = number()
        }
        guard let minimum, isOpen || maximum != nil, skip("}") else {
            position = start
            return nil
        }
        if minimum > Self.maximumRepeats || (maximum ?? 0) > Self.maximumRepeats || !isOpen && (maximum ?? 0) < minimum
        {
            throw Self.error("invalid repeat count", part(from: start, to: position))
        }
        return (minimum, isOpen ? nil : maximum)
    }

    private mutating func number() -> Int? {
        let start = position
        var number = 0
        while let digit = next, ("0"..."9").contains(digit) {
            number = min(number * 10 + Int(digit.value) - 48, 100_000)
            position += 1
        }
        let isPadded = position - start > 1 && text[start] == "0"
        return position == start || isPadded ? nil : number
    }

    /// What a repetition applies to; nil for flags that hold from here on.
    private mutating func atom() throws(HelmError) -> RegexNode? {
        guard let scalar = next else { return nil }
        switch scalar {
        case "(": return try group()
        case "[": return .set(try bracket())
        case ".":
            position += 1
            return .set(flags.dotMatchesLineFeed ? .any : .anyButLineFeed)
        case "^":
            position += 1
            return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$":
            position += 1
            return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        case "\\": return try escape()
        default:
            position += 1
            return literal(scalar.value)
        }
    }

    func literal(_ value: UInt32) -> RegexNode {
        let set = RegexClass([value...value])
        return .set(flags.ignoresCase ? set.foldingCase : set)
    }

    private mutating func group() throws(HelmError) -> RegexNode? {
        let start = position
        let outer = flags
        position += 1
        var index: Int?
        if isNext("?P<") || isNext("?<") {
            index = try named(from: start)
        } else if skip("?") {
            guard try readFlags(from: start) else { return nil }
        } else {
            index = names.count
            names.append(nil)
        }
        let node = try alternatives()
        guard skip(")") else { throw Self.error("missing closing )", part(from: 0)) }
        flags = outer
        return index.map { .group(node, index: $0) } ?? node
    }

    private mutating func named(from start: Int) throws(HelmError) -> Int {
        position += isNext("?P<") ? 3 : 2
        guard let end = text[position...].firstIndex(of: ">") else {
            throw Self.error("invalid named capture", part(from: start))
        }
        let name = part(from: position, to: end)
        position = end + 1
        let isValid = !name.isEmpty && name.unicodeScalars.allSatisfy { RegexClass.words.contains($0.value) }
        guard isValid else { throw Self.error("invalid named capture", part(from: start, to: position)) }
        names.append(name)
        return names.count - 1
    }

    /// Reads `i-s:` or `i-s)`.
    ///
    /// - Returns: whether a group begins; otherwise the flags hold for the rest of the group around.
    private mutating func readFlags(from start: Int) throws(HelmError) -> Bool {
        var isOn = true
        var sawFlag = false
        while let scalar = next {
            position += 1
            switch scalar {
            case "i": flags.ignoresCase = isOn
            case "m": flags.isMultiline = isOn
            case "s": flags.dotMatchesLineFeed = isOn
            case "U": flags.isUngreedy = isOn
            case "-" where isOn:
                isOn = false
                sawFlag = false
                continue
            case ":", ")":
                guard isOn || sawFlag else {
                    throw Self.error("invalid or unsupported Perl syntax", part(from: start, to: position))
                }
                return scalar == ":"
            default: throw Self.error("invalid or unsupported Perl syntax", part(from: start, to: position))
            }
            sawFlag = true
        }
        throw Self.error("invalid or unsupported Perl syntax", part(from: start))
    }
}
