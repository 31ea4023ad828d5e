import ArgumentParser
import FoundationEssentials
import KubeClient
import KubeModel
import SkyfloCLI

/// Which cluster, which namespace, and as whom: named as kubectl names them.
struct ClusterOptions: ParsableArguments {
    @Option(help: "The kubeconfig file.", completion: .file()) var kubeconfig: String?
    @Option(help: "The kubeconfig's context.") var context: String?
    @Option(name: .shortAndLong, help: "The namespace. Default: the context's.") var namespace: String?
    @Option(name: .customLong("as"), help: "The user to impersonate.") var asUser: String?
    @Option(name: .customLong("as-group"), help: "A group to impersonate; may be given several times.")
    var asGroups: [String] = []
    @Option(help: "Time for one request, as 5s, 1m or a number of seconds; 0 for one hour, the longest.")
    var requestTimeout: Seconds = Seconds(duration: .seconds(30))

    @Option(
        help:
            "Where a turn's events come from: proxy (the API server's, to the operator), none, or the operator's own https:// address."
    )
    var events: String = "proxy"
    @Option(
        help: "Who signs the certificate of that address, PEM. Default: the system's authorities.", completion: .file())
    var eventsCa: String?

    func validate() throws {
        guard ["proxy", "none"].contains(events) || events.hasPrefix("https://") else {
            throw ValidationError("--events takes proxy, none, or an https:// address")
        }
        guard eventsCa == nil || events.hasPrefix("https://") else {
            throw ValidationError("--events-ca needs --events with an https:// address")
        }
        guard asGroups.isEmpty || asUser != nil else { throw ValidationError("--as-group needs --as") }
    }

    func configuration(_ environment: [String: String]) throws -> ClusterConfiguration {
        var configuration = try ClusterConfiguration.load(
            kubeconfigPath: kubeconfig, context: context, environment: environment)
        if let namespace { configuration.namespace = namespace }
        if let asUser { configuration.impersonation = Impersonation(user: asUser, groups: asGroups) }
        return configuration
    }
}

extension ClusterOptions {
    /// The operator's own address, with the credentials of the cluster; nil where events come by another way, or by none.
    func eventServer(_ cluster: ClusterConfiguration) -> ClusterConfiguration? {
        guard events.hasPrefix("https://") else { return nil }
        var configuration = cluster
        configuration.server = events
        configuration.certificateAuthority = eventsCa.map { .file($0) }
        configuration.insecureSkipTLSVerify = false
        (configuration.tlsServerName, configuration.impersonation) = (nil, nil)
        (configuration.clientCertificate, configuration.clientKey) = (nil, nil)
        return configuration
    }
}

/// A time as kubectl's flags take it: `90`, `90s`, `5m`, `2h`.
struct Seconds: ExpressibleByArgument {
    var duration: Duration

    init(duration: Duration) { self.duration = duration }

    init?(argument: String) {
        let factors: [Character: Int] = ["s": 1, "m": 60, "h": 3600]
        let factor = argument.last.flatMap { factors[$0] }
        let digits = factor == nil ? argument[...] : argument.dropLast()
        guard let number = Int(digits), (0...1_000_000).contains(number) else { return nil }
        duration = .seconds(number * (factor ?? 1))
    }

    var defaultValueDescription: String { "\(duration.components.seconds)s" }
    /// nil for 0, which means no limit.
    var limit: Duration? { duration == .zero ? nil : duration }
}

/// `-o` of the commands that end with one object.
struct ResultOptions: ParsableArguments {
    enum Output: String, ExpressibleByArgument, CaseIterable { case json, yaml, name }

    @Option(name: .shortAndLong, help: "Print the object at the end instead: json, yaml or name.") var output: Output?

    var format: ResultFormat? {
        switch output {
        case .json: .data(.json)
        case .yaml: .data(.yaml)
        case .name: .name
        case nil: nil
        }
    }
}

struct WaitingOptions: ParsableArguments {
    @Option(help: "Stop watching after this time, as 90s, 5m or 2h; 0 for never. The conversation continues.")
    var timeout: Seconds = Seconds(duration: .zero)
}
