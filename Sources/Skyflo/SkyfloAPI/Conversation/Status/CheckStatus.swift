import KubeModel

/// What was found of a post-condition, and when: an entry of `status.verification`.
package struct CheckStatus: Sendable, Hashable {
    /// The id of the call whose effect it is.
    package var call = ""
    package var check = ""
    /// A ``CheckResult/Verdict`` of this version or another.
    package var result = ""
    package var evidence = ""
    package var checkedAt: KubeTime?

    package init() {}

    package var verdict: CheckResult.Verdict? { CheckResult.Verdict(rawValue: result) }
}

extension CheckStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&call, as: "call")
        members.code(&check, as: "check")
        members.code(&result, as: "result")
        members.code(&evidence, as: "evidence")
        members.code(&checkedAt, as: "checkedAt")
    }
}
