/// A certificate that proves who a client is, for as long as the cluster runs that issued it.
public struct ClientCertificate: Sendable {
    /// The certificate in PEM.
    public var certificatePEM: String
    /// The private key in PEM, which is a secret.
    public var keyPEM: String
}
