import KubeModel
import SkyfloAPI

extension StatusProjection {
    /// Approvals of calls that are no longer kept go; those that are there stay as they are, with what people wrote. Old
    /// ones lose their bodies when all together get large: the transcript has them.
    func approvals() -> JSONObject {
        var entries = JSONObject()
        let stored = conversation.status.approvals
        let all = newestCalls.map(\.call)
        let kept = Set(all.filter { $0.approval != nil }.map(\.id))
        for id in stored.keys.sorted() where !kept.contains(id) { entries[id] = .null }
        var bytes = 0
        for call in all.reversed() where !newApprovals.contains(call.id) {
            guard let size = conversation.status.storedBytes(of: call.id, in: .approvals) else { continue }
            bytes += size
            if bytes > Budget.decidedApprovals, call.state.isFinal {
                var update = Approval.Update()
                update.losesBody = true
                entries[call.id] = update.json
            }
        }
        for call in machine.calls {
            guard let approval = call.approval else { continue }
            if newApprovals.contains(call.id) { entries[call.id] = entry(for: approval, of: call).json }
            addWaiting(call, shown: stored[call.id], to: &entries)
        }
        return entries
    }

    /// An entry that isn't there isn't made by this: it would have no digest.
    private func addWaiting(_ call: Call, shown: Approval?, to entries: inout JSONObject) {
        let text = call.isWaitingForDecision ? incomplete[call.id]?.bounded(to: Budget.summary) : nil
        var update = Approval.Update()
        if shown?.waitingFor != text { update.waitingFor = .some(text) }
        update.losesRule = shown?.autoApprovedBy != nil && call.isWaitingForDecision
        guard !update.isEmpty, shown != nil || entries[call.id] != nil else { return }
        var entry = entries[call.id] ?? .object([:])
        for (member, value) in update.json.object ?? [:] { entry[member] = value }
        entries[call.id] = entry
    }

    private func entry(for request: ApprovalRequest, of call: Call) -> Approval {
        var approval = Approval()
        approval.summary = request.summary.bounded(to: Budget.summary)
        approval.tool = call.tool
        approval.arguments = request.shown?.arguments ?? call.arguments
        approval.requests = request.shown?.requests ?? request.requests
        approval.references = request.references
        approval.fingerprint = request.shown?.fingerprint
        approval.preview = request.preview.bounded(to: 32_768)
        approval.risk = request.risk
        approval.warnings = warnings(request.warnings)
        approval.touches = request.touches.prefix(Budget.touches).map { $0.bounded(to: Budget.change) }
        approval.alternatives = machine.alternatives(to: call)
        approval.postConditions = request.postConditions
        approval.digest = request.digest
        approval.command = command(approving: call.id, request.digest)
        approval.requestedAt = now
        approval.expiresAt = request.expiresAt
        approval.autoApprovedBy = call.decision?.rule?.bounded(to: 128)
        return approval
    }

    private func warnings(_ all: [String]) -> [String] {
        let shown = all.prefix(16).map { $0.bounded(to: Budget.summary) }
        return all.count > shown.count
            ? shown + ["and \(all.count - shown.count) more, which the transcript has"] : shown
    }

    /// To be copied as it stands: the name that the admission policy wants is asked for in the command. With the digest in
    /// it the patch fails where another conversation has taken this one's name, instead of approving what that one asks.
    private func command(approving id: String, _ digest: String) -> String {
        let user = #"'"$(kubectl auth whoami -o jsonpath={.status.userInfo.username})"'"#
        let object = "\(conversation.object.name) -n \(conversation.namespace)"
        return "kubectl patch conv \(object) --subresource=status --type=merge "
            + "-p '{\"status\":{\"approvals\":{\"\(id)\":{\"digest\":\"\(digest)\",\"decision\":\"Approved\","
            + "\"decidedBy\":\"\(user)\"}}}}'"
    }
}
