import Crypto
import FoundationEssentials
import NIOSSL
import SwiftASN1
import X509

/// A certificate authority that lives as long as the server, and the certificates it issues: the server's own, and those
/// of its clients.
struct CertificateAuthority: Sendable {
    let certificatePEM: String
    private let root: Certificate
    private let rootKey: Certificate.PrivateKey

    init() throws {
        rootKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName { CommonName("local-cluster-ca") }
        root = try Self.certificate(
            of: rootKey.publicKey, name, issuer: name, signedBy: rootKey,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
            })
        certificatePEM = try root.serializeAsPEM().pemString
    }

    private static func certificate(
        of key: Certificate.PublicKey, _ subject: DistinguishedName, issuer: DistinguishedName,
        signedBy issuerKey: Certificate.PrivateKey, extensions: Certificate.Extensions
    ) throws -> Certificate {
        let now = Date()
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
            notValidBefore: now.addingTimeInterval(-300), notValidAfter: now.addingTimeInterval(365 * 86_400),
            issuer: issuer, subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
            issuerPrivateKey: issuerKey)
    }

    private func issue(
        _ subject: DistinguishedName, for usage: ExtendedKeyUsage.Usage, names: SubjectAlternativeNames? = nil
    ) throws -> (certificatePEM: String, keyPEM: String) {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let leaf = try Self.certificate(
            of: key.publicKey, subject, issuer: root.subject, signedBy: rootKey,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([usage])
                if let names { names }
            })
        return (try leaf.serializeAsPEM().pemString, try key.serializeAsPEM().pemString)
    }

    /// For a client: the user is the common name, the groups are the organizations, as Kubernetes reads them.
    func clientCertificate(user: String, groups: [String]) throws -> ClientCertificate {
        let subject = try DistinguishedName {
            for group in groups { OrganizationName(group) }
            CommonName(user)
        }
        let issued = try issue(subject, for: .clientAuth)
        return ClientCertificate(certificatePEM: issued.certificatePEM, keyPEM: issued.keyPEM)
    }

    /// Of a server on loopback, which asks its clients for a certificate of this authority and does without.
    func serverTLS() throws -> TLSConfiguration {
        let names = SubjectAlternativeNames([
            .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
            .ipAddress(ASN1OctetString(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
            .dnsName("localhost"),
        ])
        let issued = try issue(
            try DistinguishedName { CommonName("local-cluster") }, for: .serverAuth, names: names)
        let certificate = try NIOSSLCertificate(bytes: Array(issued.certificatePEM.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(issued.keyPEM.utf8), format: .pem)
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
        tls.applicationProtocols = ["http/1.1"]
        tls.certificateVerification = .optionalVerification
        tls.trustRoots = .certificates([try NIOSSLCertificate(bytes: Array(certificatePEM.utf8), format: .pem)])
        return tls
    }
}
