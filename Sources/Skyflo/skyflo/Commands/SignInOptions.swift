import ArgumentParser
import CommandCenter
import FoundationEssentials
import HTTPTransport
import SignIn
import SkyfloCLI

/// How people sign in to the Command Center besides with tokens of the cluster.
struct SignInOptions: ParsableArguments {
    @Flag(help: "Let people sign in with accounts that admins add on the pages.") var localAccounts = false
    @Option(help: "The namespace of this program's own Secrets.") var stateNamespace = "skyflo-system"
    @Option(help: "Where browsers reach the pages, as https://skyflo.example.com.") var externalURL: String?
    @Option(help: "The URL of an OpenID Connect provider, as its tokens name it.") var oidcIssuer: String?
    @Option(help: "The client's id at the provider.") var oidcClientID: String?
    @Option(help: "The file with the client's secret. Default: a public client.", completion: .file())
    var oidcClientSecretFile: String?
    @Option(
        name: .customLong("oidc-scope"),
        help: "A scope that is asked for besides openid; may be given several times. Default: profile and email.")
    var oidcScopes: [String] = []
    @Option(help: "The claim that is the user's name, as kube-apiserver has it.") var oidcUsernameClaim = "sub"
    @Option(help: "What stands before it; - for nothing. Default: the issuer and #, but for the claim email.")
    var oidcUsernamePrefix: String?
    @Option(help: "The claim with the names of the user's groups. Default: none.") var oidcGroupsClaim: String?
    @Option(help: "What stands before each group.") var oidcGroupsPrefix: String?
    @Option(
        name: .customLong("oidc-required-claim"),
        help: "A claim that has to be there, as NAME=VALUE; may be given several times.")
    var oidcRequiredClaims: [String] = []
    @Option(help: "The file with the authorities of the provider's certificate, PEM.", completion: .file())
    var oidcCAFile: String?
    @Option(help: "What the provider is called on the page.") var oidcTitle: String?

    func validate() throws {
        guard oidcIssuer != nil else {
            let isAlone =
                oidcClientID == nil && oidcClientSecretFile == nil && oidcGroupsClaim == nil && oidcCAFile == nil
                && oidcRequiredClaims.isEmpty && oidcScopes.isEmpty
            guard isAlone else { throw ValidationError("what is said of a provider needs --oidc-issuer") }
            return
        }
        guard oidcClientID != nil, externalURL != nil else {
            throw ValidationError("--oidc-issuer needs --oidc-client-id and --external-url")
        }
        for claim in oidcRequiredClaims where !claim.dropFirst().contains("=") {
            throw ValidationError("--oidc-required-claim takes NAME=VALUE")
        }
    }

    /// - Throws: where a file can't be read, or the provider's settings can't be.
    func apply(to configuration: inout CommandCenter.Configuration, environment: [String: String]) throws {
        configuration.stateNamespace = stateNamespace
        configuration.externalURL = externalURL.map(Self.withoutSlash)
        guard localAccounts || oidcIssuer != nil else { return }
        var settings = SignInService.Configuration()
        settings.hasLocalAccounts = localAccounts
        settings.proxies = ProxyEnvironment(environment)
        settings.provider = try provider()
        configuration.signIn = settings
    }

    private func provider() throws -> ProviderSettings? {
        guard let oidcIssuer, let oidcClientID, let externalURL else { return nil }
        var settings = ProviderSettings(issuer: oidcIssuer, clientID: oidcClientID, externalURL: externalURL)
        settings.clientSecret = try oidcClientSecretFile.map { CredentialText.trimmed(try Self.text(of: $0)) }
        if !oidcScopes.isEmpty { settings.scopes = oidcScopes }
        settings.usernameClaim = oidcUsernameClaim
        settings.usernamePrefix = oidcUsernamePrefix.map { $0 == "-" ? "" : $0 }
        settings.groupsClaim = oidcGroupsClaim
        settings.groupsPrefix = oidcGroupsPrefix ?? ""
        for claim in oidcRequiredClaims {
            let parts = claim.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            settings.requiredClaims[parts[0]] = parts[1]
        }
        settings.certificates = try oidcCAFile.map(Self.text)
        if let oidcTitle { settings.title = oidcTitle }
        do {
            try settings.validate()
        } catch {
            throw CommandError(.usage, message: "the OpenID Connect provider can't be used: \(error)")
        }
        return settings
    }

    private static func withoutSlash(_ url: String) -> String {
        var url = url
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }

    private static func text(of path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandError(.error, message: "\(path) can't be read")
        }
    }
}
