import ArgumentParser
import FoundationEssentials
import KubeClient
import KubeModel
import Logging
import NIOPosix
import SkyfloCLI
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A command of people: what it does is in SkyfloCLI, this gives it a cluster and a terminal.
protocol UserCommand: AsyncParsableCommand {
    var cluster: ClusterOptions { get }
    /// The token that services behind the API server's proxy get; nil for the kubeconfig's own.
    var callerToken: String? { get }
    func perform(in session: Session) async throws -> ExitStatus
}

extension UserCommand {
    var callerToken: String? { nil }

    @concurrent
    mutating func run() async throws {
        let command = self
        let status = await withTaskGroup(of: Void.self) { group in
            group.addTask { await Interruption.wait() }
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
            options.callerToken = callerToken
            let logger = Logger(label: "kubectl-skyflo") { _ in SwiftLogNoOpLogHandler() }
            return try await withKubeClient(configuration, logger: logger, options: options) { client in
                var session = Session(
                    api: client, namespace: configuration.namespace, terminal: terminal,
                    program: Invocation.current.program,
                    events: cluster.events == "none" ? nil : .serviceProxy
                ) { KubeTime(seconds: Date().timeIntervalSince1970) }
                guard let server = cluster.eventServer(configuration) else { return try await perform(in: session) }
                return try await withKubeClient(server, logger: logger, options: options) { direct in
                    session.events = .direct(direct)
                    return try await perform(in: session)
                }
            }
        } catch {
            terminal.say(StyledText(CommandError.line(for: error)))
            return CommandError.status(for: error)
        }
    }
}

/// Ctrl-C. It ends the process from here: a read from the terminal, which may be under way, can't be cancelled.
enum Interruption {
    /// - Parameter consequence: What becomes of what was begun.
    static func wait(saying consequence: String = "the conversation continues in the cluster") async {
        await signal()
        guard !Task.isCancelled else { return }
        Terminal.standard().say(StyledText("\ninterrupted; \(consequence)"))
        exit(ExitStatus.interrupted.code)
    }

    /// Returns when the process is told to end.
    static func signal() async {
        for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
    }
}

extension Terminal {
    /// The process's own. Colours only on a terminal that wants them (no-color.org); questions only where both the
    /// questions and the answers go through one.
    static func standard() -> Terminal {
        let environment = ProcessInfo.processInfo.environment
        let wantsColour = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        let output = isatty(STDOUT_FILENO) == 1
        let error = isatty(STDERR_FILENO) == 1
        let isInteractive = error && isatty(STDIN_FILENO) == 1
        return Terminal(
            isOutputColoured: output && wantsColour, isErrorColoured: error && wantsColour, isOutputTerminal: output,
            isErrorTerminal: error && environment["TERM"] != "dumb",
            write: { FileDescriptorText.write($0, to: STDOUT_FILENO) },
            writeError: { FileDescriptorText.write($0, to: STDERR_FILENO) },
            read: isInteractive ? readAnswer : nil)
    }

    /// Off the threads that tasks run on, of which there may be one only: it waits as long as the person thinks.
    @Sendable
    private static func readAnswer() async throws -> String? {
        try await NIOThreadPool.singleton.runIfActive { readLine() }
    }
}
