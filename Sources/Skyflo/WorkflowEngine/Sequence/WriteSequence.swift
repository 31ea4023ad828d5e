import KubeModel
import SkyfloAPI

/// Where a write of several steps stands, as a fold over what became of its steps, and what is next.
///
/// No I/O, no clock. Promises, whatever happens in whatever order:
/// - no step is sent before all steps of earlier stages are done;
/// - no step is sent again whose outcome isn't known to be nothing;
/// - after a stop no step is sent; after a failed step or the deadline only those that are for that;
/// - the end says which steps were done.
package struct WriteSequence: Sendable, Hashable {
    package struct Step: Sendable, Hashable {
        package var plan: WriteStep
        package var progress = StepProgress()
    }

    package enum Next: Sendable, Hashable {
        /// A step may have been sent: find out what became of it.
        case recover(Int)
        /// Store the intent, then send the step.
        case send(Int)
        /// Look whether what these steps are to bring about has come; if nothing has changed, come back then.
        case wait(checking: [Int], until: KubeTime)
        case end(WriteOutcome)
    }

    package private(set) var steps: [Step]
    package let startedAt: KubeTime

    /// How long to wait before looking again.
    static let pollSeconds = 2.0
    /// What is for a failure has no deadline.
    package static let mostAttempts = 5
    /// The longest pause between two attempts of a step that the server asks to try later.
    static let longestPause = 30.0

    package init(_ plans: [WriteStep], startedAt: KubeTime) {
        steps = plans.map { Step(plan: $0) }
        self.startedAt = startedAt
    }

    // MARK: Deciding

    /// - Parameter stop: why no step may be sent any more; nil where they may.
    package func next(now: KubeTime, stop: String?) -> Next {
        if let begun = index(of: .executing) { return .recover(begun) }
        if let lost = index(of: .unknown) { return .end(.unknown(end(at: lost))) }
        if let failed = plannedIndex(of: .failed) { return closing(endOfFailure(at: failed), stop: stop, now: now) }
        if let stale = plannedIndex(of: .stale) {
            return closing(
                hasBegun ? .failed(end(at: stale)) : .stale(steps[stale].progress.message), stop: stop, now: now)
        }
        let left = steps.indices.filter { !steps[$0].plan.isOnFailure && steps[$0].progress.state != .done }
        guard let stage = left.map({ steps[$0].plan.stage }).min() else { return .end(.applied("")) }
        if let stop { return .end(interrupted(stop)) }
        let open = left.filter { steps[$0].plan.stage == stage }
        if let late = open.first(where: { deadline(of: $0) <= now }) {
            return closing(endOfTime(at: late), stop: stop, now: now)
        }
        let pending = open.filter { steps[$0].progress.state == .pending }
        if let ready = pending.first(where: { steps[$0].progress.notBefore.map { $0 <= now } ?? true }) {
            return .send(ready)
        }
        let times = pending.compactMap { steps[$0].progress.notBefore } + open.map(deadline)
        let waiting = open.filter { steps[$0].progress.state == .waiting }
        let poll = waiting.isEmpty ? [] : [now.adding(seconds: Self.pollSeconds)]
        return .wait(checking: waiting, until: (times + poll).min() ?? now)
    }

    /// Where something was changed before it came to this, first what is for that.
    private func closing(_ end: WriteOutcome, stop: String?, now: KubeTime) -> Next {
        let next = steps.indices.first { steps[$0].plan.isOnFailure && steps[$0].progress.state == .pending }
        guard hasBegun, stop == nil, let next else { return .end(end) }
        // One that failed itself ends it for later stages.
        let isMissing = steps.contains {
            $0.plan.isOnFailure && $0.plan.stage < steps[next].plan.stage && $0.progress.state != .done
        }
        if isMissing { return .end(end) }
        if let time = steps[next].progress.notBefore, time > now { return .wait(checking: [], until: time) }
        return .send(next)
    }

    package func deadline(of step: Int) -> KubeTime {
        startedAt.adding(seconds: Double(steps[step].plan.deadlineSeconds))
    }

    /// Of what isn't for a failure itself.
    private func plannedIndex(of state: StepProgress.State) -> Int? {
        steps.firstIndex { !$0.plan.isOnFailure && $0.progress.state == state }
    }

    private func index(of state: StepProgress.State) -> Int? { steps.firstIndex { $0.progress.state == state } }

    // MARK: Taking facts in

    /// The intent of sending a step was stored.
    package mutating func begin(_ step: Int) {
        guard steps.indices.contains(step), steps[step].progress.state == .pending else { return }
        steps[step].progress.state = .executing
        steps[step].progress.attempts += 1
        steps[step].progress.notBefore = nil
    }

    /// What became of a step that was sent.
    package mutating func end(_ step: Int, outcome: WriteOutcome, at: KubeTime) {
        guard steps.indices.contains(step), steps[step].progress.state == .executing else { return }
        let plan = steps[step].plan
        switch outcome {
        case .applied(let text, let uid):
            steps[step].progress.state = plan.awaits == nil ? .done : .waiting
            steps[step].progress.uid = uid
            steps[step].progress.message = text
        case .postponed(let why)
        where plan.isRetried && (!plan.isOnFailure || steps[step].progress.attempts < Self.mostAttempts):
            steps[step].progress.state = .pending
            steps[step].progress.message = why
            let pause = min(Self.longestPause, Self.pollSeconds * Double(steps[step].progress.attempts))
            steps[step].progress.notBefore = at.adding(seconds: pause)
        case .notDone: steps[step].progress.state = .pending
        case .unknown(let why):
            steps[step].progress.state = .unknown
            steps[step].progress.message = why
        case .stale(let why):
            steps[step].progress.state = .stale
            steps[step].progress.message = why
        case .failed(let why), .rejected(let why), .postponed(let why):
            steps[step].progress.state = .failed
            steps[step].progress.message = why
        }
    }

    /// What a step is to bring about has come, or can't come any more.
    package mutating func settle(_ step: Int, succeeded: Bool, evidence: String) {
        guard steps.indices.contains(step), steps[step].progress.state == .waiting else { return }
        steps[step].progress.state = succeeded ? .done : .failed
        steps[step].progress.message = evidence
    }

    // MARK: The end

    private var hasBegun: Bool { steps.contains { [.done, .waiting].contains($0.progress.state) } }

    /// Where nothing has changed it is told as of a single write.
    private func endOfFailure(at step: Int) -> WriteOutcome {
        hasBegun ? .failed(end(at: step)) : .rejected(end(at: step))
    }

    private func endOfTime(at step: Int) -> WriteOutcome {
        let plan = steps[step].plan
        let why = steps[step].progress.message
        return interrupted(
            "not done within \(plan.deadlineSeconds) s: \(plan.title)" + (why.isEmpty ? "" : " (\(why))"))
    }

    private func interrupted(_ why: String) -> WriteOutcome {
        hasBegun ? .failed("\(why); \(account)") : .rejected("\(why); nothing was done")
    }

    private func end(at step: Int) -> String {
        "\(steps[step].plan.title): \(steps[step].progress.message); \(account)"
    }

    /// `3 of 7 steps were done (cordon node n1, …); evict pod shop/web-1 was sent, and not seen to have had its effect; not
    /// done: …`
    private var account: String {
        // What is for a failure counts only where it was tried.
        let told = steps.filter { !$0.plan.isOnFailure || $0.progress.state == .done }
        let untidy = steps.filter { $0.plan.isOnFailure && [.failed, .stale].contains($0.progress.state) }
        func names(_ states: Set<StepProgress.State>) -> [String] {
            told.filter { states.contains($0.progress.state) }.map(\.plan.title)
        }
        func list(_ names: [String]) -> String {
            names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
        }
        let done = names([.done])
        let verb = done.count == 1 ? "was" : "were"
        var parts = [
            "\(done.count) of \(told.count.counted(as: "step")) \(verb) done"
                + (done.isEmpty ? "" : " (\(list(done)))")
        ]
        let waiting = names([.waiting])
        if !waiting.isEmpty { parts.append("sent, but not complete yet: \(list(waiting))") }
        let open = names([.pending])
        if !open.isEmpty { parts.append("not done: \(list(open))") }
        if !untidy.isEmpty { parts.append("failed: \(list(untidy.map(\.plan.title)))") }
        return parts.joined(separator: "; ")
    }
}

extension ApprovalRequest {
    /// The steps of a sequence; nil for a write that is sent at once. What isn't wholly a sequence is none: it isn't sent
    /// step by step, and a step that can't be read makes the write unreadable, as any request that can't.
    package var steps: [WriteStep]? {
        let steps = requests.compactMap { StoredWrite(json: $0)?.step }
        return steps.isEmpty || steps.count != requests.count ? nil : steps
    }
}

extension WorkflowStateMachine {
    /// Where the newest sequence of the turn stands, as the status tells it; nil where the turn has none.
    package var progress: SequenceProgress? {
        let calls = pastCalls.filter { $0.turn == turn }.map(\.call) + calls
        guard let call = calls.last(where: { $0.sequence != nil }), let sequence = call.sequence else { return nil }
        return SequenceProgress(
            call: call.id, titles: sequence.steps.map { $0.plan.title.bounded(to: SequenceProgress.messageLimit) },
            states: sequence.steps.map { step in
                var progress = step.progress
                progress.message = progress.message.bounded(to: SequenceProgress.messageLimit)
                return progress
            })
    }
}
