import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Tools
import WorkflowEngine

extension TurnRunner {
    /// Who wants the turn stopped; nil when nobody does. What was read from the API server is in the cache too, so the
    /// cache is never behind it.
    var stop: String? {
        if conversation.spec.stop { return "spec.stop" }
        guard let governing, governing.stop else { return nil }
        return "spec.stop of SkyfloAI \(governing.object.key)"
    }

    /// The SkyfloAI that governs the conversation, as newly as it is known; nil when it is gone. The cache may have it for a
    /// while after that.
    var governing: SkyfloAI? {
        guard terms.isGoverned else { return nil }
        return references.flatMap { dependencies.skyfloAIs.get($0.skyfloAI) }.map { SkyfloAI($0) }
    }

    // MARK: Decisions of people

    /// Takes in what people decided, as it stands on the object that this runner last read or wrote.
    mutating func absorbDecisions() async throws {
        incomplete = [:]
        let approvals = conversation.status.approvals
        let voted = machine.pendingApprovals.filter { !(approvals[$0.id]?.votes.isEmpty ?? true) }
        guard !voted.isEmpty else { return }
        try await readTerms()
        for call in voted {
            try await readRights(of: call)
            switch reading(of: call) {
            case .undecided: continue
            case .incomplete(let what):
                incomplete[call.id] = what
                tellRefusals(of: call)
            case .decided(let decision): record.log(.decided(id: call.id, decision), at: now)
            case .altered(let why):
                dependencies.events.warning(conversation.object, "ApprovalAltered", why)
                let refusal = Decision(approved: false, by: dependencies.options.identity, reason: why)
                record.log(.decided(id: call.id, refusal), at: now)
            }
        }
    }

    /// An expired approval counts for nothing, whenever the decision was made: there is no trustworthy time on it.
    private func reading(of call: Call) -> DecisionReader.Reading {
        guard let request = call.approval, request.expiresAt > now else { return .undecided }
        return DecisionReader.read(
            conversation.status.approvals[call.id], for: call, request: request, in: conversation,
            turn: machine.turn, terms: terms)
    }

    /// Waits for decisions, after showing what is to be decided and what is still missing of what was.
    ///
    /// A worker may have died between storing a question and showing it: without this nobody would ever see it.
    mutating func awaitDecisions(until: KubeTime) async throws -> ReconcileResult {
        let approvals = conversation.status.approvals
        let hidden = Set(machine.pendingApprovals.map(\.id).filter { approvals[$0]?.digest == nil })
        let isShown = machine.pendingApprovals.allSatisfy { call in
            approvals[call.id]?.waitingFor == incomplete[call.id]?.bounded(to: StatusProjection.Budget.summary)
                && approvals[call.id]?.autoApprovedBy == nil
        }
        if !isShown || !hidden.isEmpty { try await writeStatus(newApprovals: hidden) }
        let left = until.seconds(since: now)
        // What is missing may come without a change of the conversation: a policy, other terms.
        let seconds = max(0, incomplete.isEmpty ? left : min(left, 5))
        return .requeue(after: .milliseconds(Int64(seconds * 1000) + 1))
    }

    // MARK: Terms

    /// Reads from the API server what it takes for a decision to count now.
    mutating func readTerms() async throws {
        guard let key = references?.skyfloAI else { return }
        async let proof = ApprovalProof.look(api)
        let object = try await api.find(.skyfloAIs, namespace: key.namespace, name: key.name)
        if let object { dependencies.skyfloAIs.insert(object) }
        let finding = try await proof
        guard let object else {
            terms = ApprovalTerms(
                doubt: "the SkyfloAI \(key), which governs this conversation, is gone", isGoverned: false)
            return
        }
        let skyflo = SkyfloAI(object)
        let since = skyflo.approvals.allowUnproven ? nil : finding.since
        let maker = maker(provenSince: since)
        var creator: String?
        if case .user(let user) = maker { creator = user }
        terms = ApprovalTerms(
            quorum: skyflo.approvals.quorum(maker: creator), excluded: skyflo.approvals.twoPerson ? maker : nil,
            doubt: readOnly(skyflo) ?? (skyflo.approvals.allowUnproven ? nil : finding.doubt), provenSince: since,
            distrustsServiceAccounts: skyflo.approvals.distrustsServiceAccounts)
    }

    /// Before the policy was there anybody could have been named as who made the conversation.
    private func maker(provenSince since: KubeTime?) -> ApprovalTerms.Excluded {
        let isProven = since.map { since in conversation.object.creationTimestamp.map { $0 >= since } ?? false } ?? true
        guard isProven, let creator = conversation.creator else { return .unknown }
        return .user(creator)
    }

    /// Why nothing may be written; nil where it may.
    func readOnly(_ skyflo: SkyfloAI?) -> String? {
        if conversation.spec.approvalMode == .readOnly {
            return "this conversation is read-only (spec.approval.mode: ReadOnly)"
        }
        guard let skyflo, skyflo.readOnly else { return nil }
        return "the conversations of SkyfloAI \(skyflo.object.key) are read-only (spec.readOnly)"
    }

    var readOnly: String? { readOnly(governing) }

    // MARK: Decisions of rules

    /// Lets the rules decide about approvals that are about to be shown. They are read from the API server for it.
    mutating func autoApprove(_ ids: Set<String>) async throws {
        guard let rules = governing?.approvals.autoApprove, !rules.isEmpty else { return }
        try await readTerms()
        for call in ids.sorted().compactMap(machine.call) {
            guard let rule = grant(for: call), let key = references?.skyfloAI else { continue }
            record.log(
                .decided(id: call.id, Decision(approved: true, by: "SkyfloAI \(key)", rule: rule)), at: now)
            dependencies.events.normal(
                conversation.object, "AutoApproved",
                "\(call.id): \(call.approval?.summary ?? call.tool): by rule \(rule) of SkyfloAI \(key)")
        }
    }

    /// The rule that allows a call; nil for none. `approval.mode: Always` means to be asked, whatever rules say.
    private func grant(for call: Call) -> String? {
        guard let governing, let approval = call.approval, conversation.spec.approvalMode == .writes else { return nil }
        guard readOnly == nil, approval.expiresAt > now else { return nil }
        let now = self.now
        let facts = approval.requests.enumerated().map { position, json -> AutoApproval.WriteFacts? in
            guard let planned = PlannedWrite(json: json)?.request, position < approval.labels.count,
                position < approval.changes.count, let change = ChangeRecord(json: approval.changes[position])
            else { return nil }
            return AutoApproval.WriteFacts(planned, labels: approval.labels[position], change: change)
        }
        return AutoApproval(
            rules: governing.approvals.autoApprove, namespace: governing.object.namespace ?? "",
            localTime: { LocalTime.of(now, in: $0) }
        ).grant(tool: call.tool, risk: AutoApproveRule.Risk(rawValue: approval.risk), facts)
    }

    // MARK: The moment of the write

    struct NoLongerApproved: Error {
        /// nil: a stop.
        var reason: String?
    }

    /// Whether a decided call may be written now, by the conversation, its SkyfloAI and the policy as the API server has
    /// them.
    mutating func recheck(_ call: Call) async throws {
        try await readTerms()
        try await readRights(of: call)
        if stop != nil { throw NoLongerApproved(reason: nil) }
        guard let decision = call.decision, decision.approved else { throw NoLongerApproved(reason: "not approved") }
        guard references?.identity.user == conversation.identity else {
            throw NoLongerApproved(reason: "the conversation runs as another ServiceAccount by now")
        }
        guard matchesFingerprint(call) else {
            throw NoLongerApproved(reason: "its requests aren't those of the approval's fingerprint")
        }
        guard let rule = decision.rule else {
            guard case .decided(let current) = reading(of: call), current.approved else {
                throw NoLongerApproved(reason: "the approval doesn't stand any more")
            }
            return
        }
        guard let entry = conversation.status.approvals[call.id], let request = call.approval,
            DecisionReader.stands(entry, for: call, request: request, in: conversation, turn: machine.turn)
        else { throw NoLongerApproved(reason: "the call isn't what was asked for any more") }
        guard grant(for: call) != nil, !entry.votes.contains(where: { $0.decision == .denied }) else {
            throw NoLongerApproved(reason: "rule \(rule) doesn't allow it any more")
        }
    }
}
