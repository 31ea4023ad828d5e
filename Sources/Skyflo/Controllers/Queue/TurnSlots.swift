import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import WorkflowEngine

/// Lets turns begin, no more at a time than a SkyfloAI wants.
///
/// What runs is read from the conversations' statuses; a turn whose status isn't written yet is kept here, so that within one
/// process the caps are exact. Several workers may for a moment let one too many begin, as long as one doesn't know of the
/// other's. A turn that a person's decision lets go on isn't held up: its approval would run out.
final class TurnSlots: Sendable {
    private struct Beginning {
        var namespace: String
        var skyfloAI: ObjectKey
    }

    private let conversations: Informer
    private let governing: Governing
    /// Turns that were let begin, by the conversation's uid.
    private let beginning = Mutex<[String: Beginning]>([:])

    init(conversations: Informer, governing: Governing) {
        self.conversations = conversations
        self.governing = governing
    }

    /// Asks for a conversation that has a turn to begin. Whoever gets ``TurnQueue/Admission/now`` calls ``release(_:)`` when
    /// the status says that it runs, or when nothing came of it.
    func admission(of conversation: Conversation, to skyflo: SkyfloAI) -> TurnQueue.Admission {
        guard skyflo.turnCaps != TurnCaps() else { return .now }
        let key = skyflo.object.key
        return beginning.withLock { beginning in
            let governed = governed(by: key).filter { $0.uid != conversation.uid }
            let running = governed.filter { beginning[$0.uid] == nil && $0.status.isAtWork }.map(\.namespace)
            let begun = beginning.filter { $0.value.skyfloAI == key && $0.key != conversation.uid }.map(
                \.value.namespace)
            let waiting = governed.filter { $0.status.queuedSince != nil && beginning[$0.uid] == nil } + [conversation]
            let queue = TurnQueue(
                caps: skyflo.turnCaps, running: running + begun, waiting: waiting.map(TurnQueue.Entry.init))
            let admission = queue.admission(of: conversation.key)
            if admission == .now {
                beginning[conversation.uid] = Beginning(namespace: conversation.namespace, skyfloAI: key)
            }
            return admission
        }
    }

    func release(_ uid: String) {
        beginning.withLock { $0[uid] = nil }
    }

    private func governed(by skyfloAI: ObjectKey) -> [Conversation] {
        conversations.list().filter { !$0.isBeingDeleted }.map(Conversation.init).filter {
            governing.key(of: $0) == skyfloAI
        }
    }

    // MARK: Waking

    /// Which conversations to look at when one changes: where a turn has ended, or gone from the line, the first of those that
    /// wait, who may begin or have moved up. Where the SkyfloAI caps nothing nobody waits: who did when it lost its caps was
    /// woken by that change.
    static func woken(by object: KubeObject, among conversations: Informer, _ governing: Governing) -> [ObjectKey] {
        guard let key = governing.key(of: Conversation(object)),
            let skyflo = governing.skyfloAIs.get(key), SkyfloAI(skyflo).turnCaps != TurnCaps()
        else { return [] }
        let waiting = conversations.list().filter { $0["status", "queuedSince"] != nil }.map(Conversation.init).filter {
            governing.key(of: $0) == key
        }
        let queue = TurnQueue(caps: TurnCaps(runningTurns: 0), running: [], waiting: waiting.map(TurnQueue.Entry.init))
        return Array(queue.waiting.prefix(TurnQueue.Admission.placesTold + 1))
    }

    /// A turn has ended or waits for a person; or a conversation is out of the line.
    static let freesPlace = Predicate { event in
        switch event {
        case .updated(let old, let new): place(old) != nil && place(old) != place(new)
        case .deleted(let object): place(object) != nil
        case .added: false
        }
    }

    /// What a conversation takes: a turn, or a place in the line.
    private static func place(_ object: KubeObject) -> String? {
        // Asked at every change of every conversation: no more is read of it than that.
        let phase = object["status", "phase"]?.string.flatMap(ConversationStatus.Phase.init)
        return phase?.isWork == true ? "turn" : object["status", "queuedSince"]?.string
    }
}

/// Which SkyfloAI governs a conversation, by what is known without asking the API server.
struct Governing: Sendable {
    var skyfloAIs: Informer
    var fallback: ObjectKey?

    func key(of conversation: Conversation) -> ObjectKey? {
        if let reference = conversation.spec.skyfloRef {
            return ObjectKey(namespace: reference.namespace ?? conversation.namespace, name: reference.name)
        }
        let own = skyfloAIs.list(namespace: conversation.namespace)
        return own.count == 1 ? own[0].key : fallback
    }
}

extension ConversationStatus {
    /// A turn runs and waits for nobody.
    var isAtWork: Bool { phase?.isWork ?? false }
}

extension ConversationStatus.Phase {
    /// A turn runs and waits for nobody.
    fileprivate var isWork: Bool { self == .planning || self == .executing || self == .verifying }
}

extension TurnQueue.Entry {
    init(_ conversation: Conversation) {
        self.init(
            key: conversation.key, since: conversation.status.queuedSince,
            createdAt: conversation.object.creationTimestamp)
    }
}
