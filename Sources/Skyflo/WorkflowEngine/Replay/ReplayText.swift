import KubeModel
import SkyfloAPI

/// Facts and actions in a line each, for people who compare them.
extension TurnEvent {
    var summary: String {
        switch self {
        case .turnStarted(let number, let message, _): "turn \(number) begins: \(message.bounded(to: 60))"
        case .undoStarted(let changes): "undo of \(changes.joined(separator: ", ")) begins"
        case .modelReplied(let reply): "the model replies with \(reply.calls.count) calls"
        case .modelFailed: "the model gives no reply"
        case .replyCut: "a reply of the model is cut off"
        case .argumentsResolved(let id, _, _): "the references of \(id) are put in place"
        case .summarized(let messages, _, _): "a model sums up \(messages) messages"
        case .titled(let title, _): "a model titles the conversation: \(title.bounded(to: 60))"
        case .callResolved(let id, let succeeded, _): "\(id) \(succeeded ? "has its result" : "fails or is refused")"
        case .callWaiting(let id, _): "\(id) waits"
        case .approvalRequested(let id, let request):
            "a person is asked about \(id)\(request.isForRead ? ", a read" : "")"
        case .decided(let id, let decision): "\(id) is \(decision.approved ? "approved" : "denied")"
        case .decisionWithdrawn(let id, _): "the decision on \(id) is withdrawn"
        case .approvalExpired(let id): "\(id) expires"
        case .writeStarted(let id): "\(id) is carried out"
        case .wrote(let id, _), .writeEnded(let id, _): "\(id) has an outcome"
        case .stepStarted(let id, let step): "step \(step + 1) of \(id) is carried out"
        case .stepEnded(let id, let step, _): "step \(step + 1) of \(id) has an outcome"
        case .stepSettled(let id, let step, _, _): "step \(step + 1) of \(id) is settled"
        case .verified(let id, _), .checkedAgain(let id, _): "\(id) is checked"
        case .turnEnded(let end): WorkflowStateMachine.Action.end(end).summary
        case .takenOver(let worker, _): "\(worker) takes it over"
        case .disregarded(let count): "entries from \(count + 1) on are disregarded"
        case .restored: "the conversation comes back without its status"
        }
    }
}

extension WorkflowStateMachine.Action {
    var summary: String {
        switch self {
        case .idle: "do nothing: no turn runs"
        case .askModel: "ask the model"
        case .refuse(let id, let why): "refuse \(id): \(why.bounded(to: 200))"
        case .resolveArguments(let id): "put the references of \(id) in place"
        case .prepare(let ids): "run or plan \(ids.joined(separator: ", "))"
        case .askBeforeReading(let ids): "ask a person about the reads \(ids.joined(separator: ", "))"
        case .expire(let id): "let \(id) expire"
        case .execute(let id): "carry out \(id)"
        case .recover(let id): "find out what became of \(id)"
        case .continueSequence(let id): "go on with the steps of \(id)"
        case .verify(let id): "check \(id)"
        case .awaitReads(let ids, _): "wait for \(ids.joined(separator: ", "))"
        case .awaitDecisions: "wait for a person"
        case .end(let end):
            "end the turn: \(end.kind.rawValue) (\(end.reason.rawValue)) "
                + "\((end.answer.isEmpty ? end.message : end.answer).bounded(to: 200))"
        }
    }
}
