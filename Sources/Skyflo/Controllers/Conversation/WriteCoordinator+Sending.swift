import ControllerRuntime
import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

extension WriteCoordinator {
    /// Sends the approved writes in order, as they are, and stores the outcome.
    /// - Parameters:
    ///   - done: uids of the objects of the first writes, which were done before.
    ///   - isResumed: they were sent before, and may still be on their way; what comes second is refused as stale.
    func send(
        _ call: Call, after done: [String] = [], isResumed: Bool = false, in store: inout ConversationStore,
        references: ResolvedReferences, under first: WritePermit
    ) async throws {
        var permit = first
        var uids = done
        var text = call.doneText
        let writes = try call.plannedWrites()
        for (position, planned) in writes.enumerated().dropFirst(done.count) {
            // Between writes there is time to be overtaken, and to be stopped.
            if uids.count > done.count {
                do {
                    try await store.refresh()
                    permit = try await gate.permitNext(of: call, in: store.conversation, references)
                } catch let refusal as WriteNotPermitted {
                    let why = (refusal.reason ?? "stopped") + Self.part(uids.count, of: writes)
                    return try await close(call, outcome: .rejected(why), uids: uids, in: &store)
                }
            }
            let outcome = try await sendOnce(
                planned, of: call, at: position, isResumed: isResumed, in: &store, references: references, under: permit
            )
            // Once, it is found out; whoever sends again and doesn't hear of it tells so.
            if case .unknown = outcome, !isResumed, planned.guarantee != .onceOnly {
                return try await recover(call.id, in: &store, references: references)
            }
            guard case .applied(let result, let uid) = outcome else {
                return try await close(
                    call, outcome: Self.outcome(outcome, after: uids.count, of: writes), uids: uids, in: &store)
            }
            uids.append(uid)
            // What a command wrote is what it was run for.
            if planned.request == nil { text += ": \(result)" }
            let rest = writes.dropFirst(position + 1).filter(planned.enables)
            if let why = try await objection(to: rest, references) {
                let refusal = WriteOutcome.rejected("the rest was not sent: \(why)" + Self.part(uids.count, of: writes))
                return try await close(call, outcome: refusal, uids: uids, in: &store)
            }
        }
        try await close(call, outcome: .applied(text), uids: uids, in: &store)
    }

    /// Tries out what couldn't be before, so that of what belongs together as little as possible is left half done.
    /// - Returns: why the API server would refuse one of them.
    private func objection(to writes: [PlannedWrite], _ references: ResolvedReferences) async throws -> String? {
        let api = access.acting(for: references.identity)
        for write in writes {
            if let why = try await write.objection(api: api, redactor: redactor) { return why }
        }
        return nil
    }

    /// Sends one write whose intent is stored; under another version of its target where only the target's status has moved.
    func sendOnce(
        _ planned: PlannedWrite, of call: Call, at position: Int, isResumed: Bool, in store: inout ConversationStore,
        references: ResolvedReferences, under permit: WritePermit
    ) async throws -> WriteOutcome {
        let outcome = await planned.execute(
            api: permit.api, integrations: permit.integrations, redactor: redactor, at: clock.now)
        guard case .stale = outcome else { return outcome }
        if isResumed {
            let found = try await observe(planned, of: call, at: position, api: access.acting(for: references.identity))
            if case .applied = found { return found }
        }
        return try await sendRefreshed(planned, of: call, in: &store, references: references) ?? outcome
    }

    /// How often a target may move between its dry run and the write.
    private static let refreshes = 5

    /// Sends an approved write under the version that its target has by now, where only the target's status has moved.
    ///
    /// Time passes meanwhile: the gate is asked again right before each attempt.
    /// - Returns: what came of it; nil where nothing was sent, because the write is stale.
    private func sendRefreshed(
        _ planned: PlannedWrite, of call: Call, in store: inout ConversationStore, references: ResolvedReferences
    ) async throws -> WriteOutcome? {
        let reader = access.acting(for: references.identity)
        do {
            for _ in 0..<Self.refreshes {
                guard let moved = try await planned.refresh(api: reader, redactor: redactor) else { return nil }
                try await store.refresh()
                let permit = try await gate.permit(call, in: store, references: references)
                let outcome = await moved.execute(
                    api: permit.api, integrations: permit.integrations, redactor: redactor, at: clock.now)
                guard case .stale = outcome else { return outcome }
            }
            return nil
        } catch let refusal as WriteNotPermitted {
            return .rejected("not sent: \(refusal.reason ?? "stopped")")
        }
    }

    /// Which writes had been carried out.
    private static func part(_ done: Int, of writes: [PlannedWrite]) -> String {
        guard done > 0 else { return "" }
        let names = writes.prefix(min(done, 10)).map(\.target.text).joined(separator: ", ")
        let more = done > 10 ? " and \(done - 10) more" : ""
        let verb = done == 1 ? "was" : "were"
        return " (\(done) of \(writes.count.counted(as: "request")) \(verb) sent before: \(names)\(more))"
    }

    private static func outcome(_ outcome: WriteOutcome, after done: Int, of writes: [PlannedWrite]) -> WriteOutcome {
        let part = part(done, of: writes)
        // Half a write can't be previewed again as a whole.
        if case .stale(let why) = outcome, done > 0 { return .rejected(why + part) }
        return outcome.mapText { $0 + part }
    }
}
