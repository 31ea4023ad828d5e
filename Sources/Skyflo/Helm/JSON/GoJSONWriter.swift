/// Writes JSON as Go's package `encoding/json` does: sorted keys, and characters of HTML escaped.
package struct GoJSONWriter {
    private var bytes: [UInt8] = []
    private let escapesHTML: Bool
    /// The indentation of a level, or nil for one line.
    private let indentation: [UInt8]?

    private static let maximumDepth = 1000

    private init(escapesHTML: Bool, indentation: [UInt8]?) {
        (self.escapesHTML, self.indentation) = (escapesHTML, indentation)
    }

    package static func text(of value: HelmValue, escapesHTML: Bool = true) throws(HelmError) -> ByteString {
        var writer = GoJSONWriter(escapesHTML: escapesHTML, indentation: nil)
        try writer.write(value, depth: 0)
        return ByteString(bytes: writer.bytes)
    }

    static func pretty(_ value: HelmValue) throws(HelmError) -> ByteString {
        var writer = GoJSONWriter(escapesHTML: true, indentation: Array("  ".utf8))
        try writer.write(value, depth: 0)
        return ByteString(bytes: writer.bytes)
    }

    private mutating func write(_ value: HelmValue, depth: Int) throws(HelmError) {
        guard depth < Self.maximumDepth else {
            throw HelmError("json: unsupported value: encountered a cycle via \(value.typeName)")
        }
        guard bytes.count <= HelmValue.maximumBytes else { throw HelmError("json: the text is too long") }
        switch value {
        case .null: bytes += Array("null".utf8)
        case .bool(let bool): bytes += Array((bool ? "true" : "false").utf8)
        case .int(let int): bytes += Array(String(int).utf8)
        case .int64(let int): bytes += Array(String(int).utf8)
        case .float64(let float): bytes += try Self.number(float).bytes
        case .string(let text): write(text)
        case .bytes(let data): write(BaseCoding.base64.encoded(data))
        case .list(let list):
            if list.isNil { bytes += Array("null".utf8) } else { try write(list.elements, depth: depth) }
        case .map(let map):
            if map.isNil { bytes += Array("null".utf8) } else { try write(map, depth: depth) }
        case .object(let object):
            if object is ComplexObject { throw HelmError("json: unsupported type: complex128") }
            if let members = object.members {
                try write(members, depth: depth)
            } else {
                try write(object.plain, depth: depth + 1)
            }
        }
    }

    private mutating func write(_ elements: [HelmValue], depth: Int) throws(HelmError) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(depth + 1)
            try write(element, depth: depth + 1)
        }
        if !elements.isEmpty { breakLine(depth) }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ map: HelmMap, depth: Int) throws(HelmError) {
        try write(map.keys.map { ($0, map[$0] ?? .null) }, depth: depth)
    }

    private mutating func write(_ members: [(name: ByteString, value: HelmValue)], depth: Int) throws(HelmError) {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine(depth + 1)
            write(member.name)
            bytes.append(UInt8(ascii: ":"))
            if indentation != nil { bytes.append(UInt8(ascii: " ")) }
            try write(member.value, depth: depth + 1)
        }
        if !members.isEmpty { breakLine(depth) }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func breakLine(_ depth: Int) {
        guard let indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { bytes += indentation }
    }

    private mutating func write(_ text: ByteString) {
        bytes.append(UInt8(ascii: "\""))
        var offset = 0
        while offset < text.count {
            let byte = text.bytes[offset]
            if byte < 0x80 {
                write(byte)
                offset += 1
                continue
            }
            let (scalar, length) = GoText.decode(text.bytes, at: offset)
            if length == 1 {
                bytes += Array("\\ufffd".utf8)
            } else if scalar == 0x2028 || scalar == 0x2029 {
                bytes += Array("\\u".utf8) + GoQuote.hex(scalar, digits: 4)
            } else {
                bytes += text.bytes[offset..<(offset + length)]
            }
            offset += length
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func write(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0x08: bytes += Array("\\b".utf8)
        case 0x0c: bytes += Array("\\f".utf8)
        case 0x0a: bytes += Array("\\n".utf8)
        case 0x0d: bytes += Array("\\r".utf8)
        case 0x09: bytes += Array("\\t".utf8)
        case ..<0x20: bytes += Array("\\u".utf8) + GoQuote.hex(UInt32(byte), digits: 4)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            if escapesHTML {
                bytes += Array("\\u".utf8) + GoQuote.hex(UInt32(byte), digits: 4)
            } else {
                bytes.append(byte)
            }
        default: bytes.append(byte)
        }
    }

    /// A number as ECMAScript writes it.
    static func number(_ value: Double) throws(HelmError) -> ByteString {
        guard value.isFinite else {
            throw HelmError(message: "json: unsupported value: " + GoFloat.shortest(value))
        }
        let magnitude = value.magnitude
        guard magnitude != 0, magnitude < 1e-6 || magnitude >= 1e21 else {
            return GoFloat.format(value, verb: UInt8(ascii: "f"), precision: nil)
        }
        var text = GoFloat.format(value, verb: UInt8(ascii: "e"), precision: nil).bytes
        // e-09 is written e-9.
        let count = text.count
        if count >= 4, text[count - 4] == UInt8(ascii: "e"), text[count - 3] == UInt8(ascii: "-"),
            text[count - 2] == UInt8(ascii: "0")
        {
            text.remove(at: count - 2)
        }
        return ByteString(bytes: text)
    }
}
