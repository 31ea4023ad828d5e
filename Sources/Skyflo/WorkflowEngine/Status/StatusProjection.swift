import KubeModel
import SkyfloAPI

/// What the status says of a state: the only place where it is made.
///
/// The result is a JSON merge patch of `status` that touches no field that people write, except that it clears what
/// somebody may have put into an approval before it was asked for.
package struct StatusProjection: Sendable {
    package var machine: WorkflowStateMachine
    package var conversation: Conversation
    package var now: KubeTime
    package var worker: String
    /// Of the worker's claim.
    package var epoch: Int
    package var transcript: TranscriptPosition
    /// nil: everything that the spec names is there.
    package var notAccepted: (reason: ConversationReason, message: String)?
    /// The message that is next waits for other turns to end; nil where none does.
    package var queued: Queued?
    /// Ids of approvals that this write makes visible for the first time.
    package var newApprovals: Set<String> = []
    package var timeToFirstToken: Double?
    /// `HOST:PORT` of the worker for the others; nil where they can't reach it.
    package var address: String?
    /// How the turn is followed; nil where it can't be.
    package var stream: StreamAccess?
    /// A call's arguments without credentials; nil where they aren't to be seen.
    package var shownArguments: @Sendable (Call) -> String? = { _ in nil }
    /// Why the model lets the turn wait, and until when; nil while it doesn't.
    package var wait: String?
    /// What is missing until decisions that were made count, by call.
    package var incomplete: [String: String] = [:]

    package struct Queued: Sendable, Hashable {
        package var since: KubeTime
        /// What it waits for, and its place.
        package var message: String

        package init(since: KubeTime, message: String) {
            self.since = since
            self.message = message
        }
    }

    /// How much of the 256 KiB that a status may have goes to what; all in bytes.
    package enum Budget {
        /// All approvals that wait for a decision, together. Whoever asks for one has to keep to it.
        package static let pendingApprovals = 80 * 1024
        /// All that were decided, together.
        static let decidedApprovals = 16 * 1024
        static let answer = 16 * 1024
        /// Of each call of the reply that is being worked on, of which there are ``WorkflowStateMachine/callsPerReply``.
        static let currentResult = 1024
        static let pastResult = 512
        package static let summary = 512
        static let change = 256
        static let message = 2048
        static let checks = 16
        static let activity = 120
        /// Of one call; longer ones are in the transcript, and in the approval.
        static let arguments = 256
        /// Lines about what a write touches.
        package static let touches = 16
        /// Ids of calls beside a step of the plan; a model may ask for thousands, of which only the first are tried.
        static let stepCalls = 64
        static let evidence = 512
    }

    package init(
        machine: WorkflowStateMachine, conversation: Conversation, now: KubeTime, worker: String, epoch: Int,
        transcript: TranscriptPosition
    ) {
        self.machine = machine
        self.conversation = conversation
        self.now = now
        self.worker = worker
        self.epoch = epoch
        self.transcript = transcript
    }

    package var phase: ConversationStatus.Phase {
        (notAccepted != nil || queued != nil) && !machine.isRunning ? .pending : machine.phase
    }

    /// The patch: `{"status": …}`, without metadata.
    package func patch() -> JSONValue {
        var status = ConversationStatus()
        status.observedGeneration = conversation.object.generation
        status.phase = phase
        status.reason = reason?.rawValue
        status.activity = activity?.bounded(to: Budget.activity)
        status.uid = conversation.uid
        status.queuedSince = queued?.since
        status.turn = machine.turn
        status.pendingApprovals = machine.pendingApprovals.count
        status.conditions = conditions()
        status.worker = WorkerClaim(identity: worker, epoch: epoch, address: address)
        if stream != nil || conversation.status.stream != nil { status.stream = stream }
        if machine.turn > 0 { addTurn(to: &status) }
        return ["status": status.json]
    }

    private func addTurn(to status: inout ConversationStatus) {
        status.title = machine.title?.bounded(to: 120) ?? firstWords
        status.turnTimes = TurnTimes(startedAt: machine.startedAt, finishedAt: machine.finishedAt)
        let answer = machine.ended?.answer ?? ""
        status.answer = answer.isEmpty ? nil : answer.bounded(to: Budget.answer)
        status.plan = machine.plan.map { state(of: $0) }
        status.merge(calls(), into: .calls)
        status.merge(approvals(), into: .approvals)
        status.verification = machine.verification.suffix(Budget.checks).map { found($0.check, of: $0.call, at: $0.at) }
        status.merge(changes(), into: .changes)
        status.progress = machine.progress
        status.undosTaken = machine.undosTaken
        status.followUpsTaken = machine.followUpsTaken
        if !machine.loadedToolsets.isEmpty { status.loadedToolsets = machine.loadedToolsets }
        if !machine.runbooks.isEmpty || !conversation.status.runbooks.isEmpty {
            status.runbooks = machine.runbooks.prefix(32).map { $0.bounded(to: 64) }
        }
        status.usage = usage
        status.transcriptPosition = transcript
    }

    /// The first words of the first message, where the Conversation brings no title.
    private var firstWords: String {
        if let own = conversation.object.annotations[TriggerOrigin.titleAnnotation], !own.isEmpty {
            return QuotedData.line(own, to: 110).bounded(to: 120)
        }
        let words = (conversation.spec.messages.first ?? "").split(whereSeparator: \.isWhitespace)
        let title = words.prefix(8).joined(separator: " ") + (words.count > 8 ? " …" : "")
        return title.bounded(to: 120)
    }

    // MARK: What the turn has done

    private func calls() -> JSONObject {
        let current = Set(machine.calls.map(\.id))
        var entries = JSONObject()
        for id in conversation.status.calls.keys.sorted() { entries[id] = .null }
        for (turn, call) in newestCalls {
            var status = CallStatus()
            status.tool = call.tool.bounded(to: 128)
            status.turn = turn
            status.state = call.state
            status.arguments = arguments(of: call)
            status.summary = call.approval?.summary.bounded(to: Budget.summary)
            status.startedAt = call.startedAt
            status.finishedAt = call.finishedAt
            let limit = current.contains(call.id) ? Budget.currentResult : Budget.pastResult
            status.result = call.result?.bounded(to: limit)
            if let wait = call.wait, call.state == .waiting {
                status.waitingFor = wait.title.bounded(to: Budget.summary)
                status.waitingUntil = wait.until
            }
            var entry = status.json
            if status.waitingFor == nil, conversation.status.calls[call.id]?.waitingFor != nil {
                entry["waitingFor"] = .null
                entry["waitingUntil"] = .null
            }
            entries[call.id] = entry
        }
        return entries
    }

    /// Nothing of arguments that are too long to be shown whole: a part of a credential couldn't be recognised.
    private func arguments(of call: Call) -> String? {
        guard !call.arguments.isEmpty, call.arguments.utf8.count <= Budget.arguments * 4 else { return nil }
        return shownArguments(call)?.bounded(to: Budget.arguments)
    }

    /// For a column of a table, so that people see what goes on.
    private var activity: String? {
        guard machine.isRunning else { return nil }
        let open = machine.calls.filter { !$0.state.isFinal }
        func first(_ state: CallState) -> Call? { open.first { $0.state == state } }
        if let call = first(.executing) { return "writes: \(call.approval?.summary ?? call.tool)" }
        if let call = first(.verifying) { return "checks: \(call.approval?.summary ?? call.tool)" }
        if let call = first(.awaitingApproval) { return "asks: \(call.approval?.summary ?? call.tool)" }
        if let call = first(.waiting) { return "waits: \(call.wait?.title ?? call.tool)" }
        if let wait { return wait }
        let tools = open.map(\.tool)
        return tools.isEmpty ? "asks the model" : "reads: \(tools.joined(separator: ", "))"
    }

    var newestCalls: ArraySlice<(turn: Int, call: Call)> {
        (machine.pastCalls + machine.calls.map { (machine.turn, $0) }).suffix(WorkflowStateMachine.keptCalls)
    }

    private func found(_ result: CheckResult, of call: String, at: KubeTime) -> CheckStatus {
        var status = CheckStatus()
        status.call = call
        status.check = result.check.bounded(to: Budget.evidence)
        status.result = result.verdict.rawValue
        status.evidence = result.evidence.bounded(to: Budget.evidence)
        status.checkedAt = at
        return status
    }

    private func changes() -> JSONObject {
        var entries = JSONObject()
        let kept = Set(machine.changes.map(\.id))
        for change in conversation.status.changes where !kept.contains(change.id) { entries[change.id] = .null }
        for change in machine.changes { entries[change.id] = state(of: change).json }
        return entries
    }

    private func state(of change: Change) -> ChangeStatus {
        var status = ChangeStatus(json: change.record) ?? ChangeStatus()
        var target = status.target ?? WriteTarget()
        target.uid = change.uid
        target.resourceVersion = nil
        status.target = target
        status.obstacle = status.obstacle?.bounded(to: Budget.change)
        status.call = change.call
        status.turn = change.turn
        status.summary = change.summary.bounded(to: Budget.change)
        status.at = change.at
        status.undoneBy = change.undoneBy
        status.undoes = change.undoes
        return status
    }

    private func state(of step: PlanStep) -> PlanStepStatus {
        PlanStepStatus(
            text: step.text.bounded(to: Budget.summary), state: machine.state(of: step),
            calls: Array(step.calls.prefix(Budget.stepCalls)))
    }

    private var usage: UsageStatus {
        var status = UsageStatus()
        status.promptTokens = machine.usage.prompt
        status.completionTokens = machine.usage.completion
        status.cachedTokens = machine.usage.cached
        status.reasoningTokens = machine.usage.reasoning
        status.cost = machine.usage.cost > 0 ? ModelPrices.text(machine.usage.cost) : nil
        status.totalTokens = machine.usage.total
        status.estimatedTokens = machine.usage.estimated.total > 0 ? machine.usage.estimated.total : nil
        status.estimatedCost = machine.usage.estimated.cost > 0 ? ModelPrices.text(machine.usage.estimated.cost) : nil
        status.lastTurn.promptTokens = machine.turnUsage.prompt
        status.lastTurn.completionTokens = machine.turnUsage.completion
        status.lastTurn.cachedTokens = machine.turnUsage.cached
        status.lastTurn.reasoningTokens = machine.turnUsage.reasoning
        status.lastTurn.cost = machine.turnUsage.cost > 0 ? ModelPrices.text(machine.turnUsage.cost) : nil
        let estimated = machine.turnUsage.estimated
        status.lastTurn.estimatedTokens = estimated.total > 0 ? estimated.total : nil
        status.lastTurn.estimatedCost = estimated.cost > 0 ? ModelPrices.text(estimated.cost) : nil
        status.lastTurn.modelCalls = machine.modelTurns
        status.modelCalls = machine.totalModelTurns
        status.toolCalls = machine.totalCalls
        status.timeToFirstTokenMilliseconds = timeToFirstToken.map { Int($0 * 1000) }
        status.timeToRespondMilliseconds = machine.ended.map { _ in Int(machine.secondsWorked(now: now) * 1000) }
        status.leftOut = machine.leftOut?.bounded(to: Budget.change)
        return status
    }
}
