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
        let bytes = GoText.text(rest).bytes
        let length = JSONExtent.length(in: bytes)
        do throws(HelmError) {
            let value = try GoJSONReader.value(ByteString(bytes: bytes[..<length]))
            rest = GoText.scalars(ByteString(bytes: bytes[length...]))[...]
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

/// Where the first JSON value of a text ends.
enum JSONExtent {
    static func length(in bytes: [UInt8]) -> Int {
        guard let first = bytes.first else { return 0 }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return bracketed(bytes)
        case UInt8(ascii: "\""): return string(bytes, from: 0)
        case UInt8(ascii: "t"), UInt8(ascii: "n"): return min(4, bytes.count)
        case UInt8(ascii: "f"): return min(5, bytes.count)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return number(bytes)
        default: return 1
        }
    }

    /// A number ends where its grammar does: `01` is a 0 and something else. Where it breaks off, so does the extent, behind the
    /// character that can't be.
    private static func number(_ bytes: [UInt8]) -> Int {
        var position = bytes[0] == UInt8(ascii: "-") ? 1 : 0
        /// False where there is no digit.
        func skipDigits() -> Bool {
            let start = position
            while position < bytes.count, bytes[position] &- 48 < 10 { position += 1 }
            return position > start
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
        } else if !skipDigits() {
            return min(position + 1, bytes.count)
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            if !skipDigits() { return min(position + 1, bytes.count) }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            if !skipDigits() { return min(position + 1, bytes.count) }
        }
        return position
    }

    private static func string(_ bytes: [UInt8], from start: Int) -> Int {
        var position = start + 1
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "\\") {
                position += 1
            } else if bytes[position] == UInt8(ascii: "\"") {
                return position + 1
            }
            position += 1
        }
        return bytes.count
    }

    private static func bracketed(_ bytes: [UInt8]) -> Int {
        var depth = 0
        var position = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return position + 1 }
            case UInt8(ascii: "\""):
                position = string(bytes, from: position)
                continue
            default: break
            }
            position += 1
        }
        return bytes.count
    }
}
