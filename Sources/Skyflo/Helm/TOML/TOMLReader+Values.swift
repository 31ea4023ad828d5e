import KubeModel

// MARK: - Values

extension TOMLReader {
    mutating func value() throws(HelmError) -> HelmValue {
        depth += 1
        defer { depth -= 1 }
        guard depth < 1000 else { throw failure("the value is nested too deeply") }
        guard let byte = peek else { throw failure("unexpected EOF; expected value") }
        switch byte {
        case UInt8(ascii: "\""): return .string(starts(with: "\"\"\"") ? try multiline("\"") : try basicString())
        case UInt8(ascii: "'"): return .string(starts(with: "'''") ? try multiline("'") : try literalString())
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "{"): return try inlineTable()
        case 0x0a, 0x0d: throw failure("expected value but found \(described(byte)) instead")
        default: return try scalar()
        }
    }

    mutating func array() throws(HelmError) -> HelmValue {
        offset += 1
        var elements: [HelmValue] = []
        while true {
            skipBlank()
            if take("]") { return .list(elements) }
            guard peek != nil else { throw unterminatedArray() }
            elements.append(try value())
            skipBlank()
            if take(",") { continue }
            if take("]") { return .list(elements) }
            throw unterminatedArray()
        }
    }

    func unterminatedArray() -> HelmError {
        let found = peek.map { described($0) } ?? "end of file"
        return failure("expected a comma (',') or array terminator (']'), but got \(found)")
    }

    mutating func inlineTable() throws(HelmError) -> HelmValue {
        offset += 1
        let table = HelmMap()
        let key = lastKey
        skipSpaces()
        if take("}") { return .map(table) }
        while true {
            skipSpaces()
            try pair(in: table, path: ["{}"], isInline: true)
            lastKey = key
            skipSpaces()
            if take("}") { return .map(table) }
            guard take(",") else {
                let found = peek.map { described($0) } ?? "end of file"
                throw failure("expected a comma or an inline table terminator '}', but got \(found) instead")
            }
        }
    }

    mutating func scalar() throws(HelmError) -> HelmValue {
        let start = offset
        while let byte = peek, !" \t\r\n,]}#".utf8.contains(byte) { offset += 1 }
        // A date and a time may have a space between them.
        if offset - start == 10, peek == 0x20, offset + 3 < bytes.count, bytes[start + 4] == UInt8(ascii: "-"),
            bytes[offset + 3] == UInt8(ascii: ":")
        {
            offset += 1
            while let byte = peek, !" \t\r\n,]}#".utf8.contains(byte) { offset += 1 }
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        switch text {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "inf", "+inf": return .float64(.infinity)
        case "-inf": return .float64(-.infinity)
        case "nan", "+nan", "-nan": return .float64(.nan)
        default: break
        }
        if let time = Self.time(text) { return time }
        return try number(text)
    }

    func number(_ text: String) throws(HelmError) -> HelmValue {
        let body = text.drop { $0 == "+" || $0 == "-" }
        guard let first = body.first, first.isASCII, first.isNumber else {
            throw failure("expected value but found \(GoQuote.quoted(ByteString(text)).text) instead")
        }
        let plain = text.filter { $0 != "_" }
        let isBased = body.hasPrefix("0x") || body.hasPrefix("0o") || body.hasPrefix("0b")
        if text.hasPrefix("_") || text.hasSuffix("_") || text.contains("__") || text.contains("_.")
            || text.contains("._")
        {
            throw failure(
                "Invalid integer \(GoQuote.quoted(ByteString(text)).text): underscores must be surrounded by digits")
        }
        if !isBased, text.contains(where: { ".eE".contains($0) }) {
            guard let value = GoNumber.float(plain) else {
                throw failure("Invalid float value: \(GoQuote.quoted(ByteString(text)).text)")
            }
            return .float64(value)
        }
        if !isBased, body.count > 1, body.first == "0" {
            throw failure("Invalid integer \(GoQuote.quoted(ByteString(text)).text): cannot have leading zeroes")
        }
        guard let value = GoNumber.integer(plain) else {
            throw failure("Invalid integer \(GoQuote.quoted(ByteString(text)).text)")
        }
        return .int64(value)
    }

    static func time(_ text: String) -> HelmValue? {
        guard text.utf8.count >= 8, let first = text.utf8.first, (0x30...0x39).contains(first) else { return nil }
        let forms: [(ByteString, String)] = [
            ("2006-01-02T15:04:05.999999999Z07:00", ""), ("2006-01-02T15:04:05.999999999", "datetime-local"),
            ("2006-01-02", "date-local"), ("15:04:05.999999999", "time-local"),
        ]
        var normal = text.uppercased()
        if normal.utf8.count > 10, normal.dropFirst(10).first == " " {
            normal = normal.prefix(10) + "T" + normal.dropFirst(11)
        }
        for (layout, name) in forms {
            let zone =
                name.isEmpty
                ? TimeZoneRules.utc : TimeZoneRules(name: name, offset: UTCOffset(seconds: 0, abbreviation: name))
            if let time = try? TimeParser.parse(ByteString(normal), layout: layout, zone: zone) {
                return .object(TimeObject(time))
            }
        }
        return nil
    }
}
