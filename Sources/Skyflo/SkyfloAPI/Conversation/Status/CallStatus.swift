import KubeModel

/// How a tool call stands: an entry of `status.calls`.
package struct CallStatus: Sendable, Hashable {
    package var tool = ""
    package var turn = 0
    /// Unknown also where it's one that this version doesn't know.
    package var state = CallState.unknown
    /// As the model wrote them, without credentials; nil where they are too long.
    package var arguments: String?
    package var summary: String?
    package var startedAt: KubeTime?
    package var finishedAt: KubeTime?
    package var result: String?
    /// Of a read that waits: for what, and until when.
    package var waitingFor: String?
    package var waitingUntil: KubeTime?

    package init() {}
}

extension CallStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&tool, as: "tool")
        members.code(&turn, as: "turn")
        members.code(&state, as: "state")
        members.code(&arguments, as: "arguments")
        members.code(&summary, as: "summary")
        members.code(&startedAt, as: "startedAt")
        members.code(&finishedAt, as: "finishedAt")
        members.code(&result, as: "result")
        members.code(&waitingFor, as: "waitingFor")
        members.code(&waitingUntil, as: "waitingUntil")
    }
}

/// How a tool call stands.
package enum CallState: String, Sendable, JSONCodable {
    /// The model asked for it; nothing has happened yet. → AwaitingApproval, Waiting, Executing, Succeeded,
    /// Failed, Cancelled
    case proposed = "Proposed"
    /// A read that has to wait for something. → Succeeded, Failed, Cancelled
    case waiting = "Waiting"
    /// → Executing (approved), Denied, Expired, Cancelled
    case awaitingApproval = "AwaitingApproval"
    /// A write may be under way. → Verifying, Succeeded, Failed, Stale, Unknown; never Cancelled
    case executing = "Executing"
    /// The write was done; its effect is being watched. → Succeeded, Failed
    case verifying = "Verifying"
    case succeeded = "Succeeded"
    case failed = "Failed"
    case denied = "Denied"
    case expired = "Expired"
    /// The target moved since the preview: nothing was done, and a new call with a new preview takes its place.
    case stale = "Stale"
    /// Whether the write was done can't be found out.
    case unknown = "Unknown"
    /// The turn ended before it was its turn; nothing was done.
    case cancelled = "Cancelled"

    package var isFinal: Bool {
        switch self {
        case .proposed, .waiting, .awaitingApproval, .executing, .verifying: false
        case .succeeded, .failed, .denied, .expired, .stale, .unknown, .cancelled: true
        }
    }
}
