import Crypto
import CryptoExtras

/// Sprig's `derivePassword`: the algorithm of Master Password.
enum DerivedPassword {
    private static let seed = Array("com.lyndir.masterpassword".utf8)

    private static let templates: [ByteString: [String]] = [
        "maximum": ["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"],
        "long": [
            "CvcvnoCvcvCvcv", "CvcvCvcvnoCvcv", "CvcvCvcvCvcvno", "CvccnoCvcvCvcv", "CvccCvcvnoCvcv", "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv", "CvcvCvccnoCvcv", "CvcvCvccCvcvno", "CvcvnoCvcvCvcc", "CvcvCvcvnoCvcc", "CvcvCvcvCvccno",
            "CvccnoCvccCvcv", "CvccCvccnoCvcv", "CvccCvccCvcvno", "CvcvnoCvccCvcc", "CvcvCvccnoCvcc", "CvcvCvccCvccno",
            "CvccnoCvcvCvcc", "CvccCvcvnoCvcc", "CvccCvcvCvccno",
        ],
        "medium": ["CvcnoCvc", "CvcCvcno"],
        "short": ["Cvcn"],
        "basic": ["aaanaaan", "aannaaan", "aaannaaa"],
        "pin": ["nnnn"],
    ]

    private static func characters(_ kind: UInt8) -> [UInt8] {
        let consonants = "BCDFGHJKLMNPQRSTVWXYZ"
        return switch Unicode.Scalar(kind) {
        case "V": Array("AEIOU".utf8)
        case "C": Array(consonants.utf8)
        case "v": Array("aeiou".utf8)
        case "c": Array(consonants.lowercased().utf8)
        case "A": Array("AEIOU".utf8) + Array(consonants.utf8)
        case "a": Array("AEIOUaeiou".utf8) + Array((consonants + consonants.lowercased()).utf8)
        case "n": Array("0123456789".utf8)
        case "o": Array("@&%?,=[]_:-+*$#!'^~;()/.".utf8)
        default: Array(("AEIOUaeiou" + consonants + consonants.lowercased() + "0123456789!@#$%^&*()").utf8)
        }
    }

    static func make(counter: UInt32, type: ByteString, password: ByteString, user: ByteString, site: ByteString)
        -> ByteString
    {
        guard let templates = templates[type] else { return "cannot find password template " + type }
        let salt = seed + bigEndian(UInt32(truncatingIfNeeded: user.count)) + user.bytes
        guard
            let key = try? KDF.Scrypt.deriveKey(
                from: password.bytes, salt: salt, outputByteCount: 64, rounds: 32768, blockSize: 8, parallelism: 2,
                maxMemory: 128 << 20)
        else { return "failed to derive password: there is no memory for it" }
        let message = seed + bigEndian(UInt32(truncatingIfNeeded: site.count)) + site.bytes + bigEndian(counter)
        let code = Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
        let template = Array(templates[Int(code[0]) % templates.count].utf8)
        return ByteString(
            bytes: template.enumerated().map { index, kind in
                let characters = characters(kind)
                return characters[Int(code[index + 1]) % characters.count]
            })
    }

    private static func bigEndian(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(24 - 8 * $0)) }
    }
}
