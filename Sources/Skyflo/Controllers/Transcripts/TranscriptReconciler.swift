import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import SkyfloAPI
import Transcripts

/// Removes transcripts whose conversation is gone. A request is the uid of a conversation, as the name of an object.
///
/// A transcript is in another namespace than its conversation, so that no owner reference does it, and a finalizer would keep
/// conversations, and their namespaces, from being deleted while no operator runs.
///
/// ## Guarantees
/// - Nothing is removed of a conversation that exists: it is in the cache, or the API server itself is asked, for each
///   place where it is said to be.
/// - Nothing is removed where nobody can say which conversation it was of.
package struct TranscriptReconciler: Reconciler {
    private let api: any KubeAPI
    private let archive: any TranscriptArchive
    private let conversations: Informer
    private let logger: Logger

    package init(
        api: any KubeAPI, archive: any TranscriptArchive, conversations: Informer, logger: Logger
    ) {
        self.api = api
        self.archive = archive
        self.conversations = conversations
        self.logger = logger
        conversations.addIndex(Self.index) { [$0.uid] }
    }

    static let index = "uid"

    /// Accepts deletions, also of conversations that were made anew before anybody looked.
    static let isGone = Predicate { event in
        switch event {
        case .deleted: true
        case .updated(let old, let new): old.uid != new.uid
        case .added: false
        }
    }

    package func reconcile(_ request: ObjectKey) async throws -> ReconcileResult {
        let uid = request.name
        guard !isKnown(uid) else { return .done }
        let owners = try await archive.owners(uid: uid)
        guard !owners.isEmpty else { return .done }
        for owner in owners where try await !isGone(owner) { return .done }
        try await archive.remove(uid: uid)
        logger.info("transcript removed: its conversation is gone", metadata: ["conversation": "\(uid)"])
        return .done
    }

    func isKnown(_ uid: String) -> Bool { !conversations.byIndex(Self.index, value: uid).isEmpty }

    /// Whether it is certain that the conversation doesn't exist any more. Its uid never comes again.
    private func isGone(_ owner: TranscriptOwner) async throws -> Bool {
        guard let namespace = owner.namespace, let name = owner.name, isOurs(owner) else {
            logger.notice(
                "transcript of an unknown conversation left alone", metadata: ["conversation": "\(owner.uid)"])
            return false
        }
        return try await api.find(.conversations, namespace: namespace, name: name)?.uid != owner.uid
    }

    /// Conversations of other namespaces belong to other operators where this one has one namespace only.
    func isOurs(_ owner: TranscriptOwner) -> Bool {
        conversations.namespace == nil || conversations.namespace == owner.namespace
    }
}
