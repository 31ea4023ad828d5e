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
        let hops = chain.split(separator: ",").map { String($0.drop { $0 == " " }.prefix { $0 != " " }) }
        return hops.last { !contains($0) } ?? peer
    }
}
