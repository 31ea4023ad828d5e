public import KubeModel

/// What was found of a post-condition, and when: an entry of `status.verification`.
public struct CheckStatus: Sendable, Hashable {
    /// The id of the call whose effect it is.
    public var call = ""
    public var check = ""
    /// A ``CheckResult/Verdict`` of this version or another.
    public var result = ""
    public var evidence = ""
    public var checkedAt: KubeTime?

    public init() {}

    public var verdict: CheckResult.Verdict? { CheckResult.Verdict(rawValue: result) }
}

extension CheckStatus: JSONRecord {
    public mutating func code(_ members: inout JSONMembers) {
        members.code(&call, as: "call")
        members.code(&check, as: "check")
        members.code(&result, as: "result")
        members.code(&evidence, as: "evidence")
        members.code(&checkedAt, as: "checkedAt")
    }
}
