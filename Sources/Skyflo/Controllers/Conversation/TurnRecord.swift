import KubeClient
import KubeModel
import LiveEvents
import SkyfloAPI
import Transcripts
import WorkflowEngine

/// The state of a conversation's turn together with where its transcript stands. All changes of the state go through
/// ``log(_:at:)``, so that what is in memory is always what is, or will be, in the transcript.
struct TurnRecord: Sendable {
    let key: ObjectKey
    private(set) var machine: WorkflowStateMachine
    private(set) var stored: StoredTranscript
    /// What the spec names, found at the start of the turn; a decision needn't look for all of it again.
    var references: ResolvedReferences?
    /// Our right to go on with it.
    var claim: Claim
    /// Calls of which a decision was withdrawn: what was known wasn't so any more.
    private(set) var withdrawn: Set<String> = []
    /// Why the transcript can't be read, where it can't.
    private(set) var loss: String?
    /// Tells the turn to whoever follows it.
    var telling: TurnTelling
    /// Facts that are not yet in the transcript.
    private var unwritten: [TranscriptChain.Entry] = []
    var hasUnwritten: Bool { !unwritten.isEmpty }

    struct Claim: Sendable, Hashable {
        /// One more than what the conversation had when it was read.
        var epoch: Int
        /// Whether it is written.
        var isHeld = false

        /// What the conversation must have for the claim to stand.
        var expected: Int { isHeld ? epoch : epoch - 1 }
    }

    /// Reads the transcript as far as the status vouches for it.
    ///
    /// Behind that may stand what a worker wrote that died before its status was written, and what anybody made up who may
    /// write Secrets: approvals that nobody gave, writes that nobody began. Nothing of it is needed: what was begun and what
    /// came of it is in the status, where people's decisions are too, and everything else is found out again.
    ///
    /// - Parameter shown: an event as readers of the transcript see it.
    static func load(
        _ conversation: Conversation, from store: any TranscriptStore, now: KubeTime,
        shown: (TurnEvent) -> TurnEvent
    ) async throws -> TurnRecord {
        let isRestored = conversation.restoration != nil
        // What a status says that isn't the conversation's own vouches for nothing.
        let known = isRestored ? TranscriptChain.Anchor(count: 0, head: "") : conversation.status.transcript
        var stored = store.empty(of: conversation)
        var loss: String?
        // A conversation that has never been worked on has no transcript to look for.
        if conversation.status.turn > 0 || isRestored {
            do {
                stored = try await store.load(conversation, anchor: known)
            } catch let failure as TranscriptChain.Failure {
                loss = failure.description
            }
        }
        if stored.position.entries < known.count {
            loss = loss ?? "it has fewer entries than the status says"
        }
        let retelling = TurnNarration.replay(
            stored.entries, counting: known.count,
            to: WorkflowStateMachine(policy: .init(limits: conversation.spec.limits)), onlyNewestTurn: true,
            shown: shown)
        let hasMore = stored.entries.count > known.count
        // Until the rest is disregarded in the transcript itself, the status must not vouch for it.
        if hasMore {
            stored.position.entries = known.count
            stored.position.head = known.head
        }
        var record = TurnRecord(
            key: conversation.key, machine: retelling.machine, stored: stored,
            claim: Claim(epoch: conversation.status.workerEpoch + 1), loss: loss, telling: TurnTelling(retelling))
        if hasMore {
            let event = TurnEvent.disregarded(after: known.count)
            record.telling.skip(event)
            record.unwritten = [.init(at: now, event: event)]
        }
        return record
    }

    private init(
        key: ObjectKey, machine: WorkflowStateMachine, stored: StoredTranscript, claim: Claim, loss: String?,
        telling: TurnTelling
    ) {
        self.telling = telling
        self.claim = claim
        self.key = key
        self.machine = machine
        self.stored = stored
        // Replayed already; the machine is what is left of them.
        self.stored.entries = []
        self.loss = loss
    }

    /// - Parameter shown: the event as readers of the transcript see it; nil where nobody can follow the turn.
    mutating func log(_ event: TurnEvent, shown: TurnEvent?, at: KubeTime) {
        machine.apply(event, at: at)
        if let shown { telling.add(shown, at: at, to: machine) }
        if case .decisionWithdrawn(let id, _) = event { withdrawn.insert(id) }
        unwritten.append(.init(at: at, event: event))
    }

    /// The turn that was claimed is over: the next one is claimed anew.
    mutating func letGo() {
        claim = Claim(epoch: claim.expected + 1)
        telling.letGo()
        references = nil
        withdrawn = []
    }

    mutating func adopt(_ policy: WorkflowStateMachine.Policy) { machine.policy = policy }

    /// Removes what was moved, from where an earlier version kept it.
    mutating func removeFormer(from store: any TranscriptStore, of conversation: Conversation) async throws {
        try await store.removeFormer(of: &stored, of: conversation)
    }

    /// Writes what isn't in the transcript yet.
    mutating func flush(to store: any TranscriptStore, of conversation: Conversation) async throws {
        try await store.append(unwritten, to: &stored, of: conversation)
        unwritten = []
    }
}
