import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

/// Whether something may be written: the terms on which decisions count, who may decide, what people and rules decided, and
/// whether a decision still stands at the moment of the write.
///
/// It keeps nothing. What has to be known before something else is an argument of it: ``CurrentTerms`` come from
/// ``readTerms(for:governedBy:)``, ``CallTerms`` from those, and a ``WritePermit`` from both, and none of them can be made
/// in another way.
struct ApprovalGate: Sendable {
    /// The operator's own: terms and rights aren't read as the conversation.
    let api: any KubeAPI
    let skyfloAIs: Informer
    let events: EventRecorder
    let clock: any RuntimeClock
    let redactor: Redactor
    /// In whose name approvals are refused that were altered.
    let worker: String
    let proofs: AdmissionPolicyCheckCache
    let serviceAccounts: ServiceAccountCache
    let directory: @Sendable (ObjectKey) -> IntegrationDirectory

    init(_ dependencies: ConversationReconciler.Dependencies) {
        api = dependencies.api
        skyfloAIs = dependencies.skyfloAIs
        events = dependencies.events
        clock = dependencies.clock
        redactor = Redactor(key: dependencies.options.redactionKey)
        worker = dependencies.options.identity
        proofs = dependencies.proofs
        serviceAccounts = dependencies.serviceAccounts
        directory = { IntegrationDirectory(of: $0, dependencies) }
    }

    // MARK: As the cache has it

    /// The SkyfloAI that governs a conversation, as it was last heard of. For whatever doesn't allow a write.
    func governing(_ references: ResolvedReferences?) -> SkyfloAI? {
        references.flatMap { skyfloAIs.get($0.skyfloAI) }.map { SkyfloAI($0) }
    }

    /// The same after the terms were read, which went into the cache, so that the cache is never behind them; nil when it
    /// was gone. The cache may have it for a while after that.
    func governing(under terms: CurrentTerms) -> SkyfloAI? {
        guard terms.isGoverned else { return nil }
        return skyfloAIs.get(terms.skyfloAI).map { SkyfloAI($0) }
    }

    /// Who wants the turn stopped; nil when nobody does.
    func stop(of conversation: Conversation, governedBy skyfloAI: SkyfloAI?) -> String? {
        if conversation.spec.stop { return "spec.stop" }
        guard let skyfloAI, skyfloAI.stop else { return nil }
        return "spec.stop of SkyfloAI \(skyfloAI.object.key)"
    }

    /// Why nothing may be written; nil where it may.
    func readOnly(_ conversation: Conversation, governedBy skyfloAI: SkyfloAI?) -> String? {
        if conversation.spec.approvalMode == .readOnly {
            return "this conversation is read-only (spec.approval.mode: ReadOnly)"
        }
        guard let skyfloAI, skyfloAI.readOnly else { return nil }
        return "the conversations of SkyfloAI \(skyfloAI.object.key) are read-only (spec.readOnly)"
    }
}
