import Controllers
import KubeClient
import KubeModel
import LanguageModels
import SkyfloAPI
import Synchronization
import Testing

/// One conversation whose workers meet faults, one worker after the other; the last one meets none.
struct CrashRun: Sendable {
    let id: Int
    let scenario: CrashScenario
    let faults: [Fault]
    let story: Story
    let audit: Audit

    init(id: Int, scenario: CrashScenario, faults: [Fault], story: Story) {
        self.id = id
        self.scenario = scenario
        self.faults = faults
        self.story = story
        audit = Audit { scenario.isAllowed($0, id) }
    }

    /// What went wrong; empty when everything that was promised held.
    struct Outcome: Sendable {
        var complaints: [String] = []
        /// Of the first worker, up to its fault or its end.
        var effects = 0
        var counts = Counts()
    }

    private final class Progress: Sendable {
        private let last = Mutex<Conversation?>(nil)
        func note(_ conversation: Conversation) { last.withLock { $0 = conversation } }
        var conversation: Conversation? { last.withLock(\.self) }
    }

    func run() async throws -> Outcome {
        let name = CrashScenario.name(id)
        try await scenario.setUp(id, story)
        try await story.ask(scenario.message(id), name: name)
        let progress = Progress()
        var outcome = Outcome()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await person(name, progress) }
            outcome = try await work(faults[...], 0, name, progress)
            group.cancelAll()
            while let _ = try? await group.next() {}
        }
        try await judge(&outcome)
        try await scenario.tearDown(id, story)
        return outcome
    }

    // MARK: Workers in other processes

    /// Lets whatever workers there are do it.
    func follow() async throws {
        let name = CrashScenario.name(id)
        try await scenario.setUp(id, story)
        try await story.ask(scenario.message(id), name: name)
        let progress = Progress()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await person(name, progress) }
            group.addTask { try await wait(progress, turn: 1, { "the worker" }) { false } }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    func verdict() async throws -> Outcome {
        var outcome = Outcome()
        try await judge(&outcome)
        try await scenario.tearDown(id, story)
        return outcome
    }

    // MARK: Workers

    private func work(
        _ faults: ArraySlice<Fault>, _ index: Int, _ name: String, _ progress: Progress
    ) async throws -> Outcome {
        let result = Mutex(Outcome())
        let workers = Workers()
        try await story.withOperator(
            workers, identity: "worker-\(index)",
            wrap: { workers.make(FaultyWorker($0, audit, faults.first) { try await stop(name) }) }
        ) {
            let worker = try #require(workers.made)
            try await wait(progress, turn: 1, { "worker \(index), \(worker.trace)," }) { worker.hasMetItsFault }
            result.withLock {
                $0.effects = worker.effects
                $0.counts.workers = 1
                $0.counts.deaths = worker.isDead ? 1 : 0
            }
            guard worker.hasMetItsFault, faults.first?.kind.sharesTheWork == true else { return }
            let next = try await work(faults.dropFirst(), index + 1, name, progress)
            worker.resume()
            // Another message keeps both at work, so that the one that was paused finishes what it had begun.
            audit.stop(nil)
            let messages: JSONValue = [["content": .string(scenario.message(id))], ["content": "and now?"]]
            try await story.change(name, spec: ["messages": messages, "stop": false])
            try await wait(progress, turn: 2, { "both workers, \(worker.trace)," }) { false }
            result.withLock { $0.counts += next.counts }
        }
        var outcome = result.withLock(\.self)
        let isOver = progress.conversation.map { scenario.isOver($0, turn: 1) } ?? false
        guard outcome.counts.deaths > 0, !isOver else { return outcome }
        outcome.counts += try await work(faults.dropFirst(), index + 1, name, progress).counts
        return outcome
    }

    private func stop(_ name: String) async throws {
        let stopped = try await story.api.patch(
            .conversations, namespace: Story.namespace, name: name, patch: .merge(["spec": ["stop": true]]))
        audit.stop(Conversation(stopped).status)
    }

    private func wait(_ progress: Progress, turn: Int, _ who: () -> String, or isOver: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while !(progress.conversation.map { scenario.isOver($0, turn: turn) } ?? false), !isOver() {
            guard ContinuousClock.now < deadline else {
                Issue.record("\(self), \(who()) stands still: \(progress.conversation?.status.json ?? .null)")
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    // MARK: The person

    /// Decides whatever waits for a decision, takes back what is to be taken back, and sees how the conversation goes.
    private func person(_ name: String, _ progress: Progress) async throws {
        var options = WatchOptions()
        options.fieldSelector = "metadata.name=\(name)"
        while true {
            try await story.api.watch(.conversations, namespace: Story.namespace, options: options) { events in
                while let event = try await events.next() {
                    switch event {
                    case .added(let object), .modified(let object):
                        progress.note(Conversation(object))
                        try await answer(Conversation(object), name)
                    case .error(let status): throw status
                    case .deleted, .bookmark: continue
                    }
                }
            }
        }
    }

    private func answer(_ conversation: Conversation, _ name: String) async throws {
        let status = conversation.status
        if let change = scenario.undo(in: conversation) {
            try await story.change(name, spec: ["undo": [.string(change)]])
        }
        for (call, approval) in status.approvals
        where status.calls[call]?.state == .awaitingApproval && approval.decision == nil {
            if scenario.decision == .approved { audit.approve(call, approval) }
            try await story.decide(
                [call: ["decision": .string(scenario.decision.rawValue), "decidedBy": "alice"]], name)
        }
    }

    // MARK: The judge

    private func judge(_ outcome: inout Outcome) async throws {
        let conversation = Conversation(
            try await story.api.get(.conversations, namespace: Story.namespace, name: CrashScenario.name(id)))
        let status = conversation.status
        var complaints: [String] = []
        if !audit.unapproved.isEmpty { complaints.append("written without approval: \(audit.unapproved)") }
        if !audit.twice.isEmpty { complaints.append("written twice: \(audit.twice)") }
        if !audit.late.isEmpty { complaints.append("begun after the stop: \(audit.late)") }
        if !faults.contains(where: { $0.kind == .stops }), !isWell(status) { complaints.append("no answer") }
        let allowed = status.approvals.filter { $0.value.autoApprovedBy != nil }.mapValues(Audit.requests)
        for (call, requests) in audit.approved.merging(allowed, uniquingKeysWith: { approved, _ in approved }) {
            let written = requests.count { audit.written.contains($0) }
            let steps = status.progress.flatMap { $0.call == call ? $0.states : nil }
            if let lie = Self.lie(status.calls[call], written: written, of: requests.count, steps) {
                complaints.append("\(call): \(lie)")
            }
        }
        // What doesn't lose anything but a worker must not be seen in the result.
        if isHarmless, !isUnknowable(status) {
            outcome.counts.lost = max(0, scenario.writes - audit.written.count)
            if audit.written.count != scenario.writes { complaints.append("\(audit.written.count) writes") }
            if let fault = try await scenario.fault(id, story) { complaints.append(fault) }
        }
        outcome.counts.runs = 1
        outcome.counts.writes = audit.written.count
        outcome.counts.twice = audit.twice.count
        outcome.counts.unapproved = audit.unapproved.count
        outcome.counts.late = audit.late.count
        outcome.counts.unknown = status.calls.values.count { $0.state == .unknown }
        outcome.complaints = complaints.map { "\(self): \($0)\n\(status.json)" }
    }

    /// Whether what was once sent, or was about to be, may have an unknown outcome, and has.
    private func isUnknowable(_ status: ConversationStatus) -> Bool {
        scenario.isOnceOnly && status.calls.values.contains { $0.state == .unknown }
    }

    private var isHarmless: Bool { faults.allSatisfy(\.kind.isHarmless) }

    /// Whether it ended as it should. An undo may end as failed when a request of its preparation does.
    private func isWell(_ status: ConversationStatus) -> Bool {
        if scenario == .undo, !isHarmless { return status.phase?.isTerminal ?? false }
        if isUnknowable(status) { return status.phase == .failed || status.turn > 1 }
        return status.phase == .completed && status.answer?.isEmpty == false
    }

    /// How the state of an approved call differs from what was done.
    /// - Parameter steps: of a sequence; nil for a write that is sent at once.
    private static func lie(
        _ call: CallStatus?, written: Int, of planned: Int, _ steps: [StepProgress]?
    ) -> String? {
        if let steps, call?.state == .failed {
            let told = steps.count { $0.state == .done || $0.state == .waiting }
            return told == written ? nil : "\(told) steps are told to be done, \(written) written"
        }
        return switch call?.state {
        case .succeeded: written == planned ? nil : "succeeded, with \(written) of \(planned) written"
        case .stale, .cancelled: written == 0 ? nil : "\(call?.state.rawValue ?? ""), and written"
        case .failed: (written > 0) == (call?.result?.hasPrefix("done") == true) ? nil : "failed, \(written) written"
        case .unknown: nil
        default: "approved, and now \(call.map { $0.state.rawValue } ?? "gone")"
        }
    }
}

extension CrashRun: CustomStringConvertible {
    var description: String { "run \(id), \(scenario.rawValue), \(faults)" }
}

/// The operator's connections to the API server and to the model, made one after the other, are one worker.
private final class Workers: ModelProvider {
    private let worker = Mutex<FaultyWorker?>(nil)

    var made: FaultyWorker? { worker.withLock(\.self) }

    func make(_ made: FaultyWorker) -> FaultyWorker {
        worker.withLock { $0 = made }
        return made
    }

    func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel { try #require(made) }
}
