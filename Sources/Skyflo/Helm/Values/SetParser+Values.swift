extension SetParser {
    /// The value behind `=`, and the fault that ends the text there; both where a value is set before the end.
    mutating func value() -> (value: HelmValue?, fault: Fault?) {
        switch form {
        case .json: return json()
        case .literal:
            defer { rest = [] }
            return (.string(GoText.text(rest)), nil)
        case .typed, .string, .file: break
        }
        guard rest.first != nil else { return (.string(ByteString("")), .end) }
        do throws(Fault) {
            if rest.first == 0x7B {
                rest.removeFirst()
                return (.list(try list()), nil)
            }
            return (try converted(characters(until: [","]).text), nil)
        } catch {
            return (nil, error)
        }
    }

    /// The elements up to the closing brace.
    private mutating func list() throws(Fault) -> [HelmValue] {
        var elements: [HelmValue] = []
        while true {
            let (text, stop) = characters(until: [",", "}"])
            guard let stop else { throw .problem("list must terminate with '}'") }
            elements.append(try converted(text))
            guard stop == "}" else { continue }
            if rest.first == 0x2C { rest.removeFirst() }
            return elements
        }
    }

    private func converted(_ characters: [UInt32]) throws(Fault) -> HelmValue {
        let text = GoText.text(characters)
        switch form {
        case .file(let content):
            do throws(HelmError) {
                return .string(try content(text))
            } catch {
                throw .problem(error)
            }
        case .typed: return Self.typed(text)
        case .string, .json, .literal: return .string(text)
        }
    }

    /// Whole numbers that don't begin with 0, booleans and null; all else is text, `1.5` too.
    private static func typed(_ text: ByteString) -> HelmValue {
        switch text.text.lowercased() {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        case "0": return .int64(0)
        default:
            let digits = text.bytes.drop { $0 == 0x2B || $0 == 0x2D }
            let isNumber = digits.count >= text.count - 1 && !digits.isEmpty && digits.allSatisfy { $0 &- 48 < 10 }
            if isNumber, text.bytes.first != 0x30, let number = Int64(text.text) { return .int64(number) }
            return .string(text)
        }
    }

    private mutating func json() -> (value: HelmValue?, fault: Fault?) {
        if skipsEmptyValue() { return (.null, nil) }
        // Only that part is made bytes: there may be a value behind each of many keys.
        let length = JSONExtent.length(in: rest)
        do throws(HelmError) {
            let value = try GoJSONReader.value(GoText.text(rest.prefix(length)))
            rest = rest.dropFirst(length)
            _ = skipsEmptyValue()
            return (value, nil)
        } catch {
            let isCut = error.message == "unexpected end of JSON input"
            return (nil, .problem(isCut ? HelmError("unexpected EOF") : error))
        }
    }

    /// Skips spaces, and a comma behind them.
    ///
    /// - Returns: whether there was nothing else before the comma or the end.
    private mutating func skipsEmptyValue() -> Bool {
        while let character = rest.first {
            guard character == 0x2C || GoText.isSpace(character) else { return false }
            rest.removeFirst()
            if character == 0x2C { return true }
        }
        return true
    }
}

/// How many characters the first JSON value of a text has.
enum JSONExtent {
    static func length(in text: ArraySlice<UInt32>) -> Int {
        guard let first = text.first else { return 0 }
        switch first {
        case 0x7B, 0x5B: return bracketed(text) - text.startIndex
        case 0x22: return string(text, from: text.startIndex) - text.startIndex
        // true, null and false
        case 0x74, 0x6E: return min(4, text.count)
        case 0x66: return min(5, text.count)
        case 0x2D, 0x30...0x39: return number(text) - text.startIndex
        default: return 1
        }
    }

    /// A number ends where its grammar does: `01` is a 0 and something else. Where it breaks off, so does the extent, behind the
    /// character that can't be.
    private static func number(_ text: ArraySlice<UInt32>) -> Int {
        var position = text.startIndex
        func skip(_ characters: Unicode.Scalar...) -> Bool {
            guard position < text.endIndex, characters.contains(where: { $0.value == text[position] }) else {
                return false
            }
            position += 1
            return true
        }
        /// False where there is no digit.
        func skipDigits() -> Bool {
            let start = position
            while position < text.endIndex, text[position] &- 48 < 10 { position += 1 }
            return position > start
        }
        _ = skip("-")
        if !skip("0"), !skipDigits() { return min(position + 1, text.endIndex) }
        if skip("."), !skipDigits() { return min(position + 1, text.endIndex) }
        if skip("e", "E") {
            _ = skip("+", "-")
            if !skipDigits() { return min(position + 1, text.endIndex) }
        }
        return position
    }

    private static func string(_ text: ArraySlice<UInt32>, from start: Int) -> Int {
        var position = start + 1
        while position < text.endIndex {
            if text[position] == 0x5C {
                position += 1
            } else if text[position] == 0x22 {
                return position + 1
            }
            position += 1
        }
        return text.endIndex
    }

    private static func bracketed(_ text: ArraySlice<UInt32>) -> Int {
        var depth = 0
        var position = text.startIndex
        while position < text.endIndex {
            switch text[position] {
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                depth -= 1
                if depth == 0 { return position + 1 }
            case 0x22:
                position = string(text, from: position)
                continue
            default: break
            }
            position += 1
        }
        return text.endIndex
    }
}
