import ConversationAccess
import KubeModel
import SkyfloAPI

/// What is new in a conversation since it was last looked at, for somebody who follows a turn.
struct ProgressReport {
    var turn: Int
    /// Calls whose end somebody else has told.
    var toldCalls: Set<String> = []
    /// Somebody else shows how the turn moves.
    var isPhaseTold = false
    private var phase: ConversationStatus.Phase?
    private var calls: [String: CallState] = [:]
    private var checks: Set<CheckStatus> = []
    /// Of the sequence of this call.
    private var steps: (call: String, states: [StepProgress.State]) = ("", [])
    private var refusal = ""
    private var place = ""

    init(turn: Int) { self.turn = turn }

    mutating func news(in conversation: Conversation) -> [StyledText] {
        var lines = acceptance(of: conversation) + queue(of: conversation)
        guard conversation.status.turn == turn else { return lines }
        lines += callLines(conversation) + stepLines(conversation) + checkLines(conversation)
        if let now = conversation.status.phase, now != phase {
            phase = now
            if !now.isTerminal, !isPhaseTold { lines.append(StyledText(now.rawValue, style: .dim)) }
        }
        return lines
    }

    /// Why nothing happens, where the spec names something that isn't there.
    private mutating func acceptance(of conversation: Conversation) -> [StyledText] {
        let accepted = conversation.status.conditions[type: ConversationCondition.accepted.rawValue]
        guard let accepted, accepted.status == .false else { return [] }
        let text = "not accepted (\(accepted.reason)): \(accepted.message)"
        guard text != refusal else { return [] }
        refusal = text
        return [StyledText(text, style: .yellow)]
    }

    /// What it waits for before its turn begins.
    private mutating func queue(of conversation: Conversation) -> [StyledText] {
        let running = conversation.status.conditions[type: ConversationCondition.running.rawValue]
        guard conversation.status.queuedSince != nil, let running, running.message != place else { return [] }
        place = running.message
        return [StyledText(place, style: .dim)]
    }

    private mutating func callLines(_ conversation: Conversation) -> [StyledText] {
        let ofTurn = conversation.status.calls.filter { $0.value.turn == turn }
        var lines: [StyledText] = []
        for id in ofTurn.keys.sorted(by: CallOrder.precedes) {
            guard let call = ofTurn[id], calls[id] != call.state else { continue }
            calls[id] = call.state
            if toldCalls.contains(id) || isPhaseTold && !call.state.isFinal { continue }
            lines.append(Self.line(id, call: call))
        }
        return lines
    }

    private static func line(_ id: String, call: CallStatus) -> StyledText {
        let text = "  \(id) \(call.tool) "
        switch call.state {
        case .succeeded: return StyledText(text) + StyledText(call.state.rawValue, style: .green)
        case .failed, .unknown, .denied, .expired, .stale:
            let why = call.result.map { ": \(OneLine.of($0, limit: 200))" } ?? ""
            return StyledText(text) + StyledText(call.state.rawValue, style: .red) + StyledText(why)
        case .waiting:
            let what = call.waitingFor.map { ": \(OneLine.of($0, limit: 200))" } ?? ""
            return StyledText(text) + StyledText(call.state.rawValue + what, style: .dim)
        default: return StyledText(text) + StyledText(call.state.rawValue, style: .dim)
        }
    }

    /// What has become of the steps of a sequence; not each attempt.
    private mutating func stepLines(_ conversation: Conversation) -> [StyledText] {
        guard let progress = conversation.status.progress,
            conversation.status.calls[progress.call]?.turn == turn
        else { return [] }
        let known = steps.call == progress.call ? steps.states : []
        steps = (progress.call, progress.states.map(\.state))
        return progress.states.enumerated().flatMap { position, step -> [StyledText] in
            let was = position < known.count ? known[position] : .pending
            guard step.state != was, [.waiting, .done, .failed, .stale, .unknown].contains(step.state) else {
                return []
            }
            let style: StyledText.Style = step.state == .done ? .green : step.state == .waiting ? .dim : .red
            let why = step.state == .done ? "" : ": \(OneLine.of(step.message, limit: 200))"
            return [
                StyledText("  \(progress.call) \(OneLine.of(progress.titles[position], limit: 200)) ")
                    + StyledText(step.state.rawValue, style: style) + StyledText(why)
            ]
        }
    }

    private mutating func checkLines(_ conversation: Conversation) -> [StyledText] {
        conversation.status.verification.compactMap { check in
            guard checks.insert(check).inserted else { return nil }
            let style: StyledText.Style =
                switch check.verdict {
                case .passed: .green
                case .notChecked: .dim
                case .stillRunning: .yellow
                case .failed, .timedOut, nil: .red
                }
            return StyledText("  \(check.call) checked: \(OneLine.of(check.check, limit: 200)) ")
                + StyledText(check.result, style: style)
        }
    }
}

enum OneLine {
    /// The first line that says something, cut at so many characters.
    static func of(_ text: String, limit: Int) -> String {
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        return line.count > limit ? String(line.prefix(limit)) + "…" : line
    }
}
