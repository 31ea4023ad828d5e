/// Names under which the name of a Secret stands, and not what is in it.
enum SecretReference {
    static func matches(_ name: some StringProtocol, words: [String]) -> Bool {
        if CredentialNames.isRun(["existing", "secret"], in: words) { return true }
        if name.hasPrefix("vault.hashicorp.com/agent-inject-secret") || name == "nginx.org/jwt-key" { return true }
        if words.suffix(2) == ["pull", "secret"] || words.suffix(2) == ["pull", "secrets"] { return true }
        // An environment variable of such a name is the secret itself.
        guard name.contains(where: \.isLowercase) else { return false }
        // The name of a key in a Secret: `adminPasswordKey`.
        if words.last == "key", words.count > 1, ["password", "passwd", "token"].contains(words[words.count - 2]) {
            return true
        }
        guard words.last == "secret" || words.last == "secrets" else { return false }
        guard !words.contains("client"), !words.contains("shared") else { return false }
        return isAnnotation(name, words: words) || endings.contains { words.suffix($0.count).elementsEqual($0) }
    }

    private static let endings: [[String]] = [
        ["tls", "secret"], ["ssl", "secret"], ["ca", "secret"],
        ["credentials", "secret"], ["password", "secret"], ["username", "secret"], ["htpasswd", "secret"],
        ["basic", "auth", "secret"],
    ]

    /// `nginx.ingress.kubernetes.io/auth-secret`; without its domain only as it is written there.
    private static func isAnnotation(_ name: some StringProtocol, words: [String]) -> Bool {
        if name == "auth-secret" { return true }
        guard let slash = name.firstIndex(of: "/"), name[..<slash].contains(".") else { return false }
        return words.contains { ["auth", "tls", "ssl", "ca", "cert", "proxy", "htpasswd"].contains($0) }
    }

    /// The name of an object, `namespace/name`, a path in Vault, or several of them: words, and nothing that could be random.
    static func isName(_ text: Substring) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { name in
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            return parts.count <= 6 && parts.allSatisfy(isObjectName)
        }
    }

    /// `web-tls`, `db-credentials`: an object's name, whatever it stands under.
    static func isTelling(_ text: Substring) -> Bool {
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        guard words.count > 1, let last = words.last,
            ["tls", "cert", "certs", "ca", "creds", "credentials"].contains(last)
        else { return false }
        return words.allSatisfy { word in !word.isEmpty && word.allSatisfy { $0.isASCII && $0.isLowercase } }
    }

    private static func isObjectName(_ name: Substring) -> Bool {
        !name.isEmpty && name.utf8.count <= 253
            && name.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "-" || $0 == "." }).allSatisfy {
                PlainWords.isWord($0) && $0.allSatisfy { !$0.isUppercase }
            }
    }
}
