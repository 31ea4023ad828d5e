import ControllerRuntime
import KubeModel
import SkyfloAPI
import Tools
import WorkflowEngine

extension ApprovalGate {
    /// Lets the SkyfloAI's rules decide about approvals that are about to be shown. They are read from the API server for it.
    func autoApprove(
        _ ids: Set<String>, in store: inout ConversationStore, _ references: ResolvedReferences
    ) async throws {
        guard let rules = governing(references)?.approvals.autoApprove, !rules.isEmpty else { return }
        let terms = try await readTerms(for: store.conversation, governedBy: references.skyfloAI)
        for call in ids.sorted().compactMap(store.machine.call) {
            guard let rule = grant(for: call, in: store.conversation, under: terms) else { continue }
            let decision = Decision(approved: true, by: "SkyfloAI \(terms.skyfloAI)", rule: rule)
            store.log(.decided(id: call.id, decision))
            events.normal(
                store.conversation.object, "AutoApproved",
                "\(call.id): \(call.approval?.summary ?? call.tool): by rule \(rule) of SkyfloAI \(terms.skyfloAI)")
        }
    }

    /// The rule that allows a call; nil for none. `approval.mode: Always` means to be asked, whatever rules say.
    func grant(for call: Call, in conversation: Conversation, under terms: CurrentTerms) -> String? {
        guard let governing = governing(under: terms), let approval = call.approval,
            conversation.spec.approvalMode == .writes, readOnly(conversation, governedBy: governing) == nil
        else { return nil }
        let now = clock.now
        guard approval.expiresAt > now else { return nil }
        let facts = approval.requests.enumerated().map { position, json -> AutoApproval.WriteFacts? in
            guard let planned = PlannedWrite(json: json)?.request, position < approval.labels.count,
                let change = call.plannedChange(at: position)
            else { return nil }
            return AutoApproval.WriteFacts(planned, labels: approval.labels[position], change: change)
        }
        return AutoApproval(
            rules: governing.approvals.autoApprove, namespace: governing.object.namespace ?? "",
            localTime: { LocalTime.of(now, in: $0) }
        ).grant(tool: call.tool, risk: AutoApproveRule.Risk(rawValue: approval.risk), facts)
    }
}
