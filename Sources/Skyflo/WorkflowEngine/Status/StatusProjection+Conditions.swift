import KubeModel
import SkyfloAPI

extension StatusProjection {
    /// All condition types, each with a reason and a message that fit the state.
    func conditions() -> [Condition] {
        var conditions = conversation.status.conditions
        let waits = machine.pendingApprovals
        let working: ConversationReason =
            wait != nil ? .waitingForModel : waits.isEmpty ? .working : .waitingForApproval
        set(
            &conditions, type: .accepted, isTrue: notAccepted == nil, reason: notAccepted?.reason ?? .accepted,
            message: notAccepted?.message ?? "everything that the spec names exists")
        let idle = queued.map { (ConversationReason.turnQueued, $0.message) } ?? (endReason, "no turn runs")
        set(
            &conditions, type: .running, isTrue: machine.isRunning, reason: machine.isRunning ? working : idle.0,
            message: machine.isRunning ? runningMessage : idle.1)
        let asked: ConversationReason =
            waits.contains { incomplete[$0.id] != nil } ? .approvalIncomplete : .waitingForApproval
        set(
            &conditions, type: .approvalRequired, isTrue: !waits.isEmpty, reason: waits.isEmpty ? endReason : asked,
            message: waits.isEmpty ? "no call waits for a decision" : waits.map(line).joined(separator: "\n"))
        let isDone = !machine.isRunning && !hasMessageLeft
        set(
            &conditions, type: .completed, isTrue: isDone && machine.ended?.kind == .completed, reason: endReason,
            message: machine.ended?.kind == .completed
                ? "turn \(machine.turn) is answered" : "the last turn has no answer")
        // Of a restored conversation no turn was begun, so none has failed.
        let isFailure = machine.ended.map { $0.kind != .completed && $0.reason != .restored } ?? false
        set(
            &conditions, type: .failed, isTrue: isDone && isFailure, reason: endReason,
            message: machine.ended.flatMap { $0.kind == .completed ? nil : $0.message } ?? "nothing failed")
        return conditions
    }

    private var runningMessage: String {
        let waits = machine.calls.filter { $0.state == .waiting }.compactMap { call in
            call.wait.map { "\(call.id) waits for \($0.title) until \($0.until)" }
        }
        let turn = "turn \(machine.turn) of \(conversation.spec.turns)" + (wait.map { ": \($0)" } ?? "")
        return ([turn] + waits).joined(separator: "\n")
    }

    /// Why the phase is what it is, where the phase alone doesn't say: something is missing, the turn ended without a
    /// plain answer, or a decision isn't enough. It stands in a column of `kubectl get`.
    var reason: ConversationReason? {
        if let notAccepted { return notAccepted.reason }
        if queued != nil, !machine.isRunning { return .turnQueued }
        if machine.isRunning {
            if wait != nil { return .waitingForModel }
            return incomplete.isEmpty || machine.pendingApprovals.isEmpty ? nil : .approvalIncomplete
        }
        if conversation.spec.stop, !machine.waitingMessages(of: conversation.spec).isEmpty { return .stopped }
        return machine.ended.flatMap { $0.reason == .answered ? nil : $0.reason }
    }

    /// A message that would run now: none is while the conversation is stopped.
    private var hasMessageLeft: Bool {
        !conversation.spec.stop && !machine.waitingMessages(of: conversation.spec).isEmpty
    }

    private var endReason: ConversationReason {
        machine.isRunning ? .working : machine.ended?.reason ?? .noMessage
    }

    private func line(_ call: Call) -> String {
        let missing = incomplete[call.id].map { " (\($0))" } ?? ""
        return "\(call.id): \(call.approval?.summary ?? call.tool)\(missing)"
    }

    private func set(
        _ conditions: inout [Condition], type: ConversationCondition, isTrue: Bool, reason: ConversationReason,
        message: String
    ) {
        conditions.set(
            Condition(
                type: type.rawValue, status: isTrue ? .true : .false, reason: reason.rawValue,
                message: message.bounded(to: Budget.message), observedGeneration: conversation.object.generation,
                lastTransitionTime: now))
    }
}
