import KubeModel
import SkyfloAPI

/// Something that happened in a turn, for whoever follows it.
///
/// Everything in it is bounded and redacted; it holds nothing that a reader of the transcript wouldn't see.
package struct LiveEvent: Sendable, Hashable {
    package var number: EventNumber
    /// nil for those of which there are many, and which come as they happen.
    package var at: KubeTime?
    package var content: Content

    package init(_ number: EventNumber, at: KubeTime? = nil, _ content: Content) {
        self.number = number
        self.at = at
        self.content = content
    }

    package enum Content: Sendable, Hashable {
        case turnStarted(turn: Int, message: String)
        case undoStarted(changes: [String])
        /// The phase as `status.phase` has it.
        case state(phase: String)
        case plan([PlanStepStatus])

        // What the model says.
        case generationStarted(model: String, tools: Int)
        /// Of the turn: milliseconds from the request to the first piece of the reply.
        case firstToken(milliseconds: Int)
        /// `count`: how many pieces of the reply there were with this one.
        case token(String, count: Int)
        case thinking(String)
        case thinkingEnded(text: String, milliseconds: Int)
        /// What came of tokens since the reply began was thinking, or doesn't count: it is said anew.
        case tokensRetracted(reason: String)
        /// The model is writing a call of this tool.
        case toolCallBegan(tool: String)
        /// Nothing comes for so many seconds, because of this. With `restarts` what came of the reply doesn't count.
        case modelWaits(reason: String, seconds: Double, restarts: Bool)
        case generationEnded(GenerationEnd)
        case usage(TokenCounts)
        case modelFailed(message: String)

        // Calls.
        case callsProposed([ProposedCall])
        case callStarted(CallStart)
        case callProgress(CallProgress)
        case callSucceeded(call: String, tool: String, result: String)
        case callFailed(call: String, tool: String, error: String)
        case verified(call: String, [CheckResult])

        // Approvals.
        case approvalRequired(ApprovalNotice)
        case approved(DecisionNotice)
        case denied(DecisionNotice)
        case approvalWithdrawn(call: String, reason: String)
        case approvalExpired(call: String)

        // The end, and what interrupts.
        case completed(TurnResult)
        case failed(TurnResult)
        /// Another worker goes on. What was told after `after` and before this doesn't count.
        case takenOver(worker: String, after: EventNumber)
        /// The conversation came back without its status.
        case restored(note: String)
    }
}

/// How a reply of the model ended.
package struct GenerationEnd: Sendable, Hashable {
    package var model = ""
    /// The whole text, bounded.
    package var content = ""
    package var toolCalls = 0
    /// `complete`, `truncated` or `filtered`.
    package var finish = ""

    package init() {}
}

/// Of one reply.
package struct TokenCounts: Sendable, Hashable {
    package var model = ""
    package var prompt = 0
    package var completion = 0
    package var cached = 0
    package var reasoning = 0
    /// What of prompt and completion is an estimate, because the reply was cut off before the provider had counted it.
    package var estimated = 0

    package init() {}
}

/// A call that the model asks for.
package struct ProposedCall: Sendable, Hashable {
    package var id = ""
    package var tool = ""
    /// JSON as the model wrote it, redacted and bounded.
    package var arguments = ""

    package init(id: String = "", tool: String = "", arguments: String = "") {
        self.id = id
        self.tool = tool
        self.arguments = arguments
    }
}

/// Something is done for a call.
package struct CallStart: Sendable, Hashable {
    package var call: ProposedCall
    /// What was approved is written from here on; otherwise it is read, or a write is tried without effect.
    package var isWrite: Bool

    package init(_ call: ProposedCall = ProposedCall(), isWrite: Bool = false) {
        self.call = call
        self.isWrite = isWrite
    }
}

/// How far a call is.
package struct CallProgress: Sendable, Hashable {
    package var call = ""
    package var tool = ""
    package var message = ""
    /// From 1; nil for what isn't done in steps.
    package var step: Int?
    package var steps: Int?
    /// When what it waits for is given up; nil for what waits for nothing.
    package var until: KubeTime?
    /// A further piece of what it writes while it runs; the result has it too. nil for none.
    package var output: String?

    package init(call: String = "", tool: String = "", message: String = "", output: String? = nil) {
        self.call = call
        self.tool = tool
        self.message = message
        self.output = output
    }
}

/// A person has to decide.
package struct ApprovalNotice: Sendable, Hashable {
    package var call = ProposedCall()
    package var summary = ""
    package var risk = ""
    package var warnings: [String] = []
    package var preview = ""
    package var digest = ""
    package var expiresAt = KubeTime(microseconds: 0)

    package init() {}
}

/// What was decided about a call, and by whom.
package struct DecisionNotice: Sendable, Hashable {
    package var call = ""
    package var tool = ""
    package var by = ""
    package var reason = ""

    package init() {}
}

/// How a turn ended.
package struct TurnResult: Sendable, Hashable {
    /// `completed`, `stopped` or `error`.
    package var status = ""
    /// A word of the API, as `status.reason` has it.
    package var reason = ""
    package var message = ""
    package var answer = ""
    /// Without what a person took to decide.
    package var milliseconds = 0

    package init() {}
}
