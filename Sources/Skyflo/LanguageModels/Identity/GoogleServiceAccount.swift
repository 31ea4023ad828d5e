import Crypto
import CryptoExtras
import KubeModel

/// A key of a Google service account, as its console gives it, exchanged for an access token by a signed JWT
/// (https://developers.google.com/identity/protocols/oauth2/service-account#httprest).
package struct GoogleServiceAccount: Sendable, Hashable {
    package let email: String
    /// Of the project that the account belongs to; nil where the file doesn't say it.
    package let projectID: String?
    private let keyID: String?
    private let privateKey: Credential
    private let tokenURL: String

    static let scope = "https://www.googleapis.com/auth/cloud-platform"

    /// - Parameter json: the file.
    /// - Throws: `rejected` where it is none of a service account.
    package init(json text: Credential) throws(LanguageModelError) {
        guard let json = try? JSONParser.parse(text.secret), json.object != nil else {
            throw LanguageModelError(.rejected, message: "the Google credentials are no JSON")
        }
        let type = json["type"]?.string ?? ""
        guard type == "service_account" else {
            throw LanguageModelError(
                .rejected,
                message:
                    "the Google credentials are of type \"\(type.prefix(64))\"; only service_account is read from a Secret"
            )
        }
        guard let email = json["client_email"]?.string, let key = json["private_key"]?.string else {
            throw LanguageModelError(
                .rejected, message: "the Google credentials have no client_email or no private_key")
        }
        tokenURL = json["token_uri"]?.string ?? "https://oauth2.googleapis.com/token"
        guard ModelEndpoint(base: tokenURL) != nil else {
            throw LanguageModelError(.rejected, message: "the token_uri of the Google credentials is no address")
        }
        self.email = email
        projectID = json["project_id"]?.string
        keyID = json["private_key_id"]?.string
        privateKey = Credential(key)
        _ = try signingKey()
    }

    var secrets: [Credential] { [privateKey] }

    private func signingKey() throws(LanguageModelError) -> _RSA.Signing.PrivateKey {
        guard let key = try? _RSA.Signing.PrivateKey(pemRepresentation: privateKey.secret) else {
            throw LanguageModelError(
                .rejected,
                message: "the private_key of the Google credentials is no RSA key of 2048 bits or more in PEM")
        }
        return key
    }

    func request(at now: KubeTime) throws(LanguageModelError) -> TokenRequest {
        .form(
            [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", try assertion(at: now))],
            to: tokenURL)
    }

    /// A JWT that is good for an hour, with RS256 (RFC 7523).
    func assertion(at now: KubeTime) throws(LanguageModelError) -> String {
        let seconds = Int(now.microseconds / 1_000_000)
        let header = JSONValue.compact(["alg": "RS256", "typ": "JWT", "kid": keyID.map(JSONValue.string)])
        let claims: JSONValue = [
            "iss": .string(email), "scope": .string(Self.scope), "aud": .string(tokenURL), "iat": JSONValue(seconds),
            "exp": JSONValue(seconds + 3600),
        ]
        let text = [header, claims].map { Base64.encodeURL(JSONWriter.bytes($0)) }.joined(separator: ".")
        let digest = SHA256.hash(data: Array(text.utf8))
        guard let signature = try? signingKey().signature(for: digest, padding: .insecurePKCS1v1_5) else {
            throw LanguageModelError(.rejected, message: "the private_key of the Google credentials can't sign")
        }
        return "\(text).\(Base64.encodeURL(Array(signature.rawRepresentation)))"
    }
}

/// The identity that Google's metadata server gives to a pod: workload identity of GKE
/// (https://cloud.google.com/compute/docs/access/authenticate-workloads#applications).
package struct GoogleMetadataIdentity: Sendable, Hashable {
    private let host: String

    package init(host: String? = nil) { self.host = host ?? "metadata.google.internal" }

    func request() -> TokenRequest {
        TokenRequest(
            method: "GET", url: "http://\(host)/computeMetadata/v1/instance/service-accounts/default/token",
            headers: ["metadata-flavor": "Google"])
    }
}
