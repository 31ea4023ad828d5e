import KubeModel
import SkyfloAPI

/// The state of a conversation and of the turn in it that runs, as a fold over ``TurnEvent``s, and what to do next.
///
/// No I/O, no clock. ``apply(_:at:)`` takes facts in, ``next(now:stop:)`` says the next action; whoever owns the machine
/// performs the action and reports what came of it as events. The same events give the same state in any process, so a
/// turn can be taken over after a crash from the stored transcript.
///
/// Promises, whatever the order of events:
/// - `.execute` is only answered for a call that is approved, not expired and not begun, and never twice for one call;
/// - of alternatives, `.execute` is answered for at most one, unless nothing was done for the first;
/// - after a stop, `.execute` is never answered;
/// - every call of a reply has exactly one result before the model is asked again;
/// - a turn that has ended stays ended.
package struct WorkflowStateMachine: Sendable {
    package struct Policy: Sendable, Hashable {
        package var limits: Limits
        package var mode: ConversationSpec.ApprovalMode
        /// Tools that only read; with mode `Always` they are asked for before they run.
        package var readTools: Set<String>
        /// Tools that may change something.
        package var writeTools: Set<String>
        /// What all turns of the conversation together may take of models.
        package var spending: SpendingLimits.Amount

        package init(
            limits: Limits, mode: ConversationSpec.ApprovalMode = .writes, readTools: Set<String> = [],
            writeTools: Set<String> = [], spending: SpendingLimits.Amount = .init()
        ) {
            self.writeTools = writeTools
            self.spending = spending
            self.limits = limits
            self.mode = mode
            self.readTools = readTools
        }
    }

    package enum Action: Sendable, Hashable {
        /// No turn runs.
        case idle
        case askModel
        /// Tell the model that the call isn't carried out, and why.
        case refuse(String, why: String)
        /// Put in place what the arguments of this call refer to: ``resolvedArguments(of:)``.
        case resolveArguments(String)
        /// Run these reads and plan these writes; they don't depend on each other.
        case prepare([String])
        /// Ask for leave to run these reads.
        case askBeforeReading([String])
        /// The approval is over without a decision.
        case expire(String)
        /// Store the intent, then send the approved requests.
        case execute(String)
        /// A write was begun and its outcome isn't known: find out.
        case recover(String)
        /// A sequence was begun: go on with it as ``Call/sequence`` says.
        case continueSequence(String)
        /// Watch the post-conditions.
        case verify(String)
        /// Look whether these reads, which wait for something, have their results; nothing else is to be done before
        /// `until` comes or a person decides.
        case awaitReads([String], until: KubeTime)
        /// Nothing to do before a person decides or `until` comes.
        case awaitDecisions(until: KubeTime)
        case end(TurnEnd)
    }

    package var policy: Policy
    /// The number of the last turn that was started; 0 before the first.
    package private(set) var turn = 0
    package private(set) var ended: TurnEnd?
    /// The calls of the last reply, in the model's order. A stale call is followed by the one that takes its place.
    package private(set) var calls: [Call] = []
    /// Calls of earlier replies of all turns, oldest first; only the newest ``keptCalls``.
    package private(set) var pastCalls: [(turn: Int, call: Call)] = []
    package internal(set) var history: [HistoryMessage] = []
    /// When the messages of the user in ``history`` were taken up, in their order.
    package private(set) var messageTimes: [KubeTime] = []
    /// What the replies so far have shown of each model, by its name in the SkyfloAI.
    package private(set) var contextSizes: [String: ContextSize] = [:]
    /// What had to be left out of the last request of this turn, for people; nil where nothing had.
    package private(set) var leftOut: String?
    /// The runbooks that the model was given in this turn, by name.
    package private(set) var runbooks: [String] = []
    package private(set) var startedAt = KubeTime(microseconds: 0)
    package private(set) var finishedAt: KubeTime?
    /// Replies, calls and writes of this turn.
    package private(set) var modelTurns = 0
    package private(set) var toolCalls = 0
    package private(set) var writes = 0
    package private(set) var tokens = 0
    /// Of all turns.
    package private(set) var usage = ModelTurn.Usage()
    /// Of this turn.
    package private(set) var turnUsage = ModelTurn.Usage()
    package private(set) var totalModelTurns = 0
    package private(set) var totalCalls = 0
    /// What was written and can be taken back, oldest first; only the newest.
    package private(set) var changes: [Change] = []
    /// The turns of the follow-ups that were taken up, by id.
    package private(set) var followUpsTaken: [String: Int] = [:]
    /// How many entries of `spec.undo` were taken up.
    package private(set) var undosTaken = 0
    /// Whether what runs, or ran last, is an undo rather than a turn.
    package private(set) var isUndoing = false
    /// The groups of tools that the model has loaded, in the order in which it did.
    package private(set) var loadedToolsets: [String] = []
    /// What the model said in this turn that it was about to do; only the newest.
    package private(set) var plan: [PlanStep] = []
    /// Of this turn, and what is still running of earlier ones.
    package internal(set) var verification: [(call: String, check: CheckResult, at: KubeTime)] = []

    /// What the model is to be told once the turn is over: nothing may come between its calls and their results.
    var laterNotes: [String] = []
    /// Of this turn.
    private(set) var repeatedCalls = RepeatedCalls()
    private var failure: String?
    /// Whether the last reply was asked for without tools, as an answer.
    private var wasAskedForAnswer = false
    /// Whether the model has been told in this turn that it wrote a call as text.
    private var wasToldAboutText = false
    private var lastReply: ModelTurn?
    /// Time that the turn spent with nothing to do but wait for a person.
    private var waitedMicroseconds: Int64 = 0
    private var waitingSince: KubeTime?

    /// What a model made of the oldest part of ``history``; nil where none was asked to.
    package private(set) var summary: HistorySummary?
    /// By a model; nil where none made one.
    package private(set) var title: String?

    /// How many calls a status keeps.
    package static let keptCalls = 50
    /// How many calls of one reply are carried out. People have to read what they approve, and a status has to hold it.
    package static let callsPerReply = 32

    package init(policy: Policy) { self.policy = policy }

    package var isRunning: Bool { turn > 0 && ended == nil }
    package var pendingApprovals: [Call] { calls.filter(\.isWaitingForDecision) }

    /// The messages that no turn has taken up yet.
    package func waitingMessages(of spec: ConversationSpec) -> [ConversationSpec.Message] {
        spec.waiting(afterMessages: turn - followUpsTaken.count, followUps: Set(followUpsTaken.keys))
    }

    package func call(_ id: String) -> Call? { calls.first { $0.id == id } }

    /// Seconds that the turn has worked, waiting for people excluded.
    package func secondsWorked(now: KubeTime) -> Double {
        let end = finishedAt ?? now
        let waiting = waitingSince.map { max(0, end.microseconds - $0.microseconds) } ?? 0
        return Double(end.microseconds - startedAt.microseconds - waitedMicroseconds - waiting) / 1_000_000
    }
}

// MARK: - Deciding

extension WorkflowStateMachine {
    /// - Parameter stop: who wants the turn stopped: `spec.stop`.
    package func next(now: KubeTime, stop: String?) -> Action {
        guard isRunning else { return .idle }
        // A write that was begun has its outcome found out before anything else, also before a stop.
        if let begun = calls.first(where: { $0.state == .executing }) {
            return begun.sequence == nil ? .recover(begun.id) : .continueSequence(begun.id)
        }
        if let stop { return .end(reported(TurnEnd(.stopped, reason: .stopped, message: "stopped by \(stop)"))) }
        if let end = endBecauseOfFailureOrLimit(now: now) { return .end(reported(end)) }
        return nextOfCalls(now: now) ?? nextOfModel()
    }

    private func endBecauseOfFailureOrLimit(now: KubeTime) -> TurnEnd? {
        let limits = policy.limits
        if let failure { return TurnEnd(.failed, reason: .modelFailed, message: failure) }
        if let lost = calls.first(where: { $0.state == .unknown }) {
            return TurnEnd(
                .failed, reason: .outcomeUnknown,
                message: "it is not known whether \(lost.id) (\(lost.approval?.summary ?? lost.tool)) was carried out: "
                    + "\(lost.result ?? ""). Look at its target, then say in a new message how to continue")
        }
        if toolCalls > limits.toolCalls {
            return TurnEnd(
                .failed, reason: .toolCallLimit, message: "the model asked for more than \(limits.toolCalls) tool calls"
            )
        }
        if writes > limits.writes {
            return TurnEnd(
                .failed, reason: .writeLimit, message: "the model asked for more than \(limits.writes) writes")
        }
        if let most = limits.tokens, tokens > most {
            return TurnEnd(
                .failed, reason: .tokenLimit, message: "the turn used \(tokens) tokens; the limit is \(most)")
        }
        if secondsWorked(now: now) >= Double(limits.turnTimeoutSeconds) {
            return TurnEnd(
                .failed, reason: .turnTimeout, message: "the turn took longer than \(limits.turnTimeoutSeconds) s")
        }
        return nil
    }

    private func nextOfCalls(now: KubeTime) -> Action? {
        if let expired = calls.first(where: { $0.isWaitingForDecision && $0.hasExpired(now: now) }) {
            return .expire(expired.id)
        }
        if let verifying = calls.first(where: { $0.state == .verifying }) { return .verify(verifying.id) }
        let proposed = calls.filter { $0.state == .proposed && (isUndoing || argumentState(of: $0) != .blocked) }
        if !proposed.isEmpty, modelTurns >= policy.limits.modelTurns || wasAskedForAnswer {
            return .end(reported(endWithoutAnswer))
        }
        for call in proposed where !isUndoing {
            switch argumentState(of: call) {
            case .unresolvable(let why): return .refuse(call.id, why: why)
            case .resolvable: return .resolveArguments(call.id)
            case .ready, .blocked: break
            }
            if let why = repeatedCalls.refusal(of: call) { return .refuse(call.id, why: why) }
        }
        let unasked = proposed.filter(mustAskBeforeReading)
        if !unasked.isEmpty { return .askBeforeReading(unasked.map(\.id)) }
        if !proposed.isEmpty { return .prepare(proposed.map(\.id)) }
        if let ready = calls.first(where: \.isReadyToExecute) { return .execute(ready.id) }
        return nextOfWaits(now: now)
    }

    private func mustAskBeforeReading(_ call: Call) -> Bool {
        policy.mode == .always && !call.isReadApproved && policy.readTools.contains(call.tool)
    }

    private func nextOfModel() -> Action {
        if isUndoing { return .end(endOfUndo()) }
        if let reply = lastReply, reply.calls.isEmpty {
            let mayTryAgain = reply.isCallAsText && !wasToldAboutText && modelTurns < policy.limits.modelTurns
            if !mayTryAgain { return .end(reported(end(with: reply))) }
        }
        if modelTurns >= policy.limits.modelTurns || wasAskedForAnswer { return .end(reported(endWithoutAnswer)) }
        if let end = endOfSpending { return .end(reported(end)) }
        return .askModel
    }
}

extension Call {
    func hasExpired(now: KubeTime) -> Bool { approval.map { $0.expiresAt <= now } ?? false }
}

// MARK: - Taking facts in

extension WorkflowStateMachine {
    /// Takes a fact in. One that doesn't fit the state (a decision on a call that is decided already, an outcome of a
    /// write that wasn't begun) changes nothing: facts come from storage and from other processes, and may be late or
    /// doubled.
    package mutating func apply(_ event: TurnEvent, at: KubeTime) {
        if case .turnStarted(let number, let message, let followUp) = event {
            guard !isRunning, number > turn else { return }
            startTurn(number, message: message, at: at)
            if let followUp { followUpsTaken[followUp] = number }
            return
        }
        if case .undoStarted(let changes) = event {
            if !isRunning, turn > 0 { startUndo(of: changes, at: at) }
            return
        }
        if case .restored(let messages, let followUps, let undos, let note) = event {
            if turn == 0 { skip(messages: messages, followUps: followUps, undos: undos, note: note, at: at) }
            return
        }
        if case .checkedAgain(let id, let checks) = event { return take(later: checks, of: id, at: at) }
        if case .titled(let title, let usage) = event { return take(title: title, usage) }
        guard isRunning else { return }
        switch event {
        case .turnStarted, .undoStarted, .takenOver, .disregarded, .restored, .checkedAgain, .titled: break
        case .summarized(let messages, let text, let usage): take(summary: text, of: messages, usage)
        case .modelReplied(let reply): take(reply, at: at)
        case .modelFailed(let message, let usage):
            failure = message
            count(usage)
        case .replyCut(_, let usage): count(usage)
        case .turnEnded(let end): self.end(end, at: at)
        case .argumentsResolved(let id, _, _), .callResolved(let id, _, _), .callWaiting(let id, _),
            .approvalRequested(let id, _), .decided(let id, _),
            .decisionWithdrawn(let id, _), .approvalExpired(let id), .writeStarted(let id), .wrote(let id, _),
            .writeEnded(let id, _), .stepStarted(let id, _), .stepEnded(let id, _, _), .stepSettled(let id, _, _, _),
            .verified(let id, _):
            applyToCall(id, event: event, at: at)
        }
        updateWaiting(at: at)
    }

    private mutating func startTurn(_ number: Int, message: String, at: KubeTime) {
        begin(at: at)
        turn = number
        isUndoing = false
        history.append(.user(message))
        messageTimes.append(at)
    }

    /// The model sees none of the skipped messages later: it would do what they say.
    private mutating func skip(messages: Int, followUps: [String], undos: Int, note: String, at: KubeTime) {
        begin(at: at)
        for (position, id) in followUps.enumerated() { followUpsTaken[id] = messages + position + 1 }
        turn = messages + followUpsTaken.count
        undosTaken = undos
        ended = TurnEnd(.stopped, reason: .restored, message: note)
        finishedAt = at
    }

    private mutating func startUndo(of ids: [String], at: KubeTime) {
        begin(at: at)
        isUndoing = true
        undosTaken += ids.count
        calls = ids.map { id in
            totalCalls += 1
            return Call(
                id: "c\(totalCalls)", modelID: "", tool: UndoCall.tool, arguments: UndoCall.arguments(id), at: at)
        }
    }

    private mutating func begin(at: KubeTime) {
        archiveCalls()
        ended = nil
        failure = nil
        lastReply = nil
        repeatedCalls = RepeatedCalls()
        leftOut = nil
        runbooks = []
        wasAskedForAnswer = false
        wasToldAboutText = false
        startedAt = at
        finishedAt = nil
        waitedMicroseconds = 0
        waitingSince = nil
        modelTurns = 0
        toolCalls = 0
        writes = 0
        tokens = 0
        turnUsage = ModelTurn.Usage()
        verification.removeAll { $0.check.verdict != .stillRunning }
        plan = []
    }

    private mutating func count(_ more: ModelTurn.Usage) {
        tokens += more.total
        usage = usage + more
        turnUsage = turnUsage + more
    }

    private mutating func take(_ reply: ModelTurn, at: KubeTime) {
        guard !isUndoing, lastReply == nil || calls.allSatisfy(\.state.isFinal) else { return }
        archiveCalls()
        if lastReply?.isCallAsText == true { wasToldAboutText = true }
        wasAskedForAnswer = asksForAnswer
        lastReply = reply
        modelTurns += 1
        totalModelTurns += 1
        toolCalls += reply.calls.count
        count(reply.usage)
        count(reply.failedUsage)
        if let context = reply.context {
            contextSizes[context.model, default: ContextSize()].learn(context, reply.usage)
        }
        leftOut = reply.context?.leftOut
        runbooks += (reply.context?.runbooks ?? []).filter { !runbooks.contains($0) }
        history.append(.assistant(reply.content, calls: reply.calls, providerData: reply.providerData))
        if reply.isCallAsText, reply.calls.isEmpty { history.append(.note(Self.callAsTextNote)) }
        calls = reply.calls.enumerated().map { position, proposed in
            totalCalls += 1
            var call = Call(
                id: "c\(totalCalls)", modelID: proposed.modelID, tool: proposed.tool, arguments: proposed.arguments,
                at: at)
            call.place = position + 1
            switch reply.finish {
            case .complete: break
            case .truncated:
                call.end(
                    .failed, result: "not executed: the reply was cut off, so its arguments may be incomplete", at: at)
            case .filtered:
                call.end(
                    .failed, result: "not executed: the provider's content filter cut the reply off", at: at)
            }
            if position >= Self.callsPerReply, !call.state.isFinal {
                call.end(.failed, result: "not executed: more than \(Self.callsPerReply) calls in one reply", at: at)
            }
            return call
        }
        Alternatives.group(&calls, at: at)
        if !calls.isEmpty {
            let text = reply.content.isEmpty ? PlanStep.text(of: reply.calls) : reply.content
            plan = plan.suffix(Self.keptSteps - 1) + [PlanStep(text: text, calls: calls.map(\.id))]
        }
        flushResultsIfComplete()
    }

    private mutating func take(title: String, _ usage: ModelTurn.Usage) {
        guard !isRunning, turn > 0 else { return }
        if !title.isEmpty { self.title = title }
        self.usage = self.usage + usage
        turnUsage = turnUsage + usage
        totalModelTurns += 1
    }

    private mutating func take(summary text: String, of messages: Int, _ usage: ModelTurn.Usage) {
        count(usage)
        totalModelTurns += 1
        guard !text.isEmpty, messages > summary?.messages ?? 0, messages <= history.count else { return }
        summary = HistorySummary(messages: messages, text: text)
    }

    private mutating func applyToCall(_ id: String, event: TurnEvent, at: KubeTime) {
        guard let position = calls.firstIndex(where: { $0.id == id }) else { return }
        var call = calls[position]
        var replacement: Call?
        switch (event, call.state) {
        case (.callResolved(_, let succeeded, let result), .proposed),
            (.callResolved(_, let succeeded, let result), .waiting):
            call.end(succeeded ? .succeeded : .failed, result: result, at: at)
            if succeeded, let group = LoadedToolsets.group(of: call), !loadedToolsets.contains(group) {
                loadedToolsets = loadedToolsets.suffix(LoadedToolsets.most - 1) + [group]
            }
        case (.argumentsResolved(_, let arguments, let references), .proposed) where call.references.isEmpty:
            call.arguments = arguments
            call.references = references
        case (.callWaiting(_, let wait), .proposed):
            call.state = .waiting
            call.wait = wait
            call.waitingSince = at
        case (.approvalRequested(_, let request), .proposed):
            call.state = .awaitingApproval
            call.approval = request
            if !request.isForRead { writes += 1 }
        case (.decided(_, let decision), .awaitingApproval) where call.decision == nil:
            take(decision, for: &call, at: at)
        case (.decisionWithdrawn, .awaitingApproval): call.decision = nil
        case (.approvalExpired, .awaitingApproval) where call.decision == nil:
            call.end(.expired, result: "not executed: nobody decided in time", at: at)
        case (.writeStarted, .awaitingApproval) where call.decision?.approved == true:
            call.state = .executing
            call.writtenAt = at
            call.sequence = call.approval?.steps.map { WriteSequence($0, startedAt: at) }
        case (.wrote(_, let uids), .executing): remember(changes(of: call, uids: uids, at: at))
        case (.stepStarted, .executing), (.stepEnded, .executing), (.stepSettled, .executing):
            takeStep(event, of: &call, at: at)
        case (.writeEnded(_, let outcome), .executing):
            replacement = take(outcome, for: &call, at: at)
        case (.verified(_, let checks), .verifying): take(checks, for: &call, at: at)
        default: return
        }
        calls[position] = call
        if case .decided = event { calls.endAlternatives(to: call, at: at) }
        if let replacement {
            calls.insert(replacement, at: position + 1)
            if let step = plan.lastIndex(where: { $0.calls.contains(id) }) { plan[step].calls.append(replacement.id) }
        }
        flushResultsIfComplete()
    }

    private mutating func take(_ decision: Decision, for call: inout Call, at: KubeTime) {
        call.decision = decision
        if !decision.approved {
            call.end(
                .denied, result: "denied by \(decision.by)" + (decision.reason.isEmpty ? "" : ": \(decision.reason)"),
                at: at)
        } else if call.approval?.isForRead == true {
            call.isReadApproved = true
            call.state = .proposed
        }
    }

    /// - Returns: for a stale call the one that takes its place, with an id of its own: a decision on the old preview can
    ///   never count for the new one.
    private mutating func take(_ outcome: WriteOutcome, for call: inout Call, at: KubeTime) -> Call? {
        switch outcome {
        case .applied(let result, _):
            call.result = result
            if call.approval?.postConditions.isEmpty ?? true {
                call.end(.succeeded, result: result, at: at)
            } else {
                call.state = .verifying
            }
        case .rejected(let why), .failed(let why), .postponed(let why):
            call.end(.failed, result: "failed: \(why)", at: at)
        case .notDone: call.end(.failed, result: "failed: nothing was done", at: at)
        case .unknown(let why): call.end(.unknown, result: why, at: at)
        case .stale(let why):
            call.end(.stale, result: why, at: at)
            writes -= 1
            totalCalls += 1
            var replacement = Call(
                id: "c\(totalCalls)", modelID: call.modelID, tool: call.tool, arguments: call.arguments, at: at)
            replacement.alternativeGroup = call.alternativeGroup
            replacement.place = call.place
            replacement.references = call.references
            return replacement
        }
        return nil
    }

    private mutating func takeStep(_ event: TurnEvent, of call: inout Call, at: KubeTime) {
        switch event {
        case .stepStarted(_, let step): call.sequence?.begin(step)
        case .stepSettled(_, let step, let succeeded, let evidence):
            call.sequence?.settle(step, succeeded: succeeded, evidence: evidence)
        case .stepEnded(_, let step, let outcome):
            let was = call.sequence
            call.sequence?.end(step, outcome: outcome, at: at)
            // A step that had ended before has made its change already.
            guard call.sequence != was, case .applied(_, let uid) = outcome else { return }
            remember(change(of: call, step: step, uid: uid, at: at))
        default: break
        }
    }

    /// Adds changes, and marks those that they take back. Taking an undo back makes the first change stand again.
    private mutating func remember(_ new: [Change]) {
        for change in new {
            if let undone = changes.firstIndex(where: { $0.id == change.undoes }) {
                changes[undone].undoneBy = change.call
                if let first = changes.firstIndex(where: { $0.id == changes[undone].undoes }) {
                    changes[first].undoneBy = nil
                }
            }
            changes.append(change)
        }
        if changes.count > Change.kept { changes.removeFirst(changes.count - Change.kept) }
    }

    private mutating func take(_ checks: [CheckResult], for call: inout Call, at: KubeTime) {
        call.checks = checks
        verification += checks.map { (call.id, $0, at) }
        let isBad = checks.contains { $0.verdict == .failed || $0.verdict == .timedOut }
        call.end(
            isBad ? .failed : .succeeded,
            result: ([call.result ?? "done"] + ["Verified by code:"] + checks.map { "- \($0.line)" }).joined(
                separator: "\n"),
            at: at)
    }

    /// Once all calls of a reply are final their results go to the model together, one for each of its calls.
    private mutating func flushResultsIfComplete() {
        guard let reply = lastReply, !reply.calls.isEmpty, calls.allSatisfy(\.state.isFinal),
            case .assistant = history.last
        else { return }
        history += calls.filter { $0.state != .stale }.map { call in
            let hints = [repeatedCalls.hint(for: call), call.doubt].compactMap(\.self).map { "\n\n" + $0 }
            let sources = call.references.map { "(\($0.text))\n" }.joined()
            return .tool(modelID: call.modelID, content: sources + (call.result ?? "") + hints.joined())
        }
        repeatedCalls.take(calls)
    }

    private mutating func end(_ end: TurnEnd, at: KubeTime) {
        for position in calls.indices where !calls[position].state.isFinal {
            let wasWritten = calls[position].state == .verifying || calls[position].state == .executing
            calls[position].end(
                wasWritten ? (calls[position].state == .verifying ? .succeeded : .unknown) : .cancelled,
                result: wasWritten
                    ? (calls[position].result ?? "") + " (not verified: the turn ended before)"
                    : "not executed: the turn ended (\(end.reason.rawValue))", at: at)
        }
        flushResultsIfComplete()
        if isUndoing {
            history.append(.assistant("(The user had changes undone. \(end.message)\(end.answer))", calls: []))
        } else if end.kind != .completed {
            history.append(.assistant("(The turn ended: \(end.message))", calls: []))
        }
        ended = end
        finishedAt = at
        tellLaterNotes()
    }

    private mutating func archiveCalls() {
        pastCalls += calls.map { (turn, $0) }
        if pastCalls.count > Self.keptCalls { pastCalls.removeFirst(pastCalls.count - Self.keptCalls) }
        calls = []
        giveUpForgottenChecks()
    }

    private mutating func updateWaiting(at: KubeTime) {
        // A sequence has a time limit of its own, which was approved with it.
        let waits =
            ended == nil
            && (!pendingApprovals.isEmpty || calls.contains { $0.state == .executing && $0.sequence != nil })
        if let since = waitingSince {
            waitedMicroseconds += max(0, at.microseconds - since.microseconds)
            waitingSince = nil
        }
        if waits { waitingSince = at }
    }
}
