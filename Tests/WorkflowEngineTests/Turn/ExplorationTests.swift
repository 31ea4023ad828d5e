import FoundationEssentials
import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// All that can happen to a turn, in every order, up to a depth: what a model says, what people decide, stops, deaths of the
/// worker between any two of its steps, targets that move, and a clock that jumps over the expiry and back.
///
/// States that are the same are gone through once. The worker here does what `TurnLoop` does, without a cluster.
@Suite struct ExplorationTests {
    @Test func `whatever happens in whatever order, what was approved is written once and nothing else`() {
        let first = World().settled()
        var seen: Set<World> = [first]
        var border = [first]
        for depth in 1...Self.depth {
            var next: [World] = []
            for world in border {
                for after in world.successors() where seen.insert(after).inserted {
                    for broken in after.brokenPromises(after: world) {
                        Issue.record("depth \(depth): \(broken)\n\(after)")
                        return
                    }
                    next.append(after)
                }
            }
            border = next
        }
        // Fewer would mean that something isn't reached any more.
        #expect(seen.count > 5000, "\(seen.count) states")
        if Self.depth > 12 { print("\(seen.count) states of a turn, \(Self.depth) steps deep") }
        #expect(seen.contains { $0.writes["c1"] == 1 && $0.machine?.call("c1")?.state == .succeeded })
        #expect(seen.contains { $0.restarts > 0 && $0.writes.values.contains(1) })
        #expect(seen.contains { $0.isChoice && $0.writes["c2"] == 1 })
    }

    /// SKYFLO_EXPLORATION_DEPTH goes deeper, for minutes.
    private static let depth = ProcessInfo.processInfo.environment["SKYFLO_EXPLORATION_DEPTH"].flatMap { Int($0) } ?? 11
}

/// A conversation's turn with all that it depends on.
private struct World: Hashable, CustomStringConvertible {
    static let start = KubeTime(microseconds: 1_767_225_600_000_000)
    static let expiry = start.adding(seconds: 100)
    static let ids = ["c1", "c2", "c3", "c4"]

    // What is kept outside of the worker.
    var transcript: [TranscriptChain.Entry] = []
    /// How many entries of it the status vouches for.
    var vouchedFor = 0
    var statusTurn = 0
    var statusCalls: [String: CallState] = [:]
    var statusProgress: SequenceProgress?
    /// Approvals that people can see.
    var shown: Set<String> = []
    var decisions: [String: Bool] = [:]
    /// How often each call's write was done; of a sequence each step's, as `c2/0`.
    var writes: [String: Int] = [:]
    /// Calls that people had approved, in time and with the terms in force, when they were written.
    var wrongWrites: [String] = []
    /// Targets moved since the previews of these.
    var moved: Set<String> = []
    var stop = false
    var now = start
    var restarts = 0
    /// Of the clock.
    var jumps = 0

    // The worker; nil while none lives.
    var worker: Worker? = Worker(transcript: [], vouchedFor: 0)
    /// How far it is in what it does.
    var step = Step.deciding

    enum Step: Hashable {
        case deciding
        /// The transcript has what it will be; the status doesn't.
        case showing(Set<String>)
        case intending(String)
        /// The intent is stored.
        case sending(String)
        /// The intent of a step is stored.
        case sendingStep(String, Int)
        case closing(String, WriteOutcome)
        case ending
    }

    var machine: WorkflowStateMachine? { worker?.machine }
    /// The calls of the first reply are alternatives.
    var isChoice: Bool {
        guard let machine else { return false }
        return (machine.pastCalls.map(\.call) + machine.calls).first?.alternativeGroup != nil
    }

    var description: String {
        "transcript \(transcript.map(\.event)), vouched for \(vouchedFor), status \(statusCalls), "
            + "decisions \(decisions), writes \(writes), step \(step), worker \(worker.map { "\($0.unwritten.map(\.event))" } ?? "none")"
    }
}

/// What lives and dies with a process. A function of the entries: they alone are compared.
private struct Worker: Hashable {
    var machine: WorkflowStateMachine
    var unwritten: [TranscriptChain.Entry] = []
    /// How much of the transcript it lets the status vouch for.
    var position: Int
    private var believed: [TranscriptChain.Entry]

    init(transcript: [TranscriptChain.Entry], vouchedFor: Int) {
        position = vouchedFor
        believed = TranscriptChain.believed(Array(transcript.prefix(vouchedFor)))
        machine = WorkflowStateMachine(policy: .init(limits: Limits(modelTurns: 2)))
        for entry in believed { machine.apply(entry.event, at: entry.at) }
        if transcript.count > vouchedFor {
            unwritten = [.init(at: World.start, event: .disregarded(after: vouchedFor))]
        }
    }

    mutating func log(_ event: TurnEvent, at: KubeTime) {
        machine.apply(event, at: at)
        unwritten.append(.init(at: at, event: event))
        believed.append(.init(at: at, event: event))
    }

    static func == (a: Worker, b: Worker) -> Bool {
        a.believed == b.believed && a.unwritten == b.unwritten && a.position == b.position
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(believed)
        hasher.combine(unwritten)
    }
}

// MARK: - What can happen

extension World {
    func successors() -> [World] {
        var all: [World] = worker == nil ? [] : [died()]
        for id in shown where decisions[id] == nil && statusCalls[id] == .awaitingApproval {
            all.append(with { $0.decisions[id] = true })
            all.append(with { $0.decisions[id] = false })
        }
        // Somebody approves what nobody has asked for yet.
        if !shown.contains("c2"), decisions["c2"] == nil { all.append(with { $0.decisions["c2"] = true }) }
        if !stop { all.append(with { $0.stop = true }) }
        if moved.isEmpty, !shown.isEmpty { all.append(with { $0.moved = $0.shown }) }
        if jumps < 2, !shown.isEmpty {
            all.append(
                with { world in
                    world.now = world.now == Self.start ? Self.expiry : Self.start
                    world.jumps += 1
                })
        }
        guard let worker else { return restarts < 2 ? all + [restarted().settled()] : all }
        return all + going(worker).map { $0.settled() }
    }

    /// Goes on through what only the worker's memory knows: to die in there is to die before it.
    func settled() -> World {
        var world = self
        while world.step == .deciding, let worker = world.worker, let event = world.memorised(worker) {
            world = world.logging(event)
        }
        return world
    }

    private func memorised(_ worker: Worker) -> TurnEvent? {
        for call in worker.machine.pendingApprovals where shown.contains(call.id) {
            guard let decision = decisions[call.id], call.approval.map({ $0.expiresAt > now }) ?? false else {
                continue
            }
            return .decided(id: call.id, Decision(approved: decision, by: "alice"))
        }
        switch worker.machine.next(now: now, stop: stop ? "spec.stop" : nil) {
        case .expire(let id): return .approvalExpired(id: id)
        case .verify(let id):
            return .verified(id: id, [CheckResult(check: "x", verdict: .passed, evidence: "")])
        case .idle where worker.machine.turn == 0 && !stop: return .turnStarted(number: 1, message: "go")
        default: return nil
        }
    }

    private func died() -> World {
        with { world in
            world.worker = nil
            world.step = .deciding
        }
    }

    private func with(_ change: (inout World) -> Void) -> World {
        var world = self
        change(&world)
        return world
    }

    private func logging(_ events: TurnEvent..., step: Step = .deciding) -> World {
        with { world in
            for event in events { world.worker?.log(event, at: world.now) }
            world.step = step
        }
    }

    private func restarted() -> World {
        with { world in
            var worker = Worker(transcript: transcript, vouchedFor: vouchedFor)
            for event in worker.machine.missing(from: status) { worker.log(event, at: now) }
            world.worker = worker
            world.restarts += 1
        }
    }

    private var status: ConversationStatus {
        let calls = statusCalls.map { ($0.key, ["tool": "t", "state": .string($0.value.rawValue)] as JSONValue) }
        return ConversationStatus(
            .compact([
                "turn": JSONValue(statusTurn), "calls": .object(JSONObject(calls)), "progress": statusProgress?.json,
            ]))
    }

    private func going(_ worker: Worker) -> [World] {
        switch step {
        case .deciding: deciding(worker)
        case .showing(let ids):
            [
                writingStatus { world in
                    world.shown.formUnion(ids)
                    // What was there before the question is cleared with it.
                    for id in ids { world.decisions[id] = nil }
                }
            ]
        case .intending(let id): intending(id)
        case .sending(let id): [sending(id)]
        case .sendingStep(let id, let step): [sendingStep(id, step)]
        case .closing(let id, let outcome): [logging(.writeEnded(id: id, outcome)).writingStatus { _ in }]
        case .ending: [writingStatus { _ in }]
        }
    }

    private func writingStatus(step: Step = .deciding, _ change: (inout World) -> Void) -> World {
        with { world in
            guard let machine = world.machine else { return }
            world.statusTurn = machine.turn
            world.statusCalls = Dictionary(
                (machine.pastCalls.map(\.call) + machine.calls).map { ($0.id, $0.state) }, uniquingKeysWith: { $1 })
            world.statusProgress = machine.progress
            world.vouchedFor = world.worker?.position ?? 0
            change(&world)
            world.step = step
        }
    }

    private func flushing(step: Step) -> World {
        with { world in
            world.transcript += world.worker?.unwritten ?? []
            world.worker?.unwritten = []
            world.worker?.position = world.transcript.count
            world.step = step
        }
    }

    private func deciding(_ worker: Worker) -> [World] {
        switch worker.machine.next(now: now, stop: stop ? "spec.stop" : nil) {
        case .idle, .askBeforeReading, .expire, .verify, .awaitReads: return []
        case .awaitDecisions:
            let hidden = Set(worker.machine.pendingApprovals.map(\.id)).subtracting(shown)
            return hidden.isEmpty ? [] : [flushing(step: .showing(hidden))]
        case .askModel: return Self.replies.map { logging(.modelReplied($0)) }
        case .prepare(let ids): return [asking(for: ids)] + [resolving(ids)]
        case .refuse(let id, let why): return [logging(.callResolved(id: id, succeeded: false, result: why))]
        case .resolveArguments(let id):
            guard let resolved = worker.machine.resolvedArguments(of: id) else { return [] }
            return [
                logging(
                    .argumentsResolved(id: id, arguments: resolved.arguments, references: resolved.references))
            ]
        case .execute(let id): return [flushing(step: .intending(id))]
        case .recover(let id): return [recovering(id)]
        case .continueSequence(let id): return [continuing(id, worker)]
        case .end(let end): return [logging(.turnEnded(end)).flushing(step: .ending)]
        }
    }

    private static let replies: [ModelTurn] = [
        ModelTurn(content: "Done."), reply(calls: 2), reply(calls: 1, finish: .truncated),
        reply(calls: 2, arguments: #"{"alternative_group":"a"}"#), referring,
    ]

    /// The second call is about what the first one results in.
    private static let referring = ModelTurn(
        content: "",
        calls: ["{}", #"{"name":"{{result1}}"}"#].map { .init(modelID: "m", tool: "t", arguments: $0) })

    private static func reply(
        calls: Int, arguments: String = "{}", finish: ModelTurn.Finish = .complete
    ) -> ModelTurn {
        ModelTurn(
            content: "", calls: (0..<calls).map { _ in .init(modelID: "m", tool: "t", arguments: arguments) },
            finish: finish)
    }

    private func asking(for ids: [String]) -> World {
        with { world in
            for id in ids {
                let request = ApprovalRequest(
                    summary: "", risk: "Low", warnings: [], preview: "",
                    requests: id == "c2" && !isChoice ? Self.steps : ["r"],
                    postConditions: id == "c1" ? ["p"] : [], digest: id, expiresAt: Self.expiry)
                world.worker?.log(.approvalRequested(id: id, request), at: now)
                world.moved.remove(id)
            }
        }.flushing(step: .showing(Set(ids)))
    }

    private func resolving(_ ids: [String]) -> World {
        with { world in
            for id in ids { world.worker?.log(.callResolved(id: id, succeeded: true, result: id), at: now) }
        }
    }

    /// Whether the write may begin now, by what is outside.
    private func mayWrite(_ id: String) -> Bool {
        decisions[id] == true && shown.contains(id) && !stop && now < Self.expiry
    }

    private func intending(_ id: String) -> [World] {
        guard mayWrite(id) else {
            return [stop ? with { $0.step = .deciding } : logging(.decisionWithdrawn(id: id, reason: "no"))]
        }
        let begun = logging(.writeStarted(id: id))
        let isSequence = begun.machine?.call(id)?.sequence != nil
        return [begun.writingStatus(step: isSequence ? .deciding : .sending(id)) { _ in }]
    }

    private func sending(_ id: String) -> World {
        guard !moved.contains(id) else { return with { $0.step = .closing(id, .stale("moved")) } }
        return with { world in
            world.writes[id, default: 0] += 1
            if decisions[id] != true || !shown.contains(id) { world.wrongWrites.append(id) }
            world.step = .closing(id, .applied("done"))
        }
    }

    // MARK: Sequences

    /// The second call of a reply is one of two steps.
    private static let steps: [JSONValue] = [1, 2].map { stage in
        ["step": WriteStep(title: "step \(stage)", stage: stage, deadlineSeconds: 1000).json]
    }

    private func continuing(_ id: String, _ worker: Worker) -> World {
        guard let sequence = worker.machine.call(id)?.sequence else { return self }
        switch sequence.next(now: now, stop: stop ? "stopped" : nil) {
        case .recover(let step):
            let isWritten = writes["\(id)/\(step)", default: 0] > 0
            return logging(.stepEnded(id: id, step: step, isWritten ? .applied("found") : .notDone))
        case .send(let step):
            return logging(.stepStarted(id: id, step: step)).writingStatus(step: .sendingStep(id, step)) { _ in }
        case .wait: return self
        case .end(let outcome): return with { $0.step = .closing(id, outcome) }
        }
    }

    private func sendingStep(_ id: String, _ step: Int) -> World {
        guard !moved.contains(id) || step > 0 else {
            return with { $0.step = .deciding }.logging(.stepEnded(id: id, step: step, .stale("moved")))
        }
        return with { world in
            world.writes["\(id)/\(step)", default: 0] += 1
            if decisions[id] != true || !shown.contains(id) { world.wrongWrites.append(id) }
            world.step = .deciding
        }.logging(.stepEnded(id: id, step: step, .applied("done")))
    }

    private func recovering(_ id: String) -> World {
        if writes[id, default: 0] > 0 { return with { $0.step = .closing(id, .applied("found")) } }
        guard mayWrite(id) else { return with { $0.step = .closing(id, .unknown("not sent")) } }
        return with { $0.step = .sending(id) }
    }
}

// MARK: - What must hold

extension World {
    func brokenPromises(after before: World) -> [String] {
        var broken: [String] = []
        if let twice = writes.first(where: { $0.value > 1 }) { broken.append("\(twice.key) was written twice") }
        if let wrong = wrongWrites.first { broken.append("\(wrong) was written without an approval") }
        if stop, before.stop, step != before.step {
            switch step {
            case .sending, .sendingStep: broken.append("a write began after the stop")
            default: break
            }
        }
        guard let machine else { return broken }
        for call in machine.pastCalls.map(\.call) + machine.calls {
            if let sequence = call.sequence {
                broken += brokenPromises(of: sequence, call)
                continue
            }
            let isWritten = writes[call.id, default: 0] > 0
            let isDenied: Set<CallState> = [.denied, .expired, .stale, .failed, .cancelled, .proposed]
            if isWritten, isDenied.contains(call.state) { broken.append("\(call.id) was written and is \(call.state)") }
            if [.succeeded, .verifying].contains(call.state), call.decision?.approved == true, !isWritten {
                broken.append("\(call.id) is \(call.state) and was not written")
            }
        }
        let groups = Dictionary(
            grouping: (machine.pastCalls.map(\.call) + machine.calls).filter { $0.alternativeGroup != nil },
            by: { $0.alternativeGroup ?? "" })
        for (group, calls) in groups where calls.reduce(0, { $0 + writes[$1.id, default: 0] }) > 1 {
            broken.append("of the alternatives of \(group) more than one was written")
        }
        let ids = machine.pastCalls.map(\.call.id) + machine.calls.map(\.id)
        if Set(ids).count != ids.count { broken.append("an id was used twice") }
        if let was = before.machine?.ended, before.restarts == restarts, machine.ended != was {
            broken.append("a turn that had ended goes on")
        }
        if machine.next(now: now, stop: nil) == .askModel { broken += unansweredCalls(machine) }
        return broken
    }

    /// What is told of a sequence is what was done.
    private func brokenPromises(of sequence: WriteSequence, _ call: Call) -> [String] {
        let done = sequence.steps.indices.filter { writes["\(call.id)/\($0)", default: 0] > 0 }
        let told = sequence.steps.indices.filter { sequence.steps[$0].progress.state == .done }
        switch call.state {
        case .executing, .unknown: return []
        case .succeeded where done.count == sequence.steps.count: return []
        case .failed where done == told && !done.isEmpty: return []
        case .failed, .stale, .denied, .expired, .cancelled:
            return done.isEmpty ? [] : ["\(call.id): \(call.state), and \(done) were written"]
        default: return ["\(call.id) is \(call.state), \(done) were written"]
        }
    }

    /// Before the model is asked again each call of its reply has one result.
    private func unansweredCalls(_ machine: WorkflowStateMachine) -> [String] {
        var open = 0
        for message in machine.history {
            switch message {
            case .user, .note: continue
            case .assistant(_, let calls, _):
                if open != 0 { return ["a reply comes before the results of the last one"] }
                open = calls.count
            case .tool: open -= 1
            }
        }
        return open == 0 ? [] : ["\(open) calls have no result"]
    }
}
