/// A block of PEM (RFC 7468).
struct PEMText {
    let type: String
    let bytes: [UInt8]

    var text: ByteString {
        let encoded = BaseCoding.base64.encoded(bytes).bytes
        var result = Array("-----BEGIN \(type)-----\n".utf8)
        for start in stride(from: 0, to: encoded.count, by: 64) {
            result += encoded[start..<min(encoded.count, start + 64)]
            result.append(UInt8(ascii: "\n"))
        }
        return ByteString(bytes: result + Array("-----END \(type)-----\n".utf8))
    }

    init(type: String, bytes: [UInt8]) {
        (self.type, self.bytes) = (type, bytes)
    }

    /// The first block of a text; nil where there is none.
    init?(_ text: ByteString) {
        let begin: ByteString = "-----BEGIN "
        guard let start = GoText.index(of: begin, in: text),
            let (type, after) = GoText.cut(ByteString(bytes: text.bytes[(start + begin.count)...]), at: "-----"),
            let (body, _) = GoText.cut(after, at: "-----END " + type + "-----"),
            let bytes = try? BaseCoding.base64.decoded(
                ByteString(bytes: body.bytes.filter { $0 != 0x20 && $0 != 0x09 }))
        else { return nil }
        self.type = type.text
        self.bytes = bytes
    }
}
