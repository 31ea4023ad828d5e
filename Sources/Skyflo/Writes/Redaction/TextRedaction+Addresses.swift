/// Secrets in addresses.
extension TextRedaction {
    /// Who knows the path may post.
    func pathOfWebhook(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        guard word.count <= 40, byte(word.endIndex) == UInt8(ascii: "/") else { return nil }
        let end = word.endIndex
        let host = String(decoding: word, as: UTF8.self)
        let path: Int
        if host == "hooks.slack.com" {
            guard starts("/services/", at: end) || starts("/workflows/", at: end) || starts("/triggers/", at: end)
            else {
                return nil
            }
            path = end + 1
        } else if host == "discord.com" || host == "discordapp.com" {
            guard starts("/api/webhooks/", at: end) else { return nil }
            path = end + 5
        } else if host.hasSuffix("webhook.office.com") {
            path = end + 1
        } else if host == "api.telegram.org" {
            guard starts("/bot", at: end) else { return nil }
            return inline(end + 4, as: .secret)
        } else {
            return nil
        }
        guard let slash = bytes[path...].prefix(128).firstIndex(of: UInt8(ascii: "/")) else { return nil }
        return inline(slash + 1, as: .secret)
    }

    /// `://user:password@`: the range of the password, where the word before was the URL's scheme.
    func password(ofURL at: Int) -> Range<Int>? {
        guard starts("://", at: at) else { return nil }
        var colon: Int?
        var lastAt: Int?
        var hasSlash = false
        var end = at + 3
        while end < bytes.count, bytes[end] > 0x20, !Self.isQuote(bytes[end]) {
            switch bytes[end] {
            case UInt8(ascii: ":"): colon = colon ?? end
            case UInt8(ascii: "@"): lastAt = end
            case UInt8(ascii: "/"):
                // Behind another `:/` the next URL begins.
                guard lastAt == nil || hasSlash, let colon, bytes[end - 1] != UInt8(ascii: ":"),
                    hasSlash || isPassword(colon + 1..<end)
                else { return self.password(colon, lastAt: lastAt, start: at + 3) }
                hasSlash = true
            default: break
            }
            end += 1
        }
        return password(colon, lastAt: lastAt, start: at + 3)
    }

    /// What stands before the first slash is no port. A password may hold slashes.
    private func isPassword(_ range: Range<Int>) -> Bool {
        bytes[range].contains { $0 < 0x30 || $0 > 0x39 } && bytes[range.lowerBound - 2] != UInt8(ascii: "[")
    }

    /// `jdbc:oracle:thin:user/password@…`
    func passwordOfThinDriver(_ word: ArraySlice<UInt8>) -> Range<Int>? {
        guard byte(word.startIndex - 1) == UInt8(ascii: ":"), let last = previous.last,
            last.upperBound == word.startIndex - 1, text(last) == "thin" || text(last) == "oci"
        else { return nil }
        return passwordOfLogin(word.startIndex)
    }

    /// The same in a URL that is encoded in another one.
    func password(ofEncodedURL at: Int) -> Range<Int>? {
        guard starts("%3A%2F%2F", at: at) || starts("%3a%2f%2f", at: at) else { return nil }
        var colon: Int?
        var end = at + 9
        while end < bytes.count, end - at < 512, bytes[end] > 0x20, bytes[end] != UInt8(ascii: "&") {
            if starts("%2F", at: end) || starts("%2f", at: end) { return nil }
            if starts("%3A", at: end) || starts("%3a", at: end) { colon = colon ?? end + 3 }
            if starts("%40", at: end) {
                return colon.flatMap { $0 < end && !isSettled(bytes[$0..<end]) ? $0..<end : nil }
            }
            end += 1
        }
        return nil
    }

    private func password(_ colon: Int?, lastAt: Int?, start: Int) -> Range<Int>? {
        // A token alone, in the place of the user.
        if let lastAt, Redactor.tokenEnd(bytes, start: start) == lastAt { return nil }
        if colon == nil, let lastAt, TextRandomness.isRandom(text(start..<lastAt)[...]) { return start..<lastAt }
        guard let colon, let lastAt, colon + 1 < lastAt, !isSettled(bytes[colon + 1..<lastAt]) else { return nil }
        return colon + 1..<lastAt
    }
}
