import ConversationAccess
import KubeModel
import SkyfloAPI

/// What an MCP client is shown of a conversation: how it stands, what waits for a decision, what came of it.
struct ConversationView {
    let conversation: Conversation
    /// Of status.turn or a later one that hasn't begun.
    let turn: Int

    enum State: Hashable {
        case running
        case waitsForDecision
        case ended
    }

    init(_ conversation: Conversation, turn: Int? = nil) {
        self.conversation = conversation
        self.turn = turn ?? conversation.status.turn
    }

    private var status: ConversationStatus { conversation.status }

    var state: State {
        if status.turn > turn { return .ended }
        if status.turn == turn, status.phase?.isTerminal == true { return .ended }
        // One that was stopped takes up nothing new.
        if status.turn < turn, conversation.spec.stop, status.isTurnEnded, status.phase != nil { return .ended }
        return status.turn == turn && !conversation.pendingApprovals.isEmpty ? .waitsForDecision : .running
    }

    /// Why the turn has no answer: of a turn that failed or was stopped.
    private var failure: String? {
        guard status.turn == turn, let phase = status.phase, phase == .failed || phase == .stopped else { return nil }
        let condition = status.conditions[type: phase == .failed ? "Failed" : "Completed"]
        return [phase.rawValue, condition?.message].compactMap(\.self).filter { !$0.isEmpty }.joined(separator: ": ")
    }

    private var answer: String? { status.turn == turn && state == .ended ? status.answer : nil }

    /// In few words, of a turn that goes on: for progress.
    var progress: String {
        let call = status.calls.filter { !$0.value.state.isFinal }.max { CallOrder.precedes($0.key, $1.key) }
        return [status.phase?.rawValue ?? "Waiting for the operator", call.map { "\($0.key) \($0.value.tool)" }]
            .compactMap(\.self).joined(separator: ", ")
    }

    var json: JSONValue {
        .compact([
            "name": .string(conversation.object.name), "namespace": .string(conversation.namespace),
            "turn": JSONValue(turn), "phase": .string(status.phase?.rawValue ?? "Pending"),
            "state": .string(stateWord), "title": status.title.map(JSONValue.string),
            "answer": answer.map(JSONValue.string), "failure": failure.map(JSONValue.string),
            "plan": status.plan.isEmpty
                ? nil : .array(status.plan.map { ["step": .string($0.text), "state": .string($0.state.rawValue)] }),
            "pendingApprovals": .array(conversation.pendingApprovals.map { ApprovalView(entry: $0).json }),
            "verification": .array(
                status.verification.map {
                    [
                        "call": .string($0.call), "check": .string($0.check), "result": .string($0.result),
                        "evidence": .string($0.evidence),
                    ]
                }),
            "changes": .array(
                status.changes.map { change in
                    .compact([
                        "id": .string(change.id), "summary": .string(change.summary),
                        "undoneBy": change.undoneBy.map(JSONValue.string),
                    ])
                }),
        ])
    }

    private var stateWord: String {
        switch state {
        case .running: "Running"
        case .waitsForDecision: "WaitsForDecision"
        case .ended: "Ended"
        }
    }

    /// For a person and a model.
    var text: String {
        let name = "conversation \(conversation.object.name) in namespace \(conversation.namespace)"
        var lines: [String] = []
        switch state {
        case .ended:
            lines = [answer ?? failure ?? "The turn ended without an answer."]
            if answer != nil, let failure { lines.append(failure) }
        case .waitsForDecision:
            lines.append("Waits for a person's decision. Nothing was changed yet.")
            for entry in conversation.pendingApprovals { lines.append(ApprovalView(entry: entry).text) }
        case .running: lines.append("Still at work: \(progress). Look again with conversation_wait.")
        }
        return (lines + ["(\(name), turn \(turn))"]).joined(separator: "\n\n")
    }

    static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "name": ["type": "string"], "namespace": ["type": "string"], "turn": ["type": "integer"],
            "phase": ["type": "string"],
            "state": ["type": "string", "enum": ["Running", "WaitsForDecision", "Ended"]],
            "title": ["type": "string"], "answer": ["type": "string"], "failure": ["type": "string"],
            "plan": ["type": "array", "items": ["type": "object"]],
            "pendingApprovals": ["type": "array", "items": ApprovalView.schema],
            "verification": ["type": "array", "items": ["type": "object"]],
            "changes": ["type": "array", "items": ["type": "object"]],
        ],
        "required": ["name", "namespace", "turn", "phase", "state", "pendingApprovals"],
    ]
}

/// A call that waits for a decision, whole: what would be sent, and what it would change.
struct ApprovalView {
    let entry: PendingApproval

    private var approval: Approval { entry.approval }
    private var requests: [String] {
        approval.requests.flatMap { StoredWrite(json: $0)?.lines ?? [JSONWriter.string($0)] }
    }

    var json: JSONValue {
        .compact([
            "call": .string(entry.id), "tool": .string(approval.tool),
            "summary": .string(approval.summary ?? approval.tool), "risk": approval.risk.map(JSONValue.string),
            "requests": JSONValue(requests), "preview": .string(approval.preview),
            "warnings": JSONValue(approval.warnings), "touches": JSONValue(approval.touches),
            "alternatives": JSONValue(approval.alternatives), "digest": .string(entry.digest),
            "isIntact": .bool(entry.isIntact), "waitingFor": approval.waitingFor.map(JSONValue.string),
            "expiresAt": approval.expiresAt.map { .string("\($0)") },
        ])
    }

    var text: String {
        var lines = ["\(entry.id): \(approval.summary ?? approval.tool) (risk \(approval.risk ?? "unknown"))"]
        lines += requests
        if !approval.preview.isEmpty { lines.append(approval.preview) }
        lines += approval.touches.map { "touches: \($0)" } + approval.warnings.map { "warning: \($0)" }
        if !approval.alternatives.isEmpty {
            lines.append("alternative to \(approval.alternatives.joined(separator: ", "))")
        }
        if let waitingFor = approval.waitingFor { lines.append("not decided: \(waitingFor)") }
        if !entry.isIntact { lines.append("warning: it was changed after the operator wrote it; it will be refused") }
        return (lines + ["digest \(entry.digest)"]).joined(separator: "\n")
    }

    static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "call": ["type": "string"], "tool": ["type": "string"], "summary": ["type": "string"],
            "risk": ["type": "string"], "requests": ["type": "array", "items": ["type": "string"]],
            "preview": ["type": "string"], "digest": ["type": "string"],
        ],
        "required": ["call", "tool", "summary", "requests", "preview", "digest"],
    ]
}
