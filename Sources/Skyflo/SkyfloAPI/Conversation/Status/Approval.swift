import KubeModel

/// A write that waits for a decision, or has one: an entry of `status.approvals`.
///
/// The operator writes what it asks for, people what they decide. Whatever somebody put where a decision goes before the
/// operator asked decides nothing: an approval without a decision is written with null in its place.
package struct Approval: Sendable, Hashable {
    package enum Decision: String, Sendable, JSONCodable { case approved = "Approved", denied = "Denied" }

    package struct Vote: Sendable, Hashable {
        package var user: String
        package var decision: Decision
        package var reason: String

        package init(user: String, decision: Decision, reason: String) {
            self.user = user
            self.decision = decision
            self.reason = reason
        }
    }

    package var summary: String?
    package var tool = ""
    /// As the model wrote them, but for credentials. Empty where the entry is so old that it lost its body: the transcript
    /// has it.
    package var arguments = ""
    /// As they would be carried out (``StoredWrite``), but for credentials. JSON, because the digest is over every member
    /// of it, also one that this version doesn't know.
    package var requests: [JSONValue] = []
    /// Which of the arguments are from the results of earlier calls, in words.
    package var references: [String] = []
    /// Keyed hash of arguments and requests as they are; nil where they are shown as they are.
    package var fingerprint: String?
    /// A diff of what the write changes.
    package var preview = ""
    /// A ``Risk`` of this version or another.
    package var risk: String?
    package var warnings: [String] = []
    /// What the write is going to touch besides its target, in words.
    package var touches: [String] = []
    /// The other calls of which at most one is carried out.
    package var alternatives: [String] = []
    /// What is checked afterwards, as the tools write it.
    package var postConditions: [JSONValue] = []
    /// The operator's own part; without it the entry was made by somebody else and decides nothing.
    package var digest: String?
    /// What approves it, to be copied.
    package var command: String?
    package var requestedAt: KubeTime?
    package var expiresAt: KubeTime?

    /// nil for no decision, and for a value that the schema doesn't have.
    package var decision: Decision?
    package var decidedBy: String?
    package var reason: String?
    /// Decisions by user name, where more than one person has to approve.
    package var votesByUser: [String: Vote]?
    /// The name of the rule that allowed it in a person's place.
    package var autoApprovedBy: String?
    /// What is missing until decisions that were made count.
    package var waitingFor: String?

    package init() {}

    /// All decisions on it, one for each user, in the order of their names. The short form (`decision`, `decidedBy`) is
    /// one of them; where a user's two forms differ, the denial counts.
    package var votes: [Vote] {
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
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&summary, as: "summary")
        members.code(&tool, as: "tool")
        members.code(&arguments, as: "arguments")
        members.code(&requests, as: "requests")
        members.code(&references, as: "references", ifEmpty: .null)
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
    package struct Update: Sendable, Hashable {
        /// What the transcript has as well goes.
        package var losesBody = false
        /// What is missing until decisions count is this now, or nothing any more.
        package var waitingFor: String??
        /// No rule allows it any more.
        package var losesRule = false

        package init() {}

        package var isEmpty: Bool { self == Update() }
    }
}

extension Approval.Update: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
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
    package init() { self.init(user: "", decision: .denied, reason: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&decision, as: "decision")
        members.code(&reason, as: "reason")
    }
}
