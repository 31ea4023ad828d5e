import Crypto
import FoundationEssentials
import KubeClient
import KubeModel
import NIOSSL
import SkyfloAPI
import SwiftASN1
import X509

/// What the server shows to its clients, and what its workers know each other by.
///
/// Where nobody gives one it is self-made, once, and lies in a Secret beside the operator, so that all workers have the same.
package struct ServingCertificate: Sendable, Hashable {
    /// Of the Secret.
    package static let secretName = "skyflo-live-tls"
    package static let days = 3650.0

    package struct Failure: Error, Sendable, CustomStringConvertible {
        package var description: String
    }

    package var certificatePEM: String
    package var keyPEM: String

    /// - Throws: ``Failure`` where they are no certificates and no key.
    package init(certificatePEM: String, keyPEM: String) throws {
        self.certificatePEM = certificatePEM
        self.keyPEM = keyPEM
        do {
            _ = try serverTLS()
        } catch {
            throw Failure(description: "the server's certificate can't be used: it or its key is no PEM")
        }
    }

    /// The one in the Secret, which is made where there is none.
    ///
    /// - Throws: ``Failure``; what the API server refuses.
    package static func load(namespace: String, service: String, api: any KubeAPI) async throws -> ServingCertificate {
        if let secret = try await api.find(.secrets, namespace: namespace, name: secretName) {
            return try ServingCertificate(in: secret)
        }
        let made = try selfMade(names: ["localhost", "\(service).\(namespace).svc", "\(service).\(namespace)"])
        var secret = KubeObject(
            .secrets, namespace: namespace, name: secretName,
            members: [
                "type": "kubernetes.io/tls",
                "data": [
                    "tls.crt": .string(Base64.encode(Array(made.certificatePEM.utf8))),
                    "tls.key": .string(Base64.encode(Array(made.keyPEM.utf8))),
                ],
            ])
        secret.labels = ["app.kubernetes.io/name": "skyflo"]
        do {
            return try ServingCertificate(
                in: try await api.create(
                    secret, in: .secrets, options: WriteOptions(fieldManager: SkyfloGroup.fieldManager)))
        } catch let status as APIStatus where status.reason == .alreadyExists {
            // Another worker was faster.
            return try ServingCertificate(in: try await api.get(.secrets, namespace: namespace, name: secretName))
        }
    }

    private init(in secret: KubeObject) throws {
        func text(_ member: String) -> String? {
            secret["data", member]?.string.flatMap(Base64.decode).map { String(decoding: $0, as: UTF8.self) }
        }
        guard let certificate = text("tls.crt"), let key = text("tls.key") else {
            throw Failure(
                description: "the Secret \(secret.namespace ?? "")/\(secret.name) has no tls.crt or no tls.key; "
                    + "delete it to have a new one made")
        }
        try self.init(certificatePEM: certificate, keyPEM: key)
    }

    /// Signed by its own key.
    ///
    /// - Parameter days: for how long it is valid.
    package static func selfMade(
        names: [String], commonName: String = "skyflo-live", days: Double = Self.days
    ) throws -> ServingCertificate {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName { CommonName(commonName) }
        let now = Date()
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(-3600), notValidAfter: now.addingTimeInterval(days * 86_400),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names.map { .dnsName($0) })
            },
            issuerPrivateKey: key)
        return try ServingCertificate(
            certificatePEM: try certificate.serializeAsPEM().pemString, keyPEM: try key.serializeAsPEM().pemString)
    }

    // MARK: TLS

    private var chain: [NIOSSLCertificate] {
        get throws { try NIOSSLCertificate.fromPEMBytes(Array(certificatePEM.utf8)) }
    }

    package func serverTLS() throws -> TLSConfiguration {
        let key = try NIOSSLPrivateKey(bytes: Array(keyPEM.utf8), format: .pem)
        let chain = try chain
        guard !chain.isEmpty else { throw Failure(description: "no certificate") }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["http/1.1"]
        return tls
    }

    /// To another worker, which has the same certificate. By which address it is reached isn't in it.
    func peerTLS() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try chain)
        tls.certificateVerification = .noHostnameVerification
        tls.minimumTLSVersion = .tlsv12
        return tls
    }
}
