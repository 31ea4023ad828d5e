import SkyfloAPI

extension LiveEvent {
    /// What an event is called, in its `type` and as the name of the server-sent event.
    package enum Kind: String, Sendable, CaseIterable, JSONCodable {
        case turnStarted = "turn.started"
        case undoStarted = "undo.started"
        case state = "state"
        case plan = "plan"
        case generationStarted = "generation.start"
        case firstToken = "ttft"
        case token = "token"
        case thinking = "thinking"
        case thinkingEnded = "thinking.complete"
        case tokensRetracted = "token.retracted"
        case toolCallBegan = "tool.writing"
        case modelWaits = "transient_error"
        case generationEnded = "generation.complete"
        case usage = "token.usage"
        case modelFailed = "generation.error"
        case callsProposed = "tools.pending"
        case callStarted = "tool.executing"
        case callProgress = "tool.progress"
        case callSucceeded = "tool.result"
        case callFailed = "tool.error"
        case verified = "tool.verified"
        case approvalRequired = "tool.awaiting_approval"
        case approved = "tool.approved"
        case denied = "tool.denied"
        case approvalWithdrawn = "approval.withdrawn"
        case approvalExpired = "approval.expired"
        case completed = "completed"
        case failed = "workflow.error"
        case takenOver = "takeover"
        case restored = "restored"
    }
}

extension LiveEvent.Content {
    var kind: LiveEvent.Kind {
        switch self {
        case .turnStarted: .turnStarted
        case .undoStarted: .undoStarted
        case .state: .state
        case .plan: .plan
        case .generationStarted: .generationStarted
        case .firstToken: .firstToken
        case .token: .token
        case .thinking: .thinking
        case .thinkingEnded: .thinkingEnded
        case .tokensRetracted: .tokensRetracted
        case .toolCallBegan: .toolCallBegan
        case .modelWaits: .modelWaits
        case .generationEnded: .generationEnded
        case .usage: .usage
        case .modelFailed: .modelFailed
        case .callsProposed: .callsProposed
        case .callStarted: .callStarted
        case .callProgress: .callProgress
        case .callSucceeded: .callSucceeded
        case .callFailed: .callFailed
        case .verified: .verified
        case .approvalRequired: .approvalRequired
        case .approved: .approved
        case .denied: .denied
        case .approvalWithdrawn: .approvalWithdrawn
        case .approvalExpired: .approvalExpired
        case .completed: .completed
        case .failed: .failed
        case .takenOver: .takenOver
        case .restored: .restored
        }
    }

    /// With nothing in it, as a reader begins.
    static func blank(_ kind: LiveEvent.Kind) -> LiveEvent.Content {
        switch kind {
        case .turnStarted: .turnStarted(turn: 0, message: "")
        case .undoStarted: .undoStarted(changes: [])
        case .state: .state(phase: "")
        case .plan: .plan([])
        case .generationStarted: .generationStarted(model: "", tools: 0)
        case .firstToken: .firstToken(milliseconds: 0)
        case .token: .token("", count: 0)
        case .thinking: .thinking("")
        case .thinkingEnded: .thinkingEnded(text: "", milliseconds: 0)
        case .tokensRetracted: .tokensRetracted(reason: "")
        case .toolCallBegan: .toolCallBegan(tool: "")
        case .modelWaits: .modelWaits(reason: "", seconds: 0, restarts: false)
        case .generationEnded: .generationEnded(GenerationEnd())
        case .usage: .usage(TokenCounts())
        case .modelFailed: .modelFailed(message: "")
        case .callsProposed: .callsProposed([])
        case .callStarted: .callStarted(CallStart())
        case .callProgress: .callProgress(CallProgress())
        case .callSucceeded: .callSucceeded(call: "", tool: "", result: "")
        case .callFailed: .callFailed(call: "", tool: "", error: "")
        case .verified: .verified(call: "", [])
        case .approvalRequired: .approvalRequired(ApprovalNotice())
        case .approved: .approved(DecisionNotice())
        case .denied: .denied(DecisionNotice())
        case .approvalWithdrawn: .approvalWithdrawn(call: "", reason: "")
        case .approvalExpired: .approvalExpired(call: "")
        case .completed: .completed(TurnResult())
        case .failed: .failed(TurnResult())
        case .takenOver: .takenOver(worker: "", after: .zero)
        case .restored: .restored(note: "")
        }
    }
}
