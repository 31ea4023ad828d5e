import KubeModel
import SkyfloAPI
import WorkflowEngine

/// A transcript for people.
struct TranscriptText {
    private var turn = 0

    /// - Parameter only: the turn that is wanted; nil for all.
    mutating func lines(_ entries: [TranscriptChain.Entry], only wanted: Int? = nil) -> [StyledText] {
        entries.flatMap { entry in
            let lines = lines(of: entry)
            return wanted == nil || wanted == turn ? lines : []
        }
    }

    private mutating func lines(of entry: TranscriptChain.Entry) -> [StyledText] {
        switch entry.event {
        case .turnStarted(let number, let message, _):
            turn = number
            return [
                "", StyledText("── turn \(number), \(entry.at)", style: .dim),
                StyledText("you: ", style: .bold) + message.styled,
            ]
        case .undoStarted(let changes):
            return ["", StyledText("── undo of \(changes.joined(separator: ", ")), \(entry.at)", style: .dim)]
        case .modelReplied(let reply): return self.lines(of: reply)
        case .modelFailed(let message, _): return [StyledText("the model failed: \(message)", style: .red)]
        case .replyCut(let model, let usage):
            let count = usage.estimated.total > 0 ? "about \(usage.total)" : "\(usage.total)"
            return [StyledText("a reply of \(model) was cut off; it took \(count) tokens", style: .dim)]
        case .argumentsResolved(let id, _, let references):
            return references.map { StyledText("\(id): \($0.text)", style: .dim) }
        case .summarized(_, let text, _):
            return [StyledText("the model summed up what is before:", style: .dim)] + indented(text)
        case .titled(let title, _): return [StyledText("title: \(title)", style: .dim)]
        case .callResolved(let id, let succeeded, let result):
            return [StyledText("\(id) \(succeeded ? "→" : "failed →") ", style: succeeded ? .dim : .red)]
                + indented(result)
        case .callWaiting(let id, let wait):
            return [StyledText("\(id) waits for \(wait.title) until \(wait.until)", style: .dim)]
        case .approvalRequested(let id, let request):
            return [StyledText("\(id) needs an approval: \(request.summary) (risk \(request.risk))", style: .yellow)]
                + DiffText.lines(request.wholePreview ?? request.preview).map { "    " + $0 }
        case .decided(let id, let decision):
            let verb = decision.approved ? "approved" : "denied"
            let why = decision.reason.isEmpty ? "" : ": \(decision.reason)"
            return [StyledText("\(id) \(verb) by \(decision.by), \(entry.at)\(why)", style: .bold)]
        case .decisionWithdrawn(let id, let reason): return [StyledText("\(id) waits again: \(reason)", style: .yellow)]
        case .approvalExpired(let id): return [StyledText("\(id) was not decided in time", style: .red)]
        case .writeStarted(let id): return [StyledText("\(id) is being written, \(entry.at)", style: .dim)]
        case .wrote(let id, let uids): return [StyledText("\(id) has done \(uids.count) of its requests", style: .dim)]
        case .writeEnded(let id, let outcome): return [StyledText("\(id) \(Self.text(outcome))")]
        case .stepStarted(let id, let step): return [StyledText("\(id) step \(step + 1) is being written", style: .dim)]
        case .stepEnded(let id, let step, let outcome):
            return [StyledText("\(id) step \(step + 1) \(Self.text(outcome))", style: .dim)]
        case .stepSettled(let id, let step, let succeeded, let evidence):
            return [StyledText("\(id) step \(step + 1) \(succeeded ? "is done" : "failed"): \(evidence)", style: .dim)]
        case .verified(let id, let checks), .checkedAgain(let id, let checks):
            return checks.map { StyledText("\(id) checked: \($0.check) \($0.verdict.rawValue) \($0.evidence)") }
        case .takenOver(let worker, let epoch):
            return [StyledText("\(worker) took it over (epoch \(epoch)), \(entry.at)", style: .dim)]
        case .turnEnded(let end): return Self.lines(of: end)
        case .restored(_, _, _, let note): return [StyledText("── \(note), \(entry.at)", style: .yellow)]
        case .disregarded(let count):
            return [StyledText("── the entries from \(count + 1) up to here do not count, \(entry.at)", style: .yellow)]
        }
    }

    private mutating func lines(of reply: ModelTurn) -> [StyledText] {
        var lines: [StyledText] = []
        if !reply.content.isEmpty, !reply.calls.isEmpty {
            lines.append(StyledText("co-pilot: ", style: .bold) + reply.content.styled)
        }
        let runbooks = reply.context?.runbooks ?? []
        if !runbooks.isEmpty {
            lines.append(StyledText("with the runbooks \(runbooks.joined(separator: ", "))", style: .dim))
        }
        return lines + reply.calls.map { StyledText("calls \($0.tool) \($0.arguments)", style: .cyan) }
    }

    private static func lines(of end: TurnEnd) -> [StyledText] {
        if !end.answer.isEmpty { return [StyledText("co-pilot: ", style: .bold) + end.answer.styled] }
        let message = end.message.isEmpty ? "" : ": \(end.message)"
        return [StyledText("\(end.kind.rawValue) (\(end.reason.rawValue))\(message)", style: .red)]
    }

    private static func text(_ outcome: WriteOutcome) -> String {
        switch outcome {
        case .applied(let text, _): "was written: \(text)"
        case .failed(let text): "was carried out and failed: \(text)"
        case .stale(let text): "was not written, because its target changed: \(text)"
        case .rejected(let text): "was refused: \(text)"
        case .postponed(let text): "was not written yet: \(text)"
        case .notDone: "was not written yet"
        case .unknown(let text): "may have been written: \(text)"
        }
    }

    private func indented(_ text: String) -> [StyledText] {
        text.unicodeScalars.split(separator: "\n").map {
            StyledText("    \(String(String.UnicodeScalarView($0)))", style: .dim)
        }
    }
}
