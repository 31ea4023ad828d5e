import NIOSSL

/// The TLS settings that a configuration asks for.
enum ClusterTLS {
    static func configuration(_ cluster: ClusterConfiguration) throws(KubeClientError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if cluster.insecureSkipTLSVerify {
            tls.certificateVerification = .none
        } else if let authority = cluster.certificateAuthority {
            tls.trustRoots = .certificates(try certificates(authority, "certificate-authority"))
        }
        if let certificate = cluster.clientCertificate, let key = cluster.clientKey {
            tls.certificateChain = try certificates(certificate, "client-certificate").map { .certificate($0) }
            tls.privateKey = .privateKey(try privateKey(key))
        }
        return tls
    }

    private static func certificates(
        _ source: PEMSource, _ field: String
    ) throws(KubeClientError) -> [NIOSSLCertificate] {
        let bytes = try source.read()
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw KubeClientError(.configuration, "\(field) (\(source)) is no PEM certificate", cause: error)
        }
        if certificates.isEmpty {
            throw KubeClientError(.configuration, "\(field) (\(source)) holds no certificate")
        }
        return certificates
    }

    private static func privateKey(_ source: PEMSource) throws(KubeClientError) -> NIOSSLPrivateKey {
        let bytes = try source.read()
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            throw KubeClientError(.configuration, "client-key (\(source)) is no PEM private key", cause: error)
        }
    }
}
