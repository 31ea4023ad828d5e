import ArgumentParser
import FoundationEssentials
import SkyfloCLI

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a transcript again, and say where this version decides differently.",
        discussion: """
            Needs neither a cluster nor a model: the model's replies, the results of tools and people's decisions are those of \
            the transcript, and nothing is sent anywhere. It ends with 0 where the engine decides the same, with 8 where it \
            doesn't, with 7 where the chain of hashes is broken. A transcript has no limits in it; without --conversation they \
            are taken for wide enough, unless one of them ended a turn.

            Examples:
              kubectl skyflo transcript -n shop scale-web -o json > scale-web.json
              skyflo replay scale-web.json
              skyflo replay scale-web.json --conversation scale-web.yaml --json
            """)

    @Argument(
        help: "The transcript: JSON, YAML, or a line of JSON for each entry; - for the standard input.",
        completion: .file())
    var file: String
    @Option(help: "The Conversation's manifest, for its limits and its mode.", completion: .file())
    var conversation: String?
    @Flag(help: "Let other words count as a difference too.") var strict = false
    @Flag(help: "Print the differences as JSON.") var json = false

    func run() throws {
        let terminal = Terminal.standard()
        let status: ExitStatus
        do {
            status = try ReplayAction(
                transcript: Self.read(file), conversation: conversation.map(Self.read), isStrict: strict, isJSON: json
            ).perform(on: terminal)
        } catch {
            terminal.say(StyledText("\(file): \(CommandError.line(for: error))"))
            status = CommandError.status(for: error)
        }
        throw ExitCode(status.code)
    }

    private static func read(_ path: String) throws -> String {
        do {
            let file = path == "-" ? "/dev/stdin" : path
            return String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self)
        } catch {
            throw CommandError(.error, message: "the file can't be read")
        }
    }
}
