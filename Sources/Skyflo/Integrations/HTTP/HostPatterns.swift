import HTTPTransport
import KubeModel

/// Hosts that somebody allowed by their names, `*.example.com` for all below one. A pattern means names: an address of a network
/// is only allowed as it is written.
package struct HostPatterns: Sendable, Hashable {
    private let patterns: [String]

    /// - Parameter patterns: with a port where that isn't the usual one.
    package init(_ patterns: [String]) { self.patterns = patterns.map { $0.lowercased() } }

    /// - Parameter host: as ``IntegrationOrigin/hostAndPort``.
    package func allow(_ host: String) -> Bool {
        patterns.contains { pattern in
            pattern.contains("*")
                ? !Self.isAddress(host) && NamePatterns.matches(host, pattern: pattern) : host == pattern
        }
    }

    private static func isAddress(_ host: String) -> Bool {
        host.hasPrefix("[") || IPAddress.isNumeric(String(host.prefix { $0 != ":" }))
    }
}
