/// Values as `%#v` prints what go-yaml 2 has read.
enum GoSyntax {
    static func text(of value: HelmValue) -> ByteString {
        switch value {
        case .null: "interface {}(nil)"
        case .bool(let bool): bool ? "true" : "false"
        case .int(let number): ByteString(String(number))
        case .int64(let number): ByteString(String(number))
        case .float64(let number): ByteString(bytes: ShortestDecimal(number).general)
        case .string(let text): quoted(text)
        case .list(let list): "[]interface {}{" + joined(list.elements.map(text)) + "}"
        case .map(let map):
            "map[interface {}]interface {}{"
                + joined(map.keys.map { quoted($0) + ":" + text(of: map[$0] ?? .null) }) + "}"
        case .bytes, .object: "interface {}(nil)"
        }
    }

    /// The text in double quotes, as `%q` prints it.
    static func quoted(_ text: ByteString) -> ByteString {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            default: bytes.append(byte)
            }
        }
        return ByteString(bytes: bytes + [UInt8(ascii: "\"")])
    }

    private static func joined(_ texts: [ByteString]) -> ByteString {
        ByteString(bytes: Array(texts.map(\.bytes).joined(separator: ", ".utf8)))
    }
}
