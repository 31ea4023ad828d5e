import FoundationEssentials
import KubeModel
import Synchronization
import Testing

@testable import SkyfloCLI

@Suite struct ReplayActionTests {
    private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/Transcripts/0.1.0/approved-write-and-second-turn.jsonl")

    private static func lines() throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    private final class Output: Sendable {
        private let text = Mutex("")
        var all: String { text.withLock(\.self) }
        var terminal: Terminal {
            Terminal(write: { new in self.text.withLock { $0 += new } }, writeError: { _ in })
        }
    }

    @Test func `it is the same as lines, as JSON and as YAML`() throws {
        let lines = try Self.lines()
        let entries = try lines.map { try JSONParser.parse($0) }
        let forms = [
            lines.joined(separator: "\n"), JSONWriter.string(.array(entries), options: .pretty),
            YAML.format(.array(entries)),
        ]
        for form in forms {
            let output = Output()
            #expect(try ReplayAction(transcript: form).perform(on: output.terminal) == .success)
            #expect(output.all == "17 entries of 2 turns: today's engine decides the same\n")
        }
    }

    @Test func `with narrower limits it says where and how today's engine differs`() throws {
        let text = try Self.lines().joined(separator: "\n")
        let conversation = "spec: {messages: [{content: hi}], limits: {modelTurns: 1}}"
        let output = Output()
        let action = ReplayAction(transcript: text, conversation: conversation, isJSON: true)
        #expect(try action.perform(on: output.terminal) == .differs)
        let report = try JSONParser.parse(output.all)
        #expect(report["entries"] == 17)
        let first = report["differences"]?.array?.first
        #expect(
            first?["kind"] == "Decision" && first?["decided"]?.string?.contains("ModelTurnLimitReached") == true,
            "\(report)")
    }

    @Test func `a part of a transcript, a changed one and no transcript are refused`() throws {
        let lines = try Self.lines()
        let changed = lines.map { $0.replacing("Scale web to 3", with: "Scale web to 30") }
        for broken in [Array(lines.dropFirst()), changed, lines + [lines[0]]] {
            let error = #expect(throws: CommandError.self) {
                try ReplayAction(transcript: broken.joined(separator: "\n")).perform(on: Output().terminal)
            }
            #expect(error?.status == .tampered)
        }
        for nothing in ["", "   \n", "hello", "a: b", "[", "[]"] {
            let error = #expect(throws: CommandError.self) {
                try ReplayAction(transcript: nothing).perform(on: Output().terminal)
            }
            #expect(error?.status == .error, "\(nothing)")
        }
    }
}
