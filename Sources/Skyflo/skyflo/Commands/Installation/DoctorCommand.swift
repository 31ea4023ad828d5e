import ArgumentParser
import SkyfloCLI

struct DoctorCommand: InstallationCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say what is wrong with the installation, and the command that mends it.",
        discussion: """
            It reads, and changes nothing: the server's version, CRDs and their schema, the operator's rights one by one, the \
            admission policy, the operator's pods, Leases, SkyfloAIs with what they name, and Conversations that nobody works on.

            Exit status: 0 works (there may be warnings), 1 something doesn't, 2 usage, 130 interrupted.
            """)

    enum Output: String, ExpressibleByArgument, CaseIterable { case json, yaml }

    @Option(name: .shortAndLong, help: "Print the findings as data: json or yaml.") var output: Output?
    @OptionGroup var cluster: InstallationOptions

    static let interruption = "nothing was changed"

    func perform(in session: Session) async throws -> ExitStatus {
        let format: DataFormat? =
            switch output {
            case .json: .json
            case .yaml: .yaml
            case nil: nil
            }
        return try await DoctorAction(namespace: cluster.namespace, format: format).perform(in: session)
    }
}
