/// Words, numbers and addresses that can't be credentials.
enum PlainWords {
    /// Letters, with at most two digits at the end (`oauth2`, `web-01`), or a number of at most four digits. What changes
    /// between letters and digits, or is long, may be random.
    static func isWord(_ text: Substring) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 24, text.utf8.allSatisfy(TextRedaction.isAlphanumeric) else {
            return false
        }
        if usual.contains(text.lowercased()) { return true }
        let letters = text.prefix { $0.isLetter }
        let digits = text.dropFirst(letters.count)
        guard digits.allSatisfy(\.isNumber), digits.count <= (letters.isEmpty ? 4 : 2) else { return false }
        return letters.isEmpty || isSpeakable(letters)
    }

    private static let usual: Set<String> = [
        "k8s", "s3", "x509", "sha256", "sha512", "base64", "i18n", "http2", "ed25519",
    ]

    /// Upper case stands at the beginning or everywhere, and there are vowels.
    private static func isSpeakable(_ letters: Substring) -> Bool {
        let rest = letters.dropFirst()
        guard rest.allSatisfy(\.isLowercase) || letters.allSatisfy(\.isUppercase) || isCamel(letters) else {
            return false
        }
        return letters.count <= 4 || letters.contains { "aeiouyAEIOUY".contains($0) }
    }

    private static func isCamel(_ letters: Substring) -> Bool {
        var run = 0
        for letter in letters.reversed() {
            if letter.isUppercase {
                guard run >= 2 else { return false }
                run = 0
            } else {
                run += 1
            }
        }
        return true
    }

    /// `3600`, `0.5`, `10%`, `30s`, `1h30m`, `512Mi`, `P1D`.
    static func isQuantity(_ text: Substring) -> Bool {
        guard text.utf8.count <= 12, let first = text.first else { return false }
        if first == "P", text.dropFirst().allSatisfy({ $0.isNumber || "YMWDTHS".contains($0) }) {
            return text.count > 2
        }
        var rest = text.drop { "-+".contains($0) }
        guard rest.first?.isASCII == true, rest.first?.isNumber == true else { return false }
        var isFirst = true
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            guard !number.isEmpty, number.count <= 8 else { return false }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !$0.isNumber }
            guard units.contains(String(unit)), isFirst || !unit.isEmpty else { return false }
            rest = rest.dropFirst(unit.count)
            isFirst = false
        }
        return true
    }

    private static let units: Set<String> = [
        "", "ns", "us", "ms", "s", "m", "h", "d", "w", "y", "sec", "min", "hour", "hours", "day", "days", "minutes",
        "seconds", "%", "k", "K", "M", "G", "Ki", "Mi", "Gi", "kb", "KB", "MB", "B", "r/s", "r/m", "rps",
    ]

    static func isDuration(_ text: Substring) -> Bool {
        isQuantity(text) && text.last?.isNumber == false && text.utf8.count <= 8
    }

    // MARK: - Addresses

    /// A URL without user, password and anything that could be a key.
    static func isURL(_ text: Substring) -> Bool {
        guard let colon = text.firstRange(of: "://") else { return false }
        let scheme = text[..<colon.lowerBound]
        guard !scheme.isEmpty, scheme.count <= 12,
            scheme.allSatisfy({ $0.isASCII && ($0.isLetter || "+-".contains($0)) })
        else { return false }
        let rest = text[colon.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        guard authority.isEmpty ? scheme == "file" : isHost(authority) || isVariable(authority) else { return false }
        let path = rest.dropFirst(authority.count).prefix { !"?#".contains($0) }
        guard path.isEmpty || isPath(path) else { return false }
        let query = rest.dropFirst(authority.count + path.count).drop { "?#".contains($0) }
        return query.split(whereSeparator: { "&#".contains($0) }).allSatisfy(isParameter)
    }

    private static func isParameter(_ text: Substring) -> Bool {
        let name = text.prefix { $0 != "=" }
        let value = text.dropFirst(name.count).dropFirst()
        if value.isEmpty { return isName(name) }
        if isVariable(value) { return true }
        guard !["sig", "code", "key", "signature", "state"].contains(name.lowercased()), !CredentialNames.matches(name)
        else {
            return false
        }
        return isName(value) || isQuantity(value) || isPath(value) || isEncodedURL(value)
    }

    private static func isEncodedURL(_ text: Substring) -> Bool {
        let plain = text.replacing("%3A", with: ":").replacing("%2F", with: "/").replacing("%3a", with: ":")
            .replacing("%2f", with: "/")[...]
        return isURL(plain) || plain.split(separator: "$").count > 1 && !TextRandomness.isRandom(plain)
    }

    /// `$escaped_request_uri`, `$host`, as proxies have them.
    static func isVariable(_ text: Substring) -> Bool {
        guard text.first == "$", text.count > 2 else { return false }
        return text.split(separator: "$").allSatisfy { $0.allSatisfy { $0 == "_" || $0.isASCII && $0.isLowercase } }
    }

    /// `/oauth2/auth`, `/run/secrets/db`.
    static func isPath(_ text: Substring) -> Bool {
        guard text.first == "/" || text.hasPrefix("./"), text.utf8.count <= 512 else { return false }
        return text.split(separator: "/").allSatisfy { segment in
            isVariable(segment) || isName(segment) || isUUID(segment) || segment == "." || segment == ".."
        }
    }

    /// Words with `-`, `.` and `_` between them.
    static func isName(_ text: Substring) -> Bool {
        let parts = text.split(whereSeparator: { "-._~".contains($0) })
        return !parts.isEmpty && parts.allSatisfy(isWord)
    }

    /// Words with whatever signs between them.
    static func isSpoken(_ text: Substring) -> Bool {
        text.utf8.count <= 512
            && text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.allSatisfy {
                isWord($0) || $0.utf8.count <= 2
            }
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    }

    private static func isUUID(_ text: Substring) -> Bool {
        text.utf8.count == 36 && text.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12]
            && text.allSatisfy { $0 == "-" || $0.isHexDigit }
    }

    /// `login.example`, `keycloak.auth.svc:8080`, `10.0.0.0/8`, `localhost`.
    static func isHost(_ text: Substring) -> Bool {
        let host = text.prefix { $0 != ":" && $0 != "/" }
        let rest = text.dropFirst(host.count)
        let digits = rest.dropFirst()
        guard rest.isEmpty || (!digits.isEmpty && digits.count <= 5 && digits.allSatisfy(\.isNumber)) else {
            return false
        }
        guard rest.first != "/" || isAddress(host) else { return false }
        if isAddress(host) { return true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            label == "*" || label.split(separator: "-", omittingEmptySubsequences: false).allSatisfy(isWord)
        } && labels.last?.first?.isLetter == true
    }

    /// IPv4.
    static func isAddress(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

/// Texts that look as if they were made by a machine.
enum TextRandomness {
    /// A run of 16 letters and digits or more in which they change often.
    static func isRandom(_ text: Substring) -> Bool {
        text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.contains { run in
            guard run.count >= 16 else { return false }
            return run.count >= 40 || (run.contains(where: \.isNumber) && run.contains(where: \.isLetter))
        }
    }
}
