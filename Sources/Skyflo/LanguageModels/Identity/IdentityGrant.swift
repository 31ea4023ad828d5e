import KubeModel

/// How a credential that ends by itself is got. Equal ones share what they got.
package enum IdentityGrant: Sendable, Hashable {
    case entraID(EntraGrant)
    case google(GoogleServiceAccount)
    case googleMetadata(GoogleMetadataIdentity)
    /// - tokenFile: the path of a token that Kubernetes projects and renews.
    case awsWebIdentity(AWSRole, tokenFile: String)
    case awsRole(AWSRole, by: AWSCredentials)
    case awsContainer(AWSContainerIdentity)

    /// The file that has to be read for each request: it is replaced now and then.
    var tokenFile: String? {
        switch self {
        case .entraID(let grant): grant.tokenFile
        case .awsWebIdentity(_, let path): path
        case .awsContainer(let identity): identity.tokenFile
        case .google, .googleMetadata, .awsRole: nil
        }
    }

    /// What no message may show.
    var secrets: [Credential] {
        switch self {
        case .entraID(let grant): grant.secrets
        case .google(let account): account.secrets
        case .awsRole(_, let keys): [keys.accessKeyID, keys.secretAccessKey, keys.sessionToken].compactMap { $0 }
        case .googleMetadata, .awsWebIdentity, .awsContainer: []
        }
    }

    /// - Parameter subject: what is in the token file.
    func request(subject: Credential?, at now: KubeTime) throws(LanguageModelError) -> TokenRequest {
        switch self {
        case .entraID(let grant): grant.request(subject: subject)
        case .google(let account): try account.request(at: now)
        case .googleMetadata(let identity): identity.request()
        case .awsWebIdentity(let role, _): role.request(webIdentity: subject ?? Credential(""))
        case .awsRole(let role, let keys): role.request(by: keys, at: now)
        case .awsContainer(let identity): identity.request(subject: subject)
        }
    }

    /// Of an answer with status 200.
    func token(in body: [UInt8], at now: KubeTime) throws(LanguageModelError) -> GrantedToken {
        switch self {
        case .entraID, .google, .googleMetadata: try OAuthAnswer.token(in: body, at: now)
        case .awsWebIdentity, .awsRole: try AWSTokenAnswer.token(inXML: body, at: now)
        case .awsContainer: try AWSTokenAnswer.token(inJSON: body, at: now)
        }
    }

    /// Of an answer with any other status. Its message may quote credentials; they are replaced afterwards.
    func refusal(status: Int, body: [UInt8], host: String) -> LanguageModelError {
        let words =
            switch self {
            case .awsWebIdentity, .awsRole: AWSTokenAnswer.words(in: body)
            default: OAuthAnswer.words(in: body)
            }
        let said = words.isEmpty ? "" : ": \(words)"
        switch status {
        case 408, 429, 500...:
            return LanguageModelError(
                .unavailable, message: "the token service \(host) is unavailable (\(status))\(said)")
        default:
            return LanguageModelError(.unauthorized, message: "the token service \(host) refused (\(status))\(said)")
        }
    }
}
