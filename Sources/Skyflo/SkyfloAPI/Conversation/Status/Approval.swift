public import KubeModel

/// A write that waits for a decision, or has one: an entry of `status.approvals`.
///
/// The operator writes what it asks for, people what they decide. Whatever somebody put where a decision goes before the
/// operator asked decides nothing: an approval without a decision is written with null in its place.
public struct Approval: Sendable, Hashable {
    public enum Decision: String, Sendable, JSONCodable { case approved = "Approved", denied = "Denied" }

    public struct Vote: Sendable, Hashable {
        public var user: String
        public var decision: Decision
        public var reason: String

        public init(user: String, decision: Decision, reason: String) {
            self.user = user
            self.decision = decision
            self.reason = reason
        }
    }

    public var summary: String?
    public var tool = ""
    /// As the model wrote them, but for credentials. Empty where the entry is so old that it lost its body: the transcript
    /// has it.
    public var arguments = ""
    /// As they would be carried out (``StoredWrite``), but for credentials. JSON, because the digest is over every member
    /// of it, also one that this version doesn't know.
    public var requests: [JSONValue] = []
    /// Keyed hash of arguments and requests as they are; nil where they are shown as they are.
    public var fingerprint: String?
    /// A diff of what the write changes.
    public var preview = ""
    /// A ``Risk`` of this version or another.
    public var risk: String?
    public var warnings: [String] = []
    /// What the write is going to touch besides its target, in words.
    public var touches: [String] = []
    /// The other calls of which at most one is carried out.
    public var alternatives: [String] = []
    /// What is checked afterwards, as the tools write it.
    public var postConditions: [JSONValue] = []
    /// The operator's own part; without it the entry was made by somebody else and decides nothing.
    public var digest: String?
    /// What approves it, to be copied.
    public var command: String?
    public var requestedAt: KubeTime?
    public var expiresAt: KubeTime?

    /// nil for no decision, and for a value that the schema doesn't have.
    public var decision: Decision?
    public var decidedBy: String?
    public var reason: String?
    /// Decisions by user name, where more than one person has to approve.
    public var votesByUser: [String: Vote]?
    /// The name of the rule that allowed it in a person's place.
    public var autoApprovedBy: String?
    /// What is missing until decisions that were made count.
    public var waitingFor: String?

    public init() {}

    /// All decisions on it, one for each user, in the order of their names. The short form (`decision`, `decidedBy`) is
    /// one of them; where a user's two forms differ, the denial counts.
    public var votes: [Vote] {
        var votes = votesByUser ?? [:]
        for user in votes.keys { votes[user]?.user = user }
        if let decision {
            let user = decidedBy.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown"
            if votes[user]?.decision != .denied {
                votes[user] = Vote(user: user, decision: decision, reason: reason ?? "")
            }
        }
        return votes.values.sorted { $0.user < $1.user }
    }
}

extension Approval: JSONRecord {
    public mutating func code(_ members: inout JSONMembers) {
        members.code(&summary, as: "summary")
        members.code(&tool, as: "tool")
        members.code(&arguments, as: "arguments")
        members.code(&requests, as: "requests")
        members.code(&fingerprint, as: "fingerprint", ifNil: .null)
        members.code(&preview, as: "preview")
        members.code(&risk, as: "risk")
        members.code(&warnings, as: "warnings")
        members.code(&touches, as: "touches", ifEmpty: .null)
        members.code(&alternatives, as: "alternatives", ifEmpty: .null)
        members.code(&postConditions, as: "postConditions")
        members.code(&digest, as: "digest")
        members.code(&command, as: "command")
        members.code(&requestedAt, as: "requestedAt")
        members.code(&expiresAt, as: "expiresAt")
        members.code(&decision, as: "decision", ifNil: .null)
        members.code(&decidedBy, as: "decidedBy", ifNil: .null)
        members.code(&reason, as: "reason", ifNil: .null)
        members.code(&votesByUser, as: "votes", ifNil: .null)
        members.code(&autoApprovedBy, as: "autoApprovedBy", ifNil: .null)
        members.code(&waitingFor, as: "waitingFor")
    }

    /// A change of an entry that stays otherwise as it is, with what people wrote in it.
    public struct Update: Sendable, Hashable {
        /// What the transcript has as well goes.
        public var losesBody = false
        /// What is missing until decisions count is this now, or nothing any more.
        public var waitingFor: String??
        /// No rule allows it any more.
        public var losesRule = false

        public init() {}

        public var isEmpty: Bool { self == Update() }
    }
}

extension Approval.Update: JSONRecord {
    public mutating func code(_ members: inout JSONMembers) {
        var nothing: JSONValue?
        if losesBody {
            for member in ["requests", "postConditions", "preview", "arguments"] {
                members.code(&nothing, as: member, ifNil: .null)
            }
        }
        if var text = waitingFor { members.code(&text, as: "waitingFor", ifNil: .null) }
        if losesRule { members.code(&nothing, as: "autoApprovedBy", ifNil: .null) }
    }
}

extension Approval.Vote: JSONRecord {
    public init() { self.init(user: "", decision: .denied, reason: "") }

    public mutating func code(_ members: inout JSONMembers) {
        members.require(&decision, as: "decision")
        members.code(&reason, as: "reason")
    }
}
