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
    let audit = Audit()

    /// What went wrong; empty when everything that was promised held.
    struct Outcome: Sendable {
        var complaints: [String] = []
        /// Calls whose end could not be found out, and that say so.
        var unknown = 0
        /// Of the first worker, up to its fault or its end.
        var effects = 0
        var workers = 0
    }

    private final class Progress: Sendable {
        private let last = Mutex<Conversation?>(nil)
        func note(_ conversation: Conversation) { last.withLock { $0 = conversation } }
        var conversation: Conversation? { last.withLock(\.self) }
        func hasEnded(turn: Int) -> Bool {
            guard let status = conversation?.status else { return false }
            return status.turn >= turn && (status.phase?.isTerminal ?? false)
        }
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
        try await judge(progress, &outcome)
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
            workers, identity: "worker-\(index)", wrap: { workers.make($0, audit, faults.first) }
        ) {
            let worker = try #require(workers.made)
            try await wait(progress, turn: 1, { "worker \(index), \(worker.trace)," }) { worker.isOut }
            result.withLock { $0 = Outcome(effects: worker.effects, workers: 1) }
            guard worker.isOut, faults.first?.kind == .pauses else { return }
            let next = try await work(faults.dropFirst(), index + 1, name, progress)
            worker.resume()
            // Another message keeps both at work, so that the one that was paused finishes what it had begun.
            try await story.change(
                name, spec: ["messages": [["content": .string(scenario.message(id))], ["content": "and now?"]]])
            try await wait(progress, turn: 2, { "both workers, \(worker.trace)," }) { false }
            result.withLock { $0.workers += next.workers }
        }
        let outcome = result.withLock(\.self)
        guard faults.first?.kind.endsTheWorker == true, !progress.hasEnded(turn: 1) else { return outcome }
        let next = try await work(faults.dropFirst(), index + 1, name, progress)
        return Outcome(effects: outcome.effects, workers: outcome.workers + next.workers)
    }

    private func wait(_ progress: Progress, turn: Int, _ who: () -> String, or isOver: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !progress.hasEnded(turn: turn), !isOver() {
            guard ContinuousClock.now < deadline else {
                Issue.record("\(self), \(who()) stands still: \(progress.conversation?.status.json ?? .null)")
                throw CancellationError()
            }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    // MARK: The person

    /// Decides whatever waits for a decision, and sees how the conversation goes.
    private func person(_ name: String, _ progress: Progress) async throws {
        var decided: Set<String> = []
        while true {
            let conversation = Conversation(
                try await story.api.get(.conversations, namespace: Story.namespace, name: name))
            progress.note(conversation)
            let status = conversation.status
            for (call, approval) in status.approvals
            where status.calls[call]?.state == .awaitingApproval && !decided.contains(call) {
                decided.insert(call)
                if scenario.decision == .approved { audit.approve(call, approval) }
                try await story.decide(
                    [call: ["decision": .string(scenario.decision.rawValue), "decidedBy": "alice"]], name)
            }
            try await Task.sleep(for: .milliseconds(3))
        }
    }

    // MARK: The judge

    private func judge(_ progress: Progress, _ outcome: inout Outcome) async throws {
        let conversation = Conversation(
            try await story.api.get(.conversations, namespace: Story.namespace, name: CrashScenario.name(id)))
        let status = conversation.status
        var complaints: [String] = []
        if !audit.unapproved.isEmpty { complaints.append("written without approval: \(audit.unapproved)") }
        if !audit.twice.isEmpty { complaints.append("written twice: \(audit.twice)") }
        if status.phase != .completed || status.answer?.isEmpty != false { complaints.append("no answer") }
        for (call, requests) in audit.approved {
            let written = requests.count { audit.written.contains($0) }
            if let lie = Self.lie(status.calls[call], written: written, of: requests.count) {
                complaints.append("\(call): \(lie)")
            }
        }
        // What doesn't lose anything but a worker must not be seen in the result.
        if faults.allSatisfy(\.kind.isHarmless) {
            if audit.written.count != scenario.writes { complaints.append("\(audit.written.count) writes") }
            if let fault = try await scenario.fault(id, story) { complaints.append(fault) }
        }
        outcome.unknown = status.calls.values.count { $0.state == .unknown }
        outcome.complaints = complaints.map { "\(self): \($0)\n\(status.json)" }
    }

    /// How the state of an approved call differs from what was done.
    private static func lie(_ call: CallStatus?, written: Int, of planned: Int) -> String? {
        switch call?.state {
        case .succeeded: written == planned ? nil : "succeeded, with \(written) of \(planned) written"
        case .stale: written == 0 ? nil : "stale, and written"
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

    func make(_ api: any KubeAPI, _ audit: Audit, _ fault: Fault?) -> FaultyWorker {
        let made = FaultyWorker(api, audit, fault)
        worker.withLock { $0 = made }
        return made
    }

    func model(for description: SkyfloAI.Model, apiKey: Credential?) throws -> any LanguageModel { try #require(made) }
}
