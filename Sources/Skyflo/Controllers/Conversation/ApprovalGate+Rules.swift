import Concurrency
import ControllerRuntime
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

/// What the rules of the SkyfloAI say about calls. Where it matters they are those of ``CurrentTerms``: as the API server has
/// them.
extension ApprovalGate {
    /// About a call that was asked for.
    func verdict(on call: Call, by skyfloAI: SkyfloAI?) -> ApprovalRules.Verdict {
        guard let approval = call.approval else { return .undecided }
        let facts = approval.writes.enumerated().map { position, planned -> WriteFacts? in
            guard let planned, position < approval.labels.count else { return nil }
            return WriteFacts(planned, labels: approval.labels[position], change: approval.change(at: position))
        }
        return verdict(tool: call.tool, risk: Risk(rawValue: approval.risk), facts, by: skyfloAI)
    }

    private func verdict(on call: Call, under terms: CurrentTerms) -> ApprovalRules.Verdict {
        verdict(on: call, by: governing(under: terms))
    }

    private func verdict(
        tool: String, risk: Risk?, _ facts: [WriteFacts?], by skyfloAI: SkyfloAI?
    ) -> ApprovalRules.Verdict {
        guard let skyfloAI, !skyfloAI.approvals.rules.isEmpty else { return .undecided }
        return ApprovalRules(
            rules: skyfloAI.approvals.rules, namespace: skyfloAI.object.namespace ?? "", now: clock.now,
            localTime: LocalTime.of
        ).verdict(tool: tool, risk: risk, facts)
    }

    // MARK: Before anybody is asked

    /// The terms with the rules as they are now; nil where there were none when the SkyfloAI was last heard of.
    func readRules(for conversation: Conversation, _ references: ResolvedReferences) async throws -> CurrentTerms? {
        guard let skyfloAI = governing(references), !skyfloAI.approvals.rules.isEmpty else { return nil }
        return try await readTerms(for: conversation, governedBy: references.skyfloAI, ofPeople: false)
    }

    /// Why a write isn't asked for; nil where it is.
    func refusal(
        of call: Call, proposal: WriteProposal, preview: Preview, in conversation: Conversation,
        under terms: CurrentTerms
    ) -> String? {
        let facts = preview.writes.enumerated().map { position, planned -> WriteFacts? in
            guard position < preview.changes.count else { return nil }
            return WriteFacts(planned, labels: planned.labels, change: preview.changes[position])
        }
        let verdict = verdict(
            tool: call.tool, risk: proposal.risk, facts, by: governing(under: terms))
        switch verdict {
        case .denied(let refusal), .frozen(let refusal):
            events.normal(
                conversation.object, reason: "RefusedByRule",
                message: "\(call.id): \(proposal.summary): \(refusal.text)")
            return refusal.text
        case .undecided, .allowed, .required: return nil
        }
    }

    /// Lets the rules decide about approvals that are about to be shown.
    func autoApprove(_ ids: Set<String>, in store: inout ConversationStore, under terms: CurrentTerms) {
        for call in ids.sorted().compactMap(store.machine.call) {
            guard let rule = grant(for: call, in: store.conversation, under: terms) else { continue }
            let decision = Decision(approved: true, by: "SkyfloAI \(terms.skyfloAI)", rule: rule)
            store.log(.decided(id: call.id, decision))
            events.normal(
                store.conversation.object, reason: "AutoApproved",
                message:
                    "\(call.id): \(call.approval?.summary ?? call.tool): by rule \(rule) of SkyfloAI \(terms.skyfloAI)")
        }
    }

    /// The rule that allows a call; nil for none. `approval.mode: Always` means to be asked, whatever rules say, and which of
    /// several alternatives is carried out is for people to choose.
    func grant(for call: Call, in conversation: Conversation, under terms: CurrentTerms) -> String? {
        guard let governing = governing(under: terms), let approval = call.approval,
            conversation.spec.approvalMode == .writes, readOnly(conversation, governedBy: governing) == nil,
            approval.expiresAt > clock.now, call.alternativeGroup == nil
        else { return nil }
        guard case .allowed(let rule) = verdict(on: call, by: governing) else { return nil }
        return rule
    }

    // MARK: While people are asked

    /// Ends the calls that wait and that a rule forbids by now: nobody need decide about them.
    func denyForbidden(
        in store: inout ConversationStore, by skyfloAI: SkyfloAI?, _ references: ResolvedReferences
    ) {
        for call in store.machine.pendingApprovals {
            if case .denied(let refusal) = verdict(on: call, by: skyfloAI) {
                deny(call, because: refusal.text, in: &store, references: references)
            }
        }
    }

    /// In the rules' name. What people had decided is withdrawn before.
    func deny(
        _ call: Call, because why: String, in store: inout ConversationStore, references: ResolvedReferences
    ) {
        let decision = Decision(approved: false, by: "SkyfloAI \(references.skyfloAI)", reason: why)
        store.log(.decided(id: call.id, decision))
        events.normal(
            store.conversation.object, reason: "RefusedByRule",
            message: "\(call.id): \(call.approval?.summary ?? call.tool): \(why)")
    }

    /// What rules ask of the approvals of a call, and which of its approvers have what they ask for.
    func readDemands(
        on call: Call, in conversation: Conversation, under terms: CurrentTerms
    ) async throws -> RuleDemands {
        var demands = RuleDemands()
        switch verdict(on: call, under: terms) {
        case .undecided, .allowed, .denied: break
        case .frozen(let refusal): demands.freeze = refusal.text
        case .required(let requirements):
            demands.requirements = requirements
            let votes = conversation.status.approvals[call.id]?.votes ?? []
            let approvers = votes.filter { $0.decision == .approved }.map(\.user)
            let rights = ApproverRights(api: api)
            let namespace = terms.skyfloAI.namespace ?? ""
            for requirement in requirements where requirement.needsPermission {
                let answers = try await approvers.concurrentMap(atOnce: 8) { user in
                    try await rights.mayApprove(user, rule: requirement.rule, namespace: namespace)
                }
                demands.permitted[requirement.rule] = Set(zip(approvers, answers).filter(\.1).map(\.0))
            }
        }
        return demands
    }

    // MARK: At the moment of the write

    /// - Throws: ``WriteNotPermitted`` where a rule forbids or freezes the call.
    func checkRules(on call: Call, under terms: CurrentTerms) throws(WriteNotPermitted) {
        switch verdict(on: call, under: terms) {
        case .denied(let refusal): throw WriteNotPermitted(reason: refusal.text, isForbidden: true)
        case .frozen(let refusal): throw WriteNotPermitted(reason: refusal.text)
        case .undecided, .allowed, .required: break
        }
    }
}

/// What rules ask for besides the SkyfloAI's terms for people, for one call.
struct RuleDemands: Sendable {
    var requirements: [ApprovalRequirement] = []
    /// Who of the approvers has the verb `approve` on a rule, by its name.
    var permitted: [String: Set<String>] = [:]
    /// Why no approval counts at this time; nil where they do.
    var freeze: String?
}
