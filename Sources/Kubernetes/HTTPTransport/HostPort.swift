/// `host`, `host:port`, `[IPv6]`, `[IPv6]:port` or a bare IPv6 address.
struct HostPort: Hashable {
    /// The host, an IPv6 address without brackets.
    var host: String
    var port: Int?

    init?(_ text: some StringProtocol) {
        let text = String(text)
        let portText: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = String(text[text.index(after: text.startIndex)..<end])
            portText = text[text.index(after: end)...]
            guard portText.isEmpty || portText.hasPrefix(":") else { return nil }
        } else if text.count(where: { $0 == ":" }) > 1 {
            host = text
            portText = ""
        } else {
            host = String(text.prefix { $0 != ":" })
            portText = text.dropFirst(host.count)
        }
        let digits = portText.dropFirst()
        if !digits.isEmpty {
            guard let port = Int(digits), (1...65535).contains(port) else { return nil }
            self.port = port
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "@") }) else {
            return nil
        }
    }
}
