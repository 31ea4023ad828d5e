/// `snakecase`, `kebabcase` and `camelcase`, which see words as the library `xstrings` does.
enum WordCase {
    private enum Kind {
        case invalid, number, upper, alphabet, connector, punctuation, other
    }

    private struct Word {
        var kind: Kind = .invalid
        var text: ArraySlice<UInt32> = []
    }

    /// The words of a text, from its start.
    private struct Reader {
        var rest: ArraySlice<UInt32>

        mutating func next() -> Word {
            guard let first = rest.first else { return Word() }
            let kind = WordCase.kind(of: first)
            var end = rest.startIndex + 1
            switch kind {
            case .upper: end = endOfUpper(from: end)
            case .alphabet: end = extend(from: end) { WordCase.isAlphabet($0) && !GoText.isUpper($0) }
            case .other:
                end = extend(from: end) {
                    !WordCase.isConnector($0) && !WordCase.isAlphabet($0) && !WordCase.isNumber($0)
                        && !WordCase.isPunctuation($0)
                }
            case .invalid: break
            default: end = extend(from: end) { WordCase.kind(of: $0) == kind }
            }
            let word = Word(kind: kind, text: rest[..<end])
            rest = rest[end...]
            return word
        }

        private func extend(from start: Int, while matches: (UInt32) -> Bool) -> Int {
            rest[start...].firstIndex { !matches($0) } ?? rest.endIndex
        }

        private func endOfUpper(from start: Int) -> Int {
            guard start < rest.endIndex else { return start }
            if GoText.isUpper(rest[start]) {
                let end = extend(from: start, while: GoText.isUpper)
                // Of "HTTPStatus" the S belongs to the next word.
                return end < rest.endIndex && WordCase.isAlphabet(rest[end]) ? end - 1 : end
            }
            if WordCase.isAlphabet(rest[start]) {
                return extend(from: start) { WordCase.isAlphabet($0) && !GoText.isUpper($0) }
            }
            return start
        }
    }

    /// The words in lower case with a connector between them.
    static func separated(_ text: ByteString, by connector: UInt32) -> ByteString {
        guard !text.isEmpty else { return "" }
        var output = Output(connector: connector)
        var reader = Reader(rest: GoText.scalars(text)[...])
        var word = reader.next()
        while !reader.rest.isEmpty {
            if word.kind != .connector { output.append(word) }
            let previous = word
            word = reader.next()
            switch previous.kind {
            case .number:
                skipToConnector(&word, &reader, &output)
            case .connector: output.append(previous)
            case .punctuation: break
            default:
                if word.kind == .number {
                    number(&word, &reader, &output)
                } else if word.kind != .connector, word.kind != .punctuation {
                    output.scalars.append(connector)
                }
            }
        }
        output.append(word)
        return GoText.text(output.scalars)
    }

    private static func skipToConnector(_ word: inout Word, _ reader: inout Reader, _ output: inout Output) {
        while word.kind == .alphabet || word.kind == .number {
            output.append(word)
            word = reader.next()
        }
        if word.kind != .invalid, word.kind != .punctuation, word.kind != .connector {
            output.scalars.append(output.connector)
        }
    }

    /// A number after a word belongs to it, unless lower case letters follow.
    private static func number(_ word: inout Word, _ reader: inout Reader, _ output: inout Output) {
        guard !reader.rest.isEmpty else { return }
        let number = word
        word = reader.next()
        if word.kind != .alphabet {
            output.append(number)
            if word.kind != .connector, word.kind != .punctuation { output.scalars.append(output.connector) }
            return
        }
        output.scalars.append(output.connector)
        output.append(number)
        skipToConnector(&word, &reader, &output)
    }

    private struct Output {
        let connector: UInt32
        var scalars: [UInt32] = []

        mutating func append(_ word: Word) {
            guard word.kind == .upper || word.kind == .connector else {
                scalars += word.text
                return
            }
            for scalar in word.text {
                scalars.append(
                    WordCase.isConnector(scalar) ? connector : GoText.isUpper(scalar) ? GoText.lower(scalar) : scalar)
            }
        }
    }

    /// Each word with a capital, and no connectors but at the start.
    static func pascal(_ text: ByteString) -> ByteString {
        var rest = GoText.scalars(text)[...]
        var result: [UInt32] = []
        while let first = rest.first, isConnector(first) {
            result.append(first)
            rest = rest.dropFirst()
        }
        guard let first = rest.popFirst() else {
            // The last of only connectors is written twice by the library.
            if let last = result.last { result.append(last) }
            return GoText.text(result)
        }
        var startsUpper = GoText.isUpper(first)
        var current = GoText.upper(first)
        for scalar in rest {
            let previous = current
            current = scalar
            if isConnector(previous) {
                if isConnector(scalar) {
                    result.append(previous)
                    continue
                }
                startsUpper = GoText.isUpper(scalar)
                current = GoText.upper(scalar)
            } else {
                if startsUpper {
                    if GoText.isUpper(scalar) { current = GoText.lower(scalar) } else { startsUpper = false }
                }
                result.append(previous)
            }
        }
        result.append(current)
        return GoText.text(result)
    }

    // MARK: - Classes

    private static func kind(of scalar: UInt32) -> Kind {
        if scalar == GoText.replacement { return .invalid }
        if isConnector(scalar) { return .connector }
        if isPunctuation(scalar) { return .punctuation }
        if GoText.isUpper(scalar) { return .upper }
        if isAlphabet(scalar) { return .alphabet }
        return isNumber(scalar) ? .number : .other
    }

    private static func isConnector(_ scalar: UInt32) -> Bool {
        scalar == 0x2d || scalar == 0x5f || GoText.isSpace(scalar)
    }

    private static func isPunctuation(_ scalar: UInt32) -> Bool {
        switch GoText.properties(scalar)?.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            true
        default: false
        }
    }

    private static func isNumber(_ scalar: UInt32) -> Bool {
        switch GoText.properties(scalar)?.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    /// A letter of a script that has words; the Chinese characters are none.
    private static func isAlphabet(_ scalar: UInt32) -> Bool {
        guard GoText.isLetter(scalar) else { return false }
        switch scalar {
        case 0x3400...0x4d85, 0x4e00...0x9fcc, 0x20000...0x2b81d: return false
        default: return true
        }
    }
}
