import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

/// Leave to send a request of one call: it was approved, not stopped, and unaltered, by the conversation, its SkyfloAI and
/// the policy as the API server had them a moment ago. The only means to write to the cluster for a conversation.
struct WritePermit: Sendable {
    let callID: String
    /// Acts for the conversation's ServiceAccount.
    let api: ImpersonatingAPI
    /// Systems outside of the cluster, as the SkyfloAI names them.
    let integrations: IntegrationWriter

    fileprivate init(for call: Call, api: ImpersonatingAPI, integrations: IntegrationWriter) {
        callID = call.id
        self.api = api
        self.integrations = integrations
    }
}

/// A decided call may not be written (any more).
struct WriteNotPermitted: Error, Hashable {
    /// nil: a stop.
    var reason: String?
    /// A rule forbids the call: it is not asked for again.
    var isForbidden = false
    /// Whom it would be written as is missing. It may come.
    var lacksIdentity = false
}

extension ApprovalGate {
    /// Looks whether a decided call may be written now, by the conversation as it was last read, and by its SkyfloAI and the
    /// policy as the API server has them.
    /// - Throws: ``WriteNotPermitted``.
    func permit(
        _ call: Call, in store: ConversationStore, references: ResolvedReferences
    ) async throws -> WritePermit {
        let conversation = store.conversation
        async let hasIdentity = identityExists(of: conversation)
        let terms = try await readTerms(
            for: conversation, governedBy: references.skyfloAI, ofPeople: call.decision?.rule == nil)
        if stop(of: conversation, governedBy: governing(under: terms)) != nil { throw WriteNotPermitted(reason: nil) }
        guard let decision = call.decision, decision.approved else { throw WriteNotPermitted(reason: "not approved") }
        guard references.identity.user == conversation.identity else {
            throw WriteNotPermitted(reason: "spec.serviceAccountName was changed after the approval was asked for")
        }
        guard call.matchesFingerprint(redactor) else {
            throw WriteNotPermitted(reason: "its requests do not match the fingerprint of the approval")
        }
        try checkRules(on: call, under: terms)
        if let rule = decision.rule {
            try checkGrant(by: rule, of: call, in: store, under: terms)
        } else {
            let terms = try await readRights(of: call, in: conversation, under: terms)
            guard case .decided(let current) = reading(of: call, in: store, under: terms.requirements),
                current.approved
            else { throw WriteNotPermitted(reason: "the approval is no longer valid") }
        }
        guard try await hasIdentity else { throw Self.lackOfIdentity(conversation) }
        return WritePermit(
            for: call, api: api.impersonating(references.identity), integrations: writer(terms.skyfloAI, conversation))
    }

    private func checkGrant(
        by rule: String, of call: Call, in store: ConversationStore, under terms: CurrentTerms
    ) throws(WriteNotPermitted) {
        let conversation = store.conversation
        guard let entry = conversation.status.approvals[call.id], let request = call.approval,
            DecisionReader.stands(
                entry, for: call, request: request, in: conversation, turn: store.machine.turn)
        else { throw WriteNotPermitted(reason: "the call was changed after it was asked for") }
        guard grant(for: call, in: conversation, under: terms) != nil,
            !entry.votes.contains(where: { $0.decision == .denied })
        else { throw WriteNotPermitted(reason: "rule \(rule) no longer allows it") }
    }

    /// Leave to send the next write of a call that was begun under a permit: then only a stop, the loss of the SkyfloAI, and a
    /// rule that forbids or freezes the call, keep the rest from being done. Another process may have begun it.
    /// - Throws: ``WriteNotPermitted``, with a reason.
    func permitNext(
        of call: Call, in conversation: Conversation, _ references: ResolvedReferences
    ) async throws -> WritePermit {
        guard call.state == .executing || call.decision?.approved == true, call.matchesFingerprint(redactor),
            references.identity.user == conversation.identity
        else { throw WriteNotPermitted(reason: "the call was changed after it was approved") }
        async let hasIdentity = identityExists(of: conversation)
        let terms = try await readTerms(for: conversation, governedBy: references.skyfloAI, ofPeople: false)
        if let stop = stop(of: conversation, governedBy: governing(under: terms)) {
            throw WriteNotPermitted(reason: "stopped by \(stop)")
        }
        guard terms.isGoverned else { throw WriteNotPermitted(reason: terms.doubt) }
        try checkRules(on: call, under: terms)
        guard try await hasIdentity else { throw Self.lackOfIdentity(conversation) }
        return WritePermit(
            for: call, api: api.impersonating(references.identity), integrations: writer(terms.skyfloAI, conversation))
    }

    /// Impersonation asks nobody whether there is such a ServiceAccount, and what was bound to it remains bound.
    private func identityExists(of conversation: Conversation) async throws -> Bool {
        let account = ObjectKey(namespace: conversation.namespace, name: conversation.spec.serviceAccountName)
        return try await serviceAccounts.contains(account, api: api, clock: clock)
    }

    private func writer(_ skyfloAI: ObjectKey, _ conversation: Conversation) -> IntegrationWriter {
        IntegrationWriter(directory(skyfloAI), namespace: conversation.namespace)
    }

    private static func lackOfIdentity(_ conversation: Conversation) -> WriteNotPermitted {
        let name = "\(conversation.namespace)/\(conversation.spec.serviceAccountName)"
        return WriteNotPermitted(reason: "ServiceAccount \(name) no longer exists", lacksIdentity: true)
    }
}
