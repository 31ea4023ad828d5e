import ArgumentParser
import FoundationEssentials
import KubeClient
import KubeModel
import Logging
import SkyfloCLI

/// Which cluster, as whom, and where the operator is.
struct InstallationOptions: ParsableArguments {
    @Option(help: "The kubeconfig file.", completion: .file()) var kubeconfig: String?
    @Option(help: "The kubeconfig's context.") var context: String?
    @Option(name: .shortAndLong, help: "The operator's own namespace.") var namespace = "skyflo-system"
    @Option(name: .customLong("as"), help: "The user to impersonate.") var asUser: String?
    @Option(name: .customLong("as-group"), help: "A group to impersonate; may be given several times.")
    var asGroups: [String] = []
    @Option(help: "Time for one request, as 5s, 1m or a number of seconds.")
    var requestTimeout: Seconds = Seconds(duration: .seconds(30))

    func validate() throws {
        guard asGroups.isEmpty || asUser != nil else { throw ValidationError("--as-group needs --as") }
        let isName =
            (1...63).contains(namespace.utf8.count) && !namespace.hasPrefix("-") && !namespace.hasSuffix("-")
            && namespace.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                    || byte == UInt8(ascii: "-")
            }
        guard isName else { throw ValidationError("--namespace takes the name of a namespace") }
    }

    func configuration(_ environment: [String: String]) throws -> ClusterConfiguration {
        var configuration = try ClusterConfiguration.load(
            kubeconfigPath: kubeconfig, context: context, environment: environment)
        configuration.namespace = namespace
        if let asUser { configuration.impersonation = Impersonation(user: asUser, groups: asGroups) }
        return configuration
    }
}

/// A command about the installation: what it does is in SkyfloCLI, this gives it a cluster and a terminal.
protocol InstallationCommand: AsyncParsableCommand {
    var cluster: InstallationOptions { get }
    /// What Ctrl-C leaves behind, for people.
    static var interruption: String { get }
    func perform(in session: Session) async throws -> ExitStatus
}

extension InstallationCommand {
    @concurrent
    mutating func run() async throws { try await runWithCluster() }

    /// Performs the command in the cluster, and ends the process with its status.
    @concurrent
    func runWithCluster() async throws {
        let command = self
        let status = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await Interruption.wait(saying: Self.interruption)
            }
            defer { group.cancelAll() }
            return await command.status()
        }
        throw ExitCode(status.code)
    }

    private func status() async -> ExitStatus {
        let terminal = Terminal.standard()
        do {
            let configuration = try cluster.configuration(ProcessInfo.processInfo.environment)
            var options = KubeClient.Options()
            options.userAgent = KubeClient.Options.userAgent(version: Version.current)
            options.timeout = cluster.requestTimeout.limit ?? .seconds(3600)
            let logger = Logger(label: "skyflo") { _ in SwiftLogNoOpLogHandler() }
            return try await withKubeClient(configuration, logger: logger, options: options) { client in
                try await perform(
                    in: Session(
                        api: client, namespace: configuration.namespace, terminal: terminal,
                        program: Invocation.current.program, events: nil
                    ) { KubeTime(seconds: Date().timeIntervalSince1970) })
            }
        } catch {
            terminal.say(StyledText(CommandError.line(for: error)))
            return CommandError.status(for: error)
        }
    }
}
