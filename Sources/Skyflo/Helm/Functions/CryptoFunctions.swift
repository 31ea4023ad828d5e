import Crypto
import CryptoExtras
import KubeModel

/// Sprig's functions of cryptography.
enum CryptoFunctions {
    static func add(to table: inout FunctionTable) {
        table.add("sha1sum", taking: .string) { hexadecimal(Insecure.SHA1.hash(data: $0.string(0).bytes)) }
        table.add("sha256sum", taking: .string) { hexadecimal(SHA256.hash(data: $0.string(0).bytes)) }
        table.add("sha512sum", taking: .string) { hexadecimal(SHA512.hash(data: $0.string(0).bytes)) }
        table.add("adler32sum", taking: .string) { .string(String(adler32($0.string(0).bytes))) }
        table.add("bcrypt", taking: .string) { .string(bcrypt($0.string(0))) }
        table.add("htpasswd", taking: .string, .string) {
            let user = $0.string(0)
            if user.bytes.contains(UInt8(ascii: ":")) { return .string("invalid username: " + user) }
            return .string(user + ":" + bcrypt($0.string(1)))
        }
        table.add("derivePassword", taking: .uint32, .string, .string, .string, .string) {
            .string(
                DerivedPassword.make(
                    counter: UInt32(truncatingIfNeeded: $0[0].integer ?? 0), type: $0.string(1), password: $0.string(2),
                    user: $0.string(3), site: $0.string(4)))
        }
        table.add("encryptAES", taking: .string, .string) {
            .string(try encrypted($0.string(1), password: $0.string(0)))
        }
        table.add("decryptAES", taking: .string, .string) {
            .string(try decrypted($0.string(1), password: $0.string(0)))
        }
        CertificateFunctions.add(to: &table)
    }

    private static func bcrypt(_ password: ByteString) -> ByteString {
        do throws(HelmError) {
            return try Bcrypt.hash(password, salt: (0..<16).map { _ in UInt8.random(in: 0...255) })
        } catch {
            return "failed to encrypt string with bcrypt: " + error.message
        }
    }

    // MARK: - AES with 256 bits, in CBC with the vector before the text

    private static func key(_ password: ByteString) -> SymmetricKey {
        let bytes = password.bytes.prefix(32)
        return SymmetricKey(data: bytes + Array(repeating: 0, count: 32 - bytes.count))
    }

    private static func encrypted(_ text: ByteString, password: ByteString) throws -> ByteString {
        guard !text.isEmpty else { return "" }
        let vector = AES._CBC.IV()
        let sealed = try AES._CBC.encrypt(text.bytes, using: key(password), iv: vector)
        return BaseCoding.base64.encoded(Array(vector) + Array(sealed))
    }

    private static func decrypted(_ text: ByteString, password: ByteString) throws -> ByteString {
        guard !text.isEmpty else { return "" }
        let data = try BaseCoding.base64.decoded(text)
        guard data.count >= 16 else {
            throw HelmError("runtime error: slice bounds out of range [:16] with capacity \(data.count)")
        }
        guard data.count % 16 == 0 else { throw HelmError("crypto/cipher: input not full blocks") }
        guard data.count > 16 else { throw HelmError("runtime error: index out of range [-1]") }
        let vector = try AES._CBC.IV(ivBytes: data[..<16])
        let opened = Array(try AES._CBC.decrypt(data[16...], using: key(password), iv: vector, noPadding: true))
        let padding = Int(opened.last ?? 0)
        guard padding <= opened.count else {
            throw HelmError("runtime error: slice bounds out of range [:\(opened.count - padding)]")
        }
        return ByteString(bytes: opened.dropLast(padding))
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> HelmValue {
        .string(ByteString(digest.hexadecimal))
    }

    private static func adler32(_ bytes: [UInt8]) -> UInt32 {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
