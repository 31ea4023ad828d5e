/// A strict JSON parser (RFC 8259) over UTF-8 bytes.
///
/// Foundation's decoders are 10 to 200 times slower into a dynamic value (and `JSONSerialization` needs over a gigabyte
/// for a list of 5,000 pods), so this is one of the few things written here that a library could do.
///
/// Refused: invalid UTF-8, unpaired surrogates, control characters in strings, leading zeros, numbers that overflow a
/// double, duplicate keys, more than ``JSONParser/maximumDepth`` levels, anything after the value.
public struct JSONParser {
    /// The number of levels of objects and arrays that may be nested in the outermost value. Go's `encoding/json`
    /// allows 10,000; objects of Kubernetes stay under 100, and each level costs stack.
    public static let maximumDepth = 512

    /// The reason why a text was refused, and the place.
    public struct Failure: Error, Equatable, CustomStringConvertible, Sendable {
        /// The fault in English and without the place, such as "leading zero".
        public let message: String
        /// The offset of the byte where parsing stopped, counted from zero.
        public let offset: Int
        /// Whether other parsers may take the text: it nests deeper than ``JSONParser/maximumDepth``, or has two keys
        /// that are the same or look the same (composed and decomposed characters). False for what is no JSON at all.
        public internal(set) var isUnsupported = false
        /// The message with its place: `invalid JSON at byte 12: leading zero`.
        public var description: String { "invalid JSON at byte \(offset): \(message)" }
    }

    /// Parses exactly one value from UTF-8, with optional white space around it. Whatever ``JSONParser`` refuses is
    /// thrown as a ``Failure``.
    public static func parse(_ bytes: some Sequence<UInt8>) throws(Failure) -> JSONValue {
        try scan(bytes) { (scanner) throws(Failure) in try document(&scanner) }
    }

    /// Parses exactly one value from a text, by the same rules as ``parse(_:)-(Sequence<UInt8>)``.
    public static func parse(_ text: String) throws(Failure) -> JSONValue { try parse(text.utf8) }

    /// One object after the other, with nothing but white space between them; nil for anything else.
    static func stream(_ text: String) -> [JSONValue]? {
        guard text.utf8.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }) == UInt8(ascii: "{") else {
            return nil
        }
        return try? scan(text.utf8) { (scanner) throws(Failure) in
            var values: [JSONValue] = []
            repeat {
                values.append(try value(&scanner, depth: 0))
                scanner.skipSpace()
            } while scanner.peek == UInt8(ascii: "{")
            try scanner.requireEnd()
            return values
        }
    }

    /// Lets `body` go over the bytes, without a copy where they are in one piece.
    static func scan<Value>(
        _ bytes: some Sequence<UInt8>, body: (inout JSONScanner) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        func run(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<Value, Failure> {
            do throws(Failure) {
                var scanner = JSONScanner(bytes)
                return .success(try body(&scanner))
            } catch {
                return .failure(error)
            }
        }
        if let result = bytes.withContiguousStorageIfAvailable(run) { return try result.get() }
        return try Array(bytes).withUnsafeBufferPointer(run).get()
    }

    private static func document(_ scanner: inout JSONScanner) throws(Failure) -> JSONValue {
        let value = try value(&scanner, depth: 0)
        try scanner.requireEnd()
        return value
    }

    /// Reads the value that begins at the scanner.
    static func value(_ scanner: inout JSONScanner, depth: Int) throws(Failure) -> JSONValue {
        try scanner.checkDepth(depth)
        scanner.skipSpace()
        switch scanner.peek {
        case UInt8(ascii: "\""): return .string(scanner.text(try scanner.string()))
        case UInt8(ascii: "{"): return try object(&scanner, depth: depth)
        case UInt8(ascii: "["): return try array(&scanner, depth: depth)
        case UInt8(ascii: "t"):
            try scanner.literal("true")
            return true
        case UInt8(ascii: "f"):
            try scanner.literal("false")
            return false
        case UInt8(ascii: "n"):
            try scanner.literal("null")
            return .null
        default: return try number(&scanner)
        }
    }

    private static func object(_ scanner: inout JSONScanner, depth: Int) throws(Failure) -> JSONValue {
        var pairs: [JSONObject.Element] = []
        // Most objects of Kubernetes have two to four members; growing from one by doubling costs more than the members.
        pairs.reserveCapacity(4)
        try scanner.object { (scanner, key) throws(Failure) in
            pairs.append((scanner.text(key), try value(&scanner, depth: depth + 1)))
        }
        return .object(JSONObject(uniquePairs: pairs))
    }

    private static func array(_ scanner: inout JSONScanner, depth: Int) throws(Failure) -> JSONValue {
        var elements: [JSONValue] = []
        try scanner.array { (scanner) throws(Failure) in elements.append(try value(&scanner, depth: depth + 1)) }
        return .array(elements)
    }

    private static func number(_ scanner: inout JSONScanner) throws(Failure) -> JSONValue {
        let (range, isWhole) = try scanner.number()
        if isWhole, let value = whole(scanner.bytes, range: range) { return .int(value) }
        guard let value = Double(String(decoding: scanner.bytes[range], as: UTF8.self)), value.isFinite else {
            throw scanner.failure("number out of range")
        }
        return .double(value)
    }

    /// The integer that the digits spell; nil when it doesn't fit 64 bits.
    private static func whole(_ bytes: UnsafeBufferPointer<UInt8>, range: Range<Int>) -> Int64? {
        let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
        var value: Int64 = 0
        for at in range.dropFirst(isNegative ? 1 : 0) {
            let digit = Int64(bytes[at] &- UInt8(ascii: "0"))
            let (tenfold, hasOverflown) = value.multipliedReportingOverflow(by: 10)
            let (sum, isTooLarge) =
                isNegative ? tenfold.subtractingReportingOverflow(digit) : tenfold.addingReportingOverflow(digit)
            if hasOverflown || isTooLarge { return nil }
            value = sum
        }
        return value
    }
}
