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
        for range in ranges where range.count <= 0x3000 {
            for value in range { folded += Self.cases(of: value).map { $0...$0 } }
        }
        return RegexClass(folded)
    }

    /// The other characters that are the same but for their case.
    static func cases(of value: UInt32) -> [UInt32] {
        guard let scalar = Unicode.Scalar(value) else { return [] }
        let properties = scalar.properties
        var cases: Set<UInt32> = []
        for mapped in [properties.lowercaseMapping, properties.uppercaseMapping, properties.titlecaseMapping]
        where mapped.unicodeScalars.count == 1 {
            guard let other = mapped.unicodeScalars.first else { continue }
            cases.insert(other.value)
            // The Kelvin sign and the long s are other cases of k and s.
            let lower = other.properties.lowercaseMapping.unicodeScalars
            if lower.count == 1, let first = lower.first { cases.insert(first.value) }
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

    /// The class of `\p{name}` for a general category of Unicode, such as `L` or `Lu`.
    static func category(_ name: String) -> RegexClass? {
        if name == "Any" { return .any }
        guard let categories = categoryNames[name] else { return nil }
        return RegexClass(categories.flatMap { byCategory[$0] ?? [] })
    }

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
        "C": [.control, .format, .privateUse], "Cc": [.control], "Cf": [.format], "Co": [.privateUse],
    ]
}
