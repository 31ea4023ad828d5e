/// A set of characters as sorted ranges that neither touch nor overlap.
struct RegexClass: Sendable, Equatable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let any = RegexClass([0...0x10FFFF])
    static let anyButLineFeed = RegexClass([0...9, 11...0x10FFFF])

    init(_ ranges: some Sequence<ClosedRange<UInt32>>) {
        self.ranges = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = self.ranges.last, range.lowerBound <= last.upperBound &+ 1 {
                self.ranges[self.ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                self.ranges.append(range)
            }
        }
    }

    var inverted: RegexClass {
        var inverted: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { inverted.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { inverted.append(next...0x10FFFF) }
        return RegexClass(inverted)
    }

    func contains(_ scalar: UInt32) -> Bool {
        if ranges.count <= 4 { return ranges.contains { $0.contains(scalar) } }
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if scalar < ranges[middle].lowerBound {
                high = middle
            } else if scalar > ranges[middle].upperBound {
                low = middle + 1
            } else {
                return true
            }
        }
        return false
    }

    /// The class with the other cases of its letters, as `(?i)` has it.
    var foldingCase: RegexClass {
        var folded = ranges
        for range in ranges {
            // All characters with another case are few; those of a class may be a million.
            var next = Self.firstCased(from: range.lowerBound)
            while next < Self.casedCharacters.count, Self.casedCharacters[next].value <= range.upperBound {
                folded += Self.casedCharacters[next].others.map { $0...$0 }
                next += 1
            }
        }
        return folded.count == ranges.count ? self : RegexClass(folded)
    }

    /// The characters that have other cases, sorted; it takes a moment to collect them.
    private static let casedCharacters: [(value: UInt32, others: [UInt32])] = (UInt32(0x41)...0x1FFFF).compactMap {
        guard let properties = Unicode.Scalar($0)?.properties,
            properties.changesWhenLowercased || properties.changesWhenUppercased || properties.changesWhenTitlecased
        else { return nil }
        let others = cases(of: $0)
        return others.isEmpty ? nil : ($0, others)
    }

    private static func firstCased(from value: UInt32) -> Int {
        var (low, high) = (0, casedCharacters.count)
        while low < high {
            let middle = (low + high) / 2
            if casedCharacters[middle].value < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The other characters that are the same but for their case.
    private static func cases(of value: UInt32) -> [UInt32] {
        guard let scalar = Unicode.Scalar(value) else { return [] }
        let properties = scalar.properties
        var cases: Set<UInt32> = []
        for mapped in [properties.lowercaseMapping, properties.uppercaseMapping, properties.titlecaseMapping]
        where mapped.unicodeScalars.count == 1 {
            guard let other = mapped.unicodeScalars.first else { continue }
            cases.insert(other.value)
            // The Kelvin sign and the long s are other cases of k and s, and so of K and S.
            for mapped in [other.properties.lowercaseMapping, other.properties.uppercaseMapping]
            where mapped.unicodeScalars.count == 1 {
                if let first = mapped.unicodeScalars.first { cases.insert(first.value) }
            }
        }
        switch value {
        case 0x4B, 0x6B: cases.insert(0x212A)
        case 0x53, 0x73: cases.insert(0x17F)
        default: break
        }
        cases.remove(value)
        return Array(cases)
    }
}

extension RegexClass {
    static let digits = RegexClass([48...57])
    static let words = RegexClass([48...57, 65...90, 95...95, 97...122])
    static let spaces = RegexClass([9...10, 12...13, 32...32])

    /// The classes of `[[:name:]]`.
    static let posix: [String: RegexClass] = [
        "alnum": RegexClass([48...57, 65...90, 97...122]), "alpha": RegexClass([65...90, 97...122]),
        "ascii": RegexClass([0...127]), "blank": RegexClass([9...9, 32...32]),
        "cntrl": RegexClass([0...31, 127...127]),
        "digit": digits, "graph": RegexClass([33...126]), "lower": RegexClass([97...122]),
        "print": RegexClass([32...126]), "punct": RegexClass([33...47, 58...64, 91...96, 123...126]),
        "space": RegexClass([9...13, 32...32]), "upper": RegexClass([65...90]), "word": words,
        "xdigit": RegexClass([48...57, 65...70, 97...102]),
    ]

    /// The class of `\p{name}`: a general category of Unicode by its short or long name, or a script. Case, underscores, hyphens
    /// and spaces in the name mean nothing.
    static func unicode(_ name: String) -> RegexClass? {
        let plain = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
        switch plain {
        case "any": return .any
        case "ascii": return RegexClass([0...127])
        case "assigned": return category("Cn")?.inverted
        case "lc", "casedletter":
            return RegexClass(["Lu", "Ll", "Lt"].flatMap { category($0)?.ranges ?? [] })
        default: break
        }
        let key = plain.prefix(1).uppercased() + plain.dropFirst()
        if let set = category(key) { return set }
        if let ranges = scripts[key] { return RegexClass(ranges.split(separator: " ").compactMap(range)) }
        return categoryAliases[plain].flatMap(category)
    }

    private static func range(_ text: Substring) -> ClosedRange<UInt32>? {
        let bounds = text.split(separator: "-").compactMap { UInt32($0, radix: 16) }
        guard let first = bounds.first, let last = bounds.last, first <= last else { return nil }
        return first...last
    }

    private static func category(_ name: String) -> RegexClass? {
        guard let categories = categoryNames[name] else { return nil }
        return RegexClass(categories.flatMap { byCategory[$0] ?? [] })
    }

    private static let categoryAliases: [String: String] = [
        "letter": "L", "uppercaseletter": "Lu", "lowercaseletter": "Ll", "titlecaseletter": "Lt",
        "modifierletter": "Lm",
        "otherletter": "Lo", "mark": "M", "combiningmark": "M", "nonspacingmark": "Mn", "spacingmark": "Mc",
        "enclosingmark": "Me", "number": "N", "decimalnumber": "Nd", "digit": "Nd", "letternumber": "Nl",
        "othernumber": "No", "punctuation": "P", "punct": "P", "connectorpunctuation": "Pc", "dashpunctuation": "Pd",
        "openpunctuation": "Ps", "closepunctuation": "Pe", "initialpunctuation": "Pi", "finalpunctuation": "Pf",
        "otherpunctuation": "Po", "symbol": "S", "mathsymbol": "Sm", "currencysymbol": "Sc", "modifiersymbol": "Sk",
        "othersymbol": "So", "separator": "Z", "spaceseparator": "Zs", "lineseparator": "Zl",
        "paragraphseparator": "Zp", "other": "C", "control": "Cc", "cntrl": "Cc", "format": "Cf", "surrogate": "Cs",
        "privateuse": "Co", "unassigned": "Cn",
    ]

    /// The characters of each category, which takes a moment to collect.
    private static let byCategory: [Unicode.GeneralCategory: [ClosedRange<UInt32>]] = {
        var ranges: [Unicode.GeneralCategory: [ClosedRange<UInt32>]] = [:]
        var start: UInt32 = 0
        var current: Unicode.GeneralCategory?
        for value in UInt32(0)...0x110000 {
            let category = Unicode.Scalar(value)?.properties.generalCategory
            guard category != current || value == 0 else { continue }
            if let current, value > 0 { ranges[current, default: []].append(start...value - 1) }
            current = category
            start = value
        }
        return ranges
    }()

    private static let categoryNames: [String: Set<Unicode.GeneralCategory>] = [
        "L": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter],
        "Lu": [.uppercaseLetter], "Ll": [.lowercaseLetter], "Lt": [.titlecaseLetter], "Lm": [.modifierLetter],
        "Lo": [.otherLetter], "M": [.nonspacingMark, .spacingMark, .enclosingMark], "Mn": [.nonspacingMark],
        "Mc": [.spacingMark], "Me": [.enclosingMark], "N": [.decimalNumber, .letterNumber, .otherNumber],
        "Nd": [.decimalNumber], "Nl": [.letterNumber], "No": [.otherNumber],
        "P": [
            .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation,
        ],
        "Pc": [.connectorPunctuation], "Pd": [.dashPunctuation], "Ps": [.openPunctuation], "Pe": [.closePunctuation],
        "Pi": [.initialPunctuation], "Pf": [.finalPunctuation], "Po": [.otherPunctuation],
        "S": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol], "Sm": [.mathSymbol],
        "Sc": [.currencySymbol],
        "Sk": [.modifierSymbol], "So": [.otherSymbol], "Z": [.spaceSeparator, .lineSeparator, .paragraphSeparator],
        "Zs": [.spaceSeparator], "Zl": [.lineSeparator], "Zp": [.paragraphSeparator],
        "C": [.control, .format, .privateUse, .surrogate, .unassigned], "Cc": [.control], "Cf": [.format],
        "Co": [.privateUse], "Cs": [.surrogate], "Cn": [.unassigned],
    ]
}
