/// Reads RE2's syntax (https://github.com/google/re2/wiki/Syntax): what Kubernetes takes for a regular expression.
struct PatternParser {
    private struct Flags {
        var ignoresCase = false
        var isMultiline = false
        var dotIsAny = false
        var isUngreedy = false
    }

    /// The most levels of groups in each other.
    private static let maximumDepth = 200
    private static let maximumRepeat = 1000

    let text: [Unicode.Scalar]
    var at = 0
    private var flags = Flags()

    init(_ source: String) { text = Array(source.unicodeScalars) }

    var peek: Unicode.Scalar? { at < text.count ? text[at] : nil }

    /// Goes on when the text goes on like this.
    mutating func take(_ word: String) -> Bool {
        let scalars = Array(word.unicodeScalars)
        guard at + scalars.count <= text.count, text[at..<at + scalars.count].elementsEqual(scalars) else {
            return false
        }
        at += scalars.count
        return true
    }

    /// The tree of the expression; nil when it is no regular expression.
    mutating func parse() -> PatternNode? {
        guard let node = choice(depth: 0), at == text.count else { return nil }
        return node
    }

    private mutating func choice(depth: Int) -> PatternNode? {
        guard depth <= Self.maximumDepth else { return nil }
        var branches: [PatternNode] = []
        repeat {
            guard let branch = sequence(depth: depth) else { return nil }
            branches.append(branch)
        } while take("|")
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence(depth: Int) -> PatternNode? {
        var nodes: [PatternNode] = []
        while let next = peek, next != "|", next != ")" {
            if take("\\Q") {
                nodes += quoted()
            } else {
                guard let atom = atom(depth: depth) else { return nil }
                if case .empty = atom {} else { nodes.append(atom) }
            }
            // Of what was read last: flags and an empty quotation are nothing that could be repeated.
            guard let last = nodes.popLast() else {
                if count() != nil { return nil }
                continue
            }
            guard let node = repetition(of: last) else { return nil }
            nodes.append(node)
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    /// The characters between `\Q` and `\E`, where every one is itself.
    private mutating func quoted() -> [PatternNode] {
        var nodes: [PatternNode] = []
        while let scalar = peek, !take("\\E") {
            nodes.append(literal(scalar))
            at += 1
        }
        return nodes
    }

    private mutating func atom(depth: Int) -> PatternNode? {
        guard let scalar = peek else { return nil }
        switch scalar {
        case "(":
            at += 1
            return group(depth: depth)
        case "[":
            at += 1
            return set().map { .set(flags.ignoresCase ? $0.ignoringCase : $0) }
        case "\\":
            at += 1
            return escape()
        case "*", "+", "?", "{":
            // With nothing before it. A brace that is no repetition stands for itself.
            if count() != nil { return nil }
            at += 1
        default: at += 1
        }
        switch scalar {
        case ".": return .set(flags.dotIsAny ? .any : .anyButLineFeed)
        case "^": return .assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .assertion(flags.isMultiline ? .lineEnd : .textEnd)
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternNode {
        let set = PatternSet([.range(scalar.value...scalar.value)])
        return .set(flags.ignoresCase ? set.ignoringCase : set)
    }

    // MARK: Groups

    private mutating func group(depth: Int) -> PatternNode? {
        let outer = flags
        if take("?") {
            if take("P<") || take("<") {
                guard skipName() else { return nil }
            } else {
                guard let hasBody = readFlags() else { return nil }
                // `(?i)` is for the rest of the group that it stands in.
                if !hasBody { return .empty }
            }
        }
        guard let body = choice(depth: depth + 1), take(")") else { return nil }
        flags = outer
        return body
    }

    private mutating func skipName() -> Bool {
        let start = at
        while let scalar = peek, PatternSet.word.contains(scalar) { at += 1 }
        return at > start && take(">")
    }

    /// Reads flags, and returns whether a body follows (`:`); nil for what are no flags.
    private mutating func readFlags() -> Bool? {
        var value = true
        while let scalar = peek {
            at += 1
            switch scalar {
            case "i": flags.ignoresCase = value
            case "m": flags.isMultiline = value
            case "s": flags.dotIsAny = value
            case "U": flags.isUngreedy = value
            case "-":
                guard value else { return nil }
                value = false
            case ":": return true
            case ")": return false
            default: return nil
            }
        }
        return nil
    }

    // MARK: Repetition

    private mutating func repetition(of atom: PatternNode) -> PatternNode? {
        guard let (minimum, maximum) = count() else { return atom }
        if let maximum, maximum < minimum || maximum > Self.maximumRepeat { return nil }
        guard minimum <= Self.maximumRepeat else { return nil }
        let isGreedy = take("?") == flags.isUngreedy
        // `a**` is refused: it means nothing.
        if count() != nil { return nil }
        return .repetition(atom, minimum: minimum, maximum: maximum, isGreedy: isGreedy)
    }

    /// The bounds of a repetition (`*`, `+`, `?`, `{2,3}`); nil where none is written: a brace that is none is itself.
    private mutating func count() -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = at
        if take("{"), let minimum = number() {
            if take("}") { return (minimum, minimum) }
            if take(",") {
                if take("}") { return (minimum, nil) }
                if let maximum = number(), take("}") { return (minimum, maximum) }
            }
        }
        at = start
        return nil
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = peek, PatternSet.digit.contains(scalar) {
            value = min((value ?? 0) * 10 + Int(scalar.value - 48), Self.maximumRepeat + 1)
            at += 1
        }
        return value
    }

    // MARK: Escapes

    private mutating func escape() -> PatternNode? {
        guard let scalar = peek else { return nil }
        switch scalar {
        case "b", "B", "A", "z":
            at += 1
            return .assertion(
                scalar == "b" ? .wordBoundary : scalar == "B" ? .noWordBoundary : scalar == "A" ? .textStart : .textEnd)
        default: break
        }
        if let set = escapedSet() { return .set(set) }
        return escapedScalar().map(literal)
    }
}
