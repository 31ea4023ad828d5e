import ControllerRuntime
import KubeModel
import SkyfloAPI
import WorkflowEngine

extension ApprovalGate {
    /// Takes in what people decided, as it stands on the conversation that was last read or written.
    func applyDecisions(to store: inout ConversationStore, _ references: ResolvedReferences) async throws {
        store.incomplete = [:]
        guard !store.machine.pendingApprovals.isEmpty else { return }
        denyForbidden(in: &store, by: governing(references), references)
        applyKnownDecisions(to: &store, references)
        let voted = voted(in: store)
        guard !voted.isEmpty else { return }
        let terms = try await readTerms(for: store.conversation, governedBy: references.skyfloAI)
        denyForbidden(in: &store, by: governing(under: terms), references)
        // What a rule forbids, and what another alternative was chosen over, has been decided by now.
        for call in voted where store.machine.pendingApprovals.contains(where: { $0.id == call.id }) {
            let terms = try await readRights(of: call, in: store.conversation, under: terms)
            switch reading(of: call, in: store, under: terms.requirements) {
            case .undecided: continue
            case .incomplete(let what):
                store.incomplete[call.id] = what
                tellRefusals(of: call, in: store.conversation, under: terms)
            case .decided(let decision): store.log(.decided(id: call.id, decision))
            case .altered(let why): refuseAltered(call, because: why, in: &store)
            }
        }
    }

    private func voted(in store: ConversationStore) -> [Call] {
        let approvals = store.conversation.status.approvals
        return store.machine.pendingApprovals.filter { !(approvals[$0.id]?.votes.isEmpty ?? true) }
    }

    /// Takes in decisions that count by all that is known without asking.
    ///
    /// What is known may be past. But nothing is done on it: right before a write is begun, after its decision is in the
    /// transcript, ``permit(_:in:references:)`` reads the terms and decides again, and a decision that doesn't count by them is
    /// withdrawn. About such a call nothing is decided here any more. Nor is it where no permit follows (a read that was
    /// asked for), or where withdrawing doesn't bring everything back (alternatives, which end with the choice).
    private func applyKnownDecisions(to store: inout ConversationStore, _ references: ResolvedReferences) {
        for call in voted(in: store) {
            guard call.alternativeGroup == nil, call.approval?.isForRead == false,
                !store.record.withdrawn.contains(call.id),
                let terms = knownTerms(for: call, in: store.conversation, references)
            else { continue }
            switch reading(of: call, in: store, under: terms) {
            case .undecided, .incomplete: continue
            case .decided(let decision): store.log(.decided(id: call.id, decision))
            case .altered(let why): refuseAltered(call, because: why, in: &store)
            }
        }
    }

    private func refuseAltered(_ call: Call, because why: String, in store: inout ConversationStore) {
        events.warning(store.conversation.object, reason: "ApprovalAltered", message: why)
        store.log(.decided(id: call.id, Decision(approved: false, by: worker, reason: why)))
    }

    /// An expired approval counts for nothing, whenever the decision was made: there is no trustworthy time on it.
    func reading(
        of call: Call, in store: ConversationStore, under terms: ApprovalTerms
    ) -> DecisionReader.Reading {
        guard let request = call.approval, request.expiresAt > clock.now else { return .undecided }
        return DecisionReader.read(
            store.conversation.status.approvals[call.id], for: call, request: request, in: store.conversation,
            turn: store.machine.turn, terms: terms)
    }

    /// Says once whose approval of a call doesn't count for want of rights: when that isn't in the status yet.
    private func tellRefusals(of call: Call, in conversation: Conversation, under terms: CallTerms) {
        let shown = conversation.status.approvals[call.id]?.waitingFor ?? ""
        let unauthorized = terms.requirements.unauthorized.sorted { $0.key < $1.key }
        for (user, missing) in unauthorized where !shown.contains(user) {
            events.warning(
                conversation.object, reason: "ApprovalRefused",
                message: "\(call.id): \(user) does not have the rights for it: \(missing)")
        }
    }

    /// Waits for decisions, after showing what is to be decided and what is still missing of what was.
    ///
    /// A worker may have died between storing a question and showing it: without this nobody would ever see it.
    ///
    /// - Parameter longest: when something else is to be looked at; nil where nothing is.
    func awaitDecisions(
        until: KubeTime, orFor longest: Duration?, in store: inout ConversationStore
    ) async throws -> ReconcileResult {
        let approvals = store.conversation.status.approvals
        let pending = store.machine.pendingApprovals
        let hidden = Set(pending.map(\.id).filter { approvals[$0]?.digest == nil })
        let isShown = pending.allSatisfy { call in
            approvals[call.id]?.waitingFor == store.incomplete[call.id]?.bounded(to: StatusProjection.Budget.summary)
                && approvals[call.id]?.autoApprovedBy == nil
        }
        // What came of another call meanwhile isn't kept from people until they decide.
        if !isShown || !hidden.isEmpty || store.isStatusOutdated {
            if store.record.hasUnwritten { try await store.flush() }
            try await store.writeStatus(.init(newApprovals: hidden))
        }
        let left = until.seconds(since: clock.now)
        // What is missing may come without a change of the conversation: a policy, other terms.
        let seconds = max(0, store.incomplete.isEmpty ? left : min(left, 5))
        let pause = Duration.milliseconds(Int64(seconds * 1000) + 1)
        return .requeue(after: longest.map { min($0, pause) } ?? pause)
    }
}
