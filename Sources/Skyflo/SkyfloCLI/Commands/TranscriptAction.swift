import ConversationAccess
import KubeClient
import KubeModel
import SkyfloAPI
import Transcripts
import WorkflowEngine

/// Who is asked for a transcript.
package enum TranscriptSource: Sendable, Hashable {
    /// The operator, through the API server's proxy to its service. The caller's token goes there, so that it is never a
    /// namespace that only a status names.
    case `operator`(namespace: String, service: String)
    /// The Secrets themselves, by whoever may get them.
    case secrets(namespace: String)

    /// The operator's service, as the manifests name it.
    package static let service = RemoteTranscriptReader.service
    package static let `default` = TranscriptSource.operator(namespace: "skyflo-system", service: service)
}

/// Prints the whole history of a conversation, or says whether it is what the operator wrote.
package struct TranscriptAction: Sendable {
    package var name: String
    package var turn: Int?
    /// Prints the verdict only.
    package var verifiesOnly: Bool
    package var format: DataFormat?
    package var source: TranscriptSource

    package init(
        _ name: String, turn: Int? = nil, verifiesOnly: Bool = false, format: DataFormat? = nil,
        source: TranscriptSource = .default
    ) {
        self.source = source
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
        let reading = try await read(conversation, session.api)
        if !verifiesOnly { show(reading, session: session) }
        if let fault = reading.fault {
            throw CommandError(.tampered, message: "the transcript was changed: \(fault)")
        }
        if verifiesOnly {
            session.terminal.print("verified: \(reading.entries.count) entries, head \(reading.head)".styled)
        }
        return .success
    }

    private func read(_ conversation: Conversation, _ api: any KubeAPI) async throws -> TranscriptReading {
        let place = conversation.status.transcriptPosition?.namespace ?? ""
        switch source {
        case .secrets(let namespace):
            return try await SecretTranscriptReader(api: api, namespace: place.isEmpty ? namespace : place)
                .read(conversation)
        case .operator(let namespace, let service):
            guard place.isEmpty || place == namespace else {
                throw CommandError(.error, message: Self.elsewhere(place, instead: namespace))
            }
            do {
                return try await RemoteTranscriptReader(api: api, namespace: namespace, service: service)
                    .read(conversation)
            } catch let error as KubeClientError where error.code == .noToken {
                throw CommandError(.error, message: Self.tokenNeeded(namespace), cause: error)
            } catch let status as APIStatus {
                throw CommandError(
                    .error,
                    message: "the operator doesn't hand the transcript out (HTTP \(status.code)): \(status.message)\n"
                        + "Who may get Secrets in the namespace \(namespace) can read it there, with --secrets.",
                    cause: status)
            }
        }
    }

    private static func elsewhere(_ place: String, instead namespace: String) -> String {
        "the status says that the transcript is in the namespace \(place), and the operator is asked in \(namespace): your token "
            + "was not sent. If the operator runs there, say --operator-namespace \(place)."
    }

    private static func tokenNeeded(_ namespace: String) -> String {
        "the operator wants a token to know who you are, and your kubeconfig has none (a client certificate can't be passed "
            + "on). Have one made of a ServiceAccount that may get conversations/transcript:\n"
            + "  --token \"$(kubectl create token NAME -n NAMESPACE)\"\n"
            + "Who may get Secrets in the namespace \(namespace) can read it there, with --secrets."
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
