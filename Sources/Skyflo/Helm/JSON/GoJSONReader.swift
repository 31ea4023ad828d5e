/// Reads JSON as Go's package `encoding/json` does into values of any type, with its errors.
package struct GoJSONReader {
    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0

    private static let maximumDepth = 10_000

    private init(_ text: ByteString) {
        bytes = text.bytes
    }

    package static func value(_ text: ByteString) throws(HelmError) -> HelmValue {
        var reader = GoJSONReader(text)
        let value = try reader.element()
        reader.skipSpaces()
        guard reader.offset == reader.bytes.count else { throw reader.invalid("after top-level value") }
        return value
    }

    /// The text's object; null is a nil map.
    package static func map(_ text: ByteString) throws(HelmError) -> HelmMap {
        let value = try value(text)
        switch value {
        case .map(let map): return map
        case .null: return HelmMap(isNil: true)
        default: throw mismatch(value, "map[string]interface {}")
        }
    }

    package static func list(_ text: ByteString) throws(HelmError) -> HelmList {
        let value = try value(text)
        switch value {
        case .list(let list): return list
        case .null: return HelmList([], isNil: true)
        default: throw mismatch(value, "[]interface {}")
        }
    }

    private static func mismatch(_ value: HelmValue, _ type: String) -> HelmError {
        let name =
            switch value {
            case .map: "object"
            case .list: "array"
            case .string: "string"
            case .bool: "bool"
            default: "number"
            }
        return HelmError("json: cannot unmarshal \(name) into Go value of type \(type)")
    }

    // MARK: -

    private func invalid(_ context: String) -> HelmError {
        guard offset < bytes.count else { return HelmError("unexpected end of JSON input") }
        let byte = bytes[offset]
        let character: ByteString
        switch byte {
        case UInt8(ascii: "'"): character = "'\\''"
        case UInt8(ascii: "\""): character = "'\"'"
        default:
            let quoted = GoQuote.quoted(GoText.text([UInt32(byte)])).bytes
            character = "'" + ByteString(bytes: quoted.dropFirst().dropLast()) + "'"
        }
        return HelmError(message: "invalid character " + character + ByteString(" " + context))
    }

    private mutating func skipSpaces() {
        while offset < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[offset]) { offset += 1 }
    }

    private mutating func element() throws(HelmError) -> HelmValue {
        skipSpaces()
        guard offset < bytes.count else { throw invalid("") }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return .map(try object())
        case UInt8(ascii: "["): return .list(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), 0x30...0x39: return .float64(try number())
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default: throw invalid("looking for beginning of value")
        }
    }

    private mutating func literal(_ text: String) throws(HelmError) {
        for (index, byte) in text.utf8.enumerated() {
            guard offset < bytes.count, bytes[offset] == byte else {
                let expected = index == 0 ? "" : " (expecting '\(Character(Unicode.Scalar(byte)))')"
                throw invalid("in literal \(text)\(expected)")
            }
            offset += 1
        }
    }

    private mutating func enter() throws(HelmError) {
        offset += 1
        depth += 1
        if depth > Self.maximumDepth { throw HelmError("exceeded max depth") }
        skipSpaces()
    }

    private mutating func object() throws(HelmError) -> HelmMap {
        try enter()
        defer { depth -= 1 }
        let map = HelmMap()
        if take("}") { return map }
        while true {
            skipSpaces()
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
                throw invalid("looking for beginning of object key string")
            }
            let key = try string()
            skipSpaces()
            guard take(":") else { throw invalid("after object key") }
            map[key] = try element()
            skipSpaces()
            if take("}") { return map }
            guard take(",") else { throw invalid("after object key:value pair") }
        }
    }

    private mutating func array() throws(HelmError) -> HelmList {
        try enter()
        defer { depth -= 1 }
        var elements: [HelmValue] = []
        if take("]") { return HelmList([]) }
        while true {
            elements.append(try element())
            skipSpaces()
            if take("]") { return HelmList(elements) }
            guard take(",") else { throw invalid("after array element") }
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    // MARK: - Numbers and strings

    private mutating func digits() -> Int {
        let start = offset
        while offset < bytes.count, (0x30...0x39).contains(bytes[offset]) { offset += 1 }
        return offset - start
    }

    private mutating func number() throws(HelmError) -> Double {
        let start = offset
        _ = take("-")
        if !take("0"), digits() == 0 { throw invalid("in numeric literal") }
        if take("."), digits() == 0 { throw invalid("after decimal point in numeric literal") }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            if digits() == 0 { throw invalid("in exponent of numeric literal") }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        guard let value = Double(text), value.isFinite else {
            throw HelmError("json: cannot unmarshal number \(text) into Go value of type float64")
        }
        return value
    }

    private mutating func string() throws(HelmError) -> ByteString {
        offset += 1
        var result: [UInt8] = []
        while true {
            guard offset < bytes.count, bytes[offset] >= 0x20 else { throw invalid("in string literal") }
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                offset += 1
                return ByteString(bytes: result)
            case UInt8(ascii: "\\"): try escape(into: &result)
            case ..<0x80:
                result.append(bytes[offset])
                offset += 1
            default:
                let (scalar, length) = GoText.decode(bytes, at: offset)
                GoText.append(scalar, to: &result)
                offset += length
            }
        }
    }

    private mutating func escape(into result: inout [UInt8]) throws(HelmError) {
        offset += 1
        guard offset < bytes.count else { throw invalid("") }
        switch bytes[offset] {
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "\""): result.append(bytes[offset])
        case UInt8(ascii: "u"):
            offset += 1
            try unicode(into: &result)
            return
        default: throw invalid("in string escape code")
        }
        offset += 1
    }

    private mutating func unicode(into result: inout [UInt8]) throws(HelmError) {
        var scalar = try hexadecimal()
        if (0xd800..<0xdc00).contains(scalar), offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
            bytes[offset + 1] == UInt8(ascii: "u")
        {
            let start = offset
            offset += 2
            let low = try hexadecimal()
            if (0xdc00..<0xe000).contains(low) {
                scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
            } else {
                offset = start
            }
        }
        GoText.append(scalar, to: &result)
    }

    private mutating func hexadecimal() throws(HelmError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard offset < bytes.count, let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue,
                bytes[offset] < 0x80
            else { throw invalid("in \\u hexadecimal character escape") }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
