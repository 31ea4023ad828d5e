import Glibc

/// A string as Go has it: bytes, which are usually UTF-8. It is equal, ordered and hashed by its bytes, where Swift's
/// `String` compares by Unicode's equivalence and can't hold what `trunc` leaves of a character.
package struct ByteString: Hashable, Comparable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package var bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
    }

    package init(_ text: some StringProtocol) {
        bytes = Array(text.utf8)
    }

    package init(stringLiteral value: StaticString) {
        bytes = value.withUTF8Buffer { Array($0) }
    }

    package var isEmpty: Bool { bytes.isEmpty }

    package var count: Int { bytes.count }

    /// The text, with U+FFFD in place of what isn't UTF-8.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package var description: String { text }

    package static func == (left: ByteString, right: ByteString) -> Bool {
        left.bytes.count == right.bytes.count && left.order(to: right) == 0
    }

    package static func < (left: ByteString, right: ByteString) -> Bool {
        let order = left.order(to: right)
        return order == 0 ? left.count < right.count : order < 0
    }

    /// How the bytes that both have compare.
    private func order(to other: ByteString) -> Int32 {
        bytes.withUnsafeBytes { left in
            other.bytes.withUnsafeBytes { right in
                guard let one = left.baseAddress, let two = right.baseAddress, one != two else { return 0 }
                return memcmp(one, two, min(left.count, right.count))
            }
        }
    }

    /// All bytes at once: an array hashes each on its own, which is many times slower.
    package func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }

    package static func + (left: ByteString, right: ByteString) -> ByteString {
        ByteString(bytes: left.bytes + right.bytes)
    }

    package static func += (left: inout ByteString, right: ByteString) {
        left.bytes += right.bytes
    }
}
