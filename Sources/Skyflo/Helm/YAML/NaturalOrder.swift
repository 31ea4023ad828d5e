/// The order in which go-yaml writes keys: numbers in them count as numbers, letters come after other characters.
enum NaturalOrder {
    static func sorted(_ keys: [ByteString]) -> [ByteString] {
        var isSorted = true
        for (left, right) in zip(keys, keys.dropFirst()) where !isLess(left.bytes, than: right.bytes) {
            isSorted = false
            break
        }
        return isSorted ? keys : keys.sorted { isLess($0.bytes, than: $1.bytes) }
    }

    static func isLess(_ left: [UInt8], than right: [UInt8]) -> Bool {
        let same = zip(left, right).prefix { $0 == $1 }.count
        if same == left.count || same == right.count { return left.count < right.count }
        if left[same] < 0x80, right[same] < 0x80 {
            let (first, second) = (left[same], right[same])
            if first | 0x20 &- 97 < 26, second | 0x20 &- 97 < 26 { return first < second }
        }
        return isLess(
            Array(String(decoding: left, as: UTF8.self).unicodeScalars),
            than: Array(String(decoding: right, as: UTF8.self).unicodeScalars))
    }

    private static func isLess(_ left: [Unicode.Scalar], than right: [Unicode.Scalar]) -> Bool {
        guard let position = zip(left, right).enumerated().first(where: { $0.element.0 != $0.element.1 })?.offset else {
            return left.count < right.count
        }
        let (first, second) = (left[position], right[position])
        let areLetters = (first.properties.isLetter, second.properties.isLetter)
        if areLetters.0, areLetters.1 { return first < second }
        if areLetters.0 || areLetters.1 { return areLetters.1 }
        // Zeros that follow other digits belong to their number.
        var start: Int64 = 0
        if first == "0" || second == "0" {
            var before = position - 1
            while before >= 0, left[before].isDigit {
                if left[before] != "0" {
                    start = 1
                    break
                }
                before -= 1
            }
        }
        let (leftNumber, leftEnd) = number(in: left, from: position, start)
        let (rightNumber, rightEnd) = number(in: right, from: position, start)
        if leftNumber != rightNumber { return leftNumber < rightNumber }
        return leftEnd != rightEnd ? leftEnd < rightEnd : first < second
    }

    private static func number(in text: [Unicode.Scalar], from position: Int, _ start: Int64) -> (Int64, Int) {
        var number = start
        var end = position
        while end < text.count, text[end].isDigit {
            number = number &* 10 &+ (Int64(text[end].value) - 48)
            end += 1
        }
        return (number, end)
    }
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool {
        isASCII ? value &- 48 < 10 : properties.generalCategory == .decimalNumber
    }
}

extension Unicode.Scalar.Properties {
    fileprivate var isLetter: Bool {
        switch generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
}
