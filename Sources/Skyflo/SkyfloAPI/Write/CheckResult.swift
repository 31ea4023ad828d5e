/// What was found of one post-condition of a write.
package struct CheckResult: Sendable, Hashable {
    package enum Verdict: String, Sendable, JSONCodable {
        case passed = "Passed", failed = "Failed", timedOut = "TimedOut"
        /// It was on its way when the turn could wait no longer: it is looked at again until one of the others is known.
        case stillRunning = "StillRunning"
        /// It may not be looked at. Says nothing about the write.
        case notChecked = "NotChecked"
    }

    package var check: String
    package var verdict: Verdict
    package var evidence: String

    package init(check: String, verdict: Verdict, evidence: String) {
        self.check = check
        self.verdict = verdict
        self.evidence = evidence
    }

    /// A line for the model and for people.
    package var line: String { "\(check): \(verdict.rawValue)" + (evidence.isEmpty ? "" : " (\(evidence))") }
}

/// Unreadable with a verdict that this version doesn't know.
extension CheckResult: JSONRecord {
    package init() { self.init(check: "", verdict: .notChecked, evidence: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&check, as: "check")
        members.require(&verdict, as: "verdict")
        members.code(&evidence, as: "evidence")
    }
}
