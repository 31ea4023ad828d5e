import NIOCore

/// The bytes of an address, 4 or 16. An IPv4 address that is written as IPv6 is one of IPv4.
package struct IPAddress: Sendable, Hashable {
    package private(set) var bytes: [UInt8]

    /// - Parameter text: without brackets. One with a zone is none.
    package init?(_ text: String) {
        guard let address = try? SocketAddress(ipAddress: text, port: 0) else { return nil }
        switch address {
        // Where the address lies in a sockaddr_in and a sockaddr_in6.
        case .v4(let address): bytes = withUnsafeBytes(of: address.address) { Array($0[4..<8]) }
        case .v6(let address):
            bytes = withUnsafeBytes(of: address.address) { Array($0[8..<24]) }
            if bytes.starts(with: Self.mappedPrefix) { bytes.removeFirst(Self.mappedPrefix.count) }
        case .unixDomainSocket: return nil
        }
    }

    private static let mappedPrefix: [UInt8] = Array(repeating: 0, count: 10) + [0xFF, 0xFF]

    package var isLoopback: Bool { bytes.count == 4 ? bytes[0] == 127 : bytes == Array(repeating: 0, count: 15) + [1] }

    package func isWithin(_ network: IPAddress, bits: Int) -> Bool {
        guard bytes.count == network.bytes.count else { return false }
        return zip(bytes, network.bytes).enumerated().allSatisfy { index, pair in
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> min(8, max(0, bits - index * 8)))
            return pair.0 & mask == pair.1 & mask
        }
    }

    /// The network's link, or what has no address of its own: this host itself among them.
    package var isLinkLocalOrUnspecified: Bool {
        bytes.count == 4
            ? bytes[0] == 0 || bytes.starts(with: [169, 254])
            : bytes[0] == 0xFE && bytes[1] & 0xC0 == 0x80 || bytes.allSatisfy { $0 == 0 }
    }

    /// The IPv4 address that an IPv6 address stands for: the deprecated compatible ones (RFC 4291 §2.5.5.1), and those of the
    /// well-known prefix of translators (RFC 6052 §2.1).
    package var embedded: IPAddress? {
        let prefixes: [[UInt8]] = [
            Array(repeating: 0, count: 12), [0, 0x64, 0xFF, 0x9B] + Array(repeating: 0, count: 8),
        ]
        guard bytes.count == 16, prefixes.contains(where: bytes.starts) else { return nil }
        var address = self
        address.bytes = Array(bytes.suffix(4))
        return address
    }

    /// Whether resolvers take a name for an address: `10.0.0.7`, and as well `127.1`, `0x7f000001` and `2130706433`.
    package static func isNumeric(_ host: String) -> Bool {
        let name = host.hasSuffix(".") ? host.dropLast() : host[...]
        return name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            part.lowercased().hasPrefix("0x") || !part.isEmpty && part.allSatisfy(\.isNumber)
        }
    }
}
