import Crypto
import KubeModel

/// Puts `‹redacted:1a2b3c4d›` in the place of secrets. The digits are a keyed hash (HMAC-SHA256): the same value gives the
/// same token, so that a reader sees what is equal and what changed, and can't guess the value without the key.
///
/// What counts as a secret: all values of Secrets, values of fields, variables and flags whose name says so
/// (``CredentialNames``), and texts that can be told by their form (private keys, JWTs, keys of cloud providers, bearer
/// tokens, passwords in URLs).
package struct Redactor: Sendable {
    private let key: SymmetricKey
    /// How many texts this one stands in: JSON in a text in JSON.
    var nesting = 0

    /// - Parameter key: secret, at least 16 bytes; the same one for as long as tokens should stay comparable.
    package init(key: [UInt8]) { self.key = SymmetricKey(data: key) }

    package static let opening = "‹redacted:"
    static let closing = "›"

    /// The token of a value.
    package func token(_ value: some Sequence<UInt8>) -> String {
        Self.opening + hash(Array(value)).prefix(8) + Self.closing
    }

    /// The whole keyed hash, hexadecimal.
    func hash(_ value: [UInt8]) -> String {
        HMAC<SHA256>.authenticationCode(for: value, using: key).hexadecimal
    }

    package func token(_ value: String) -> String { token(value.utf8) }

    /// `hmac-sha256:` and the whole keyed hash: what may be stored of content that holds credentials. Anybody could try values
    /// against a plain hash of it.
    package func digest(of content: [UInt8]) -> String { "hmac-sha256:" + hash(content) }

    /// Whether a text carries a token. Whoever writes such a text into the cluster would replace a secret by its token.
    package static func isRedacted(_ text: String) -> Bool { text.contains(opening) }

    /// Whether a text is a token and nothing else.
    static func isToken(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return tokenEnd(bytes, start: 0) == bytes.count
    }

    /// The end of the token that begins here.
    static func tokenEnd(_ bytes: [UInt8], start: Int) -> Int? {
        let digits = start + opening.utf8.count
        let end = digits + 8 + closing.utf8.count
        guard end <= bytes.count, bytes[start..<digits].elementsEqual(opening.utf8),
            bytes[digits..<digits + 8].allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }),
            bytes[digits + 8..<end].elementsEqual(closing.utf8)
        else { return nil }
        return end
    }

    /// Replaces what looks like a secret in a log, a message or any other text.
    package func redact(text: String) -> String {
        var redaction = TextRedaction(self, text: text)
        return redaction.run()
    }

    /// Replaces these values too, wherever they stand, as they are or in base64.
    package func redact(text: String, knowing secrets: Set<String>) -> String {
        redact(text: replace(secrets, in: text))
    }

    /// Replaces these values and nothing else.
    func replace(_ secrets: Set<String>, in text: String) -> String {
        // Byte by byte: with a combining character behind it a secret is another text, and no less readable.
        var bytes = Array(text.utf8)
        // Longest first, so that a secret which contains another one is replaced as a whole.
        for secret in secrets.sorted(by: { ($0.utf8.count, $0) > ($1.utf8.count, $1) }) {
            // Shorter values would turn up by chance all over a text.
            guard secret.utf8.count >= 4 else { continue }
            let token = Array(token(secret).utf8)
            for form in Self.forms(of: secret) { bytes = bytes.replacing(Array(form.utf8), with: token) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    package static func forms(of secret: String) -> [String] {
        let base64 = Base64.encode(Array(secret.utf8))
        let unpadded = String(base64.prefix { $0 != "=" })
        let urlSafe = unpadded.replacing("+", with: "-").replacing("/", with: "_")
        let escaped = String(JSONWriter.string(.string(secret)).dropFirst().dropLast())
        return [secret, escaped, base64, unpadded, urlSafe]
    }

    /// What a Secret holds, decoded where it is text; empty for any other kind.
    package static func secrets(in object: KubeObject) -> Set<String> {
        isSecret(object.json) ? values(of: object.json.object ?? [:]) : []
    }

    static func values(of secret: JSONObject) -> Set<String> {
        var secrets = Set((secret["stringData"]?.object ?? [:]).compactMap(\.value.string))
        for (_, value) in secret["data"]?.object ?? [:] {
            guard let text = value.string else { continue }
            secrets.insert(text)
            if let decoded = Base64.decode(text).flatMap({ String(validating: $0, as: UTF8.self) }) {
                secrets.insert(decoded)
            }
        }
        return secrets
    }

    static func isSecret(_ json: JSONValue) -> Bool {
        // A manifest that lacks its version is refused later; until then nobody shows it either.
        json["kind"]?.string == "Secret" && json["apiVersion"]?.string ?? "v1" == "v1"
    }
}
