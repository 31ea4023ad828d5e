import ControllerRuntime
import KubeClient
import KubeModel
import LiveEvents
import SkyfloAPI
import Transcripts
import WorkflowEngine

/// Finds the turn that somebody wants to follow.
struct TurnDirectory: Sendable {
    enum Place: Sendable {
        case here(LiveTurn)
        /// Another worker has it.
        case elsewhere(address: String?, worker: String)
        /// It will begin, here or elsewhere.
        case coming
        /// It has ended, and only the transcript tells of it.
        case over(Conversation)
        case gone
    }

    let turns: LiveTurns
    let conversations: Informer
    let api: any KubeAPI
    let transcripts: any TranscriptReader
    /// Of this worker, in `status.worker`.
    let identity: String

    /// - Parameter wanted: the turn's number; nil for the one that runs, or is about to, or ran last.
    func find(_ key: ObjectKey, turn wanted: Int?) async throws -> Place {
        let turn = turns[key]
        if let turn, turn.end == nil, wanted == nil || wanted == turn.number { return .here(turn) }
        guard let conversation = try await conversation(key) else { return .gone }
        let status = conversation.status
        if !status.isTurnEnded, status.workerIdentity != identity, wanted ?? status.turn >= status.turn {
            return .elsewhere(address: status.worker.address, worker: status.workerIdentity)
        }
        let number = wanted ?? conversation.currentTurn
        if let turn, turn.uid == conversation.uid, turn.number == number, turn.end == .completed { return .here(turn) }
        let isOver = number < status.turn || number == status.turn && status.isTurnEnded
        return isOver ? .over(conversation) : .coming
    }

    /// As the cache has it; one that was made a moment ago may not be there yet.
    func conversation(_ key: ObjectKey) async throws -> Conversation? {
        if let known = conversations.get(key) { return Conversation(known) }
        return try await api.find(.conversations, namespace: key.namespace, name: key.name).map { Conversation($0) }
    }

    /// What the transcript tells, as its readers may see it.
    ///
    /// - Parameters:
    ///   - onlyNewestTurn: of all turns, the newest.
    ///   - turn: only this one; nil for no choice.
    func retell(
        _ conversation: Conversation, onlyNewestTurn: Bool, turn: Int? = nil
    ) async throws -> [LiveEvent] {
        let reading = try await transcripts.read(conversation)
        let machine = WorkflowStateMachine(policy: .init(limits: conversation.spec.limits))
        let events = TurnNarration.replay(
            reading.entries, counting: conversation.status.transcript.count, to: machine,
            onlyNewestTurn: onlyNewestTurn && turn == nil
        ).events
        guard let turn else { return events }
        var current = 0
        return events.filter { event in
            if case .turnStarted(let number, _) = event.content { current = number }
            return current == turn
        }
    }
}
