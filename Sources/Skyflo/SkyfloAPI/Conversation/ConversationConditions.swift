/// The condition types of a Conversation, all present from the first status write on, so that `kubectl wait` works on each.
package enum ConversationCondition: String, Sendable, CaseIterable {
    /// False while something that the spec names is missing; the reason says what.
    case accepted = "Accepted"
    /// True while a turn is being worked on, also while it waits for a person.
    case running = "Running"
    /// True while at least one call waits for a decision.
    case approvalRequired = "ApprovalRequired"
    /// True when the last turn ended with an answer and no message is left.
    case completed = "Completed"
    /// True when the last turn ended without an answer.
    case failed = "Failed"
}

/// Why a Conversation isn't accepted or a turn ended. CamelCase, as conditions want it.
package enum ConversationReason: String, Sendable, JSONCodable {
    case accepted = "Accepted"
    case skyfloAINotFound = "SkyfloAINotFound"
    case skyfloAIAmbiguous = "SkyfloAIAmbiguous"
    case modelNotFound = "ModelNotFound"
    case secretForbidden = "SecretForbidden"
    case secretNotFound = "SecretNotFound"
    case serviceAccountNotFound = "ServiceAccountNotFound"
    case serviceAccountRefused = "ServiceAccountRefused"
    case toolsetNotFound = "ToolsetNotFound"
    case skyfloAIStopped = "SkyfloAIStopped"
    case invalidSpec = "InvalidSpec"

    /// The SkyfloAI's limits let no further turn run now.
    case turnQueued = "TurnQueued"
    case working = "Working"
    case waitingForApproval = "WaitingForApproval"
    /// Somebody decided, and that alone isn't enough: the message says what is missing.
    case approvalIncomplete = "ApprovalIncomplete"
    case answered = "Answered"
    case noMessage = "NoMessageLeft"
    case stopped = "Stopped"
    /// The object came back without its status, or with that of another: its messages aren't carried out again.
    case restored = "Restored"
    case undone = "Undone"
    case undoFailed = "UndoFailed"
    case modelFailed = "ModelFailed"
    /// The model's endpoint lets us wait, or is asked again: the message says why and until when.
    case waitingForModel = "WaitingForModel"
    /// The model doesn't use the tool interface.
    case toolCallsAsText = "ToolCallsAsText"
    /// The model repeated itself, and had no answer when asked for one.
    case noProgress = "NoProgress"
    case replyTruncated = "ReplyTruncated"
    case modelTurnLimit = "ModelTurnLimitReached"
    case tokenLimit = "TokenLimitReached"
    case toolCallLimit = "ToolCallLimitReached"
    case writeLimit = "WriteLimitReached"
    case turnTimeout = "TurnTimeout"
    case transcriptLost = "TranscriptLost"
    /// It is where an earlier version kept it, and the operator may not move it from there.
    case transcriptNotMoved = "TranscriptNotMoved"
    case outcomeUnknown = "OutcomeUnknown"
    case internalError = "InternalError"
}
