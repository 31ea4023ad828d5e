/// Texts escaped for other languages.
enum Escaping {
    static func html(_ text: ByteString) -> ByteString {
        var bytes: [UInt8] = []
        for byte in text.bytes {
            switch byte {
            case 0: bytes += Array("\u{fffd}".utf8)
            case UInt8(ascii: "\""): bytes += Array("&#34;".utf8)
            case UInt8(ascii: "'"): bytes += Array("&#39;".utf8)
            case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
            case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
            case UInt8(ascii: ">"): bytes += Array("&gt;".utf8)
            default: bytes.append(byte)
            }
        }
        return ByteString(bytes: bytes)
    }

    static func javaScript(_ text: ByteString) -> ByteString {
        var bytes: [UInt8] = []
        var offset = 0
        while offset < text.count {
            let (scalar, length) = GoText.decode(text.bytes, at: offset)
            offset += length
            switch scalar {
            case UInt32(UInt8(ascii: "\\")): bytes += Array("\\\\".utf8)
            case UInt32(UInt8(ascii: "'")): bytes += Array("\\'".utf8)
            case UInt32(UInt8(ascii: "\"")): bytes += Array("\\\"".utf8)
            case UInt32(UInt8(ascii: "<")): bytes += Array("\\u003C".utf8)
            case UInt32(UInt8(ascii: ">")): bytes += Array("\\u003E".utf8)
            case UInt32(UInt8(ascii: "&")): bytes += Array("\\u0026".utf8)
            case UInt32(UInt8(ascii: "=")): bytes += Array("\\u003D".utf8)
            case 0x20..<0x7f: bytes.append(UInt8(scalar))
            case 0x80... where GoText.isPrintable(scalar):
                bytes += text.bytes[(offset - length)..<offset]
            default:
                let hex = String(scalar, radix: 16, uppercase: true)
                bytes += Array(("\\u" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex).utf8)
            }
        }
        return ByteString(bytes: bytes)
    }

    /// `url.QueryEscape`
    static func query(_ text: ByteString) -> ByteString {
        escaped(text) { isUnreserved($0) || $0 == 0x20 }
    }

    static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// Percent-encoded but for the bytes that are kept, of which a space becomes a plus.
    static func escaped(_ text: ByteString, keeping isKept: (UInt8) -> Bool) -> ByteString {
        var bytes: [UInt8] = []
        for byte in text.bytes {
            if byte == 0x20, isKept(byte) {
                bytes.append(UInt8(ascii: "+"))
            } else if isKept(byte) {
                bytes.append(byte)
            } else {
                let hex = Array(String(byte, radix: 16, uppercase: true).utf8)
                bytes += [UInt8(ascii: "%")] + (hex.count < 2 ? [0x30] : []) + hex
            }
        }
        return ByteString(bytes: bytes)
    }
}
