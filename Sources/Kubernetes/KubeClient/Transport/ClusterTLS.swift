import NIOSSL
import Synchronization

/// The TLS settings that a configuration asks for.
enum ClusterTLS {
    static func configuration(_ cluster: ClusterConfiguration) throws(KubeClientError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if cluster.insecureSkipTLSVerify {
            tls.certificateVerification = .none
        } else if let authority = cluster.certificateAuthority {
            tls.trustRoots = .certificates(try certificates(authority, field: "certificate-authority"))
        }
        if let certificate = cluster.clientCertificate, let key = cluster.clientKey {
            tls.certificateChain = try certificates(certificate, field: "client-certificate").map { .certificate($0) }
            tls.privateKey = .privateKey(try privateKey(key))
        }
        return tls
    }

    private static func certificates(
        _ source: PEMSource, field: String
    ) throws(KubeClientError) -> [NIOSSLCertificate] {
        let bytes = try source.read()
        let certificates: [NIOSSLCertificate]
        do {
            certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw KubeClientError(.configuration, message: "\(field) (\(source)) is not a PEM certificate")
        }
        if certificates.isEmpty {
            throw KubeClientError(.configuration, message: "\(field) (\(source)) contains no certificate")
        }
        return certificates
    }

    private static func privateKey(_ source: PEMSource) throws(KubeClientError) -> NIOSSLPrivateKey {
        let bytes = try source.read()
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            throw KubeClientError(.configuration, message: "client-key (\(source)) is not a PEM private key")
        }
    }
}

/// Follows the files of certificates and keys, which are replaced while the process runs.
///
/// The files are looked at once a minute, as client-go does. Connections made with the old ones end by themselves; what a
/// rotation left half done is not taken: the last usable settings stay.
final class TLSSource: Sendable {
    private struct State {
        var readAt: ContinuousClock.Instant
        var contents: [[UInt8]]
        /// The settings with another client certificate; nil for those that the client began with.
        var replacement: TLSConfiguration?
        var forPlugin: (certificate: ExecCredential.Certificate, settings: TLSConfiguration)?
    }

    private let configuration: ClusterConfiguration
    private let interval: Duration
    private let state: Mutex<State>

    init(_ configuration: ClusterConfiguration, interval: Duration = .seconds(60)) {
        self.configuration = configuration
        self.interval = interval
        state = Mutex(State(readAt: .now, contents: Self.contents(configuration)))
    }

    /// The settings for a request's connection; nil for those that the client began with.
    func replacement(
        for certificate: ExecCredential.Certificate?, at now: ContinuousClock.Instant = .now
    ) throws(KubeClientError) -> TLSConfiguration? {
        try state.withLock { (state) throws(KubeClientError) in
            if state.readAt.duration(to: now) >= interval { reload(&state, now: now) }
            guard let certificate else { return state.replacement }
            if let known = state.forPlugin, known.certificate == certificate { return known.settings }
            var changed = configuration
            changed.clientCertificate = .data([UInt8](certificate.chain.utf8))
            changed.clientKey = .data([UInt8](certificate.key.utf8))
            let settings = try ClusterTLS.configuration(changed)
            state.forPlugin = (certificate, settings)
            return settings
        }
    }

    private func reload(_ state: inout State, now: ContinuousClock.Instant) {
        state.readAt = now
        let contents = Self.contents(configuration)
        guard contents != state.contents, let settings = try? ClusterTLS.configuration(configuration),
            (try? NIOSSLContext(configuration: settings)) != nil
        else { return }
        state.contents = contents
        state.replacement = settings
        state.forPlugin = nil
    }

    private static func contents(_ configuration: ClusterConfiguration) -> [[UInt8]] {
        [configuration.certificateAuthority, configuration.clientCertificate, configuration.clientKey].map { source in
            guard case .file = source else { return [] }
            return (try? source?.read()) ?? []
        }
    }
}
