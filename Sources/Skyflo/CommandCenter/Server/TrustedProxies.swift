import HTTPTransport

/// The proxies whose word about where a request is from counts: addresses, and networks as `10.0.0.0/8`.
package struct TrustedProxies: Sendable {
    private var networks: [(address: IPAddress, bits: Int)] = []

    package init() {}

    /// - Returns: nil where one is neither.
    package init?(_ texts: some Sequence<String>) {
        for text in texts {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
            guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
            let most = address.bytes.count * 8
            guard parts.count == 2 else {
                networks.append((address, most))
                continue
            }
            guard let bits = Int(parts[1]), (1...most).contains(bits) else { return nil }
            networks.append((address, bits))
        }
    }

    func contains(_ text: String) -> Bool {
        guard let address = IPAddress(text) else { return false }
        return networks.contains { address.isWithin($0.address, bits: $0.bits) }
    }

    /// Whose request it is, where `peer` sent it. Each hop adds whom it heard it from at the end: what stands before the last
    /// one that isn't trusted may be made up.
    func client(of peer: String, forwardedFor chain: String?) -> String {
        guard contains(peer), let chain else { return peer }
        for hop in chain.split(separator: ",").reversed() {
            guard let address = Self.address(of: hop) else { return peer }
            if !contains(address) { return address }
        }
        return peer
    }

    /// Without the port that some proxies add, and the brackets that then are around an address of IPv6.
    /// - Returns: nil for what is no address.
    private static func address(of hop: Substring) -> String? {
        var text = hop.drop { $0 == " " || $0 == "\t" }.prefix { $0 != " " && $0 != "\t" }
        if text.first == "[" {
            text = text.dropFirst().prefix { $0 != "]" }
        } else if text.count(where: { $0 == ":" }) == 1 {
            text = text.prefix { $0 != ":" }
        }
        return IPAddress(String(text)) == nil ? nil : String(text)
    }
}
