import Crypto
import KubeModel

/// Encrypts what has to be kept and must not be read where it is kept (ChaCha20-Poly1305, RFC 8439).
package struct SecretBox: Sendable {
    private let key: SymmetricKey

    /// - Parameter key: secret, at least 16 bytes. What is derived from it is of no use for anything else.
    package init(key: [UInt8]) {
        self.key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: key), info: Array("skyflo.ai transcript".utf8), outputByteCount: 32)
    }

    /// - Parameter place: what the text belongs to; it opens nowhere else.
    /// - Returns: Base64 of nonce, ciphertext and tag; nil only where the library fails.
    package func seal(_ json: JSONValue, for place: String) -> String? {
        let box = try? ChaChaPoly.seal(
            JSONWriter.bytes(json, options: .canonical), using: key, authenticating: Array(place.utf8))
        return box.map { Base64.encode(Array($0.combined)) }
    }

    /// nil for what this key hasn't sealed for this place.
    package func open(_ text: String, for place: String) -> JSONValue? {
        guard let bytes = Base64.decode(text), let box = try? ChaChaPoly.SealedBox(combined: bytes),
            let plain = try? ChaChaPoly.open(box, using: key, authenticating: Array(place.utf8))
        else { return nil }
        return try? JSONParser.parse(Array(plain))
    }
}
