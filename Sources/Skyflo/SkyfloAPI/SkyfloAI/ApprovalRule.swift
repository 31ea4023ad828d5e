import KubeModel

/// What becomes of writes of some kind: an entry of `spec.approvals.rules` of a SkyfloAI, or of `autoApprove`.
///
/// Everything that a rule says must hold for it to apply; what it doesn't say may be anything, except where the field's
/// comment has another default. The notation of resources is that of RBAC rules.
package struct ApprovalRule: Sendable, Hashable {
    package enum Effect: String, Sendable, CaseIterable {
        /// The write needs no person.
        case allow = "Allow"
        /// The write is refused, and nobody is asked.
        case deny = "Deny"
        /// As ``deny`` while a window is open; what was asked for before waits until it closes.
        case freeze = "Freeze"
        /// The write needs people, and these.
        case require = "Require"
    }

    package var name: String
    package var effect: Effect
    /// For the model and for people who hear that a write was refused.
    package var message: String
    package var tools: [String]
    /// Of the requests: `create`, `update`, `patch`, `delete`.
    package var verbs: [String]
    /// `""` is the core group.
    package var apiGroups: [String]
    /// `deployments`, `deployments/scale`, `*`.
    package var resources: [String]
    /// Names, with `*` for any characters. `*` alone: all, and what lies in none. Empty: for ``Effect/allow`` the
    /// SkyfloAI's own, for all others as `*`.
    package var namespaces: [String]
    /// Of the object as it is now. ``Effect/allow`` never fits an object that would be created.
    package var selector: LabelSelector?
    package var windows: [TimeWindow]
    /// The highest risk that is allowed.
    package var maxRisk: Risk
    /// The lowest risk that the other effects apply to; nil for any.
    package var minRisk: Risk?
    /// Of ``Effect/require``.
    package var requirement: ApprovalRequirement
    /// What can't be understood of it. Then it allows nothing, and what isn't understood narrows no other effect: a rule
    /// that is read by halves may allow no more than was meant.
    package var problems: [String]

    /// - Parameter fixed: the effect where the list that the rule is in says it.
    init(_ json: JSONValue, effect fixed: Effect? = nil) {
        var problems: [String] = []
        func list(_ member: String) -> [String] { (json[member]?.array ?? []).compactMap(\.string) }
        func understood<Value>(_ member: String, read: (JSONValue) -> Value?) -> Value? {
            guard let stated = json[member] else { return nil }
            if let value = read(stated) { return value }
            problems.append("its \(member) is not valid")
            return nil
        }
        let risk: (JSONValue) -> Risk? = { $0.string.flatMap(Risk.init) }
        name = understood("name") { $0.string } ?? "unnamed"
        // What a later version can do more must not come out as less.
        effect = fixed ?? understood("effect") { $0.string.flatMap(Effect.init) } ?? .deny
        maxRisk = understood("maxRisk", read: risk) ?? .low
        minRisk = understood("minRisk", read: risk)
        selector = understood("selector") { LabelSelector($0) }
        let stated = json["windows"]?.array ?? []
        let windows = stated.compactMap(TimeWindow.init)
        if windows.count != stated.count { problems.append("its windows are not valid") }
        self.windows = windows.count == stated.count ? windows : []
        message = json["message"]?.string ?? ""
        tools = list("tools")
        verbs = list("verbs")
        apiGroups = list("apiGroups")
        resources = list("resources")
        namespaces = list("namespaces")
        requirement = ApprovalRequirement(rule: name, json["require"] ?? .object([:]))
        if fixed == nil, json["effect"] == nil { problems.append("it has no effect") }
        self.problems = problems
    }
}

/// Who has to approve a write that a rule with the effect Require applies to.
package struct ApprovalRequirement: Sendable, Hashable {
    /// The name of the rule.
    package var rule: String
    /// How many different people who fit have to approve; at least 1.
    package var quorum: Int
    /// User names as the API server has them, ServiceAccounts included. Empty: anybody.
    package var users: [String]
    /// Approvers need the RBAC verb `approve` on `approvalrules.skyflo.ai` of the rule's name, bound to their own name.
    package var needsPermission: Bool

    init(rule: String, _ json: JSONValue) {
        self.rule = rule
        quorum = max(1, json["quorum"]?.int ?? 1)
        users = json["users"]?.array?.compactMap(\.string) ?? []
        needsPermission = json["permission"]?.bool ?? false
    }
}
