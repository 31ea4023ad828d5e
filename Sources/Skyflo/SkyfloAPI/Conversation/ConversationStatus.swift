import KubeModel

/// The status of a conversation, as it is read and as the operator writes it.
///
/// What is read is decoded when it's asked for: a status may have many calls and approvals of which one matters. What is made
/// is merged into the stored status, which other fields of it survive; a field that is set to nil is null and goes.
package struct ConversationStatus: Sendable {
    package enum Phase: String, Sendable, JSONCodable {
        case pending = "Pending"
        case planning = "Planning"
        case awaitingApproval = "AwaitingApproval"
        case executing = "Executing"
        case verifying = "Verifying"
        /// Nothing is done before what a read waits for has come.
        case waiting = "Waiting"
        case completed = "Completed"
        case failed = "Failed"
        case stopped = "Stopped"

        package var isTerminal: Bool { self == .completed || self == .failed || self == .stopped }
    }

    /// The members that aren't maps. Their names are those of the schema.
    private enum Field: String {
        case phase, reason, activity, turn, uid, title, answer, observedGeneration, pendingApprovals, conditions,
            worker,
            turnState
        case plan, verification, progress, followUpsTaken, undosTaken, queuedSince, usage, transcript,
            loadedToolsets, runbooks, stream
    }

    /// The members whose entries come and go by themselves, by the ids of calls or changes.
    package enum Map: String, Sendable { case calls, approvals, changes }

    package private(set) var json: JSONValue

    package init(_ json: JSONValue = .object([:])) { self.json = json }

    private subscript<Value: JSONCodable>(field: Field) -> Value? {
        get { json[field.rawValue].flatMap { Value(json: $0) } }
        set { json[field.rawValue] = newValue?.json ?? .null }
    }

    private subscript<Value: JSONCodable>(map: Map) -> [String: Value] {
        json[map.rawValue].flatMap { [String: Value](json: $0) } ?? [:]
    }

    // MARK: How it stands

    package var phase: Phase? {
        get { self[.phase] }
        set { self[.phase] = newValue }
    }
    /// Why the phase is what it is, where it doesn't say enough: a ``ConversationReason`` of this version or another.
    package var reason: String? {
        get { self[.reason] }
        set { self[.reason] = newValue }
    }
    /// What the turn does at the moment, or waits for; nil while none runs.
    package var activity: String? {
        get { self[.activity] }
        set { self[.activity] = newValue }
    }
    package var observedGeneration: Int {
        get { self[.observedGeneration] ?? 0 }
        set { self[.observedGeneration] = newValue }
    }
    package var conditions: [Condition] {
        get { self[.conditions] ?? [] }
        set { self[.conditions] = newValue }
    }
    /// Of the object that it was written for; nil in statuses of versions that didn't say.
    package var uid: String? {
        get { self[.uid] }
        set { self[.uid] = newValue }
    }
    /// Who works on it, or did last.
    package var worker: WorkerClaim {
        get { self[.worker] ?? WorkerClaim() }
        set { self[.worker] = newValue }
    }
    /// How the turn is followed; nil while none runs, and where it can't be.
    package var stream: StreamAccess? {
        get { self[.stream] }
        set { self[.stream] = newValue }
    }
    package var workerIdentity: String { worker.identity }
    package var workerEpoch: Int { worker.epoch }
    /// Since when a message waits for other turns to end; nil while none does.
    package var queuedSince: KubeTime? {
        get { (self[.queuedSince] as MicroTime?)?.time }
        set { self[.queuedSince] = newValue.map { MicroTime($0) } }
    }

    // MARK: The turn

    package var turn: Int {
        get { self[.turn] ?? 0 }
        set { self[.turn] = newValue }
    }
    package var title: String? {
        get { self[.title] }
        set { self[.title] = newValue }
    }
    package var answer: String? {
        get { self[.answer] }
        set { self[.answer] = newValue }
    }
    package var turnTimes: TurnTimes {
        get { self[.turnState] ?? TurnTimes() }
        set { self[.turnState] = newValue }
    }
    package var startedAt: KubeTime? { turnTimes.startedAt }
    package var finishedAt: KubeTime? { turnTimes.finishedAt }
    package var plan: [PlanStepStatus] {
        get { self[.plan] ?? [] }
        set { self[.plan] = newValue }
    }
    package var verification: [CheckStatus] {
        get { self[.verification] ?? [] }
        set { self[.verification] = newValue }
    }
    /// Where the last write of several steps stands; nil where there was none.
    package var progress: SequenceProgress? {
        get { self[.progress] }
        set { self[.progress] = newValue }
    }
    package var usage: UsageStatus {
        get { self[.usage] ?? UsageStatus() }
        set { self[.usage] = newValue }
    }
    /// nil before anything was written to it.
    package var transcriptPosition: TranscriptPosition? {
        get { self[.transcript] }
        set { self[.transcript] = newValue }
    }
    /// How many calls wait for a decision.
    package var pendingApprovals: Int {
        get { self[.pendingApprovals] ?? 0 }
        set { self[.pendingApprovals] = newValue }
    }

    /// The groups of tools that the model has loaded, for the whole conversation.
    package var loadedToolsets: [String] {
        get { self[.loadedToolsets] ?? [] }
        set { self[.loadedToolsets] = newValue }
    }

    /// The runbooks that the model was given in the last turn, by their names in the SkyfloAI.
    package var runbooks: [String] {
        get { self[.runbooks] ?? [] }
        set { self[.runbooks] = newValue }
    }

    // MARK: What was taken up

    /// The turns of the follow-ups that were taken up, by id.
    package var followUpsTaken: [String: Int] {
        get { self[.followUpsTaken] ?? [:] }
        set { self[.followUpsTaken] = newValue }
    }
    /// How many entries of `spec.undo` were taken up.
    package var undosTaken: Int {
        get { self[.undosTaken] ?? 0 }
        set { self[.undosTaken] = newValue }
    }

    /// Whether the turn that `turn` names has ended. True before the first one, and while the next one waits for its turn.
    package var isTurnEnded: Bool { turn == 0 || (phase?.isTerminal ?? false) || queuedSince != nil }
    /// Whether something is looked at again that was on its way when its turn went on.
    package var hasRunningChecks: Bool { verification.contains { $0.verdict == .stillRunning } }
}

// MARK: - Maps

extension ConversationStatus {
    package var calls: [String: CallStatus] { self[.calls] }
    package var approvals: [String: Approval] { self[.approvals] }
    /// In the order in which they were made.
    package var changes: [ChangeStatus] {
        let changes: [String: ChangeStatus] = self[.changes]
        return changes.map { id, change in
            var change = change
            change.id = id
            return change
        }.sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
    }

    /// How many bytes an entry has in the stored status; nil where there is none.
    package func storedBytes(of id: String, in map: Map) -> Int? {
        json[map.rawValue, id].map { JSONWriter.bytes($0).count }
    }

    /// - Parameter entries: null for one that goes.
    package mutating func merge(_ entries: JSONObject, into map: Map) { json[map.rawValue] = .object(entries) }
}
