/// Walks over JSON (RFC 8259, UTF-8) and checks it, without building anything. ``JSONParser`` builds values on top of it;
/// ``KubeList`` and ``WatchEvent`` cut objects out of a body with it.
///
/// - Precondition: the bytes live for as long as the scanner is used.
struct JSONScanner {
    typealias Failure = JSONParser.Failure

    /// The part of a string between its quotes.
    struct Text {
        var range: Range<Int>
        var hasEscapes: Bool
        /// Whether it is ASCII that can't be spelled in another way: equal texts of this kind have equal bytes.
        /// `\u0041` and `\/` are not of it; and strings that differ may be equal where they aren't ASCII.
        var isPlain: Bool
    }

    let bytes: UnsafeBufferPointer<UInt8>
    var at = 0
    private var keys = KeyStack()

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    func failure(_ message: String) -> Failure { Failure(message: message, offset: at) }

    private func unsupported(_ message: String) -> Failure {
        var failure = failure(message)
        failure.isUnsupported = true
        return failure
    }

    /// The byte at the scanner; zero at the end, where JSON never has one.
    @inline(__always)
    var peek: UInt8 { at < bytes.count ? bytes[at] : 0 }

    @inline(__always)
    mutating func skipSpace() {
        while at < bytes.count, bytes[at] <= 0x20 {
            switch bytes[at] {
            case 0x20, 0x0A, 0x0D, 0x09: at += 1
            default: return
            }
        }
    }

    mutating func requireEnd() throws(Failure) {
        skipSpace()
        if at < bytes.count { throw failure("unexpected data after the value") }
    }

    /// Refuses a value whose members or elements are at a depth greater than ``JSONParser/maximumDepth``.
    @inline(__always)
    func checkDepth(_ depth: Int) throws(Failure) {
        if depth > JSONParser.maximumDepth { throw unsupported("more than \(JSONParser.maximumDepth) levels") }
    }

    // MARK: Whole values

    /// Goes behind the value that begins here, and checks it.
    mutating func skipValue(depth: Int) throws(Failure) {
        try checkDepth(depth)
        skipSpace()
        switch peek {
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "{"):
            try object { (scanner, _) throws(Failure) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["): try array { (scanner) throws(Failure) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try number()
        }
    }

    /// Goes through the object that begins here, and refuses duplicate keys. `member` is called before each value (and
    /// white space) and has to go behind it.
    @inline(__always)
    mutating func object(_ member: (inout JSONScanner, Text) throws(Failure) -> Void) throws(Failure) {
        at += 1
        skipSpace()
        if peek == UInt8(ascii: "}") {
            at += 1
            return
        }
        var own = keys.open()
        defer { keys.close(own) }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw failure("expected a key") }
            let key = try string()
            if !keys.insert(key, into: &own, bytes: bytes) { throw unsupported("duplicate key \"\(text(key))\"") }
            skipSpace()
            guard peek == UInt8(ascii: ":") else { throw failure("expected ':'") }
            at += 1
            try member(&self, key)
            skipSpace()
            switch peek {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "}"):
                at += 1
                return
            default: throw failure("expected ',' or '}'")
            }
        }
    }

    /// Goes through the array that begins here. `element` is called before each element (and white space) and has to go
    /// behind it.
    @inline(__always)
    mutating func array(_ element: (inout JSONScanner) throws(Failure) -> Void) throws(Failure) {
        at += 1
        skipSpace()
        if peek == UInt8(ascii: "]") {
            at += 1
            return
        }
        while true {
            try element(&self)
            skipSpace()
            switch peek {
            case UInt8(ascii: ","): at += 1
            case UInt8(ascii: "]"):
                at += 1
                return
            default: throw failure("expected ',' or ']'")
            }
        }
    }

    mutating func literal(_ word: StaticString) throws(Failure) {
        let length = word.utf8CodeUnitCount
        guard at + length <= bytes.count else { throw failure("unexpected end") }
        for i in 0..<length where bytes[at + i] != word.utf8Start[i] { throw failure("unexpected character") }
        at += length
    }

    // MARK: Numbers

    @inline(__always)
    private var isAtDigit: Bool { peek &- UInt8(ascii: "0") < 10 }

    private mutating func digits() throws(Failure) {
        guard isAtDigit else { throw failure("expected a digit") }
        while isAtDigit { at += 1 }
    }

    /// Goes behind the number that begins here; gives its bytes, and whether it has neither fraction nor exponent.
    mutating func number() throws(Failure) -> (range: Range<Int>, isWhole: Bool) {
        let start = at
        var isWhole = true
        if peek == UInt8(ascii: "-") {
            at += 1
        } else if !isAtDigit {
            throw failure(at < bytes.count ? "unexpected character" : "unexpected end")
        }
        if peek == UInt8(ascii: "0") {
            at += 1
            if isAtDigit { throw failure("leading zero") }
        } else {
            try digits()
        }
        if peek == UInt8(ascii: ".") {
            isWhole = false
            at += 1
            try digits()
        }
        if peek | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            at += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { at += 1 }
            try digits()
        }
        // Only these can be too large for a double.
        if !isWhole || at - start > 300 { try checkIsFinite(start..<at) }
        return (start..<at, isWhole)
    }

    private func checkIsFinite(_ range: Range<Int>) throws(Failure) {
        let value = Double(String(decoding: bytes[range], as: UTF8.self))
        if value?.isFinite != true { throw failure("number out of range") }
    }
}
