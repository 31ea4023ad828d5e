/// The times that go-yaml 2 recognizes: `2006-1-2`, `2006-1-2 15:4:5.9` and `2006-1-2T15:4:5.9Z07:00`.
enum YAMLTimestamp {
    static func isOne(_ text: [UInt8]) -> Bool {
        guard text.count > 7, text[4] == UInt8(ascii: "-") else { return false }
        var scanner = Scanner(text: text)
        guard let year = scanner.number(4...4), scanner.skip("-"), let month = scanner.number(1...2), scanner.skip("-"),
            let day = scanner.number(1...2), (1...12).contains(month), (1...days(of: month, in: year)).contains(day)
        else { return false }
        if scanner.isAtEnd { return true }
        let needsZone = scanner.skip("T") || scanner.skip("t")
        guard needsZone || scanner.skip(" "), scanner.time() else { return false }
        return needsZone ? scanner.zone() && scanner.isAtEnd : scanner.isAtEnd
    }

    private static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private struct Scanner {
        let text: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == text.count }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func number(_ digits: ClosedRange<Int>) -> Int? {
            let start = position
            var number = 0
            while position < text.count, position - start < digits.upperBound, text[position] &- 48 < 10 {
                number = number * 10 + Int(text[position] - 48)
                position += 1
            }
            return position - start < digits.lowerBound ? nil : number
        }

        /// `15:4:5`, and a fraction of any length.
        mutating func time() -> Bool {
            guard let hour = number(1...2), hour < 24, skip(":"), let minute = number(1...2), minute < 60, skip(":"),
                let second = number(1...2), second < 60
            else { return false }
            if position + 1 < text.count, text[position] == UInt8(ascii: ".") || text[position] == UInt8(ascii: ","),
                text[position + 1] &- 48 < 10
            {
                position += 1
                while position < text.count, text[position] &- 48 < 10 { position += 1 }
            }
            return true
        }

        mutating func zone() -> Bool {
            if skip("Z") { return true }
            guard skip("+") || skip("-"), let hours = number(2...2), skip(":"), let minutes = number(2...2) else {
                return false
            }
            return hours <= 24 && minutes < 60
        }
    }
}
