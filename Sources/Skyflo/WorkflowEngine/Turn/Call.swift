import KubeModel
import SkyfloAPI

/// A tool call of the model's last reply and how it stands.
package struct Call: Sendable, Hashable {
    /// `c1`, `c2`, … in the order in which the conversation's calls came up; never used twice. The key of its approval.
    package var id: String
    package var modelID: String
    package var tool: String
    package var arguments: String
    package var state: CallState
    package var approval: ApprovalRequest?
    package var decision: Decision?
    /// What the model is told; nil until the call is final.
    package var result: String?
    package var checks: [CheckResult] = []
    package var startedAt: KubeTime
    package var finishedAt: KubeTime?
    /// When its write may first have happened.
    package var writtenAt: KubeTime?
    /// Where a write of several steps stands; nil for one that is sent at once, and before it has begun.
    package internal(set) var sequence: WriteSequence?
    /// What it waits for, or waited for.
    package internal(set) var wait: CallWait?
    /// When that began.
    package internal(set) var waitingSince: KubeTime?
    /// A read that a person has allowed to run (`approval.mode: Always`).
    package var isReadApproved = false
    /// The id of the first of the calls of which at most one is carried out; nil for a call that stands by itself.
    package var alternativeGroup: String?
    /// Its place among the calls of its reply, from 1; 0 for a call of no reply. A call that takes a stale one's place has it too.
    package internal(set) var place = 0
    /// Which of its arguments are from the results of earlier calls; empty before they are found.
    package internal(set) var references: [ArgumentReference] = []

    init(id: String, modelID: String, tool: String, arguments: String, at: KubeTime) {
        self.id = id
        self.modelID = modelID
        self.tool = tool
        self.arguments = arguments
        state = .proposed
        startedAt = at
    }

    mutating func end(_ state: CallState, result: String, at: KubeTime) {
        self.state = state
        self.result = result
        finishedAt = at
    }

    /// Approved, and not begun yet.
    var isReadyToExecute: Bool { state == .awaitingApproval && decision?.approved == true }

    var isWaitingForDecision: Bool { state == .awaitingApproval && decision == nil }
}

/// A message of the dialogue as models see it.
package enum HistoryMessage: Sendable, Hashable {
    case user(String)
    /// `providerData` is that of ``ModelTurn``.
    case assistant(String, calls: [ModelTurn.Call], providerData: JSONValue? = nil)
    case tool(modelID: String, content: String)
    /// What the operator tells the model, and no user has said.
    case note(String)
}
