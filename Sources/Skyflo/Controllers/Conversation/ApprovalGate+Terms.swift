import Concurrency
import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine

/// What it takes for decisions to count, as the API server had it a moment ago.
struct CurrentTerms: Sendable {
    /// What governs the conversation.
    let skyfloAI: ObjectKey
    fileprivate let requirements: ApprovalTerms

    /// False where the SkyfloAI was gone: nothing allows a write then, no rule either.
    var isGoverned: Bool { requirements.isGoverned }
    /// Why approvals can't be believed; nil where they can.
    var doubt: String? { requirements.doubt }
}

/// ``CurrentTerms`` for one call: with the rights of those who approved it, and with what rules ask for.
struct CallTerms: Sendable {
    let terms: CurrentTerms
    let requirements: ApprovalTerms

    fileprivate init(_ terms: CurrentTerms, demands: RuleDemands, unauthorized: [String: String]) {
        self.terms = terms
        var requirements = terms.requirements
        requirements.unauthorized = unauthorized
        requirements.requirements = demands.requirements
        requirements.permitted = demands.permitted
        requirements.freeze = demands.freeze
        self.requirements = requirements
    }
}

extension ApprovalGate {
    /// Reads from the API server what it takes for a decision to count now.
    ///
    /// - Parameter ofPeople: false where none but rules are asked: then nobody's approval counts by these terms, and whether
    ///   approvals are proven isn't looked at.
    func readTerms(
        for conversation: Conversation, governedBy key: ObjectKey, ofPeople: Bool = true
    ) async throws -> CurrentTerms {
        // Where nothing has to be proven, as far as is known, the proof isn't asked for.
        let needsProof = ofPeople && (skyfloAIs.get(key).map { !SkyfloAI($0).approvals.allowUnproven } ?? true)
        async let early = needsProof ? proofs.look(api) : nil
        let object = try await api.find(.skyfloAIs, namespace: key.namespace, name: key.name)
        if let object { skyfloAIs.insert(object) }
        guard let object else {
            return CurrentTerms(
                skyfloAI: key,
                requirements: ApprovalTerms(
                    doubt: "the SkyfloAI \(key), which governs this conversation, was deleted", isGoverned: false))
        }
        guard ofPeople else {
            return CurrentTerms(
                skyfloAI: key, requirements: ApprovalTerms(doubt: "it was not checked whether it is proven"))
        }
        let skyflo = SkyfloAI(object)
        var proof = try await early
        if skyflo.approvals.allowUnproven {
            proof = nil
        } else if proof == nil {
            proof = try await proofs.look(api)
        }
        return CurrentTerms(skyfloAI: key, requirements: terms(of: skyflo, for: conversation, proof))
    }

    /// - Parameter proof: nil where nothing has to be proven.
    private func terms(
        of skyflo: SkyfloAI, for conversation: Conversation, _ proof: AdmissionPolicyCheck.Finding?
    ) -> ApprovalTerms {
        let maker = maker(of: conversation, provenSince: proof?.since)
        var creator: String?
        if case .user(let user) = maker { creator = user }
        return ApprovalTerms(
            quorum: skyflo.approvals.quorum(maker: creator), excluded: skyflo.approvals.twoPerson ? maker : nil,
            doubt: readOnly(conversation, governedBy: skyflo) ?? proof?.doubt, provenSince: proof?.since,
            distrustsServiceAccounts: skyflo.approvals.distrustsServiceAccounts)
    }

    /// What it takes for decisions on a call to count, by what is known without asking. It may be past, so it is never enough
    /// for a write.
    /// - Returns: nil where there is something to be asked for: rights, or what nobody has looked at yet.
    func knownTerms(
        for call: Call, in conversation: Conversation, _ references: ResolvedReferences
    ) -> ApprovalTerms? {
        guard let skyflo = governing(references), !skyflo.approvals.requireApproverRights else { return nil }
        let proof = skyflo.approvals.allowUnproven ? nil : proofs.latest
        guard skyflo.approvals.allowUnproven || proof != nil else { return nil }
        var terms = terms(of: skyflo, for: conversation, proof)
        switch verdict(on: call, by: skyflo) {
        case .undecided, .allowed: return terms
        case .denied, .frozen: return nil
        case .required(let requirements):
            guard !requirements.contains(where: \.needsPermission) else { return nil }
            terms.requirements = requirements
            return terms
        }
    }

    /// Before the policy was there anybody could have been named as who made the conversation.
    private func maker(of conversation: Conversation, provenSince since: KubeTime?) -> ApprovalTerms.Excluded {
        let isProven = since.map { since in conversation.object.creationTimestamp.map { $0 >= since } ?? false } ?? true
        guard isProven, let creator = conversation.creator else { return .unknown }
        return .user(creator)
    }

    /// Finds out what the rules ask of those who approve a call, and asks, where the SkyfloAI wants it, whether those who did
    /// may do the same themselves.
    func readRights(
        of call: Call, in conversation: Conversation, under terms: CurrentTerms
    ) async throws -> CallTerms {
        let demands = try await readDemands(on: call, in: conversation, under: terms)
        guard let governing = governing(under: terms), governing.approvals.requireApproverRights else {
            return CallTerms(terms, demands: demands, unauthorized: [:])
        }
        let votes = conversation.status.approvals[call.id]?.votes ?? []
        let writes = try call.plannedWrites()
        let rights = ApproverRights(api: api)
        let approvers = votes.filter { $0.decision == .approved }.map(\.user)
        let findings = try await approvers.concurrentMap(atOnce: 8) { user in
            try await rights.missing(of: user, for: writes)
        }
        var unauthorized: [String: String] = [:]
        for (user, missing) in zip(approvers, findings) { unauthorized[user] = missing }
        return CallTerms(terms, demands: demands, unauthorized: unauthorized)
    }
}
