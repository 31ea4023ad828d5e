/// Base64 with padding (RFC 4648 §4), decoding only.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")

    /// nil for anything that isn't Base64.
    static func decode(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        let digits = bytes.prefix { $0 != padding }
        guard bytes.count % 4 == 0, bytes.count - digits.count <= 2,
            bytes[digits.count...].allSatisfy({ $0 == padding })
        else { return nil }
        var result: [UInt8] = []
        var buffer: UInt32 = 0
        var bits = 0
        for digit in digits {
            guard let value = alphabet.firstIndex(of: digit) else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                result.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        return result
    }
}
