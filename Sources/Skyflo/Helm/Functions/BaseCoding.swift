/// `encoding/base64` and `encoding/base32` with their standard alphabets.
struct BaseCoding {
    private let alphabet: [UInt8]
    private let name: String
    /// Bits of a character, characters of a group, bytes of a group.
    private let bits: Int
    private let group: Int
    private let bytes: Int

    static let base64 = BaseCoding(
        alphabet: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8), name: "base64",
        bits: 6,
        group: 4, bytes: 3)
    static let base32 = BaseCoding(
        alphabet: Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8), name: "base32", bits: 5, group: 8, bytes: 5)

    func encoded(_ data: some Collection<UInt8>) -> ByteString {
        var result: [UInt8] = []
        result.reserveCapacity((data.count + bytes - 1) / bytes * group)
        var buffer: UInt64 = 0
        var held = 0
        for byte in data {
            buffer = buffer << 8 | UInt64(byte)
            held += 8
            while held >= bits {
                held -= bits
                result.append(alphabet[Int(truncatingIfNeeded: buffer >> UInt64(held)) & (1 << bits - 1)])
            }
        }
        if held > 0 {
            result.append(alphabet[Int(truncatingIfNeeded: buffer << UInt64(bits - held)) & (1 << bits - 1)])
        }
        while result.count % group != 0 { result.append(UInt8(ascii: "=")) }
        return ByteString(bytes: result)
    }

    /// The bytes as text, or the error's text, as sprig returns it.
    func decodedOrError(_ text: ByteString) -> ByteString {
        do throws(HelmError) {
            return ByteString(bytes: try decoded(text))
        } catch {
            return error.message
        }
    }

    /// Line ends are skipped; the padding must be whole.
    func decoded(_ text: ByteString) throws(HelmError) -> [UInt8] {
        var values = [Int](repeating: -1, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = value }
        var result: [UInt8] = []
        var buffer: UInt64 = 0
        var count = 0
        let input = text.bytes
        var offset = 0
        while offset < input.count {
            let byte = input[offset]
            offset += 1
            if byte == 0x0a || byte == 0x0d { continue }
            if byte == UInt8(ascii: "=") {
                try checkPadding(input, at: offset - 1, count: count)
                append(buffer, characters: count, to: &result)
                return result
            }
            guard values[Int(byte)] >= 0 else { throw corrupt(at: offset - 1) }
            buffer = buffer << UInt64(bits) | UInt64(values[Int(byte)])
            count += 1
            if count == group {
                append(buffer, characters: count, to: &result)
                (buffer, count) = (0, 0)
            }
        }
        if count > 0 { throw corrupt(at: input.count - count) }
        return result
    }

    private func corrupt(at offset: Int) -> HelmError {
        HelmError("illegal \(name) data at input byte \(offset)")
    }

    private func append(_ buffer: UInt64, characters: Int, to result: inout [UInt8]) {
        let total = characters * bits
        for index in 0..<(total / 8) {
            result.append(UInt8(truncatingIfNeeded: buffer >> UInt64(total - 8 * (index + 1))))
        }
    }

    private func checkPadding(_ input: [UInt8], at start: Int, count: Int) throws(HelmError) {
        guard count * bits % 8 < bits, count > 0, count * bits >= 8 else { throw corrupt(at: start) }
        var left = group - count
        var offset = start
        while left > 0 {
            while offset < input.count, input[offset] == 0x0a || input[offset] == 0x0d { offset += 1 }
            guard offset < input.count else { throw corrupt(at: input.count) }
            guard input[offset] == UInt8(ascii: "=") else { throw corrupt(at: bits == 6 ? offset : start) }
            offset += 1
            left -= 1
        }
        while offset < input.count, input[offset] == 0x0a || input[offset] == 0x0d { offset += 1 }
        guard offset == input.count else { throw corrupt(at: offset) }
    }
}
