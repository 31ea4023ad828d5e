import HTTPTransport
import KubeModel

/// What a credential plug-in printed: the `status` of an `ExecCredential`.
struct ExecCredential: Sendable, Hashable {
    struct Certificate: Sendable, Hashable {
        /// PEM, leaf first.
        var chain: String
        var key: String
    }

    var token: String?
    var certificate: Certificate?
    /// The time until which it is used; nil until the server refuses it.
    var expiration: KubeTime?

    /// Reads what a plug-in printed. ``KubeClientError`` (`configuration`) is thrown; no error quotes the text: it may
    /// be a secret.
    init(printed: String, apiVersion: String) throws(KubeClientError) {
        guard let json = try? JSONParser.parse(Array(printed.utf8)), json["kind"]?.string == "ExecCredential" else {
            throw KubeClientError(.configuration, message: "what it printed is not an ExecCredential")
        }
        guard json["apiVersion"]?.string == apiVersion else {
            throw KubeClientError(
                .configuration,
                message: "it answered with another apiVersion than \(apiVersion), which the kubeconfig asks for")
        }
        func text(_ field: String) -> String? { json["status", field]?.string.flatMap { $0.isEmpty ? nil : $0 } }
        token = text("token").map(CredentialText.trimmed).flatMap { $0.isEmpty ? nil : $0 }
        guard token.map(CredentialText.fitsHeader) ?? true else {
            throw KubeClientError(.configuration, message: "the token that it printed \(CredentialText.refusal)")
        }
        switch (text("clientCertificateData"), text("clientKeyData")) {
        case (let chain?, let key?): certificate = Certificate(chain: chain, key: key)
        case (nil, nil): certificate = nil
        default:
            throw KubeClientError(
                .configuration, message: "of clientCertificateData and clientKeyData, it printed one without the other")
        }
        guard token != nil || certificate != nil else {
            throw KubeClientError(.configuration, message: "it printed neither a token nor a certificate")
        }
        guard let time = text("expirationTimestamp") else { return }
        guard let expiration = KubeTime(time) else {
            throw KubeClientError(.configuration, message: "its expirationTimestamp is not a time")
        }
        self.expiration = expiration
    }

    var presented: PresentedCredential {
        PresentedCredential(authorization: token.map { "Bearer " + $0 }, certificate: certificate)
    }
}
