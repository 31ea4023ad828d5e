import Synchronization

/// Judges by its name what a field, a variable or a flag may hold.
///
/// A false alarm costs the reader one value; a miss sends a secret to a language model. So in doubt it is a credential,
/// except for names that say that they only point at a credential or describe it (`secretName`, `TOKEN_TTL`).
package enum CredentialNames {
    package enum Meaning: Equatable {
        /// Nothing about credentials.
        case other
        /// The name of the object that holds the credential: `auth-secret`, `existingSecret`.
        case reference
        /// A setting that speaks about credentials: `COOKIE_SAMESITE`, `PASSWORD_HASHING`.
        case setting
        /// What has to do with authentication, and may be a credential as well: `ENABLE_BASIC_AUTH`, `AUTH_SERVER`.
        case authentication
        /// The name ends in what may be a credential, and may be an address or a switch: `AUTH`, `TOKEN`.
        case token
        /// A password, a key or a secret, unless its value says otherwise: `DB_PASSWORD`.
        case secret
        /// As ``secret``, of a name that asks a question: `ALLOW_EMPTY_PASSWORD`.
        case secretSwitch
    }

    /// Whether the value of such a name may be a credential.
    static func matches(_ name: some StringProtocol) -> Bool { meaning(of: name) != .other }

    /// As ``meaning(of:)``, for the names of an object's members: they are few, and come again and again.
    static func meaning(ofMember name: String) -> Meaning {
        guard name.utf8.count <= 64 else { return meaning(of: name) }
        if let known = members.withLock({ $0[name] }) { return known }
        let meaning = meaning(of: name)
        members.withLock { members in
            // Keys of ConfigMaps are names as well, and may be any.
            if members.count >= 4096 { members = [:] }
            members[name] = meaning
        }
        return meaning
    }

    private static let members = Mutex<[String: Meaning]>([:])

    package static func meaning(of name: some StringProtocol) -> Meaning {
        let words = words(name)
        guard let last = words.last else { return .other }
        // In capitals they are test results and working directories.
        if words.count == 1, abbreviations.contains(last), name.contains(where: \.isLowercase) { return .token }
        let isSecret = holdsSecret(words)
        let isToken = words.contains { tokens.contains($0) || $0.hasSuffix("token") }
        guard isSecret || isToken || words.contains("auth") || isWebhook(words) else { return .other }
        if SecretReference.matches(name, words: words) { return .reference }
        if name.hasSuffix("/auth-session-cookie") { return .other }
        if isWebhook(words) { return .token }
        let isIdentifier = last == "id" && pairs.contains { isRun($0, in: words) }
        if descriptive.contains(last), !isIdentifier { return switches.contains(last) ? .setting : .other }
        if settings.contains(last) { return .setting }
        if isSecret, last == "auth" || last == "authentication" { return .authentication }
        if salts.contains(last) { return .secret }
        if isSecret { return words.contains { verbs.contains($0) } ? .secretSwitch : .secret }
        let noun = words.last { !fillers.contains($0) && !$0.allSatisfy(\.isNumber) } ?? last
        return noun == "auth" || tokens.contains(noun) || noun.hasSuffix("token") ? .token : .authentication
    }

    private static func holdsSecret(_ words: [String]) -> Bool {
        if pairs.contains(where: { isRun($0, in: words) }) { return true }
        if words.count > 1, words.contains(where: { short.contains($0) }) { return true }
        return words.contains { secrets.contains($0) || endsInCredential($0) }
    }

    private static func isWebhook(_ words: [String]) -> Bool { isRun(["webhook", "url"], in: words) }

    private static let secrets: Set<String> = [
        "password", "passwd", "passphrase", "secret", "apikey", "credential", "credentials", "creds", "accesskey",
        "secretkey", "privatekey", "psk", "passwords", "apikeys", "passcode", "pin", "masterauth", "primaryauth",
        "passphrases",
        "bindpw", "rootpw", "adminpw", "userpw", "authkey", "storepass", "keypass", "passwort", "kennwort", "passe",
        "contrasena", "senha", "wachtwoord",
    ]
    private static let tokens: Set<String> = ["token", "authorization", "jwt", "cookie", "dsn"]
    /// Secrets together with another word.
    private static let short: Set<String> = ["pass", "pwd", "pw"]
    private static let abbreviations: Set<String> = ["pass", "pwd", "pw"]
    private static let pairs: [[String]] = [
        ["api", "key"], ["access", "key"], ["private", "key"], ["secret", "key"], ["encryption", "key"],
        ["signing", "key"], ["account", "key"], ["connection", "string"], ["key", "base"], ["secret", "id"],
        ["master", "key"], ["app", "key"], ["ssh", "key"], ["api", "keys"], ["access", "keys"], ["unseal", "key"],
        ["recovery", "key"], ["license", "key"], ["shared", "key"], ["enrollment", "token"], ["root", "token"],
        ["client", "key"], ["preshared", "key"], ["certificate", "key"], ["key", "data"],
        ["storage", "key"], ["sas", "key"], ["subscription", "key"], ["functions", "key"], ["code", "verifier"],
        ["snmp", "community"],
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
    /// Those of them whose values are short words and numbers: anything else under them is looked at.
    private static let switches: Set<String> = [
        "ttl", "seconds", "timeout", "duration", "length", "min", "max", "enabled", "disabled", "required", "mode",
        "method", "count", "limit",
    ]
    /// As ``descriptive``, but the value has to look like such a setting: names, numbers and addresses.
    private static let settings: Set<String> = [
        "age", "audiences", "algorithms", "alg", "allowed", "attempts", "aud", "backend", "bypass", "cache", "cidr",
        "cidrs", "claim",
        "claims", "complexity", "cost", "days", "domain", "domains", "driver", "email", "encryption", "engine",
        "expires",
        "filter", "flow", "grant", "group", "groups", "handler", "hashing", "header", "headers", "history", "hosts",
        "hours",
        "httponly", "interval", "ips", "issuers", "iterations", "leeway", "level", "lifetime", "location", "login",
        "lookup",
        "minutes", "module", "ms", "org", "origin", "origins", "period", "plugin", "port", "prefix", "prompt",
        "protocol",
        "proxy", "redirect", "regex", "region", "renewal", "reset", "retries", "role", "roles", "routes", "rotation",
        "rounds", "samesite",
        "scope", "scopes", "server", "service", "signin", "signout", "signup", "size", "skew", "snippet", "source",
        "strategy", "strength", "suffix", "tenant", "tls", "types", "upstream", "urls", "user", "username", "users",
        "validation", "verification", "whitelist", "allowlist", "denylist", "blacklist", "window", "zone",
    ]
    /// Words of names that ask a question: their values are answers.
    private static let verbs: Set<String> = [
        "enable", "enabled", "disable", "disabled", "require", "required", "requires", "allow", "allowed", "allows",
        "use", "uses", "is", "has", "with", "without", "no", "skip", "force", "enforce", "forbid", "deny", "check",
        "validate", "verify", "protect", "support", "supports", "should", "must", "need", "needs", "create", "generate",
        "rotate", "encrypt", "mask", "log", "show", "hide", "print", "send", "insecure", "ignore", "automount",
    ]
    /// They add nothing to the word before: `TOKEN_VALUE` is a token.
    private static let fillers: Set<String> = [
        "value", "values", "data", "string", "key", "base64", "text", "content", "plain", "hash", "default", "old",
        "new",
        "current", "previous", "prod", "production", "staging", "dev", "test", "primary", "secondary",
    ]
    /// What only has a meaning with what it belongs to: `AUTH_SALT`.
    private static let salts: Set<String> = ["salt", "code", "seed", "pepper", "otp"]
    /// `bypass` is none.
    private static let noPasswords: Set<String> = [
        "bypass", "compass", "trespass", "encompass", "overpass", "surpass", "underpass", "pass",
    ]

    /// `DBPASSWORD`, `pgpassword`, `requirepass`: words run together.
    private static func endsInCredential(_ word: String) -> Bool {
        if word.hasSuffix("pass") { return !noPasswords.contains(word) }
        return ["password", "passwd", "passphrase", "apikey", "secret"].contains { word.hasSuffix($0) }
    }

    static func isRun(_ run: [String], in words: [String]) -> Bool {
        guard words.count >= run.count else { return false }
        return (0...(words.count - run.count)).contains { words[$0..<$0 + run.count].elementsEqual(run) }
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
