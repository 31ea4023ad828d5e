import Crypto
import CryptoExtras
import SwiftASN1
import X509

/// Makes the certificates of `genCA` and the like: version 3, for servers and clients, valid from now.
struct CertificateIssuer {
    let now: GoTime

    /// What a certificate says of its owner.
    struct Request {
        let commonName: ByteString
        var addresses: [[UInt8]] = []
        var names: [ByteString] = []
        let days: Int
        var isAuthority = false

        init(commonName: ByteString, days: Int) {
            (self.commonName, self.days) = (commonName, days)
        }

        /// From the lists that templates give.
        init(commonName: ByteString, addresses: [HelmValue], names: [HelmValue], days: Int) throws(HelmError) {
            self.init(commonName: commonName, days: days)
            for value in addresses {
                guard case .string(let text) = value else {
                    throw HelmError(message: "error parsing ip: " + GoFormat.print([value]) + " is not a string")
                }
                guard let address = IPAddressText.bytes(of: text) else {
                    throw HelmError(message: "error parsing ip: " + text)
                }
                self.addresses.append(address)
            }
            for value in names {
                guard case .string(let name) = value else {
                    throw HelmError(
                        message: "error processing alternate dns name: " + GoFormat.print([value]) + " is not a string")
                }
                self.names.append(name)
            }
        }
    }

    /// A certificate that its own key has signed.
    func selfSigned(_ request: Request, key: SigningKey) throws(HelmError) -> HelmValue {
        try issue(request, key: key, issuer: nil, issuerKey: key)
    }

    func signed(_ request: Request, key: SigningKey, by authority: CertificateObject) throws(HelmError) -> HelmValue {
        guard let block = PEMText(authority.certificate) else { throw HelmError("unable to decode certificate") }
        guard let issuer = try? Certificate(derEncoded: block.bytes) else {
            throw HelmError("error parsing certificate: decodedCert.Bytes: the certificate is not understood")
        }
        let issuerKey: SigningKey
        do throws(HelmError) {
            issuerKey = try SigningKey(pem: authority.key)
        } catch {
            throw HelmError(message: "error parsing private key: " + error.message)
        }
        return try issue(request, key: key, issuer: issuer, issuerKey: issuerKey)
    }

    private func issue(_ request: Request, key: SigningKey, issuer: Certificate?, issuerKey: SigningKey)
        throws(HelmError)
        -> HelmValue
    {
        do {
            let body = try certificateBody(request, key: key, issuer: issuer, issuerKey: issuerKey)
            let bytes = try Self.wrapped(body, signedBy: issuerKey)
            let certificate = PEMText(type: "CERTIFICATE", bytes: bytes).text
            return .object(CertificateObject(certificate: certificate, key: key.pem))
        } catch {
            throw HelmError("error creating certificate: \(type(of: error))")
        }
    }

    /// The part that is signed.
    private func certificateBody(_ request: Request, key: SigningKey, issuer: Certificate?, issuerKey: SigningKey)
        throws
        -> [UInt8]
    {
        let subject = try DistinguishedName { CommonName(request.commonName.text) }
        let end = now.adding(nanoseconds: 0).adding(years: 0, months: 0, days: 0)
        let until = GoTime(seconds: end.seconds &+ Int64(request.days) &* 86400, nanoseconds: 0, zone: .utc)
        let extensions = try extensions(request, key: key, issuer: issuer)
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { parts in
            try parts.serialize(explicitlyTaggedWithTagNumber: 0, tagClass: .contextSpecific) { try $0.serialize(2) }
            try parts.serialize(Self.serialNumber()[...])
            try Self.serializeAlgorithm(issuerKey, to: &parts)
            try parts.serialize(issuer?.subject ?? subject)
            try parts.appendConstructedNode(identifier: .sequence) { times in
                try Self.serialize(now, to: &times)
                try Self.serialize(until, to: &times)
            }
            try parts.serialize(subject)
            try parts.serialize(key.certificateKey.publicKey)
            try parts.serialize(explicitlyTaggedWithTagNumber: 3, tagClass: .contextSpecific) { tagged in
                try tagged.appendConstructedNode(identifier: .sequence) { list in
                    for element in extensions { try Self.serialize(element, to: &list) }
                }
            }
        }
        return serializer.serializedBytes
    }

    /// A positive number of 128 bits in the shortest form.
    private static func serialNumber() -> [UInt8] {
        var bytes = (0..<16).map { _ in UInt8.random(in: 0...255) }
        bytes[0] = bytes[0] & 0x7f | 0x01
        return bytes
    }

    private func extensions(_ request: Request, key: SigningKey, issuer: Certificate?) throws -> [Certificate.Extension]
    {
        var list = [
            try Certificate.Extension(
                KeyUsage(digitalSignature: true, keyEncipherment: true, keyCertSign: request.isAuthority),
                critical: true),
            try Certificate.Extension(try ExtendedKeyUsage([.serverAuth, .clientAuth]), critical: false),
            try Certificate.Extension(
                request.isAuthority
                    ? BasicConstraints.isCertificateAuthority(maxPathLength: nil) : .notCertificateAuthority,
                critical: true),
        ]
        if request.isAuthority {
            list.append(
                try Certificate.Extension(
                    SubjectKeyIdentifier(hash: key.certificateKey.publicKey), critical: false))
        }
        if let issuer, let identifier = try issuer.extensions.subjectKeyIdentifier?.keyIdentifier {
            list.append(
                try Certificate.Extension(AuthorityKeyIdentifier(keyIdentifier: identifier), critical: false))
        }
        let names =
            request.names.map { GeneralName.dnsName($0.text) }
            + request.addresses.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0[...])) }
        if !names.isEmpty {
            list.append(try Certificate.Extension(SubjectAlternativeNames(names), critical: false))
        }
        return list
    }

    // MARK: - DER

    private static func serialize(_ element: Certificate.Extension, to list: inout DER.Serializer) throws {
        try list.appendConstructedNode(identifier: .sequence) { parts in
            try parts.serialize(element.oid)
            if element.critical { try parts.serialize(true) }
            try parts.serialize(ASN1OctetString(contentBytes: element.value))
        }
    }

    /// Years from 2050 on have four digits.
    private static func serialize(_ time: GoTime, to list: inout DER.Serializer) throws {
        let civil = CivilTime(seconds: time.seconds)
        if civil.year < 2050 {
            try list.serialize(
                try UTCTime(
                    year: civil.year, month: civil.month, day: civil.day, hours: civil.hour, minutes: civil.minute,
                    seconds: civil.second))
        } else {
            try list.serialize(
                try GeneralizedTime(
                    year: civil.year, month: civil.month, day: civil.day, hours: civil.hour, minutes: civil.minute,
                    seconds: civil.second, fractionalSeconds: 0))
        }
    }

    private static func serializeAlgorithm(_ key: SigningKey, to parts: inout DER.Serializer) throws {
        let identifier: ASN1ObjectIdentifier =
            switch key {
            case .rsa: [1, 2, 840, 113549, 1, 1, 11]
            case .p256: [1, 2, 840, 10045, 4, 3, 2]
            case .p384: [1, 2, 840, 10045, 4, 3, 3]
            case .p521: [1, 2, 840, 10045, 4, 3, 4]
            case .ed25519: [1, 3, 101, 112]
            }
        try parts.appendConstructedNode(identifier: .sequence) { algorithm in
            try algorithm.serialize(identifier)
            if case .rsa = key { try algorithm.serialize(ASN1Null()) }
        }
    }

    private static func wrapped(_ body: [UInt8], signedBy key: SigningKey) throws -> [UInt8] {
        let signature: [UInt8] =
            switch key {
            case .rsa(let key):
                Array(try key.signature(for: SHA256.hash(data: body), padding: .insecurePKCS1v1_5).rawRepresentation)
            case .p256(let key): Array(try key.signature(for: body).derRepresentation)
            case .p384(let key): Array(try key.signature(for: body).derRepresentation)
            case .p521(let key): Array(try key.signature(for: body).derRepresentation)
            case .ed25519(let key): Array(try key.signature(for: body))
            }
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { parts in
            parts.serializeRawBytes(body)
            try serializeAlgorithm(key, to: &parts)
            try parts.serialize(ASN1BitString(bytes: signature[...]))
        }
        return serializer.serializedBytes
    }
}

/// IP addresses as text.
enum IPAddressText {
    /// Four or sixteen bytes; nil where the text is no address.
    static func bytes(of text: ByteString) -> [UInt8]? {
        text.bytes.contains(UInt8(ascii: ":")) ? version6(text.text) : version4(text.text)
    }

    private static func version4(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bytes: [UInt8] = []
        for part in parts {
            guard let byte = UInt8(part), part == String(byte) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func version6(_ text: String) -> [UInt8]? {
        let halves = text.split(separator: "::", omittingEmptySubsequences: false)
        guard halves.count <= 2, let first = groups(halves[0]) else { return nil }
        guard halves.count == 2 else { return first.count == 16 ? first : nil }
        guard let last = groups(halves[1]), first.count + last.count < 16 else { return nil }
        return first + Array(repeating: 0, count: 16 - first.count - last.count) + last
    }

    private static func groups(_ text: Substring) -> [UInt8]? {
        guard !text.isEmpty else { return [] }
        var bytes: [UInt8] = []
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(".") {
                guard let four = version4(String(part)) else { return nil }
                bytes += four
            } else {
                guard (1...4).contains(part.count), part.allSatisfy(\.isHexDigit), let value = UInt16(part, radix: 16)
                else {
                    return nil
                }
                bytes += [UInt8(value >> 8), UInt8(value & 0xff)]
            }
        }
        return bytes.count <= 16 ? bytes : nil
    }
}
