import ArgumentParser
import CommandCenter
import Concurrency
import FoundationEssentials
import KubeClient
import KubeModel
import LiveServer
import Logging
import SkyfloCLI

/// The Command Center: pages on which people ask, watch and decide, each with their own rights in the cluster.
struct WebCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "web",
        abstract: "Serve the Command Center: ask, watch and decide in a browser, as yourself.",
        discussion: """
            People sign in with a bearer token of the cluster (kubectl create token NAME), by OpenID Connect \
            (--oidc-issuer), or with a local account (--local-accounts). Everything that they read or do there is a request \
            to the API server as themselves: their rights decide. With a token it is sent with that token, and this program \
            needs no right of its own. For the other two it impersonates them, and keeps accounts, keys and sessions in \
            Secrets of --state-namespace: rbac/optional/web-sign-in.yaml has the rights for that.

            Browsers reach it by TLS: --tls-cert with --tls-key, or --self-signed. On a loopback address, and behind a proxy \
            on the same machine that speaks TLS, --plain-http does.

            Sessions of who came with a token are kept in memory: they end after 12 hours, after one hour without a request, \
            and when this program ends. Behind several replicas, send each person to the same one. Other sessions are shared \
            by all replicas; they end after 7 days, and after 12 hours without a request.

            Examples:
              skyflo web --plain-http
              skyflo web --listen 0.0.0.0:8443 --tls-cert tls.crt --tls-key tls.key --cluster-name shop-eu
              skyflo web --plain-http --local-accounts
              skyflo web … --external-url https://skyflo.example.com --oidc-issuer https://id.example.com \
                --oidc-client-id skyflo --oidc-client-secret-file /oidc/secret --oidc-groups-claim groups
            """)

    @Option(help: "The address, as 0.0.0.0:8443; port 0 chooses one.") var listen = ListenAddress(
        host: "127.0.0.1", port: 8094)
    @Option(help: "The file with its certificate chain, PEM.", completion: .file()) var tlsCert: String?
    @Option(help: "The file with the certificate's key, PEM.", completion: .file()) var tlsKey: String?
    @Flag(help: "Make a certificate that nobody vouches for, new with each start.") var selfSigned = false
    @Flag(help: "Without TLS, on a loopback address only.") var plainHttp = false
    @Option(
        name: .customLong("trusted-proxy"),
        help: "A proxy whose X-Forwarded-For is believed, an address or a network; may be given several times.")
    var trustedProxies: [String] = []
    @Option(help: "What the cluster is called on the pages. Default: the API server's address.") var clusterName:
        String?
    @Option(help: "The operator's namespace, whose Service gets people's tokens when they look at earlier turns.")
    var operatorNamespace = "skyflo-system"
    @OptionGroup var signIn: SignInOptions
    @Option(help: "The kubeconfig file.", completion: .file()) var kubeconfig: String?
    @Option(help: "The kubeconfig's context.") var context: String?
    @OptionGroup var logging: LoggingOptions

    func validate() throws {
        guard TrustedProxies(trustedProxies) != nil else {
            throw ValidationError("--trusted-proxy takes an address, or a network as 10.0.0.0/8")
        }
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key are given together")
        }
        let ways = [tlsCert != nil, selfSigned, plainHttp].count { $0 }
        guard ways == 1 else {
            throw ValidationError(
                "say how browsers reach it: --tls-cert with --tls-key, --self-signed, or on loopback --plain-http")
        }
        guard !plainHttp || listen.isLoopback else {
            throw ValidationError(
                "\(listen.host) is no loopback address: without TLS, whoever is between reads people's tokens")
        }
    }

    @concurrent
    func run() async throws {
        let logger = logging.makeLogger()
        let cluster = try ClusterConfiguration.load(
            kubeconfigPath: kubeconfig, context: context, environment: ProcessInfo.processInfo.environment)
        var options = KubeClient.Options()
        options.userAgent = KubeClient.Options.userAgent(version: Version.current)
        var configuration = CommandCenter.Configuration(
            host: listen.host, port: listen.port, certificate: try certificate(),
            clusterName: clusterName ?? Self.host(of: cluster.server))
        configuration.isCertified = tlsCert != nil
        configuration.trustedProxies = TrustedProxies(trustedProxies) ?? TrustedProxies()
        configuration.operatorNamespace = operatorNamespace
        try signIn.apply(to: &configuration, environment: ProcessInfo.processInfo.environment)
        configuration.onSetUpCode = { [namespace = configuration.stateNamespace] code in
            logger.notice(
                "there is no admin yet: whoever has the set-up code makes the first one at /set-up",
                metadata: ["code": "\(code)", "secret": "\(namespace)/skyflo-web-setup"])
        }
        configuration.onListening = { [listen, plainHttp] port in
            Terminal.standard().say(
                "the Command Center is at \(plainHttp ? "http" : "https")://\(listen.authority(port: port))/")
        }
        let service = CommandCenter(configuration, cluster: cluster, options: options, logger: logger) {
            KubeTime(seconds: Date().timeIntervalSince1970)
        }
        _ = try await result(of: { try await service.run() }, before: { await Interruption.signal() })
    }

    private func certificate() throws -> ServingCertificate? {
        if plainHttp { return nil }
        guard let tlsCert, let tlsKey else {
            return try ServingCertificate.selfMade(names: ["localhost", listen.host])
        }
        return try ServingCertificate(certificatePEM: Self.text(of: tlsCert), keyPEM: Self.text(of: tlsKey))
    }

    private static func text(of path: String) throws -> String {
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw CommandError(.error, message: "\(path) can't be read")
        }
    }

    private static func host(of server: String) -> String {
        let address = server.split(separator: "://", maxSplits: 1).last ?? ""
        let authority = address.prefix { $0 != "/" }
        return String(authority.split(separator: "@").last ?? authority)
    }
}
