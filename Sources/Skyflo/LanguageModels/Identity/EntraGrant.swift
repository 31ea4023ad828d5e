import KubeModel

/// Microsoft Entra ID's client credentials, for Azure OpenAI
/// (https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow).
package struct EntraGrant: Sendable, Hashable {
    package enum Proof: Sendable, Hashable {
        case secret(Credential)
        /// The path of a token that Kubernetes projects and renews: workload identity.
        case tokenFile(String)
    }

    private let tenantID: String
    private let clientID: String
    let proof: Proof
    /// Such as `https://login.microsoftonline.com`.
    private let authority: String
    private let scope: String

    /// - Parameters:
    ///   - authority: nil for that of the cloud in which the endpoint is.
    ///   - endpoint: of the model.
    /// - Throws: `rejected` where an id can't be one.
    package init(
        tenantID: String, clientID: String, proof: Proof, authority: String? = nil, endpoint: ModelEndpoint
    ) throws(LanguageModelError) {
        for id in [tenantID, clientID] where id.isEmpty || !id.utf8.allSatisfy(Self.isIDCharacter) {
            throw LanguageModelError(.rejected, message: "\"\(id.prefix(64))\" is no id of Microsoft Entra ID")
        }
        (self.tenantID, self.clientID, self.proof) = (tenantID, clientID, proof)
        let cloud = Self.clouds.first { endpoint.hostName.lowercased().hasSuffix($0.suffix) } ?? Self.publicCloud
        var address = authority ?? cloud.authority
        while address.last == "/" { address.removeLast() }
        self.authority = address
        scope = "https://cognitiveservices\(cloud.suffix)/.default"
    }

    private static let publicCloud = (suffix: ".azure.com", authority: "https://login.microsoftonline.com")
    private static let clouds = [
        publicCloud, (suffix: ".azure.us", authority: "https://login.microsoftonline.us"),
        (suffix: ".azure.cn", authority: "https://login.partner.microsoftonline.cn"),
    ]

    private static func isIDCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39,
            UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    var tokenFile: String? { if case .tokenFile(let path) = proof { path } else { nil } }
    var secrets: [Credential] { if case .secret(let secret) = proof { [secret] } else { [] } }

    /// - Parameter subject: what is in the token file.
    func request(subject: Credential?) -> TokenRequest {
        var fields = [("grant_type", "client_credentials"), ("client_id", clientID), ("scope", scope)]
        switch proof {
        case .secret(let secret): fields.append(("client_secret", secret.secret))
        case .tokenFile:
            fields.append(
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
            fields.append(("client_assertion", subject?.secret ?? ""))
        }
        return .form(fields, to: "\(authority)/\(tenantID)/oauth2/v2.0/token")
    }
}
