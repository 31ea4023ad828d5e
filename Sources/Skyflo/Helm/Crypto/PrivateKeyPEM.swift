import Crypto
import CryptoExtras
import SwiftASN1
import X509

/// A private key of a certificate, with the PEM that Go writes of it.
enum SigningKey {
    case rsa(_RSA.Signing.PrivateKey)
    case p256(P256.Signing.PrivateKey)
    case p384(P384.Signing.PrivateKey)
    case p521(P521.Signing.PrivateKey)
    case ed25519(Curve25519.Signing.PrivateKey)

    static func rsa(bits: Int) throws(HelmError) -> SigningKey {
        do {
            return .rsa(try _RSA.Signing.PrivateKey(keySize: .init(bitCount: bits)))
        } catch {
            throw HelmError("error generating rsa key")
        }
    }

    /// - Throws: Go's message for what is no key.
    init(pem text: ByteString) throws(HelmError) {
        guard let block = PEMText(text) else { throw HelmError("no PEM data in input") }
        switch block.type {
        case "PRIVATE KEY":
            guard let key = Self.key(of: block) else {
                throw HelmError("decoding PEM as PKCS#8: the key is not understood")
            }
            self = key
        case "RSA PRIVATE KEY":
            guard let key = try? _RSA.Signing.PrivateKey(derRepresentation: block.bytes) else {
                throw HelmError("parsing RSA private key from PEM: the key is not understood")
            }
            self = .rsa(key)
        case "EC PRIVATE KEY":
            guard let key = Self.ellipticKey(of: block) else {
                throw HelmError("parsing EC private key from PEM: the key is not understood")
            }
            self = key
        case "DSA PRIVATE KEY": throw HelmError("keys of DSA are not supported")
        default:
            guard block.type.hasSuffix(" PRIVATE KEY") else {
                throw HelmError("no private key data in PEM block of type \(block.type)")
            }
            throw HelmError("invalid private key type \(block.type.dropLast(12))")
        }
    }

    private static func key(of block: PEMText) -> SigningKey? {
        if let key = try? _RSA.Signing.PrivateKey(derRepresentation: block.bytes) { return .rsa(key) }
        if let key = ellipticKey(of: block) { return key }
        guard block.bytes.count >= 48, Array(block.bytes[9..<12]) == [0x2b, 0x65, 0x70] || block.bytes.count == 48,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: block.bytes[16..<48])
        else { return nil }
        return .ed25519(key)
    }

    private static func ellipticKey(of block: PEMText) -> SigningKey? {
        if let key = try? P256.Signing.PrivateKey(derRepresentation: block.bytes) { return .p256(key) }
        if let key = try? P384.Signing.PrivateKey(derRepresentation: block.bytes) { return .p384(key) }
        return (try? P521.Signing.PrivateKey(derRepresentation: block.bytes)).map { .p521($0) }
    }

    /// The key for the library of certificates.
    var certificateKey: Certificate.PrivateKey {
        switch self {
        case .rsa(let key): Certificate.PrivateKey(key)
        case .p256(let key): Certificate.PrivateKey(key)
        case .p384(let key): Certificate.PrivateKey(key)
        case .p521(let key): Certificate.PrivateKey(key)
        case .ed25519(let key): Certificate.PrivateKey(key)
        }
    }

    // MARK: - Writing

    var pem: ByteString {
        switch self {
        case .rsa(let key): PEMText(type: "RSA PRIVATE KEY", bytes: Array(key.derRepresentation)).text
        case .p256(let key):
            Self.elliptic(
                Array(key.rawRepresentation), Array(key.publicKey.x963Representation), [1, 2, 840, 10045, 3, 1, 7])
        case .p384(let key):
            Self.elliptic(Array(key.rawRepresentation), Array(key.publicKey.x963Representation), [1, 3, 132, 0, 34])
        case .p521(let key):
            Self.elliptic(Array(key.rawRepresentation), Array(key.publicKey.x963Representation), [1, 3, 132, 0, 35])
        case .ed25519(let key):
            PEMText(
                type: "PRIVATE KEY",
                bytes: [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]
                    + Array(key.rawRepresentation)
            ).text
        }
    }

    /// The form of SEC 1.
    private static func elliptic(_ key: [UInt8], _ point: [UInt8], _ curve: ASN1ObjectIdentifier) -> ByteString {
        var serializer = DER.Serializer()
        let written: Void? = try? serializer.appendConstructedNode(identifier: .sequence) { parts in
            try parts.serialize(1)
            try parts.serialize(ASN1OctetString(contentBytes: key[...]))
            try parts.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) {
                try $0.serialize(curve)
            }
            try parts.serialize(explicitlyTaggedWithTagNumber: 1, tagClass: .contextSpecific) {
                try $0.serialize(ASN1BitString(bytes: point[...]))
            }
        }
        return written == nil ? "" : PEMText(type: "EC PRIVATE KEY", bytes: serializer.serializedBytes).text
    }
}
