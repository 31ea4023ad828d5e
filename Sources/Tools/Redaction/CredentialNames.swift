/// Judges by its name whether a field, a variable or a flag holds a credential.
///
/// A false alarm costs the reader one value; a miss sends a secret to a language model. So in doubt it is one, except for
/// names that say that they only point at a credential or describe it (`secretName`, `TOKEN_TTL`).
enum CredentialNames {
    static func matches(_ name: some StringProtocol) -> Bool {
        let words = words(name)
        guard let last = words.last else { return false }
        if pairs.contains(where: { isRun($0, in: words) }) { return !descriptive.contains(last) || last == "id" }
        if descriptive.contains(last) { return false }
        if words.count > 1, words.contains(where: { short.contains($0) }) { return true }
        return words.contains { single.contains($0) || endsInCredential($0) }
    }

    private static let single: Set<String> = [
        "password", "passwd", "passphrase", "secret", "token", "apikey", "credential", "credentials", "creds",
        "authorization", "auth", "accesskey", "secretkey", "privatekey", "jwt", "cookie", "dsn", "apitoken", "psk",
    ]
    /// Only together with another word: alone they are test results and working directories.
    private static let short: Set<String> = ["pass", "pwd"]
    private static let pairs: [[String]] = [
        ["api", "key"], ["access", "key"], ["private", "key"], ["secret", "key"], ["encryption", "key"],
        ["signing", "key"], ["account", "key"], ["connection", "string"], ["webhook", "url"], ["key", "base"],
        ["basic", "auth"], ["secret", "id"], ["master", "key"], ["app", "key"], ["ssh", "key"],
    ]
    /// As the last word they make a name that speaks about a credential.
    private static let descriptive: Set<String> = [
        "name", "names", "ref", "refs", "selector", "file", "files", "path", "dir", "directory", "mount", "url", "uri",
        "endpoint", "host", "issuer", "audience", "ttl", "seconds", "expiration", "expiry", "timeout", "duration",
        "type",
        "kind", "policy", "length", "min", "max", "enabled", "disabled", "required", "mode", "method", "version", "id",
        "count", "limit", "format", "algorithm", "provider", "class", "store", "namespace", "affinity", "realm",
        "scheme",
    ]

    /// `DBPASSWORD`, `pgpassword`: words run together.
    private static func endsInCredential(_ word: String) -> Bool {
        ["password", "passwd", "passphrase", "apikey", "token", "secret"].contains { word.hasSuffix($0) }
    }

    private static func isRun(_ run: [String], in words: [String]) -> Bool {
        guard words.count >= run.count else { return false }
        return (0...(words.count - run.count)).contains { Array(words[$0..<$0 + run.count]) == run }
    }

    /// `dbPassword`, `DB_PASSWORD`, `db-password` → `db`, `password`.
    static func words(_ name: some StringProtocol) -> [String] {
        var words: [String] = []
        var word = ""
        var previousIsLower = false
        for character in name {
            guard character.isLetter || character.isNumber else {
                if !word.isEmpty { words.append(word) }
                word = ""
                previousIsLower = false
                continue
            }
            if character.isUppercase, previousIsLower {
                words.append(word)
                word = ""
            }
            previousIsLower = character.isLowercase || character.isNumber
            word += character.lowercased()
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
