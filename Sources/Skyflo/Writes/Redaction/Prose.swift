/// Words of sentences about credentials, which an operator needs to find out what is wrong.
enum Prose {
    /// What sentences call a credential.
    static func isNoun(_ word: String) -> Bool { nouns.contains(word) }

    private static let nouns: Set<String> = [
        "password", "passwd", "passphrase", "passcode", "token", "secret", "credentials", "credential", "auth",
        "authorization", "jwt", "cookie", "pin", "creds", "key",
    ]

    /// A word that says something about a credential and isn't one.
    static func isPlain(_ word: some StringProtocol) -> Bool {
        let lower = word.lowercased().filter { !".,;:!?'\"()`".contains($0) }
        if lower.isEmpty || plain.contains(lower) || diagnoses.contains(lower) || subjects.contains(lower) {
            return true
        }
        guard lower.utf8.allSatisfy({ $0 >= 0x61 && $0 <= 0x7A }), word.dropFirst().allSatisfy({ !$0.isUppercase })
        else {
            return false
        }
        return ["ed", "ing", "ly", "able", "tion", "ment"].contains {
            lower.hasSuffix($0) && lower.count > $0.count + 2
        }
    }

    /// It says alone that something is wrong.
    static func isDiagnosis(_ word: some StringProtocol) -> Bool {
        diagnoses.contains(word.lowercased().filter { !".,;:!?'\"()".contains($0) })
    }

    private static let diagnoses: Set<String> = [
        "eof", "expired", "invalid", "missing", "revoked", "unauthorized", "unauthenticated", "forbidden", "incorrect",
        "malformed", "denied", "rejected", "mismatch", "mismatched", "required", "unsupported", "unexpected", "illegal",
        "unknown", "failed", "fails", "failure", "error", "errors", "not", "no", "cannot", "can't", "couldn't",
        "unable",
        "could", "timeout", "wrong", "bad", "empty", "absent", "unavailable", "unreachable", "refused", "ignored",
        "ignoring", "skipping", "skipped", "without", "isn't", "doesn't", "wasn't", "never", "neither", "nor",
        "non-existent", "nonexistent",
    ]

    /// What errors are about, when more is said of it.
    private static let subjects: Set<String> = [
        "user", "account", "signature", "key", "connection", "network", "access", "permission", "context", "operation",
        "request", "server", "client", "hash", "value", "length", "secret", "secrets", "token", "password", "service",
        "issuer", "audience", "response", "certificate", "role", "authentication", "authorization", "field", "header",
        "x509", "asn1", "pem", "pkcs1", "pkcs8", "rsa", "ecdsa", "ssh", "bcrypt",
        "tls", "json", "yaml", "rpc", "oauth2", "http", "crypto", "jwt", "dial", "read", "write", "open", "stat",
        "lstat",
        "get", "post", "put", "head", "delete", "patch", "the", "this", "parse", "decode", "unmarshal", "status",
        "configmap",
        "pod", "namespace", "resource", "object", "serviceaccount", "parsing", "decoding", "session", "system", "login",
        "message", "mac", "cipher", "padding", "data", "input", "block",
    ]
    private static let plain: Set<String> = [
        "a", "an", "and", "are", "as", "at", "auth", "be", "because", "been", "but", "by", "can", "change", "changed",
        "characters", "complete", "config", "correct", "database", "day", "days", "default", "does", "done", "due",
        "env",
        "environment", "file", "for", "from", "grant", "had", "has", "have", "here", "hidden", "if", "in", "insecure",
        "into",
        "is", "it", "its", "later", "length", "less", "line", "login", "longer", "manager", "may", "method", "minutes",
        "mode",
        "more", "must", "new", "now", "ok", "okay", "old", "on", "one", "only", "or", "our", "out", "plugin",
        "policies",
        "policy", "present", "prompt", "provider", "reset", "retry", "rotation", "rules", "same", "secure", "see",
        "set",
        "should", "short", "so", "store", "strength", "strong", "success", "successful", "than", "that", "them", "then",
        "there", "they", "to", "too", "twice", "type", "unchanged", "unset", "until", "up", "using", "valid", "via",
        "was",
        "weak", "were", "when", "which", "while", "who", "will", "with", "won't", "yet", "you", "your", "ready", "safe",
        "flow", "fields", "hashes", "entry", "entries", "users", "user", "exists", "exist", "found", "available",
        "check",
        "checks", "string", "text", "plaintext", "backend", "source", "stdin", "after", "before", "during", "again",
        "also",
        "always", "any", "none", "null", "nil", "yes", "encrypted", "plain", "either", "other", "first", "last", "next",
        "all",
        "rate", "api", "url", "id", "name", "names", "path", "ttl", "cache", "endpoint", "lifetime", "expiry",
        "expires",
        "refresh", "review", "volume", "based", "admin", "about", "against", "between", "over", "under", "per", "limit",
    ]

    /// What follows a subject: `signature is invalid`.
    static func isVerb(_ word: some StringProtocol) -> Bool {
        verbs.contains(word.lowercased().filter { !".,;:".contains($0) }) || isDiagnosis(word)
    }

    private static let verbs: Set<String> = [
        "is", "was", "has", "does", "did", "are", "were", "must", "should", "will", "reset", "closed", "timed",
        "exceeded",
        "deadline", "tcp", "udp", "canceled", "cancelled", "verification", "validation", "base64", "error", "locked",
        "disabled", "found", "server", "request", "token", "password", "secret", "code", "value", "header", "algorithm",
        "is:",
    ]

    /// Words between a noun and its value: `password has been set to x`.
    static let connectors: Set<String> = [
        "is", "was", "has", "been", "set", "reset", "changed", "updated", "to", "now", "as", "generated", "created",
        "be",
        "will", "are", "currently", "rotated", "this", "following", "equals",
    ]
    static let assignments: Set<String> = ["is", "was", "to", "as", "be", "are", "equals"]

    /// Before the colon at the end of a name they say that what follows is somebody and not the credential.
    static let identities: Set<String> = [
        "user", "account", "username", "role", "login", "realm", "host", "database", "service", "server", "client",
        "pod",
        "namespace", "for", "name", "email", "in", "at", "file", "path", "on", "from", "by", "with", "because", "error",
    ]
}
