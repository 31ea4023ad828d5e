import KubeModel

/// How writes come to be allowed: `spec.approvals` of a SkyfloAI.
package struct ApprovalPolicy: Sendable, Hashable {
    /// What becomes of which writes: `rules`, and the entries of `autoApprove`, whose effect is Allow. Their order means
    /// nothing.
    package var rules: [ApprovalRule]
    /// Who made the conversation may not approve its writes.
    package var twoPerson: Bool
    /// A ServiceAccount counts as nobody in particular: others may impersonate it. Its approvals don't count, and with
    /// ``twoPerson`` a conversation that it made takes two people.
    package var distrustsServiceAccounts: Bool
    /// How many different people have to approve; at least 1.
    package var quorum: Int
    /// Approvals count although nothing in the cluster proves who made them.
    package var allowUnproven: Bool
    /// Only approvals count of who may do themself what they approve, by rights that are bound to their name.
    package var requireApproverRights: Bool

    init(_ json: JSONValue) {
        rules =
            (json["autoApprove"]?.array ?? []).map { ApprovalRule($0, effect: .allow) }
            + (json["rules"]?.array ?? []).map { ApprovalRule($0) }
        twoPerson = json["twoPerson"]?.bool ?? false
        distrustsServiceAccounts = json["serviceAccounts"]?.string == "Nobody"
        quorum = max(1, json["quorum"]?.int ?? 1)
        allowUnproven = json["allowUnproven"]?.bool ?? false
        requireApproverRights = json["requireApproverRights"]?.bool ?? false
    }

    /// How many people have to approve the writes of a conversation.
    /// - Parameter maker: who made it; nil where that isn't known.
    package func quorum(maker: String?) -> Int {
        let isNobody = distrustsServiceAccounts && maker.map(Self.isServiceAccount) ?? false
        return twoPerson && isNobody ? max(2, quorum) : quorum
    }

    /// Whether this is the API server's name for a ServiceAccount.
    package static func isServiceAccount(_ user: String) -> Bool { user.hasPrefix("system:serviceaccount:") }
}
