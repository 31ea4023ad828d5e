import ArgumentParser
import Installer
import SkyfloCLI

struct UninstallCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "uninstall",
        abstract: "Remove the operator, its roles and the admission policy.",
        discussion: """
            Conversations, their transcripts, SkyfloAIs with their components, the accounts of the Command Center, and the \
            CRDs stay unless it is told otherwise. It finds an installation \
            whichever way it was made; one that Helm, Argo CD or Flux manages is removed by that.

            Exit status: 0 done, 1 error, 2 usage, 124 something is not gone in time, 130 interrupted.
            """)

    @Flag(help: "Delete all Conversations, their transcripts, and accounts of the Command Center.")
    var deleteConversations = false
    @Flag(help: "Delete the CRDs, and with them all Conversations, SkyfloAIs and their components.") var deleteCrds =
        false
    @Flag(help: "Only say what would be deleted.") var dryRun = false
    @Flag(name: [.customShort("y"), .long], help: "Don't ask.") var yes = false
    @Option(help: "How long to wait until everything is gone, as 90s, 5m or 2h.")
    var timeout: Seconds = Seconds(duration: .seconds(120))
    @OptionGroup var cluster: InstallationOptions

    static let interruption = "what was deleted is gone; the same command goes on from there"

    func perform(in session: Session) async throws -> ExitStatus {
        try await UninstallAction(
            namespace: cluster.namespace,
            scope: .init(conversations: deleteConversations, definitions: deleteCrds), isDryRun: dryRun,
            isConfirmed: yes, timeout: timeout.duration
        ).perform(in: session)
    }
}
