/// A regular expression as it was read.
indirect enum PatternNode {
    case empty
    case set(PatternSet)
    case assertion(PatternAssertion)
    case sequence([PatternNode])
    /// Earlier ones first, as in Perl.
    case choice([PatternNode])
    case repetition(PatternNode, minimum: Int, maximum: Int?, isGreedy: Bool)
}

enum PatternAssertion: Sendable { case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary }

/// A set of characters.
struct PatternSet: Sendable {
    enum Item: Sendable {
        case range(ClosedRange<UInt32>)
        case category(String, isNegated: Bool)
        case not(PatternSet)
    }

    var items: [Item] = []
    var isNegated = false

    init(_ items: [Item] = [], isNegated: Bool = false) {
        self.items = items
        self.isNegated = isNegated
    }

    init(_ ranges: ClosedRange<Character>..., isNegated: Bool = false) {
        items = ranges.map { .range(Self.code($0.lowerBound)...Self.code($0.upperBound)) }
        self.isNegated = isNegated
    }

    private static func code(_ character: Character) -> UInt32 { character.unicodeScalars.first?.value ?? 0 }

    static let digit = PatternSet("0"..."9")
    static let word = PatternSet("0"..."9", "A"..."Z", "_"..."_", "a"..."z")
    static let space = PatternSet("\t"..."\n", "\u{C}"..."\r", " "..." ")
    static let any = PatternSet([], isNegated: true)
    static let anyButLineFeed = PatternSet("\n"..."\n", isNegated: true)

    var negated: PatternSet { PatternSet(items, isNegated: !isNegated) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        items.contains { Self.contains($0, scalar: scalar) } != isNegated
    }

    private static func contains(_ item: Item, scalar: Unicode.Scalar) -> Bool {
        switch item {
        case .range(let range): range.contains(scalar.value)
        case .category(let name, let isNegated): scalar.properties.generalCategory.code.hasPrefix(name) != isNegated
        case .not(let set): !set.contains(scalar)
        }
    }

    /// The set with the other case of every ASCII letter.
    var ignoringCase: PatternSet {
        var more: [Item] = []
        for case .range(let range) in items {
            for (letters, distance) in [(65...90, 32), (97...122, -32)] as [(ClosedRange<Int>, Int)] {
                let (low, high) = (
                    max(Int(range.lowerBound), letters.lowerBound), min(Int(range.upperBound), letters.upperBound)
                )
                if low <= high { more.append(.range(UInt32(low + distance)...UInt32(high + distance))) }
            }
        }
        return PatternSet(items + more, isNegated: isNegated)
    }

    /// `alpha` and its like; nil for a name that is none.
    static func posix(_ name: String) -> PatternSet? {
        switch name {
        case "alnum": PatternSet("0"..."9", "A"..."Z", "a"..."z")
        case "alpha": PatternSet("A"..."Z", "a"..."z")
        case "ascii": PatternSet("\0"..."\u{7F}")
        case "blank": PatternSet("\t"..."\t", " "..." ")
        case "cntrl": PatternSet("\0"..."\u{1F}", "\u{7F}"..."\u{7F}")
        case "digit": digit
        case "graph": PatternSet("!"..."~")
        case "lower": PatternSet("a"..."z")
        case "print": PatternSet(" "..."~")
        case "punct": PatternSet("!"..."/", ":"..."@", "["..."`", "{"..."~")
        case "space": PatternSet("\t"..."\r", " "..." ")
        case "upper": PatternSet("A"..."Z")
        case "word": word
        case "xdigit": PatternSet("0"..."9", "A"..."F", "a"..."f")
        default: nil
        }
    }

    /// The general categories of Unicode, and `Any`. Scripts (`\p{Greek}`) are not known.
    static func unicode(_ name: String) -> PatternSet? {
        if name == "Any" { return any }
        let major: Set<Character> = ["L", "M", "N", "P", "S", "Z", "C"]
        guard let first = name.first, major.contains(first), name.count <= 2 else { return nil }
        return PatternSet([.category(name, isNegated: false)])
    }
}

extension Unicode.GeneralCategory {
    fileprivate var code: String {
        switch self {
        case .uppercaseLetter: "Lu"
        case .lowercaseLetter: "Ll"
        case .titlecaseLetter: "Lt"
        case .modifierLetter: "Lm"
        case .otherLetter: "Lo"
        case .nonspacingMark: "Mn"
        case .spacingMark: "Mc"
        case .enclosingMark: "Me"
        case .decimalNumber: "Nd"
        case .letterNumber: "Nl"
        case .otherNumber: "No"
        case .connectorPunctuation: "Pc"
        case .dashPunctuation: "Pd"
        case .openPunctuation: "Ps"
        case .closePunctuation: "Pe"
        case .initialPunctuation: "Pi"
        case .finalPunctuation: "Pf"
        case .otherPunctuation: "Po"
        case .mathSymbol: "Sm"
        case .currencySymbol: "Sc"
        case .modifierSymbol: "Sk"
        case .otherSymbol: "So"
        case .spaceSeparator: "Zs"
        case .lineSeparator: "Zl"
        case .paragraphSeparator: "Zp"
        case .control: "Cc"
        case .format: "Cf"
        case .surrogate: "Cs"
        case .privateUse: "Co"
        // Go's tables have no class for what isn't assigned.
        case .unassigned: "-"
        @unknown default: "-"
        }
    }
}
