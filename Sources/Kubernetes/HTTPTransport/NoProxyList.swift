/// What `NO_PROXY` lists: `*`, hosts (with all below them), `.suffix` and `*.suffix` (only what is below), addresses and
/// ranges of addresses, each but the ranges also with a port.
struct NoProxyList: Sendable, Hashable {
    private struct Name: Sendable, Hashable {
        /// The end of a host's name, with a dot in front.
        var suffix: String
        var port: Int?
        var matchesItself: Bool
    }

    private struct Range: Sendable, Hashable {
        var network: IPAddress
        var bits: Int
        var port: Int?
    }

    private var matchesAll = false
    private var names: [Name] = []
    private var ranges: [Range] = []

    init(_ text: String) {
        for entry in text.split(separator: ",") {
            let entry = CredentialText.trimmed(String(entry)).lowercased()
            if entry == "*" { matchesAll = true }
            add(entry)
        }
    }

    private mutating func add(_ entry: String) {
        let parts = entry.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let network = IPAddress(String(parts[0])), let bits = Int(parts[1]),
            (0...network.bytes.count * 8).contains(bits)
        {
            return ranges.append(Range(network: network, bits: bits))
        }
        guard let place = HostPort(entry) else { return }
        if let address = IPAddress(place.host) {
            return ranges.append(Range(network: address, bits: address.bytes.count * 8, port: place.port))
        }
        let host = place.host.hasPrefix("*.") ? String(place.host.dropFirst()) : place.host
        names.append(
            host.hasPrefix(".")
                ? Name(suffix: host, port: place.port, matchesItself: false)
                : Name(suffix: "." + host, port: place.port, matchesItself: true))
    }

    func contains(host: String, port: Int) -> Bool {
        if matchesAll { return true }
        // The end of an address is no domain.
        if let address = IPAddress(host) {
            return ranges.contains { address.isWithin($0.network, bits: $0.bits) && $0.port ?? port == port }
        }
        let host = host.lowercased()
        return names.contains { name in
            (host.hasSuffix(name.suffix) || name.matchesItself && host == name.suffix.dropFirst())
                && name.port ?? port == port
        }
    }

    /// `localhost` and loopback addresses.
    static func isLoopback(_ host: String) -> Bool {
        host.lowercased() == "localhost" || IPAddress(host)?.isLoopback == true
    }
}
