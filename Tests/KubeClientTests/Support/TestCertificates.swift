import Crypto
import Foundation
import KubeClient
import NIOSSL
import SwiftASN1
import X509

/// A certificate authority made for one test, and what it signs.
struct TestAuthority {
    struct Identity {
        let certificate: String
        let key: String
    }

    private let key = P256.Signing.PrivateKey()
    private let name: DistinguishedName
    let certificate: Certificate
    let pem: String

    init(_ commonName: String = "test authority") throws {
        name = try DistinguishedName { CommonName(commonName) }
        certificate = try Self.certificate(
            key: key, subject: name, issuer: name, issuerKey: key,
            try Certificate.Extensions { Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil)) })
        pem = try certificate.serializeAsPEM().pemString
    }

    /// - Parameter names: of the subject; empty for a client.
    func identity(_ commonName: String, names: [GeneralName] = []) throws -> Identity {
        let leafKey = P256.Signing.PrivateKey()
        let extensions = try Certificate.Extensions {
            Critical(BasicConstraints.notCertificateAuthority)
            if !names.isEmpty { SubjectAlternativeNames(names) }
        }
        let leaf = try Self.certificate(
            key: leafKey, subject: try DistinguishedName { CommonName(commonName) }, issuer: name, issuerKey: key,
            extensions)
        return Identity(certificate: try leaf.serializeAsPEM().pemString, key: leafKey.pemRepresentation)
    }

    static let loopback = GeneralName.ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))

    /// The settings of a server with that identity; with `clients`, one that demands a certificate signed by them.
    static func server(_ identity: Identity, clients: TestAuthority? = nil) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMBytes([UInt8](identity.certificate.utf8))
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: [UInt8](identity.key.utf8), format: .pem)))
        if let clients {
            tls.certificateVerification = .noHostnameVerification
            tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes([UInt8](clients.pem.utf8)))
        }
        return tls
    }

    private static func certificate(
        key: P256.Signing.PrivateKey, subject: DistinguishedName, issuer: DistinguishedName,
        issuerKey: P256.Signing.PrivateKey, _ extensions: Certificate.Extensions
    ) throws -> Certificate {
        try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: Date(timeIntervalSinceNow: -3600), notValidAfter: Date(timeIntervalSinceNow: 3600),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: .init(issuerKey))
    }
}

extension PEMSource {
    static func text(_ pem: String) -> PEMSource { .data([UInt8](pem.utf8)) }
}
