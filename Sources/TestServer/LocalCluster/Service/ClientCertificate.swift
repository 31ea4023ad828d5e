/// What proves who a client is, for as long as the cluster runs that issued it.
public struct ClientCertificate: Sendable {
    public var certificatePEM: String
    public var keyPEM: String
}
