import Concurrency
import KubeClient
import KubeModel
import SkyfloAPI
import Transcripts
import WorkflowEngine

/// How the turns before the last one ended: the status doesn't keep that, the transcript does.
struct EarlierTurns: Sendable, Hashable {
    private static let patience = Duration.seconds(5)

    /// By the numbers of the turns; where a change of one was taken back, that has an end of its own.
    var endings: [Int: [TurnEnd]] = [:]
    /// Why some aren't known, for people; nil where all are.
    var obstacle: String?

    static let none = EarlierTurns()

    init() {}

    init(_ entries: [TranscriptChain.Entry]) {
        var turn = 0
        var told: [(position: Int, turn: Int, end: TurnEnd)] = []
        for (position, entry) in entries.enumerated() {
            switch entry.event {
            case .turnStarted(let number, _, _): turn = number
            case .turnEnded(let end): told.append((position, turn, end))
            // What a worker wrote that had been overtaken.
            case .disregarded(let count): told.removeAll { $0.position >= count }
            default: break
            }
        }
        endings = told.reduce(into: [:]) { $0[$1.turn, default: []].append($1.end) }
    }

    /// As the operator hands the transcript out to whoever `api` acts for.
    ///
    /// The token goes along, and the API server doesn't check who is behind a Service: so the place is never taken from the
    /// status, which people with the verb `operate` may write.
    /// - Parameter operatorNamespace: where the operator runs, from this server's own settings. Where the status names another,
    ///   nothing is sent.
    static func read(
        of conversation: Conversation, by api: any KubeAPI, operatorNamespace: String
    ) async throws -> EarlierTurns {
        guard conversation.status.turn > 1, let place = conversation.status.transcriptPosition else { return none }
        var turns = EarlierTurns()
        guard place.namespace.isEmpty || place.namespace == operatorNamespace else {
            turns.obstacle = "the status names another namespace than the operator's"
            return turns
        }
        let reader = RemoteTranscriptReader(api: api, namespace: operatorNamespace)
        do {
            let reading = try await withDeadline(.now + patience) { try await reader.read(conversation) }
            guard let reading else {
                turns.obstacle = "the transcript takes too long to come"
                return turns
            }
            turns = EarlierTurns(reading.entries)
            turns.obstacle = reading.fault.map { "the transcript was changed: \($0)" }
        } catch let status as APIStatus where status.code != 401 {
            turns.obstacle = "you may not read the transcript, or it isn't handed out: \(status)"
        } catch let error as KubeClientError {
            turns.obstacle = "the transcript can't be had: \(error)"
        }
        return turns
    }
}
