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

    func validate() throws {
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
