import HTTPTransport
import Integrations

/// An OpenID Connect provider, and who its people are in the cluster. The words are those of kube-apiserver's
/// `--oidc-…` flags and mean the same, so that one person is one user by both ways.
package struct ProviderSettings: Sendable, Hashable {
    /// As the provider's discovery document and its tokens name it.
    package var issuer: String
    package var clientID: String
    /// nil for a public client, which PKCE alone protects.
    package var clientSecret: String?
    /// Where browsers reach the pages, `https://skyflo.example.com`, without a slash at its end.
    package var externalURL: String
    /// Besides `openid`.
    package var scopes: [String] = ["profile", "email"]
    package var usernameClaim = "sub"
    /// nil: the issuer and `#`, but for the claim `email`; empty for none.
    package var usernamePrefix: String?
    /// nil: nobody is in a group.
    package var groupsClaim: String?
    package var groupsPrefix = ""
    /// What a token has to have, and as what.
    package var requiredClaims: [String: String] = [:]
    /// Of authorities that the provider's certificate may be signed by, in PEM; nil for those of the system.
    package var certificates: String?
    /// What it is called on the page.
    package var title = "company sign-in"

    package init(issuer: String, clientID: String, externalURL: String) {
        self.issuer = issuer
        self.clientID = clientID
        var url = externalURL
        while url.hasSuffix("/") { url.removeLast() }
        self.externalURL = url
    }

    package static let callbackPath = "/sign-in/oidc/callback"

    var redirectURL: String { externalURL + Self.callbackPath }

    var allScopes: String {
        let more = scopes.filter { $0 != "openid" }
        return (["openid"] + more).joined(separator: " ")
    }

    var effectiveUsernamePrefix: String { usernamePrefix ?? (usernameClaim == "email" ? "" : issuer + "#") }

    /// - Throws: ``SignInRefusal`` with what is wrong, for whoever set it up.
    package func validate() throws(SignInRefusal) {
        func refuse(_ text: String) -> SignInRefusal { SignInRefusal(.invalid, text) }
        guard ProviderAddress.isAcceptable(issuer) else {
            throw refuse(
                "the issuer has to be an https URL without query and fragment (http on a loopback address only)")
        }
        guard ProviderAddress.isAcceptable(externalURL) else {
            throw refuse("the address of the pages has to be an https URL (http on a loopback address only)")
        }
        guard !clientID.isEmpty else { throw refuse("the client's id is empty") }
        guard clientSecret?.isEmpty != true else { throw refuse("the client's secret is empty") }
        guard !usernameClaim.isEmpty, groupsClaim?.isEmpty != true else { throw refuse("the name of a claim is empty") }
    }
}

/// Which addresses a provider may have.
enum ProviderAddress {
    /// https, and http on this machine only: whoever is between would be able to sign in as anybody.
    static func isAcceptable(_ url: String) -> Bool {
        guard let origin = try? IntegrationOrigin(url) else { return false }
        return origin.isSecure || isLoopback(origin.host)
    }

    /// Of an endpoint, which may have a query.
    static func isAcceptableEndpoint(_ url: String) -> Bool {
        isAcceptable(String(url.prefix { $0 != "?" })) && !url.contains("#")
            && url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || IPAddress(host)?.isLoopback == true
    }
}
