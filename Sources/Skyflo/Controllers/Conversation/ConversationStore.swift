import ControllerRuntime
import KubeClient
import KubeModel
import LiveEvents
import SkyfloAPI
import Transcripts
import WorkflowEngine
import Writes

/// The conversation as the API server last answered, and all that is kept of it: status, transcript, claim, and the
/// annotation that says how far it is. The only one that reads and writes any of these while a turn is worked on.
///
/// ## Guarantees
/// - A status is written under the resourceVersion that its content comes from.
/// - Whatever is read again is checked for another worker's claim: who meets one gets ``FencedOut``.
struct ConversationStore: Sendable {
    /// Another worker has taken the conversation over. Whatever this one knows of it is past.
    struct FencedOut: Error {
        var by: String
    }

    let api: any KubeAPI
    /// Conversations as they were last heard of; what is read or written here goes into it.
    let conversations: Informer
    let events: EventRecorder
    let clock: any RuntimeClock
    /// Who this worker is in `status.worker`.
    let worker: String
    let transcripts: any TranscriptStore
    let redactionKey: [UInt8]
    /// Where turns are told to whoever follows them; nil where nobody can.
    let live: LiveAccess?
    /// Of the turn: whoever has it may follow it.
    private var streamKey: String
    let shownArguments: ShownArguments
    /// How long the status stays as it is, at least, while a turn goes on.
    var progressInterval: Duration

    /// At least as new as the cache was at the start.
    private(set) var conversation: Conversation
    private(set) var record: TurnRecord
    /// What is missing of decisions that were made, by call. The next status says it.
    var incomplete: [String: String] = [:]
    var timeToFirstToken: Double?
    /// Why the model lets the turn wait; nil while it doesn't.
    var wait: String?
    /// The turn in which the model was last asked for a summary; nil where it wasn't.
    var summarizedTurn: Int?
    /// When the status was last written, or looked at for something new; by the clock's ``RuntimeClock/uptime``.
    var writtenAt: Duration?
    /// The API server doesn't let the annotation be written that says how far the conversation is.
    private var isProgressRefused = false
    /// The API server doesn't let the Secrets be removed from which the transcript was moved.
    private var isRemovalRefused = false

    init(
        _ dependencies: ConversationReconciler.Dependencies, conversation: Conversation, record: TurnRecord
    ) {
        api = dependencies.api
        conversations = dependencies.conversations
        events = dependencies.events
        clock = dependencies.clock
        worker = dependencies.options.identity
        transcripts = dependencies.transcripts(of: conversation)
        redactionKey = dependencies.options.redactionKey
        live = dependencies.live
        streamKey = record.telling.turn?.streamKey ?? (dependencies.live == nil ? "" : StreamKey.random())
        shownArguments = ShownArguments(dependencies)
        progressInterval = dependencies.options.progressInterval
        self.conversation = conversation
        self.record = record
    }

    var machine: WorkflowStateMachine { record.machine }
    /// What the spec names, as it was found at the start of the turn.
    var references: ResolvedReferences? {
        get { record.references }
        set { record.references = newValue }
    }
    var now: KubeTime { clock.now }

    // MARK: Facts

    /// Takes a fact in. It is in the transcript after the next ``flush()``.
    ///
    /// Whoever follows the turn is told of it at once, unless it is `tentative`: then after it is stored.
    mutating func log(_ event: TurnEvent, isTentative: Bool = false) {
        guard live != nil else { return record.log(event, shown: nil, at: now) }
        let cipher = ConversationCipher(key: redactionKey, uid: conversation.uid)
        if event.beginsTurn { streamKey = StreamKey.random() }
        record.log(event, shown: cipher.shown(event), at: now)
        if isTentative { record.telling.holdBack() }
        if !record.telling.isHeldBack { record.telling.publish() }
    }

    /// Tells whoever follows the turn of what passes.
    func pass(_ contents: [LiveEvent.Content]) { record.telling.turn?.pass(contents, at: now) }

    /// By what is told how far a call is; nil where nobody can follow the turn.
    mutating func telling(of call: Call) -> CallTelling? {
        record.telling.telling(of: call, redactor: Redactor(key: redactionKey), clock: clock)
    }

    /// Tells whoever follows the turn of facts that are stored by now.
    mutating func tell() { record.telling.publish() }

    /// Ends the telling of a turn that has ended.
    mutating func endTelling() {
        guard let turn = record.telling.turn else { return }
        record.telling.publish()
        live?.turns.complete(turn)
    }

    mutating func adopt(_ policy: WorkflowStateMachine.Policy) { record.adopt(policy) }

    /// Takes back the facts that were logged since `earlier`, none of which has been written.
    mutating func takeBack(to earlier: TurnRecord) { record = earlier }

    /// Writes to the transcript what isn't in it yet.
    /// - Throws: `APIStatus` 409 where it has moved on: what we know of it is past; ``FencedOut`` where another is to blame.
    mutating func flush() async throws {
        do {
            try await record.flush(to: transcripts, of: conversation)
            record.telling.publish()
        } catch let status as APIStatus where status.code == 409 {
            try await refresh()
            throw status
        }
    }

    // MARK: The conversation

    /// Reads the conversation from the API server.
    /// - Throws: `APIStatus` 404 when it is gone or being deleted; ``FencedOut``.
    mutating func refresh() async throws {
        let object = try await api.get(
            .conversations, namespace: conversation.namespace, name: conversation.object.name)
        guard object.uid == conversation.uid, !object.isBeingDeleted else { throw Self.deleted }
        take(object)
        try checkClaim(conversation.status)
    }

    private mutating func take(_ object: KubeObject) {
        conversation = Conversation(object)
        // So that the next reconcile sees at least this, however slow the watch is.
        conversations.insert(object)
    }

    private static let deleted = APIStatus(code: 404, reason: .notFound, message: "the conversation was deleted")

    // MARK: The claim

    /// Makes the conversation ours before anything is done for it: the next epoch is written into `status.worker` under the
    /// version of the conversation that our knowledge comes from. Of two workers one succeeds, and an earlier one finds a
    /// foreign epoch at its next status write. After taking over a turn that another has begun, the transcript is appended
    /// to as well, so that its next append fails too.
    mutating func claim() async throws {
        guard machine.isRunning else { return }
        guard !record.claim.isHeld else {
            // One turn right after the other.
            if record.telling.turn == nil { beginTelling() }
            return
        }
        let takesOver = !conversation.status.isTurnEnded
        try await writeStatus()
        beginTelling()
        guard takesOver else { return }
        log(.takenOver(worker: worker, epoch: record.claim.epoch))
        try await flush()
        // So that the status vouches for it, and what is kept of the turn goes with the status.
        try await writeStatus()
    }

    /// Lets others follow the turn, which is ours from here on.
    private mutating func beginTelling() {
        guard let live else { return }
        let (conversation, claim, number) = (conversation, record.claim, machine.turn)
        let turn = record.telling.begin { [streamKey] told, narration in
            LiveTurn(
                conversation.key, uid: conversation.uid, number: number, epoch: claim.epoch, streamKey: streamKey,
                told: told, narration: narration)
        }
        live.turns.begin(turn)
    }

    /// - Throws: ``FencedOut`` where the conversation, as just read, is in other hands.
    private func checkClaim(_ status: ConversationStatus) throws {
        guard status.workerEpoch != record.claim.expected else { return }
        throw FencedOut(by: status.workerIdentity)
    }

    // MARK: Writing the status

    /// What a status says besides what follows from the facts.
    struct StatusNotes: Sendable {
        /// Approvals that become visible with this write.
        var newApprovals: Set<String> = []
        /// nil: everything that the spec names was found.
        var notAccepted: (reason: ConversationReason, message: String)?
        /// The message that is next waits for other turns to end; nil where none does.
        var queued: StatusProjection.Queued?
    }

    /// What came of one attempt to write the status.
    enum StatusWrite: Sendable {
        case written
        /// Nothing was written: the conversation had moved on. It was read again.
        case outdated(APIStatus)
    }

    /// How often a status write is attempted while others change the conversation.
    static let statusAttempts = 8

    /// Writes the status that follows from the facts. Where the conversation has moved on, it is read again and the status
    /// written anyway: the patch names no field that people write.
    /// - Throws: `APIStatus`: 404 when the conversation is gone or another one has its name; ``FencedOut``.
    mutating func writeStatus(_ notes: StatusNotes = StatusNotes()) async throws {
        for _ in 1..<Self.statusAttempts {
            if case .written = try await tryWriteStatus(notes) { return }
        }
        if case .outdated(let conflict) = try await tryWriteStatus(notes) { throw conflict }
    }

    /// Writes the status under the version of the conversation that we know, once: for whoever has to decide anew about
    /// what to write where that version is past.
    /// - Throws: as ``writeStatus(_:)``, and `APIStatus` 409 without a claim: then all that we know of the conversation may
    ///   be past.
    mutating func tryWriteStatus(_ notes: StatusNotes = StatusNotes()) async throws -> StatusWrite {
        var patch = projection(notes).patch()
        patch["metadata"] = [
            "resourceVersion": .string(conversation.object.resourceVersion), "uid": .string(conversation.uid),
        ]
        do {
            try await patchStatus(patch)
            record.claim.isHeld = true
            try await removeFormerTranscript()
            return .written
        } catch let status as APIStatus where status.isConflict && record.claim.isHeld {
            try await refresh()
            return .outdated(status)
        }
    }

    func projection(_ notes: StatusNotes) -> StatusProjection {
        var projection = StatusProjection(
            machine: machine, conversation: conversation, now: now, worker: worker, epoch: record.claim.epoch,
            transcript: record.stored.position)
        projection.newApprovals = notes.newApprovals
        projection.notAccepted = notes.notAccepted
        projection.queued = notes.queued
        projection.incomplete = incomplete
        projection.timeToFirstToken = timeToFirstToken
        projection.shownArguments = { [shownArguments] in shownArguments($0) }
        projection.wait = wait
        projection.address = live?.address
        if let live, machine.isRunning, !streamKey.isEmpty {
            projection.stream = StreamAccess(service: live.service, key: streamKey)
        }
        return projection
    }

    /// Writes that the conversation has failed as a whole, and leaves everything else in the status as it is.
    mutating func writeFailure(_ reason: ConversationReason, message: String) async throws {
        var conditions = conversation.status.conditions
        for type in ConversationCondition.allCases where type != .accepted {
            conditions.set(
                Condition(
                    type: type.rawValue, status: type == .failed ? .true : .false, reason: reason.rawValue,
                    message: message, observedGeneration: conversation.object.generation, lastTransitionTime: now))
        }
        var status = ConversationStatus()
        status.phase = .failed
        status.reason = reason.rawValue
        status.pendingApprovals = 0
        status.queuedSince = nil
        status.observedGeneration = conversation.object.generation
        status.conditions = conditions
        try await patchStatus([
            "metadata": ["resourceVersion": .string(conversation.object.resourceVersion)], "status": status.json,
        ])
    }

    private mutating func patchStatus(_ patch: JSONValue) async throws {
        take(
            try await api.patch(
                .conversations, namespace: conversation.namespace, name: conversation.object.name,
                subresource: "status", patch: .merge(patch),
                options: WriteOptions(fieldManager: SkyfloGroup.fieldManager)))
        writtenAt = clock.uptime
    }

    // MARK: Where the transcript was

    /// Whether the status says where the transcript is.
    var isTranscriptPlaceKnown: Bool {
        let (said, position) = (conversation.status.transcriptPosition, record.stored.position)
        return said == nil
            || said?.namespace == position.namespace && said?.formerSecrets == position.formerSecrets
    }

    /// Once the status says where the transcript is, what is where it was counts no more.
    mutating func removeFormerTranscript() async throws {
        guard !isRemovalRefused, (record.stored.position.formerSecrets ?? 0) > 0,
            conversation.status.transcriptPosition?.namespace == record.stored.position.namespace
        else { return }
        do {
            try await record.removeFormer(from: transcripts, of: conversation)
        } catch let status as APIStatus where status.code == 403 {
            isRemovalRefused = true
            events.warning(
                conversation.object, reason: "TranscriptNotRemoved",
                message:
                    "the transcript was moved to the operator's namespace, and the Secrets beside the conversation "
                    + "can't be removed: \(status.message)")
        }
    }

    // MARK: What a backup keeps

    /// Keeps how far the conversation is where exports and backups keep it, before anything is done for a message.
    ///
    /// A server that refuses it doesn't hold the turn up: the conversation says so in an Event.
    /// - Throws: `APIStatus` 404 when the conversation is gone; ``FencedOut``.
    mutating func keepProgress() async throws {
        guard machine.isRunning, !isProgressRefused else { return }
        let progress = ConversationProgress(
            uid: conversation.uid, turn: machine.turn, undosTaken: machine.undosTaken)
        guard conversation.progressAnnotation != progress.text else { return }
        do {
            let written = try await progress.write(to: conversation, api)
            guard !written.isBeingDeleted else { throw Self.deleted }
            try checkClaim(Conversation(written).status)
            take(written)
        } catch let status as APIStatus where status.code == 403 || status.code == 422 {
            isProgressRefused = true
            events.warning(
                conversation.object, reason: "ProgressNotKept",
                message: "after a restore from a backup this conversation would run again: its annotation "
                    + "\(ConversationProgress.annotation) cannot be written: \(status.message)")
        }
    }
}

extension ConversationProgress {
    /// - Returns: the conversation as it is with the annotation.
    func write(to conversation: Conversation, _ api: any KubeAPI) async throws -> KubeObject {
        // Under the uid, so that one of the same name that was made meanwhile isn't marked.
        let patch: JSONValue = [
            "metadata": ["uid": .string(conversation.uid), "annotations": .object([Self.annotation: .string(text)])]
        ]
        return try await api.patch(
            .conversations, namespace: conversation.namespace, name: conversation.object.name, patch: .merge(patch),
            options: WriteOptions(fieldManager: SkyfloGroup.fieldManager))
    }
}
