/// A strict JSON parser (RFC 8259) over UTF-8 bytes.
///
/// Foundation's decoders are 10 to 200 times slower into a dynamic value (and `JSONSerialization` needs over a gigabyte
/// for a list of 5,000 pods), so this is one of the few things written here that a library could do.
///
/// Refused: invalid UTF-8, unpaired surrogates, control characters in strings, leading zeros, numbers that overflow a
/// double, duplicate keys, more than ``JSONParser/maximumDepth`` levels, anything after the value.
public struct JSONParser {
    /// As deep as `encoding/json` of Go goes is 10,000; objects of Kubernetes stay under 100, and each level costs stack.
    public static let maximumDepth = 512

    public struct Failure: Error, Equatable, CustomStringConvertible, Sendable {
        public let message: String
        /// Offset of the byte where parsing stopped.
        public let offset: Int
        public var description: String { "invalid JSON at byte \(offset): \(message)" }
    }

    /// Parses exactly one value with optional white space around it.
    public static func parse(_ bytes: some Sequence<UInt8>) throws(Failure) -> JSONValue {
        if let result = bytes.withContiguousStorageIfAvailable({ run($0) }) { return try result.get() }
        let copy = Array(bytes)
        return try copy.withUnsafeBufferPointer { run($0) }.get()
    }

    public static func parse(_ text: String) throws(Failure) -> JSONValue {
        var text = text
        return try text.withUTF8 { run($0) }.get()
    }

    private static func run(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, Failure> {
        do throws(Failure) {
            var parser = JSONParser(bytes)
            let value = try parser.value(depth: 0)
            parser.skipSpace()
            if parser.at < bytes.count { throw parser.failure("unexpected data after the value") }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var at = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private func failure(_ message: String) -> Failure { Failure(message: message, offset: at) }

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        if depth > Self.maximumDepth { throw failure("more than \(Self.maximumDepth) levels") }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(let byte) where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
        case .some: throw failure("unexpected character")
        case nil: throw failure("unexpected end")
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        let length = word.utf8CodeUnitCount
        guard at + length <= bytes.count else { throw failure("unexpected end") }
        for i in 0..<length where bytes[at + i] != word.utf8Start[i] { throw failure("unexpected character") }
        at += length
        return value
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        at += 1
        var pairs: [JSONObject.Element] = []
        var seen: Set<String>?
        skipSpace()
        if peek == UInt8(ascii: "}") {
            at += 1
            return .object(JSONObject())
        }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw failure("expected a key") }
            let key = try string()
            let isDuplicate =
                seen.map { $0.contains(key) } ?? pairs.contains { $0.key == key }
            if isDuplicate { throw failure("duplicate key \"\(key)\"") }
            skipSpace()
            guard peek == UInt8(ascii: ":") else { throw failure("expected ':'") }
            at += 1
            pairs.append((key, try value(depth: depth + 1)))
            // A scan is faster for few keys, a set for many.
            if seen != nil { seen?.insert(key) } else if pairs.count > 32 { seen = Set(pairs.map(\.key)) }
            skipSpace()
            switch peek {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                at += 1
                return .object(JSONObject(uniquePairs: pairs))
            default: throw failure("expected ',' or '}'")
            }
        }
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        at += 1
        var elements: [JSONValue] = []
        skipSpace()
        if peek == UInt8(ascii: "]") {
            at += 1
            return .array([])
        }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            switch peek {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "]"):
                at += 1
                return .array(elements)
            default: throw failure("expected ',' or ']'")
            }
        }
    }

    // MARK: Numbers

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    private mutating func digits() throws(Failure) {
        guard let first = peek, Self.isDigit(first) else { throw failure("expected a digit") }
        while let byte = peek, Self.isDigit(byte) { at += 1 }
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = at
        var isWhole = true
        if peek == UInt8(ascii: "-") { at += 1 }
        if peek == UInt8(ascii: "0") {
            at += 1
            if let next = peek, Self.isDigit(next) { throw failure("leading zero") }
        } else {
            try digits()
        }
        if peek == UInt8(ascii: ".") {
            isWhole = false
            at += 1
            try digits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isWhole = false
            at += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw failure("number out of range") }
        return .double(value)
    }

    // MARK: Strings

    private mutating func string() throws(Failure) -> String {
        at += 1
        let start = at
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                let text = try utf8(bytes[start..<at])
                at += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            if byte < 0x20 { throw failure("control character in a string") }
            at += 1
        }
        throw failure("unexpected end of a string")
    }

    private func utf8(_ slice: Slice<UnsafeBufferPointer<UInt8>>) throws(Failure) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else { throw failure("invalid UTF-8") }
        return text
    }

    private mutating func escapedString(from start: Int) throws(Failure) -> String {
        var buffer = Array(bytes[start..<at])
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                at += 1
                guard let text = String(validating: buffer, as: UTF8.self) else { throw failure("invalid UTF-8") }
                return text
            case UInt8(ascii: "\\"):
                at += 1
                try escape(into: &buffer)
            case 0..<0x20: throw failure("control character in a string")
            default:
                buffer.append(byte)
                at += 1
            }
        }
        throw failure("unexpected end of a string")
    }

    private mutating func escape(into buffer: inout [UInt8]) throws(Failure) {
        guard let byte = peek else { throw failure("unexpected end of a string") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try unicodeEscape()
            buffer.append(contentsOf: String(scalar).utf8)
        default: throw failure("unknown escape")
        }
    }

    /// After `\u`: four hexadecimal digits, and a second such escape where the first is a high surrogate.
    private mutating func unicodeEscape() throws(Failure) -> Character {
        var code = UInt32(try hex4())
        if (0xD800..<0xDC00).contains(code) {
            guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
                throw failure("unpaired surrogate")
            }
            at += 2
            let low = UInt32(try hex4())
            guard (0xDC00..<0xE000).contains(low) else { throw failure("unpaired surrogate") }
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("unpaired surrogate") }
        return Character(scalar)
    }

    private mutating func hex4() throws(Failure) -> UInt16 {
        var code: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek else { throw failure("unexpected end of a string") }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw failure("expected a hexadecimal digit")
            }
            code = code << 4 | UInt16(digit)
            at += 1
        }
        return code
    }
}
