/// A number in a template, which may be used as each of the types that it fits in.
struct NumberConstant {
    let text: ByteString
    var integer: Int64?
    var unsigned: UInt64?
    var float: Double?
    var complex: (real: Double, imaginary: Double)?

    /// Nil with a message where the text is no number.
    init(_ text: ByteString, kind: TemplateToken.Kind) throws(HelmError) {
        self.text = text
        switch kind {
        case .charConstant: try readCharacter()
        case .complex: try readComplex()
        default: try readNumber()
        }
    }

    /// Whether Go's rules make it a float where no type is asked for.
    var isFloatByItself: Bool {
        let bytes = text.bytes
        guard float != nil, bytes.first != UInt8(ascii: "'") else { return false }
        let lower = bytes.map { $0 | 0x20 }
        let isHex = bytes.count > 2 && bytes[0] == UInt8(ascii: "0") && lower[1] == UInt8(ascii: "x")
        if isHex, !lower.contains(UInt8(ascii: "p")) { return false }
        return bytes.contains(UInt8(ascii: ".")) || lower.contains(UInt8(ascii: "e"))
            || lower.contains(UInt8(ascii: "p"))
    }

    private mutating func readCharacter() throws(HelmError) {
        if text == "''" { throw HelmError("invalid syntax") }
        guard let character = GoQuote.unquoted(text), !character.isEmpty else {
            throw HelmError(message: "malformed character constant: " + text)
        }
        let scalar = GoText.decode(character.bytes, at: 0).scalar
        integer = Int64(scalar)
        unsigned = UInt64(scalar)
        float = Double(scalar)
    }

    private mutating func readComplex() throws(HelmError) {
        guard let value = Self.complex(text.text) else { throw HelmError(message: "bad number syntax: " + text) }
        complex = value
        simplify()
    }

    private mutating func readNumber() throws(HelmError) {
        if text.bytes.last == UInt8(ascii: "i"), let value = GoNumber.float(String(text.text.dropLast())) {
            complex = (0, value)
            simplify()
            return
        }
        if let value = GoNumber.unsigned(text.text) {
            unsigned = value
        }
        if let value = GoNumber.integer(text.text) {
            integer = value
            if value == 0 { unsigned = 0 }
        }
        if let integer {
            float = Double(integer)
        } else if let unsigned {
            float = Double(unsigned)
        } else if let value = GoNumber.float(text.text) {
            // An integer too large for its types isn't taken for a float.
            let lower = text.text.lowercased()
            guard lower.contains(where: { ".ep".contains($0) }) else {
                throw HelmError(message: "integer overflow: " + GoQuote.quoted(text))
            }
            readFloat(value)
        }
        guard integer != nil || unsigned != nil || float != nil else {
            throw HelmError(message: "illegal number syntax: " + GoQuote.quoted(text))
        }
    }

    private mutating func readFloat(_ value: Double) {
        float = value
        if let exact = Int64(exactly: value) { integer = exact }
        if let exact = UInt64(exactly: value) { unsigned = exact }
    }

    /// A complex constant without an imaginary part is a number of each simpler type as well.
    private mutating func simplify() {
        guard let complex, complex.imaginary == 0 else { return }
        readFloat(complex.real)
    }

    private static func complex(_ text: String) -> (real: Double, imaginary: Double)? {
        guard text.last == "i" else { return nil }
        let body = text.dropLast()
        guard let split = body.dropFirst().lastIndex(where: { $0 == "+" || $0 == "-" }),
            let real = GoNumber.float(String(body[..<split])), let imaginary = GoNumber.float(String(body[split...]))
        else { return nil }
        return (real, imaginary)
    }
}
