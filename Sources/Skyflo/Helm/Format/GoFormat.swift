/// `fmt.Sprint`, `fmt.Sprintln` and `fmt.Sprintf`.
enum GoFormat {
    /// Operands next to each other with a space between them where neither is a string.
    static func print(_ values: [HelmValue]) -> ByteString {
        var printer = GoPrinter()
        var previousIsText = false
        for (index, value) in values.enumerated() {
            let isText = value.kind == .string
            if index > 0, !isText, !previousIsText { printer.buffer.append(UInt8(ascii: " ")) }
            printer.print(value, verb: "v")
            previousIsText = isText
        }
        return ByteString(bytes: printer.buffer)
    }

    static func println(_ values: [HelmValue]) -> ByteString {
        var printer = GoPrinter()
        for (index, value) in values.enumerated() {
            if index > 0 { printer.buffer.append(UInt8(ascii: " ")) }
            printer.print(value, verb: "v")
        }
        printer.buffer.append(UInt8(ascii: "\n"))
        return ByteString(bytes: printer.buffer)
    }

    static func printf(_ format: ByteString, _ values: [HelmValue]) -> ByteString {
        var reader = FormatReader(format: format.bytes, values: values)
        return ByteString(bytes: reader.run())
    }

    /// What sprig's `toString` makes of a value: its own text where it has one.
    static func text(of value: HelmValue) -> ByteString {
        switch value {
        case .string(let text): text
        case .bytes(let bytes): ByteString(bytes: bytes)
        default: print([value])
        }
    }
}

/// Reads the verbs of a format.
private struct FormatReader {
    let format: [UInt8]
    let values: [HelmValue]
    var printer = GoPrinter()
    var position = 0
    var argument = 0
    var isReordered = false
    var isGoodIndex = true
    var afterIndex = false

    init(format: [UInt8], values: [HelmValue]) {
        self.format = format
        self.values = values
    }

    mutating func run() -> [UInt8] {
        while position < format.count {
            let start = position
            while position < format.count, format[position] != UInt8(ascii: "%") { position += 1 }
            printer.buffer += format[start..<position]
            guard position < format.count else { break }
            position += 1
            verb()
        }
        if !isReordered, argument < values.count { extra() }
        return printer.buffer
    }

    private mutating func extra() {
        printer.flags = GoPrinter.Flags()
        printer.buffer += Array("%!(EXTRA ".utf8)
        for (index, value) in values[argument...].enumerated() {
            if index > 0 { printer.buffer += Array(", ".utf8) }
            if case .null = value {
                printer.buffer += Array("<nil>".utf8)
            } else {
                printer.buffer += Array(value.typeName.utf8) + [UInt8(ascii: "=")]
                printer.print(value, verb: "v")
            }
        }
        printer.buffer.append(UInt8(ascii: ")"))
    }

    private mutating func verb() {
        isGoodIndex = true
        afterIndex = false
        printer.flags = GoPrinter.Flags()
        isReordered = isReordered && false
        readFlags()
        readIndex()
        readWidth()
        readPrecision()
        if !afterIndex { readIndex() }
        guard position < format.count else {
            printer.buffer += Array("%!(NOVERB)".utf8)
            return
        }
        let (scalar, length) = GoText.decode(format, at: position)
        position += length
        let verb = Unicode.Scalar(scalar) ?? "\u{fffd}"
        if verb == "%" {
            printer.buffer.append(UInt8(ascii: "%"))
        } else if !isGoodIndex {
            bad(verb, "(BADINDEX)")
        } else if argument >= values.count {
            bad(verb, "(MISSING)")
        } else {
            if verb == "v" { printer.flags.useForValue() }
            printer.print(values[argument], verb: verb)
            argument += 1
        }
    }

    private mutating func bad(_ verb: Unicode.Scalar, _ reason: String) {
        printer.buffer += Array("%!".utf8)
        GoText.append(verb.value, to: &printer.buffer)
        printer.buffer += Array(reason.utf8)
    }

    private mutating func readFlags() {
        while position < format.count {
            switch format[position] {
            case UInt8(ascii: "#"): printer.flags.sharp = true
            case UInt8(ascii: "0"): printer.flags.zero = true
            case UInt8(ascii: "+"): printer.flags.plus = true
            case UInt8(ascii: "-"): printer.flags.minus = true
            case UInt8(ascii: " "): printer.flags.space = true
            default: return
            }
            position += 1
        }
    }

    /// `[3]`, the number of an argument.
    private mutating func readIndex() {
        guard position < format.count, format[position] == UInt8(ascii: "[") else { return }
        isReordered = true
        guard let close = format[position...].firstIndex(of: UInt8(ascii: "]")) else {
            isGoodIndex = false
            position += 1
            return
        }
        let text = String(decoding: format[(position + 1)..<close], as: UTF8.self)
        position = close + 1
        if let number = Int(text), number >= 1, number <= values.count {
            argument = number - 1
            afterIndex = true
        } else {
            isGoodIndex = false
        }
    }

    private mutating func readWidth() {
        if position < format.count, format[position] == UInt8(ascii: "*") {
            position += 1
            guard let width = starArgument() else {
                printer.buffer += Array("%!(BADWIDTH)".utf8)
                return
            }
            printer.flags.width = abs(width)
            if width < 0 { printer.flags.minus = true }
            afterIndex = false
        } else if let width = number() {
            printer.flags.width = width
            if afterIndex { isGoodIndex = false }
        }
    }

    private mutating func readPrecision() {
        guard position < format.count, format[position] == UInt8(ascii: ".") else { return }
        position += 1
        if afterIndex { isGoodIndex = false }
        readIndex()
        if position < format.count, format[position] == UInt8(ascii: "*") {
            position += 1
            let precision = starArgument()
            if let precision, precision >= 0 {
                printer.flags.precision = precision
            } else if precision == nil {
                printer.buffer += Array("%!(BADPREC)".utf8)
            }
            afterIndex = false
        } else {
            printer.flags.precision = number() ?? 0
        }
    }

    private mutating func starArgument() -> Int? {
        guard argument < values.count else { return nil }
        argument += 1
        guard let value = values[argument - 1].integer, abs(value) <= 1_000_000 else { return nil }
        return Int(value)
    }

    private mutating func number() -> Int? {
        let start = position
        var number = 0
        while position < format.count, (0x30...0x39).contains(format[position]) {
            number = number * 10 + Int(format[position] - 0x30)
            if number > 1_000_000 { return nil }
            position += 1
        }
        return position > start ? number : nil
    }
}
