import ConversationAccess
import KubeModel
import SkyfloAPI
import Transcripts
import WorkflowEngine

/// Prints the whole history of a conversation, or says whether it is what the operator wrote.
package struct TranscriptAction: Sendable {
    package var name: String
    package var turn: Int?
    /// Prints the verdict only.
    package var verifiesOnly: Bool
    package var format: DataFormat?

    package init(_ name: String, turn: Int? = nil, verifiesOnly: Bool = false, format: DataFormat? = nil) {
        self.name = name
        self.turn = turn
        self.verifiesOnly = verifiesOnly
        self.format = format
    }

    /// - Returns: ``ExitStatus/tampered`` where the chain is broken, after everything before that place was printed.
    package func perform(in session: Session) async throws -> ExitStatus {
        let conversation = try await session.conversations.get(name)
        guard conversation.status.transcriptPosition != nil else {
            throw CommandError(.error, message: "conversation \"\(name)\" has no transcript yet")
        }
        let reading = try await SecretTranscriptReader(api: session.api).read(conversation)
        if !verifiesOnly { show(reading, session: session) }
        if let fault = reading.fault {
            throw CommandError(.tampered, message: "the transcript was changed: \(fault)")
        }
        if verifiesOnly {
            session.terminal.print("verified: \(reading.entries.count) entries, head \(reading.head)".styled)
        }
        return .success
    }

    private func show(_ reading: TranscriptReading, session: Session) {
        if let format {
            return session.terminal.print(.array(ofTurn(reading)), as: format)
        }
        var text = TranscriptText()
        for line in text.lines(reading.entries, only: turn) { session.terminal.print(line) }
    }

    private func ofTurn(_ reading: TranscriptReading) -> [JSONValue] {
        guard let turn else { return reading.lines }
        var current = 0
        var lines: [JSONValue] = []
        for (entry, line) in zip(reading.entries, reading.lines) {
            if case .turnStarted(let number, _, _) = entry.event { current = number }
            if current == turn { lines.append(line) }
        }
        return lines
    }
}
