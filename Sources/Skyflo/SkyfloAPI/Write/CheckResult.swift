/// What was found of one post-condition of a write.
package struct CheckResult: Sendable, Hashable {
    package enum Verdict: String, Sendable, JSONCodable {
        case passed = "Passed", failed = "Failed", timedOut = "TimedOut"
        /// It was on its way when the turn could wait no longer: it is looked at again until one of the others is known.
        case stillRunning = "StillRunning"
        /// It may not be looked at. Says nothing about the write.
        case notChecked = "NotChecked"
    }

    /// Which condition of the call it is about, whatever words tell it; nil where an earlier version stored it.
    package var id: String?
    package var check: String
    package var verdict: Verdict
    package var evidence: String

    package init(id: String? = nil, check: String, verdict: Verdict, evidence: String) {
        self.id = id
        self.check = check
        self.verdict = verdict
        self.evidence = evidence
    }

    /// Whether both are about the same condition. Where one has no id, titles tell them apart.
    package func isAbout(_ other: CheckResult) -> Bool {
        if let id, let theirs = other.id { return id == theirs }
        return check == other.check
    }

    /// A line for the model and for people.
    package var line: String { "\(check): \(verdict.rawValue)" + (evidence.isEmpty ? "" : " (\(evidence))") }
}

/// Unreadable with a verdict that this version doesn't know.
extension CheckResult: JSONRecord {
    package init() { self.init(check: "", verdict: .notChecked, evidence: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&id, as: "id")
        members.code(&check, as: "check")
        members.require(&verdict, as: "verdict")
        members.code(&evidence, as: "evidence")
    }
}
