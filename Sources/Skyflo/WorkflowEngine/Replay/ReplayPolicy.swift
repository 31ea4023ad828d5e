import SkyfloAPI

extension TranscriptReplay {
    /// The tools of reads that a person was asked about, and of replies beside them.
    package static func readTools(_ entries: [TranscriptChain.Entry]) -> Set<String> {
        ReplayPolicy.readTools(entries.lazy.map(\.event))
    }
}

/// The limits and the mode that a turn may have had. A transcript has neither: they are those of the conversation when the turn
/// began. Where a limit ended the turn, it was what the turn had reached by then; elsewhere there was none.
enum ReplayPolicy {
    private static let none = Int.max / 4

    /// - Parameter events: from the beginning of the turn on.
    static func of(_ events: some Sequence<TurnEvent>) -> WorkflowStateMachine.Policy {
        var seen = Seen()
        for event in events where seen.take(event) { break }
        var limits = Limits(modelTurns: none, toolCalls: none, writes: none, turnTimeoutSeconds: none)
        switch seen.end?.reason {
        case .modelTurnLimit: limits.modelTurns = seen.replies
        case .toolCallLimit: limits.toolCalls = max(0, seen.calls - 1)
        case .writeLimit: limits.writes = max(0, seen.writes - 1)
        case .tokenLimit: limits.tokens = max(0, seen.tokens - 1)
        case .turnTimeout:
            limits.turnTimeoutSeconds = seen.end.flatMap { seconds(in: $0.message) } ?? limits.turnTimeoutSeconds
        default: break
        }
        return .init(limits: limits, mode: seen.askedReads.isEmpty ? .writes : .always, readTools: seen.askedReads)
    }

    static func readTools(_ events: some Sequence<TurnEvent>) -> Set<String> {
        var seen = Seen()
        for event in events { _ = seen.take(event) }
        return seen.askedReads
    }

    /// `the turn took longer than 900 s`
    private static func seconds(in message: String) -> Int? {
        message.split(separator: " ").reversed().lazy.compactMap { Int($0) }.first
    }

    private struct Seen {
        var replies = 0
        var calls = 0
        var writes = 0
        var tokens = 0
        var end: TurnEnd?
        /// The tools of reads that a person was asked about.
        var askedReads: Set<String> = []
        private var tools: [String] = []
        private var isFirst = true

        /// - Returns: whether the turn is over.
        mutating func take(_ event: TurnEvent) -> Bool {
            defer { isFirst = false }
            switch event {
            case .turnStarted, .undoStarted: return !isFirst
            case .modelReplied(let reply):
                replies += 1
                calls += reply.calls.count
                tokens += reply.usage.total + reply.failedUsage.total
                tools = reply.calls.map(\.tool)
            case .modelFailed(_, let usage), .summarized(_, _, let usage), .replyCut(_, let usage):
                tokens += usage.total
            case .approvalRequested(_, let request):
                if request.isForRead { askedReads.formUnion(tools) } else { writes += 1 }
            case .writeEnded(_, .stale): writes -= 1
            case .turnEnded(let end):
                self.end = end
                return true
            default: break
            }
            return false
        }
    }
}
