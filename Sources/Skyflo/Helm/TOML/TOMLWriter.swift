/// Writes TOML as the library `BurntSushi/toml` does.
struct TOMLWriter {
    private var bytes: [UInt8] = []
    private var depth = 0

    static func text(of value: HelmValue) throws(HelmError) -> ByteString {
        var writer = TOMLWriter()
        switch value {
        case .null: throw noValue
        case .map, .object:
            guard let table = table(value) else { try writer.writeElement(value); break }
            try writer.write(table, path: [])
        case .list(let list) where Self.isTables(list):
            throw HelmError("toml: top-level values must be Go maps or structs")
        default: try writer.writeElement(value)
        }
        return ByteString(bytes: writer.bytes)
    }

    static let noValue = HelmError("reflect: call of reflect.Value.Type on zero Value")

    private static func isTables(_ list: HelmList) -> Bool {
        !list.elements.isEmpty && list.elements.allSatisfy { table($0) != nil }
    }

    private typealias Table = [(key: ByteString, value: HelmValue)]

    /// The members of what is a table: a map's by their names, a struct's in its order.
    private static func table(_ value: HelmValue) -> Table? {
        switch value {
        case .map(let map): map.keys.compactMap { key in map[key].map { (key, $0) } }
        case .object(let object) where object is StructObject || object is CertificateObject:
            object.printedFields.map { ($0.name, $0.value) }
        default: nil
        }
    }

    private mutating func append(_ text: ByteString) {
        bytes += text.bytes
    }

    private mutating func newLine() {
        if !bytes.isEmpty { bytes.append(UInt8(ascii: "\n")) }
    }

    private mutating func indent(_ path: [ByteString]) {
        for _ in 0..<max(0, path.count - 1) { bytes += [0x20, 0x20] }
    }

    // MARK: - Tables

    /// The members of a table: simple ones first, then tables of their own.
    private mutating func write(_ table: Table, path: [ByteString]) throws(HelmError) {
        guard path.count < 1000 else { throw HelmError("toml: the value is nested too deeply") }
        var tables: [(ByteString, HelmValue)] = []
        for (key, value) in table where !value.isNull {
            let isTable = Self.table(value) != nil
            if case .list(let list) = value, Self.isTables(list) {
                tables.append((key, value))
            } else if isTable {
                tables.append((key, value))
            } else {
                indent(path + [key])
                append(Self.key(key) + " = ")
                try writeElement(value)
                bytes.append(UInt8(ascii: "\n"))
            }
        }
        for (key, value) in tables {
            let path = path + [key]
            if case .list(let list) = value {
                for element in list.elements {
                    guard let table = Self.table(element) else { continue }
                    newLine()
                    indent(path)
                    append("[[" + Self.name(path) + "]]")
                    newLine()
                    try write(table, path: path)
                }
            } else if let table = Self.table(value) {
                if path.count == 1 { newLine() }
                indent(path)
                append("[" + Self.name(path) + "]")
                newLine()
                try write(table, path: path)
            }
        }
    }

    private static func name(_ path: [ByteString]) -> ByteString {
        GoText.joined(path.map(key), by: ".")
    }

    private static func key(_ key: ByteString) -> ByteString {
        let isBare =
            !key.isEmpty
            && key.bytes.allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) && $0 < 0x80 || $0 == 0x5f || $0 == 0x2d
            }
        return isBare ? key : quoted(key)
    }

    // MARK: - Values

    private mutating func writeElement(_ value: HelmValue) throws(HelmError) {
        depth += 1
        defer { depth -= 1 }
        guard depth < HelmValue.maximumDepth else { throw HelmError("toml: the value is nested too deeply") }
        guard bytes.count <= HelmValue.maximumBytes else { throw HelmError("toml: the text is too long") }
        switch value {
        case .null: throw HelmError("toml: cannot encode array with nil element")
        case .bool(let bool): append(bool ? "true" : "false")
        case .int(let int): append(ByteString(String(int)))
        case .int64(let int): append(ByteString(String(int)))
        case .float64(let float): append(Self.number(float))
        case .string(let text): append(Self.quoted(text))
        case .bytes(let data): try write(data.map { .int(Int($0)) })
        case .list(let list): try write(list.elements)
        case .map: try writeInline(Self.table(value) ?? [])
        case .object(let object):
            if let time = object as? TimeObject {
                append(time.time.formatted("2006-01-02T15:04:05.999999999Z07:00"))
            } else if let duration = object as? DurationObject {
                append("\"" + duration.printed + "\"")
            } else if let table = Self.table(value) {
                try writeInline(table)
            } else {
                try writeElement(object.plain)
            }
        }
    }

    private mutating func write(_ elements: [HelmValue]) throws(HelmError) {
        append("[")
        for (index, element) in elements.enumerated() {
            if index > 0 { append(", ") }
            try writeElement(element)
        }
        append("]")
    }

    private mutating func writeInline(_ table: Table) throws(HelmError) {
        append("{")
        var isFirst = true
        for (key, value) in table where !value.isNull {
            if !isFirst { append(", ") }
            isFirst = false
            append(Self.key(key) + " = ")
            try writeElement(value)
        }
        append("}")
    }

    private static func number(_ value: Double) -> ByteString {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        let text = GoFloat.shortest(value)
        return text.bytes.contains { $0 == 0x2e || $0 == 0x65 } ? text : text + ".0"
    }

    static func quoted(_ text: ByteString) -> ByteString {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x08: bytes += Array("\\b".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case 0x0a: bytes += Array("\\n".utf8)
            case 0x0c: bytes += Array("\\f".utf8)
            case 0x0d: bytes += Array("\\r".utf8)
            case ..<0x20, 0x7f: bytes += Array("\\u".utf8) + GoQuote.hex(UInt32(byte), digits: 4)
            default: bytes.append(byte)
            }
        }
        return ByteString(bytes: bytes + [UInt8(ascii: "\"")])
    }
}
