import KubeModel

/// An address that a page may lead to.
struct Link: Sendable, Hashable {
    let text: String

    private init(text: String) { self.text = text }

    /// A path of this server.
    static func local(
        _ segments: [String], query: [(name: String, value: String)] = [], fragment: String? = nil
    ) -> Link {
        var text = "/" + segments.map(PercentEncoding.segment).joined(separator: "/")
        let pairs = query.map { "\(PercentEncoding.query($0.name))=\(PercentEncoding.query($0.value))" }
        if !pairs.isEmpty { text += "?" + pairs.joined(separator: "&") }
        if let fragment { text += "#" + PercentEncoding.segment(fragment) }
        return Link(text: text)
    }

    /// A place on the same page.
    static func here(_ id: String) -> Link { Link(text: "#" + PercentEncoding.segment(id)) }

    /// Where somebody wanted to go before signing in: a path of this server, or nil. `//host` and `/\host` would lead away.
    init?(returningTo path: String) {
        guard path.utf8.count <= 2048, path.hasPrefix("/"), !path.hasPrefix("//"),
            path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") })
        else { return nil }
        text = path
    }

    /// Of somebody else, as an answer may name it: http and https only, without a user in it.
    init?(web address: String) {
        let lower = address.lowercased()
        guard lower.hasPrefix("https://") || lower.hasPrefix("http://"), address.utf8.count <= 2048,
            address.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "\"") })
        else { return nil }
        let authority = address.drop { $0 != ":" }.dropFirst(3).prefix { !"/?#".contains($0) }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        text = address
    }
}
