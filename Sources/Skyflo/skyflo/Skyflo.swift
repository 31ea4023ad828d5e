import ArgumentParser
import SkyfloCLI

/// The one program: the operator, an API server on loopback to try it with, and the commands of people.
@main
struct Skyflo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skyflo",
        abstract: "An AI co-pilot for cloud and DevOps work that runs in the cluster.",
        discussion: """
            Conversations are Kubernetes objects: apply one, and the operator works on it. It stops before every change until \
            somebody approves it in the object's status.
            """,
        version: Version.current,
        subcommands: [OperatorCommand.self] + playground + PlugIn.commands + [
            InstallCommand.self, UninstallCommand.self, DoctorCommand.self, HelmCommand.self, MCPCommand.self,
            ReplayCommand.self,
            ToolsCommand.self, WebCommand.self,
        ])

    /// A program for a cluster is built without it, and without the API server in it.
    #if Playground
        private static let playground: [any ParsableCommand.Type] = [PlaygroundCommand.self]
    #else
        private static let playground: [any ParsableCommand.Type] = []
    #endif

    static func main() async {
        if Invocation.current.isCompletion {
            print(KubectlCompletion(words: Array(CommandLine.arguments.dropFirst())).answer, terminator: "")
        } else if Invocation.current.isPlugIn {
            await run(PlugIn.self)
        } else {
            await run(Skyflo.self)
        }
    }

    /// As `main()` of the library, but a command line that isn't understood ends with 2 as everywhere else.
    private static func run<Root: AsyncParsableCommand>(_ root: Root.Type) async {
        do {
            var command = try root.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            guard root.exitCode(for: error) == .validationFailure else { root.exit(withError: error) }
            Terminal.standard().say(StyledText(root.fullMessage(for: error)))
            root.exit(withError: ExitCode(ExitStatus.usage.code))
        }
    }
}

/// The same program under the name `kubectl-skyflo`: only what people type.
struct PlugIn: AsyncParsableCommand {
    static let commands: [any ParsableCommand.Type] = [
        AskCommand.self, ApproveCommand.self, DenyCommand.self, StopCommand.self, UndoCommand.self, WatchCommand.self,
        ListCommand.self, TranscriptCommand.self,
    ]

    static let configuration = CommandConfiguration(
        commandName: "kubectl skyflo",
        abstract: "Talk to the co-pilot, and decide on what it wants to change.",
        discussion: """
            Exit status: 0 done, 1 error, 2 usage, 3 waits for an approval, 4 the turn failed, 5 stopped, denied or expired, \
            6 what was shown has changed, 7 the transcript was changed, 124 timed out, 130 interrupted.
            """,
        version: Version.current,
        subcommands: commands)
}

enum Version {
    static let current = "0.1.0"
}
