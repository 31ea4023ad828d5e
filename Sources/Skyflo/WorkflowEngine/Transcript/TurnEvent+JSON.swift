import KubeModel
import SkyfloAPI

/// How events lie in the transcript. Readers ignore members that they don't know; an event of an unknown type makes the
/// transcript unreadable for this version (it may matter), never silently shorter.
extension TurnEvent {
    var json: JSONValue {
        var members = JSONMembers()
        var kind = kind
        var event = self
        members.require(&kind, as: Kind.member)
        event.code(&members)
        return .object(members.written)
    }

    /// nil for what isn't an event of this version.
    init?(json: JSONValue) {
        var members = JSONMembers(reading: json)
        var kind = Kind.turnStarted
        members.require(&kind, as: Kind.member)
        self = Self.blank(kind)
        code(&members)
        guard members.isReadable else { return nil }
    }

    private mutating func code(_ members: inout JSONMembers) {
        if !codeTurn(&members), !codeDecision(&members) { codeWrite(&members) }
    }

    /// - Returns: false for an event of another kind, as the others below.
    private mutating func codeTurn(_ members: inout JSONMembers) -> Bool {
        switch self {
        case .turnStarted(var number, var message, var followUp):
            members.code(&number, as: "number")
            members.code(&message, as: "message")
            members.code(&followUp, as: "followUp")
            self = .turnStarted(number: number, message: message, followUp: followUp)
        case .undoStarted(var changes):
            members.code(&changes, as: "changes")
            self = .undoStarted(changes: changes)
        case .modelReplied(var reply):
            reply.code(&members)
            self = .modelReplied(reply)
        case .modelFailed(var message, var usage):
            members.code(&message, as: "message")
            members.code(&usage, as: "usage", omitting: ModelTurn.Usage())
            self = .modelFailed(message, usage: usage)
        case .replyCut(var model, var usage):
            members.code(&model, as: "model")
            members.code(&usage, as: "usage")
            self = .replyCut(model: model, usage)
        case .turnEnded(var end):
            end.code(&members)
            self = .turnEnded(end)
        case .summarized(var messages, var text, var usage):
            members.require(&messages, as: "messages") { $0 > 0 }
            members.code(&text, as: "text")
            members.code(&usage, as: "usage")
            self = .summarized(messages: messages, text: text, usage)
        case .titled(var title, var usage):
            members.code(&title, as: "title")
            members.code(&usage, as: "usage")
            self = .titled(title, usage)
        case .takenOver(var worker, var epoch):
            members.code(&worker, as: "worker")
            members.code(&epoch, as: "epoch")
            self = .takenOver(worker: worker, epoch: epoch)
        case .disregarded(var count):
            members.require(&count, as: "after") { $0 >= 0 }
            self = .disregarded(after: count)
        case .restored(var messages, var followUps, var undos, var note):
            members.require(&messages, as: "messages") { $0 > 0 }
            members.code(&followUps, as: "followUps")
            members.code(&undos, as: "undos")
            members.code(&note, as: "note")
            self = .restored(messages: messages, followUps: followUps, undos: undos, note: note)
        default: return false
        }
        return true
    }

    private mutating func codeDecision(_ members: inout JSONMembers) -> Bool {
        switch self {
        case .argumentsResolved(var id, var arguments, var references):
            members.code(&id, as: Self.id)
            members.require(&arguments, as: "arguments")
            members.code(&references, as: "references")
            self = .argumentsResolved(id: id, arguments: arguments, references: references)
        case .callResolved(var id, var succeeded, var result):
            members.code(&id, as: Self.id)
            members.code(&succeeded, as: "succeeded")
            members.code(&result, as: "result")
            self = .callResolved(id: id, succeeded: succeeded, result: result)
        case .callWaiting(var id, var wait):
            members.code(&id, as: Self.id)
            wait.code(&members)
            self = .callWaiting(id: id, wait)
        case .approvalRequested(var id, var request):
            members.code(&id, as: Self.id)
            members.require(&request, as: "request")
            self = .approvalRequested(id: id, request)
        case .decided(var id, var decision):
            members.code(&id, as: Self.id)
            decision.code(&members)
            self = .decided(id: id, decision)
        case .decisionWithdrawn(var id, var reason):
            members.code(&id, as: Self.id)
            members.code(&reason, as: "reason")
            self = .decisionWithdrawn(id: id, reason: reason)
        case .approvalExpired(var id):
            members.code(&id, as: Self.id)
            self = .approvalExpired(id: id)
        case .verified(var id, var checks):
            members.code(&id, as: Self.id)
            members.code(&checks, as: Self.checks)
            self = .verified(id: id, checks)
        case .checkedAgain(var id, var checks):
            members.code(&id, as: Self.id)
            members.code(&checks, as: Self.checks)
            self = .checkedAgain(id: id, checks)
        default: return false
        }
        return true
    }

    private mutating func codeWrite(_ members: inout JSONMembers) {
        switch self {
        case .writeStarted(var id):
            members.code(&id, as: Self.id)
            self = .writeStarted(id: id)
        case .wrote(var id, var uids):
            members.code(&id, as: Self.id)
            members.code(&uids, as: "uids")
            self = .wrote(id: id, uids: uids)
        case .writeEnded(var id, var outcome):
            members.code(&id, as: Self.id)
            outcome.code(&members, hasUID: false)
            self = .writeEnded(id: id, outcome)
        case .stepStarted(var id, var step):
            members.code(&id, as: Self.id)
            members.require(&step, as: Self.step)
            self = .stepStarted(id: id, step: step)
        case .stepEnded(var id, var step, var outcome):
            members.code(&id, as: Self.id)
            members.require(&step, as: Self.step)
            outcome.code(&members, hasUID: true)
            self = .stepEnded(id: id, step: step, outcome)
        case .stepSettled(var id, var step, var succeeded, var evidence):
            members.code(&id, as: Self.id)
            members.require(&step, as: Self.step)
            members.code(&succeeded, as: "succeeded")
            members.code(&evidence, as: "evidence")
            self = .stepSettled(id: id, step: step, succeeded: succeeded, evidence: evidence)
        default: break
        }
    }

    // Members that several kinds have.
    private static let id = "id"
    private static let step = "step"
    private static let checks = "checks"
}

// MARK: - Kinds

extension TurnEvent {
    private enum Kind: String, JSONCodable {
        case turnStarted = "TurnStarted"
        case undoStarted = "UndoStarted"
        case modelReplied = "ModelReplied"
        case modelFailed = "ModelFailed"
        case replyCut = "ReplyCut"
        case argumentsResolved = "ArgumentsResolved"
        case summarized = "Summarized"
        case titled = "Titled"
        case callResolved = "CallResolved"
        case callWaiting = "CallWaiting"
        case approvalRequested = "ApprovalRequested"
        case decided = "Decided"
        case decisionWithdrawn = "DecisionWithdrawn"
        case approvalExpired = "ApprovalExpired"
        case writeStarted = "WriteStarted"
        case wrote = "Wrote"
        case writeEnded = "WriteEnded"
        case stepStarted = "StepStarted"
        case stepEnded = "StepEnded"
        case stepSettled = "StepSettled"
        case verified = "Verified"
        case checkedAgain = "CheckedAgain"
        case turnEnded = "TurnEnded"
        case takenOver = "TakenOver"
        case disregarded = "Disregarded"
        case restored = "Restored"

        static let member = "type"
    }

    private var kind: Kind {
        switch self {
        case .turnStarted: .turnStarted
        case .undoStarted: .undoStarted
        case .modelReplied: .modelReplied
        case .modelFailed: .modelFailed
        case .replyCut: .replyCut
        case .argumentsResolved: .argumentsResolved
        case .summarized: .summarized
        case .titled: .titled
        case .callResolved: .callResolved
        case .callWaiting: .callWaiting
        case .approvalRequested: .approvalRequested
        case .decided: .decided
        case .decisionWithdrawn: .decisionWithdrawn
        case .approvalExpired: .approvalExpired
        case .writeStarted: .writeStarted
        case .wrote: .wrote
        case .writeEnded: .writeEnded
        case .stepStarted: .stepStarted
        case .stepEnded: .stepEnded
        case .stepSettled: .stepSettled
        case .verified: .verified
        case .checkedAgain: .checkedAgain
        case .turnEnded: .turnEnded
        case .takenOver: .takenOver
        case .disregarded: .disregarded
        case .restored: .restored
        }
    }

    /// With nothing in it, as a reader begins.
    private static func blank(_ kind: Kind) -> TurnEvent {
        switch kind {
        case .turnStarted: .turnStarted(number: 0, message: "")
        case .undoStarted: .undoStarted(changes: [])
        case .modelReplied: .modelReplied(ModelTurn())
        case .modelFailed: .modelFailed("")
        case .replyCut: .replyCut(model: "", .init())
        case .argumentsResolved: .argumentsResolved(id: "", arguments: "", references: [])
        case .summarized: .summarized(messages: 0, text: "", .init())
        case .titled: .titled("", .init())
        case .callResolved: .callResolved(id: "", succeeded: false, result: "")
        case .callWaiting: .callWaiting(id: "", CallWait())
        case .approvalRequested: .approvalRequested(id: "", ApprovalRequest())
        case .decided: .decided(id: "", Decision())
        case .decisionWithdrawn: .decisionWithdrawn(id: "", reason: "")
        case .approvalExpired: .approvalExpired(id: "")
        case .writeStarted: .writeStarted(id: "")
        case .wrote: .wrote(id: "", uids: [])
        case .writeEnded: .writeEnded(id: "", .notDone)
        case .stepStarted: .stepStarted(id: "", step: 0)
        case .stepEnded: .stepEnded(id: "", step: 0, .notDone)
        case .stepSettled: .stepSettled(id: "", step: 0, succeeded: false, evidence: "")
        case .verified: .verified(id: "", [])
        case .checkedAgain: .checkedAgain(id: "", [])
        case .turnEnded: .turnEnded(TurnEnd())
        case .takenOver: .takenOver(worker: "", epoch: 0)
        case .disregarded: .disregarded(after: 0)
        case .restored: .restored(messages: 0, undos: 0, note: "")
        }
    }
}
