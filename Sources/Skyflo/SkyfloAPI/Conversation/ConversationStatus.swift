public import KubeModel

/// What the operator last wrote, and what people decided since. Only what code reads back is typed here; the operator
/// writes through patches that name each field.
public struct ConversationStatus: Sendable {
    public enum Phase: String, Sendable {
        case pending = "Pending"
        case planning = "Planning"
        case awaitingApproval = "AwaitingApproval"
        case executing = "Executing"
        case verifying = "Verifying"
        case completed = "Completed"
        case failed = "Failed"
        case stopped = "Stopped"

        public var isTerminal: Bool { self == .completed || self == .failed || self == .stopped }
    }

    public let json: JSONValue

    public init(_ json: JSONValue) { self.json = json }

    public var phase: Phase? { json["phase"]?.string.flatMap(Phase.init) }
    /// Why the phase is what it is, where it doesn't say enough: a ``ConversationReason`` of this version or another.
    public var reason: String? { json["reason"]?.string }
    public var turn: Int { json["turn"]?.int ?? 0 }
    /// Of the object that it was written for; nil in statuses of versions that didn't say.
    public var uid: String? { json["uid"]?.string }
    public var title: String? { json["title"]?.string }
    public var answer: String? { json["answer"]?.string }
    public var observedGeneration: Int { json["observedGeneration"]?.int ?? 0 }
    public var conditions: [Condition] { json["conditions"]?.array?.compactMap(Condition.init) ?? [] }
    public var calls: [String: CallStatus] {
        (json["calls"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = CallStatus($1.value) }
    }
    public var approvals: [String: Approval] {
        (json["approvals"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = Approval($1.value) }
    }
    /// Who works on it, or did last.
    public var workerIdentity: String { json["worker", "identity"]?.string ?? "" }
    /// Rises each time that a process takes the conversation up; 0 before the first.
    public var workerEpoch: Int { json["worker", "epoch"]?.int ?? 0 }
    /// The turns of the follow-ups that were taken up, by id.
    public var followUpsTaken: [String: Int] {
        (json["followUpsTaken"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.int ?? 0 }
    }
    /// Since when a message waits for other turns to end; nil while none does.
    public var queuedSince: KubeTime? { json["queuedSince"]?.string.flatMap(KubeTime.init) }
    /// How many entries of `spec.undo` were taken up.
    public var undosTaken: Int { json["undosTaken"]?.int ?? 0 }
    /// Where the last write of several steps stands; nil where there was none.
    public var progress: SequenceProgress? { json["progress"].flatMap(SequenceProgress.init) }
    /// In the order in which they were made.
    public var changes: [ChangeStatus] {
        (json["changes"]?.object ?? [:]).map { ChangeStatus(id: $0.key, $0.value) }
            .sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
    }
    /// Whether something is looked at again that was on its way when its turn went on.
    public var hasRunningChecks: Bool {
        json["verification"]?.array?.contains { $0["result"]?.string == "StillRunning" } ?? false
    }
    public var startedAt: KubeTime? { json["turnState", "startedAt"]?.string.flatMap(KubeTime.init) }
    public var finishedAt: KubeTime? { json["turnState", "finishedAt"]?.string.flatMap(KubeTime.init) }

    /// Whether the turn that `turn` names has ended. True before the first one, and while the next one waits for its turn.
    public var isTurnEnded: Bool { turn == 0 || (phase?.isTerminal ?? false) || queuedSince != nil }
}

public struct CallStatus: Sendable, Hashable {
    public var tool: String
    public var turn: Int
    public var state: CallState
    public var result: String?

    init(_ json: JSONValue) {
        tool = json["tool"]?.string ?? ""
        turn = json["turn"]?.int ?? 0
        state = json["state"]?.string.flatMap(CallState.init) ?? .unknown
        result = json["result"]?.string
    }
}

/// Something that was written.
public struct ChangeStatus: Sendable, Hashable {
    public var id: String
    public var call: String
    public var summary: String
    public var uid: String
    public var undoneBy: String?

    init(id: String, _ json: JSONValue) {
        self.id = id
        call = json["call"]?.string ?? ""
        summary = json["summary"]?.string ?? ""
        uid = json["target", "uid"]?.string ?? ""
        undoneBy = json["undoneBy"]?.string
    }
}

/// How a tool call stands.
public enum CallState: String, Sendable {
    /// The model asked for it; nothing has happened yet. → AwaitingApproval, Executing, Succeeded, Failed, Cancelled
    case proposed = "Proposed"
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

    public var isFinal: Bool {
        switch self {
        case .proposed, .awaitingApproval, .executing, .verifying: false
        case .succeeded, .failed, .denied, .expired, .stale, .unknown, .cancelled: true
        }
    }
}

/// A write that waits for a decision, or has one.
public struct Approval: Sendable, Hashable {
    public enum Decision: String, Sendable { case approved = "Approved", denied = "Denied" }

    public let json: JSONValue

    public init(_ json: JSONValue) { self.json = json }

    /// The operator's own part; without it the entry was made by somebody else and decides nothing.
    public var digest: String? { json["digest"]?.string }
    public var tool: String { json["tool"]?.string ?? "" }
    public var arguments: String { json["arguments"]?.string ?? "" }
    public var requests: [JSONValue] { json["requests"]?.array ?? [] }
    /// Keyed hash of arguments and requests as they are; nil where they are shown as they are.
    public var fingerprint: String? { json["fingerprint"]?.string }
    public var expiresAt: KubeTime? { json["expiresAt"]?.string.flatMap(KubeTime.init) }

    /// nil for no decision, and for a value that the schema doesn't have.
    public var decision: Decision? { json["decision"]?.string.flatMap(Decision.init) }
    public var decidedBy: String? { json["decidedBy"]?.string }
    public var reason: String? { json["reason"]?.string }
    /// The name of the rule that allowed it in a person's place.
    public var autoApprovedBy: String? { json["autoApprovedBy"]?.string }
    /// What the write is going to touch besides its target, in words.
    public var touches: [String] { json["touches"]?.array?.compactMap(\.string) ?? [] }
    /// The other calls of which at most one is carried out.
    public var alternatives: [String] { json["alternatives"]?.array?.compactMap(\.string) ?? [] }
    /// What is missing until decisions that were made count.
    public var waitingFor: String? { json["waitingFor"]?.string }

    public struct Vote: Sendable, Hashable {
        public var user: String
        public var decision: Decision
        public var reason: String
    }

    /// All decisions on it, one for each user, in the order of their names. The short form (`decision`, `decidedBy`) is
    /// one of them; where a user's two forms differ, the denial counts.
    public var votes: [Vote] {
        var votes: [String: Vote] = [:]
        for (user, vote) in json["votes"]?.object ?? [:] {
            guard let decision = vote["decision"]?.string.flatMap(Decision.init) else { continue }
            votes[user] = Vote(user: user, decision: decision, reason: vote["reason"]?.string ?? "")
        }
        if let decision {
            let user = decidedBy.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"
            if votes[user]?.decision != .denied {
                votes[user] = Vote(user: user, decision: decision, reason: reason ?? "")
            }
        }
        return votes.values.sorted { $0.user < $1.user }
    }
}
