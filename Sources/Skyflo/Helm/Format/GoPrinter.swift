/// Prints values by the verbs of Go's package `fmt`.
struct GoPrinter {
    struct Flags {
        var plus = false
        var minus = false
        var sharp = false
        var space = false
        var zero = false
        /// `%+v` and `%#v`
        var plusValue = false
        var sharpValue = false
        var width: Int?
        var precision: Int?

        mutating func useForValue() {
            if sharp { (sharp, sharpValue) = (false, true) }
            if plus { (plus, plusValue) = (false, true) }
        }
    }

    var buffer: [UInt8] = []
    var flags = Flags()
    private var depth = 0
    private var isCut = false

    /// Prints a value that is an argument or an element of one.
    mutating func print(_ value: HelmValue, verb: Unicode.Scalar, isElement: Bool = false) {
        if verb == "T" { return pad(ByteString(value.typeName)) }
        if verb == "w" { return bad(value, verb) }
        switch value {
        case .null:
            if isElement {
                append(flags.sharpValue ? "interface {}(nil)" : "<nil>")
            } else if verb == "v" {
                pad("<nil>")
            } else {
                bad(value, verb)
            }
        case .bool(let bool):
            verb == "t" || verb == "v" ? pad(bool ? "true" : "false") : bad(value, verb)
        case .int(let int): integer(Int64(int), value, verb: verb)
        case .int64(let int): integer(int, value, verb: verb)
        case .float64(let float): self.float(float, value, verb: verb)
        case .string(let text): string(text, value, verb: verb)
        case .bytes(let bytes): self.bytes(bytes, value, verb: verb)
        case .list(let list): self.list(list, verb: verb)
        case .map(let map): self.map(map, verb: verb)
        case .object(let object): self.object(object, value, verb: verb)
        }
    }

    /// Once a value is too deep or its text too long, no more of it is printed.
    private var isWithinLimits: Bool {
        mutating get {
            if depth > HelmValue.maximumDepth || buffer.count > HelmValue.maximumBytes { isCut = true }
            return !isCut
        }
    }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { buffer += $0 }
    }

    private mutating func bad(_ value: HelmValue, _ verb: Unicode.Scalar) {
        append("%!")
        GoText.append(verb.value, to: &buffer)
        append("(")
        if case .null = value {
            append("<nil>")
        } else {
            buffer += Array(value.typeName.utf8)
            append("=")
            print(value, verb: "v")
        }
        append(")")
    }

    // MARK: - What has elements

    private mutating func list(_ list: HelmList, verb: Unicode.Scalar) {
        if flags.sharpValue, verb == "v" {
            buffer += Array(list.typeName.utf8)
            if list.isNil { return append("(nil)") }
        }
        append(flags.sharpValue ? "{" : "[")
        depth += 1
        for (index, element) in list.elements.enumerated() where isWithinLimits {
            if index > 0 { append(flags.sharpValue ? ", " : " ") }
            print(element, verb: verb, isElement: true)
        }
        depth -= 1
        append(flags.sharpValue ? "}" : "]")
    }

    private mutating func map(_ map: HelmMap, verb: Unicode.Scalar) {
        if flags.sharpValue, verb == "v" {
            buffer += Array(map.typeName.utf8)
            if map.isNil { return append("(nil)") }
            append("{")
        } else {
            append("map[")
        }
        depth += 1
        for (index, key) in map.keys.enumerated() where isWithinLimits {
            if index > 0 { append(flags.sharpValue ? ", " : " ") }
            print(.string(key), verb: verb, isElement: true)
            append(":")
            print(map[key] ?? .null, verb: verb, isElement: true)
        }
        depth -= 1
        append(flags.sharpValue ? "}" : "]")
    }

    private mutating func bytes(_ bytes: [UInt8], _ value: HelmValue, verb: Unicode.Scalar) {
        switch verb {
        case "v", "d":
            append("[")
            for (index, byte) in bytes.enumerated() {
                if index > 0 { append(" ") }
                integer(Int64(byte), .int(Int(byte)), verb: verb)
            }
            append("]")
        default: string(ByteString(bytes: bytes), value, verb: verb)
        }
    }

    private mutating func object(_ object: HelmObject, _ value: HelmValue, verb: Unicode.Scalar) {
        if object.hasText, "vsxXq".unicodeScalars.contains(verb) { return string(object.printed, value, verb: verb) }
        if let integer = object as? IntegerObject { return self.integer(integer.value, value, verb: verb) }
        if object is ComplexObject { return verb == "v" ? pad(object.printed) : bad(value, verb) }
        let fields = object.printedFields
        if flags.sharpValue, verb == "v" {
            if object.kind == .pointer { append("&") }
            buffer += object.typeName.utf8.drop { $0 == UInt8(ascii: "*") }
            append("{")
        } else {
            append(object.kind == .pointer ? "&{" : "{")
        }
        for (index, field) in fields.enumerated() {
            if index > 0 { append(flags.sharpValue ? ", " : " ") }
            if flags.plusValue || flags.sharpValue {
                buffer += field.name.bytes
                append(":")
            }
            print(field.value, verb: verb, isElement: true)
        }
        append("}")
    }

    // MARK: - Texts

    private mutating func string(_ text: ByteString, _ value: HelmValue, verb: Unicode.Scalar) {
        switch verb {
        case "v" where flags.sharpValue: pad(GoQuote.quoted(text))
        case "v", "s": pad(truncated(text))
        case "x": hexadecimal(text, digits: "0123456789abcdef")
        case "X": hexadecimal(text, digits: "0123456789ABCDEF")
        case "q":
            let text = truncated(text)
            if flags.sharp, GoQuote.canBackquote(text) {
                pad("`" + text + "`")
            } else {
                pad(GoQuote.quoted(text, onlyASCII: flags.plus))
            }
        default: bad(value, verb)
        }
    }

    private func truncated(_ text: ByteString) -> ByteString {
        guard let precision = flags.precision else { return text }
        return GoText.prefix(of: text, characters: precision)
    }

    private mutating func hexadecimal(_ text: ByteString, digits: StaticString) {
        let bytes = flags.precision.map { Array(text.bytes.prefix($0)) } ?? text.bytes
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if flags.space, index > 0 { result.append(UInt8(ascii: " ")) }
            if flags.sharp, flags.space || index == 0 { result += [0x30, digits.utf8Start[10] == 0x61 ? 0x78 : 0x58] }
            result.append(digits.utf8Start[Int(byte >> 4)])
            result.append(digits.utf8Start[Int(byte & 0xf)])
        }
        pad(ByteString(bytes: result))
    }

    /// Writes a text, filled up to the width.
    mutating func pad(_ text: ByteString) {
        guard let width = flags.width else {
            buffer += text.bytes
            return
        }
        let missing = width - GoText.characterCount(text)
        guard missing > 0 else {
            buffer += text.bytes
            return
        }
        if flags.minus {
            buffer += text.bytes
            buffer += Array(repeating: UInt8(ascii: " "), count: missing)
        } else {
            buffer += Array(repeating: UInt8(ascii: flags.zero ? "0" : " "), count: missing)
            buffer += text.bytes
        }
    }
}

// MARK: - Numbers

extension GoPrinter {
    private mutating func integer(_ number: Int64, _ value: HelmValue, verb: Unicode.Scalar) {
        switch verb {
        case "v", "d": integer(number, radix: 10)
        case "b": integer(number, radix: 2)
        case "o", "O": integer(number, radix: 8, prefix: verb == "O" ? "0o" : flags.sharp ? "0" : "")
        case "x": integer(number, radix: 16, prefix: flags.sharp ? "0x" : "")
        case "X": integer(number, radix: 16, prefix: flags.sharp ? "0X" : "", uppercase: true)
        case "c":
            var bytes: [UInt8] = []
            GoText.append(UInt32(exactly: number) ?? GoText.replacement, to: &bytes)
            pad(ByteString(bytes: bytes))
        case "q":
            let scalar = number >= 0 && number <= 0x10ffff ? UInt32(number) : GoText.replacement
            pad(GoQuote.quoted(character: scalar, onlyASCII: flags.plus))
        case "U":
            let name =
                UInt32(exactly: number).map { GoText.codePointName($0) }
                ?? ByteString("U+" + String(UInt64(bitPattern: number), radix: 16, uppercase: true))
            pad(flags.sharp ? name : ByteString(bytes: name.bytes.prefix { $0 != 0x20 }))
        default: bad(value, verb)
        }
    }

    private mutating func integer(
        _ number: Int64, radix: Int, prefix: ByteString = "", uppercase: Bool = false
    ) {
        var digits = String(number.magnitude, radix: radix, uppercase: uppercase)
        let sign: ByteString = number < 0 ? "-" : flags.plus ? "+" : flags.space ? " " : ""
        if let precision = flags.precision {
            if precision == 0, number == 0 { return pad("") }
            digits = String(repeating: "0", count: max(0, precision - digits.utf8.count)) + digits
        } else if flags.zero, !flags.minus, let width = flags.width {
            let missing = width - sign.count - digits.utf8.count
            digits = String(repeating: "0", count: max(0, missing)) + digits
        }
        let zero = flags.zero
        flags.zero = false
        pad(sign + prefix + ByteString(digits))
        flags.zero = zero
    }

    private mutating func float(_ number: Double, _ value: HelmValue, verb: Unicode.Scalar) {
        switch verb {
        case "v": float(number, verb: "g", precision: nil)
        case "b", "g", "G": float(number, verb: verb, precision: nil)
        case "x", "X": float(number, verb: verb, precision: nil)
        case "e", "E", "f", "F": float(number, verb: verb == "F" ? "f" : verb, precision: 6)
        default: bad(value, verb)
        }
    }

    private mutating func float(_ number: Double, verb: Unicode.Scalar, precision: Int?) {
        let wanted = flags.precision ?? precision
        var text = GoFloat.format(number, verb: UInt8(ascii: verb), precision: wanted)
        if text.bytes.first == UInt8(ascii: "+") { text.bytes.removeFirst() }
        var sign: ByteString = ""
        if text.bytes.first == UInt8(ascii: "-") {
            sign = "-"
            text.bytes.removeFirst()
        } else if flags.plus {
            sign = "+"
        } else if flags.space {
            sign = " "
        } else if number.isInfinite {
            sign = "+"
        }
        if flags.zero, !flags.minus, number.isFinite, let width = flags.width, width > sign.count + text.count {
            buffer += sign.bytes
            buffer += Array(repeating: UInt8(ascii: "0"), count: width - sign.count - text.count)
            buffer += text.bytes
            return
        }
        let zero = flags.zero
        flags.zero = false
        pad(sign + text)
        flags.zero = zero
    }
}
