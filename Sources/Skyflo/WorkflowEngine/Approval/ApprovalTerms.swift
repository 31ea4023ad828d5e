import KubeModel
import SkyfloAPI

/// What it takes for people's decisions to count. As it is at the moment of asking, never stored.
package struct ApprovalTerms: Sendable, Hashable {
    /// How many different people have to approve.
    package var quorum: Int
    /// Who made the conversation and therefore can't approve its writes; nil where everybody can.
    package var excluded: Excluded?
    /// Why approvals can't be believed; nil where they can. A denial always counts.
    package var doubt: String?
    /// Since when the cluster proves who approves. What was asked for before may have been approved in anybody's name.
    package var provenSince: KubeTime?
    /// Approvers who may not do themselves what they approve, with what they may not do.
    package var unauthorized: [String: String]
    /// What rules of the SkyfloAI ask for besides, for the call that is looked at.
    package var requirements: [ApprovalRequirement] = []
    /// Who has the verb `approve` on a rule, by its name: of the approvers of the call that is looked at.
    package var permitted: [String: Set<String>] = [:]
    /// Why no approval of the call that is looked at counts at this time; nil where they do.
    package var freeze: String?
    /// False where the SkyfloAI was gone when the terms were read: nothing allows a write then, no rule either.
    package var isGoverned: Bool
    /// Approvals of ServiceAccounts don't count: others may impersonate them.
    package var distrustsServiceAccounts: Bool

    package enum Excluded: Sendable, Hashable {
        case user(String)
        /// It isn't known who made the conversation, so nobody can be told to be somebody else.
        case unknown
    }

    package init(
        quorum: Int = 1, excluded: Excluded? = nil, doubt: String? = nil, provenSince: KubeTime? = nil,
        unauthorized: [String: String] = [:], isGoverned: Bool = true, distrustsServiceAccounts: Bool = false
    ) {
        self.distrustsServiceAccounts = distrustsServiceAccounts
        self.isGoverned = isGoverned
        self.provenSince = provenSince
        self.quorum = quorum
        self.excluded = excluded
        self.doubt = doubt
        self.unauthorized = unauthorized
    }

    /// Why no approval of a call that came up then is believed; nil where they are.
    func doubt(about call: Call) -> String? {
        if let doubt { return doubt }
        guard let provenSince, call.startedAt < provenSince else { return nil }
        return
            "\(call.id) was asked for before the admission policy came into force (\(provenSince)); deny it and ask again"
    }

    /// Why this user's approval doesn't count; nil where it does.
    func rejectionReason(to user: String) -> String? {
        switch excluded {
        case .user(user): return "\(user) made the conversation and can't approve its writes (twoPerson)"
        case .unknown:
            return "it is not known who made the conversation (it has no annotation skyflo.ai/created-by), "
                + "so nobody can approve its writes (twoPerson)"
        case .user, nil: break
        }
        if distrustsServiceAccounts, ApprovalPolicy.isServiceAccount(user) {
            return "\(user) is a ServiceAccount, which others may impersonate (serviceAccounts: Nobody)"
        }
        return unauthorized[user].map { "\(user) does not have the rights for it: \($0)" }
    }

    /// What is missing until a requirement is met by those whose approvals count; nil where nothing is.
    func missing(_ requirement: ApprovalRequirement, of approvers: [String]) -> String? {
        let fitting = approvers.filter { user in
            (requirement.users.isEmpty || requirement.users.contains(user))
                && (!requirement.needsPermission || permitted[requirement.rule]?.contains(user) ?? false)
        }
        guard fitting.count < requirement.quorum else { return nil }
        var whose: [String] = []
        if !requirement.users.isEmpty {
            let more = requirement.users.count > 8 ? " and \(requirement.users.count - 8) more" : ""
            whose.append("from \(requirement.users.prefix(8).joined(separator: ", "))\(more)")
        }
        if requirement.needsPermission {
            whose.append(
                "by users with the verb approve on approvalrules.skyflo.ai \(requirement.rule), "
                    + "by rights bound to their name"
            )
        }
        return (["rule \(requirement.rule): \(fitting.count) of \(requirement.quorum.counted(as: "approval"))"] + whose)
            .joined(separator: " ")
    }
}
