import KubeModel
import SkyfloAPI
import WorkflowEngine

/// Runs a transcript again through this version's engine, and says where it decides differently. It needs neither a cluster nor
/// a model: replies, results and decisions are those of the transcript.
package struct ReplayAction: Sendable {
    package var transcript: String
    /// The manifest of the conversation, for its limits and its mode; nil infers them.
    package var conversation: String?
    /// Other words count as a difference too.
    package var isStrict: Bool
    package var isJSON: Bool

    package init(transcript: String, conversation: String? = nil, isStrict: Bool = false, isJSON: Bool = false) {
        self.transcript = transcript
        self.conversation = conversation
        self.isStrict = isStrict
        self.isJSON = isJSON
    }

    /// - Returns: ``ExitStatus/differs`` where today's engine decides differently.
    /// - Throws: ``CommandError``.
    package func perform(on terminal: Terminal) throws -> ExitStatus {
        let file = try TranscriptFile(transcript)
        let replay = TranscriptReplay(file.entries, policy: try policy())
        if isJSON {
            terminal.print(Self.report(replay, head: file.head), as: .json)
        } else {
            for difference in replay.differences { show(difference, on: terminal) }
            terminal.print(StyledText(summary(of: replay)))
        }
        let counted = replay.differences.filter { isStrict || $0.kind == .decision }
        return counted.isEmpty ? .success : .differs
    }

    private func policy() throws -> WorkflowStateMachine.Policy? {
        guard let conversation else { return nil }
        do {
            let spec = ConversationSpec(try YAML.parse(conversation)["spec"] ?? .object([:]))
            let reads = TranscriptReplay.readTools(try TranscriptFile(transcript).entries)
            return .init(limits: spec.limits, mode: spec.approvalMode, readTools: reads)
        } catch let error as CommandError {
            throw error
        } catch {
            throw CommandError(.error, message: "the conversation is neither YAML nor JSON: \(error)")
        }
    }

    private func show(_ difference: TranscriptReplay.Difference, on terminal: Terminal) {
        let what = difference.kind == .decision ? "today's engine would" : "today's engine would, in other words,"
        terminal.print(
            StyledText("entry \(difference.entry), turn \(difference.turn), \(difference.at): ", style: .bold)
                + StyledText("recorded: \(difference.recorded)"))
        terminal.print(
            StyledText("  \(what) \(difference.decided)", style: difference.kind == .decision ? .red : .yellow))
    }

    private func summary(of replay: TranscriptReplay) -> String {
        let words = replay.differences.count { $0.kind == .wording }
        let decisions = replay.differences.count - words
        let scope = "\(replay.compared) entries of \(replay.turns) turns"
        if replay.differences.isEmpty { return "\(scope): today's engine decides the same" }
        return "\(scope): \(decisions) different decisions, \(words) in other words"
    }

    private static func report(_ replay: TranscriptReplay, head: String) -> JSONValue {
        [
            "entries": JSONValue(replay.compared), "turns": JSONValue(replay.turns), "head": .string(head),
            "differences": .array(
                replay.differences.map { difference in
                    [
                        "entry": JSONValue(difference.entry), "turn": JSONValue(difference.turn),
                        "at": .string(difference.at.microTime), "kind": .string(difference.kind.rawValue),
                        "recorded": .string(difference.recorded), "decided": .string(difference.decided),
                    ]
                }),
        ]
    }
}
