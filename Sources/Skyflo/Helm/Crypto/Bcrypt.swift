/// The password hash bcrypt, version 2a: the cipher Blowfish with a key schedule that takes long on purpose.
enum Bcrypt {
    private static let alphabet = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// `$2a$10$` with the salt and the hash.
    static func hash(_ password: ByteString, salt: [UInt8], cost: Int = 10) throws(HelmError) -> ByteString {
        // Go's library refuses what the algorithm would leave out.
        guard password.count <= 72 else { throw HelmError("bcrypt: password length exceeds 72 bytes") }
        let key = password.bytes + [0]
        var cipher = Blowfish()
        cipher.expand(key: key, salt: salt)
        for _ in 0..<(1 << cost) {
            cipher.expand(key: key)
            cipher.expand(key: salt)
        }
        var words = Blowfish.words(of: Array("OrpheanBeholderScryDoubt".utf8))
        for index in stride(from: 0, to: words.count, by: 2) {
            for _ in 0..<64 { (words[index], words[index + 1]) = cipher.encrypt(words[index], words[index + 1]) }
        }
        let digest = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
        let prefix = ByteString("$2a$" + (cost < 10 ? "0" : "") + "\(cost)$")
        return prefix + encoded(salt) + encoded(Array(digest.prefix(23)))
    }

    /// Base64 with an alphabet of its own and no padding.
    private static func encoded(_ bytes: [UInt8]) -> ByteString {
        var result: [UInt8] = []
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                result.append(alphabet[Int(buffer >> bits & 63)])
            }
        }
        if bits > 0 { result.append(alphabet[Int(buffer << (6 - bits) & 63)]) }
        return ByteString(bytes: result)
    }
}

/// The block cipher Blowfish, as far as bcrypt uses it.
private struct Blowfish {
    /// The subkeys, then the four boxes.
    private var state: [UInt32] = Self.initialState
    private static let subkeys = 18

    /// The digits of pi after the point, which Blowfish takes as numbers with nothing up the sleeve.
    private static let initialState = PiDigits.words(count: subkeys + 4 * 256)

    static func words(of bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 4).map { start in
            bytes[start..<(start + 4)].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    func encrypt(_ left: UInt32, _ right: UInt32) -> (UInt32, UInt32) {
        state.withUnsafeBufferPointer { Self.encrypt(left, right, $0) }
    }

    @inline(__always)
    private static func encrypt(_ left: UInt32, _ right: UInt32, _ state: UnsafeBufferPointer<UInt32>) -> (
        UInt32, UInt32
    ) {
        var (left, right) = (left ^ state[0], right)
        var round = 1
        while round <= 16 {
            right ^= mixed(left, state) ^ state[round]
            left ^= mixed(right, state) ^ state[round + 1]
            round += 2
        }
        return (right ^ state[17], left)
    }

    @inline(__always)
    private static func mixed(_ word: UInt32, _ state: UnsafeBufferPointer<UInt32>) -> UInt32 {
        let first = state[subkeys + Int(word >> 24)] &+ state[subkeys + 256 + Int(word >> 16 & 0xff)]
        return (first ^ state[subkeys + 512 + Int(word >> 8 & 0xff)]) &+ state[subkeys + 768 + Int(word & 0xff)]
    }

    /// Mixes a key, and with it a salt, into all subkeys and boxes.
    mutating func expand(key: [UInt8], salt: [UInt8] = []) {
        var position = 0
        for index in 0..<Self.subkeys {
            var word: UInt32 = 0
            for _ in 0..<4 {
                word = word << 8 | UInt32(key[position])
                position = position + 1 == key.count ? 0 : position + 1
            }
            state[index] ^= word
        }
        let salt = Self.words(of: salt)
        state.withUnsafeMutableBufferPointer { state in
            var (left, right): (UInt32, UInt32) = (0, 0)
            var offset = 0
            var index = 0
            while index < state.count {
                if !salt.isEmpty {
                    left ^= salt[offset]
                    right ^= salt[offset + 1]
                    offset = (offset + 2) % salt.count
                }
                (left, right) = Self.encrypt(left, right, UnsafeBufferPointer(state))
                state[index] = left
                state[index + 1] = right
                index += 2
            }
        }
    }
}

/// The binary digits of pi after the point, by Machin's formula: 16 arctan(1/5) - 4 arctan(1/239).
enum PiDigits {
    static func words(count: Int) -> [UInt32] {
        // Two more words take the errors of rounding; the first word is the 3 before the point.
        var sum = arctangent(of: 5, times: 16, count: count + 3)
        subtract(arctangent(of: 239, times: 4, count: count + 3), from: &sum)
        return Array(sum[1...count])
    }

    private static func arctangent(of divisor: UInt64, times factor: UInt32, count: Int) -> [UInt32] {
        var power = [UInt32](repeating: 0, count: count)
        power[0] = factor
        divide(&power, by: divisor)
        var sum = power
        var odd: UInt64 = 3
        var isNegative = true
        while power.contains(where: { $0 != 0 }) {
            divide(&power, by: divisor * divisor)
            var term = power
            divide(&term, by: odd)
            if isNegative { subtract(term, from: &sum) } else { add(term, to: &sum) }
            isNegative.toggle()
            odd += 2
        }
        return sum
    }

    private static func divide(_ number: inout [UInt32], by divisor: UInt64) {
        var rest: UInt64 = 0
        number.withUnsafeMutableBufferPointer { number in
            for index in 0..<number.count {
                let value = rest << 32 | UInt64(number[index])
                number[index] = UInt32(truncatingIfNeeded: value / divisor)
                rest = value % divisor
            }
        }
    }

    private static func subtract(_ other: [UInt32], from number: inout [UInt32]) {
        var borrow: Int64 = 0
        for index in number.indices.reversed() {
            let value = Int64(number[index]) - Int64(other[index]) - borrow
            number[index] = UInt32(truncatingIfNeeded: value)
            borrow = value < 0 ? 1 : 0
        }
    }

    private static func add(_ other: [UInt32], to number: inout [UInt32]) {
        var carry: UInt64 = 0
        for index in number.indices.reversed() {
            let value = UInt64(number[index]) + UInt64(other[index]) + carry
            number[index] = UInt32(truncatingIfNeeded: value)
            carry = value >> 32
        }
    }
}
