/// Judges a value together with the name that it stands under.
package enum CredentialValues {
    /// Whether the value may be a credential. What is shown whatever its name: nothing at all, references to where it is
    /// kept, and what was hidden already. What else is shown depends on how much the name says.
    static func isCredential(_ value: some StringProtocol, under name: some StringProtocol) -> Bool {
        isCredential(value, as: CredentialNames.meaning(of: name))
    }

    package static func isCredential(_ value: some StringProtocol, as meaning: CredentialNames.Meaning) -> Bool {
        if meaning == .other { return false }
        // Longer than whatever is shown; looking at it would take its time.
        if value.utf8.count > 4096 { return true }
        let text = trimmed(value)
        if text.isEmpty || isReference(text) || isMask(text) { return false }
        let lower = text.lowercased()
        switch meaning {
        case .other: return false
        case .secret: return !booleans.contains(lower) && !SecretReference.isTelling(text)
        case .secretSwitch: return !switches.contains(lower)
        case .reference: return !booleans.contains(lower) && !SecretReference.isName(text)
        case .token: return !isPlainToken(text)
        case .authentication: return !isPlainSetting(text, isNamed: false)
        case .setting: return !isPlainSetting(text, isNamed: true)
        }
    }

    private static func trimmed(_ value: some StringProtocol) -> Substring {
        let text = Substring(value).drop { $0.isWhitespace }
        return text.dropLast(text.reversed().prefix { $0.isWhitespace }.count)
    }

    // MARK: - By how much the name says

    /// Of a name that ends in `auth` or `token`: no bare words beyond those that everybody uses, no `user:123`.
    private static func isPlainToken(_ text: Substring) -> Bool {
        let lower = text.lowercased()
        if switches.contains(lower) || AuthenticationWords.all.contains(lower) { return true }
        if PlainWords.isDuration(text) || PlainWords.isURL(text) || PlainWords.isPath(text) { return true }
        if text.utf8.count <= 3, text.allSatisfy(\.isNumber) { return true }
        if text.contains(","), isList(text, isPlain: isPlainToken) { return true }
        guard text.contains("."), PlainWords.isHost(text), text.allSatisfy({ !$0.isUppercase }) else { return false }
        return !text.contains(":") || PlainWords.isAddress(text.prefix { $0 != ":" }) || text.contains(".svc")
    }

    private static func isPlainSetting(_ text: Substring, isNamed: Bool) -> Bool {
        if isPlainToken(text) || PlainWords.isQuantity(text) { return true }
        if PlainWords.isHost(text), isNamed || text.contains(".") || text.contains(":") { return true }
        if isPattern(text) { return true }
        if isHeaderName(text) || isDate(text) || PlainWords.isVariable(text) { return true }
        if isNamed, SecretReference.isName(text) || PlainWords.isName(text) || isAccount(text) { return true }
        if isDistinguishedName(text) || isNamed && PlainWords.isSpoken(text) { return true }
        return text.contains(where: { ", ;|".contains($0) }) && text.utf8.count <= 512
            && isList(text) { isPlainSetting($0, isNamed: isNamed) }
    }

    /// The elements of a list, divided by commas, blanks and the like.
    private static func isList(_ text: Substring, isPlain: (Substring) -> Bool) -> Bool {
        text.split(whereSeparator: { ", ;|".contains($0) }).allSatisfy(isPlain)
    }

    /// `^/health$`, `GET=^/.*`: what is let through without asking.
    private static func isPattern(_ text: Substring) -> Bool {
        text.contains { "^*$".contains($0) } && text.contains { "^/".contains($0) } && !text.contains(":")
            && PlainWords.isSpoken(text)
    }

    /// `X-Auth-User`
    private static func isHeaderName(_ text: Substring) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count > 1 && parts.allSatisfy { $0.first?.isUppercase == true && PlainWords.isWord($0) }
    }

    /// `cn=admin,dc=shop`
    private static func isDistinguishedName(_ text: Substring) -> Bool {
        text.split(separator: ",").allSatisfy { part in
            let attribute = part.prefix { $0 != "=" }.lowercased().drop { $0 == " " }
            return ["cn", "ou", "dc", "uid", "o", "c", "l", "st"].contains(attribute)
                && PlainWords.isSpoken(part.dropFirst(part.prefix { $0 != "=" }.count))
        }
    }

    private static func isDate(_ text: Substring) -> Bool {
        text.utf8.count >= 10 && text.utf8.count <= 30 && text.prefix(4).allSatisfy(\.isNumber)
            && text.allSatisfy { $0.isASCII && $0.isNumber || "-:.TZ+".contains($0) }
    }

    /// `alice@shop.example`
    private static func isAccount(_ text: Substring) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && PlainWords.isName(parts[0]) && PlainWords.isHost(parts[1])
    }

    /// Lines of names and values, or of statements, and not a value broken into lines.
    static func isConfiguration(_ text: some StringProtocol) -> Bool {
        let lines = text.split(whereSeparator: \.isNewline)
        return lines.count > 1 && lines.contains { $0.contains { " :".contains($0) } }
    }

    // MARK: - Whatever the name says

    /// What other programs put in the place of a credential: `****`, `[FILTERED]`, `<nil>`, `<redacted>`.
    static func isMask(_ text: Substring) -> Bool {
        if text.allSatisfy({ $0 == "*" || $0 == "•" }) { return text.count >= 3 }
        if ["REDACTED", "FILTERED", "MASKED", "HIDDEN", "redacted"].contains(text) { return true }
        let inner = text.dropFirst().dropLast()
        let isBracketed = ["<>", "[]", "()"].contains { $0.first == text.first && $0.last == text.last }
        return isBracketed && (masks.contains(inner.lowercased()) || inner.hasPrefix("set to the key "))
    }

    static func isPlaceholder(_ text: Substring) -> Bool { isMask(text) || isTemplate(text) }

    /// What a template puts there; a text in it could be the credential itself.
    private static func isTemplate(_ text: Substring) -> Bool {
        text.hasPrefix("{{") && text.hasSuffix("}}") && !text.contains { "\"'`".contains($0) }
    }

    private static let masks: Set<String> = [
        "redacted", "filtered", "hidden", "masked", "set", "unset", "nil", "none", "null", "empty", "secret",
        "password",
        "token", "removed", "sensitive", "sensitive value", "not set", "omitted", "unknown", "undefined",
        "known after apply",
    ]

    /// What names the place where the credential is kept, and nothing else.
    private static func isReference(_ text: Substring) -> Bool {
        if Redactor.isToken(String(text)) || Redactor.isReference(String(text)) { return true }
        if isTemplate(text) || isParameter(text) { return true }
        if text.hasPrefix("arn:aws:kms:") || text.hasPrefix("arn:aws:secretsmanager:") { return text.count <= 256 }
        if text.first == "$",
            text.dropFirst().allSatisfy({ $0 == "_" || $0.isASCII && ($0.isUppercase || $0.isNumber) })
        {
            return CredentialNames.matches(text.dropFirst())
        }
        // Argo CD's `$oidc.example.clientSecret`.
        if text.first == "$", text.contains("."), PlainWords.isName(text.dropFirst()) {
            return CredentialNames.matches(text.dropFirst())
        }
        if ["file://", "op://", "vault:secret/"].contains(where: { text.hasPrefix($0) }) {
            return !TextRandomness.isRandom(text)
        }
        return directories.contains { text.hasPrefix($0) } && PlainWords.isPath(text)
    }

    /// What a statement of SQL gets its values by: `$1`, `?`, `%s`.
    private static func isParameter(_ text: Substring) -> Bool {
        if text == "?" || text == "%s" { return true }
        return text.first == "$" && text.count <= 3 && text.dropFirst().allSatisfy { $0.isASCII && $0.isNumber }
    }

    private static let directories = ["/run/", "/var/", "/etc/", "/mnt/", "/vault/", "/secrets/", "/opt/", "/home/"]

    static let booleans: Set<String> = [
        "true", "false", "yes", "no", "on", "off", "null", "nil", "none", "enabled", "disabled", "~", "undefined",
    ]
    static let switches: Set<String> = booleans.union([
        "0", "1", "-1", "y", "n", "t", "f", "enable", "disable", "allow", "allowed", "deny", "denied", "any", "all",
        "never",
        "always", "required", "require", "requires", "optional", "auto", "automatic", "default", "ignore", "ignored",
        "skip", "strict", "lax", "permissive", "relaxed", "public", "private", "internal", "external", "anonymous",
        "open",
        "closed", "block", "blocked", "forbid", "forbidden", "warn", "enforce", "enforced", "audit", "prefer",
        "preferred",
        "mandatory", "mixed", "full", "partial", "inherit", "both", "only", "secure", "insecure", "unset", "active",
        "inactive", "high", "medium", "low", "strong", "weak", "fail", "pass", "reject", "accept", "same-origin",
        "verify", "noverify", "satisfy", "global", "local", "cluster", "namespace", "*", "-", "manual", "dry-run",
        "strict-origin", "exempt", "bypass", "passthrough", "unspecified",
    ])
}

/// How programs authenticate and whom they ask: words that everybody uses.
enum AuthenticationWords {
    static let all: Set<String> = [
        "basic", "bearer", "digest", "negotiate", "ntlm", "kerberos", "gssapi", "oidc", "oauth", "oauth2", "openid",
        "openid-connect", "saml", "saml2", "ldap", "ldaps", "htpasswd", "forward", "forward-auth", "forwardauth", "jwt",
        "jwks", "mtls", "tls", "ssl", "cert", "certificate", "x509", "iam", "irsa", "aws", "gcp", "azure", "azuread",
        "github", "gitlab", "google", "keycloak", "dex", "okta", "auth0", "cognito", "authelia", "authentik",
        "oauth2-proxy", "vault", "radius", "pam", "token", "cookie", "session", "header", "query", "password", "plain",
        "login", "cram-md5", "digest-md5", "scram", "scram-sha-1", "scram-sha-256", "scram-sha-512", "sha1", "sha256",
        "sha512", "sha-256", "sha-512", "bcrypt", "md5", "argon2", "argon2i", "argon2id", "pbkdf2", "scrypt", "rs256",
        "rs384", "rs512", "hs256", "hs384", "hs512", "es256", "es384", "es512", "ps256", "ps384", "ps512", "eddsa",
        "peer",
        "ident", "trust", "database", "db", "file", "redis", "memcached", "memory", "static", "dynamic", "proxy",
        "service",
        "webhook", "noauth", "noop", "native", "mysql_native_password", "caching_sha2_password",
        "sha256_password", "private_key_jwt", "client_secret_basic", "client_secret_post", "client_secret_jwt",
        "tls_client_auth", "authorization_code", "client_credentials", "implicit", "refresh_token", "device_code",
        "pkce", "s256", "nginx", "traefik", "istio", "envoy",
        "simple", "serviceaccount", "service-account", "serviceaccounttoken", "tokenreview", "rbac", "abac", "node",
        "alwaysallow",
        "alwaysdeny", "delegated", "none", "authorization", "tcp", "http", "https", "grpc", "userpass", "approle",
        "kubernetes", "workload-identity", "managed-identity", "aes-256-gcm", "aes-256-cbc", "strict", "disable",
        "permissive", "lax", "samesite",
    ]
}
