import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct WriteSequenceTests {
    private let start = KubeTime(microseconds: 0)
    private func at(_ seconds: Double) -> KubeTime { start.adding(seconds: seconds) }

    /// One step, then two that may wait, and that have an effect to wait for.
    private var drain: WriteSequence {
        let evict = { (name: String) in
            WriteStep(title: name, stage: 2, deadlineSeconds: 60, isRetried: true, awaits: ["gone": "it"])
        }
        return WriteSequence(
            [WriteStep(title: "cordon", stage: 1, deadlineSeconds: 60), evict("one"), evict("two")], startedAt: start)
    }

    private func end(_ next: WriteSequence.Next) throws -> WriteOutcome {
        guard case .end(let outcome) = next else { throw Unexpected(next: next) }
        return outcome
    }
    private struct Unexpected: Error { var next: WriteSequence.Next }

    @Test func `stages follow one another, and steps of a stage don't wait for each other`() throws {
        var sequence = drain
        #expect(sequence.next(now: start, stop: nil) == .send(0))
        sequence.begin(0)
        #expect(sequence.next(now: start, stop: nil) == .recover(0))
        sequence.end(0, outcome: .applied("done"), at: start)
        #expect(sequence.next(now: start, stop: nil) == .send(1))
        sequence.begin(1)
        sequence.end(1, outcome: .postponed("budget"), at: start)
        #expect(sequence.next(now: start, stop: nil) == .send(2))
        sequence.begin(2)
        sequence.end(2, outcome: .applied("done", uid: "u"), at: start)
        #expect(sequence.next(now: start, stop: nil) == .wait(checking: [2], until: at(2)))
        sequence.settle(2, succeeded: true, evidence: "gone")
        #expect(sequence.next(now: at(1), stop: nil) == .wait(checking: [], until: at(2)))
        #expect(sequence.next(now: at(2), stop: nil) == .send(1))
        sequence.begin(1)
        sequence.end(1, outcome: .applied("done"), at: at(2))
        sequence.settle(1, succeeded: true, evidence: "gone")
        #expect(try end(sequence.next(now: at(3), stop: nil)) == .applied(""))
    }

    @Test func `a pause grows with each attempt, up to a limit`() {
        var sequence = drain
        sequence.begin(0)
        sequence.end(0, outcome: .applied(""), at: start)
        var pauses: [Double] = []
        for _ in 0..<20 {
            sequence.begin(1)
            sequence.end(1, outcome: .postponed("budget"), at: start)
            pauses.append(sequence.steps[1].progress.notBefore?.seconds(since: start) ?? 0)
        }
        #expect(pauses.prefix(3) == [2, 4, 6] && pauses.last == 30)
    }

    @Test func `a step that may have been sent is found out before anything else, also before a stop`() {
        var sequence = drain
        sequence.begin(0)
        #expect(sequence.next(now: at(1000), stop: "stopped") == .recover(0))
        sequence.end(0, outcome: .notDone, at: start)
        #expect(sequence.next(now: start, stop: nil) == .send(0))
    }

    @Test func `what is for a failure is sent after one, once, and not after a stop`() throws {
        func sequence() -> WriteSequence {
            var sequence = WriteSequence(
                [
                    WriteStep(title: "store", stage: 1, deadlineSeconds: 60),
                    WriteStep(title: "change", stage: 2, deadlineSeconds: 60),
                    WriteStep(title: "mark failed", stage: 1, deadlineSeconds: 60, isOnFailure: true),
                ], startedAt: start)
            #expect(sequence.next(now: start, stop: nil) == .send(0))
            sequence.begin(0)
            sequence.end(0, outcome: .applied(""), at: start)
            return sequence
        }
        var done = sequence()
        #expect(done.next(now: start, stop: nil) == .send(1))
        done.begin(1)
        done.end(1, outcome: .applied(""), at: start)
        #expect(done.next(now: start, stop: nil) == .end(.applied("")))
        var failed = sequence()
        failed.begin(1)
        failed.end(1, outcome: .rejected("no"), at: start)
        #expect(try end(failed.next(now: start, stop: "s")) == .failed("change: no; 1 of 2 steps was done (store)"))
        #expect(failed.next(now: start, stop: nil) == .send(2))
        var lost = failed
        failed.begin(2)
        failed.end(2, outcome: .applied(""), at: start)
        #expect(
            try end(failed.next(now: start, stop: nil))
                == .failed("change: no; 2 of 3 steps were done (store, mark failed)"))
        lost.begin(2)
        lost.end(2, outcome: .rejected("gone"), at: start)
        #expect(
            try end(lost.next(now: start, stop: nil))
                == .failed("change: no; 1 of 2 steps was done (store); failed: mark failed"))
        let late = sequence()
        #expect(late.next(now: at(60), stop: nil) == .send(2))
        var unbegun = WriteSequence(late.steps.map(\.plan), startedAt: start)
        unbegun.begin(0)
        unbegun.end(0, outcome: .rejected("no"), at: start)
        guard case .end(.rejected) = unbegun.next(now: start, stop: nil) else { throw Unexpected(next: .send(9)) }
    }

    @Test func `what is for a failure goes on after one of it failed, but for later stages`() throws {
        var sequence = WriteSequence(
            [
                WriteStep(title: "create", stage: 1, deadlineSeconds: 60),
                WriteStep(title: "change", stage: 2, deadlineSeconds: 60),
                WriteStep(title: "mark", stage: 1, deadlineSeconds: 60, isRetried: true, isOnFailure: true),
                WriteStep(title: "delete", stage: 1, deadlineSeconds: 60, isOnFailure: true),
                WriteStep(title: "forget", stage: 2, deadlineSeconds: 60, isOnFailure: true),
            ], startedAt: start)
        sequence.begin(0)
        sequence.end(0, outcome: .applied(""), at: start)
        #expect(sequence.next(now: at(60), stop: nil) == .send(2))
        for attempt in 1...WriteSequence.mostAttempts {
            sequence.begin(2)
            sequence.end(2, outcome: .postponed("busy"), at: at(60))
            guard attempt < WriteSequence.mostAttempts else { break }
            guard case .wait(checking: [], _) = sequence.next(now: at(60), stop: nil) else {
                throw Unexpected(next: sequence.next(now: at(60), stop: nil))
            }
        }
        #expect(sequence.next(now: at(60), stop: nil) == .send(3))
        var forgetting = sequence
        sequence.begin(3)
        sequence.end(3, outcome: .applied(""), at: at(60))
        let end = try end(sequence.next(now: at(60), stop: nil))
        #expect(
            end
                == .failed(
                    "not done within 60 s: change; 2 of 3 steps were done (create, delete); not done: change; failed: mark"
                ))
        forgetting.end(2, outcome: .applied(""), at: at(60))
        forgetting.begin(3)
        forgetting.end(3, outcome: .rejected("no"), at: at(60))
        guard case .end = forgetting.next(now: at(60), stop: nil) else { throw Unexpected(next: .send(4)) }
    }

    @Test func `how it ends says what was done`() throws {
        var begun = drain
        #expect(
            try end(begun.next(now: start, stop: "stopped by spec.stop"))
                == .rejected("stopped by spec.stop; nothing was done"))
        begun.begin(0)
        begun.end(0, outcome: .applied(""), at: start)
        let account = "1 of 3 steps was done (cordon)"
        #expect(
            try end(begun.next(now: start, stop: "stopped by spec.stop"))
                == .failed("stopped by spec.stop; \(account); not done: one, two"))
        #expect(
            try end(begun.next(now: at(60), stop: nil))
                == .failed("not done within 60 s: one; \(account); not done: one, two"))
        var failed = begun
        failed.begin(1)
        failed.end(1, outcome: .rejected("forbidden"), at: start)
        #expect(try end(failed.next(now: start, stop: nil)) == .failed("one: forbidden; \(account); not done: two"))
        var lost = begun
        lost.begin(1)
        lost.end(1, outcome: .unknown("no answer"), at: start)
        #expect(try end(lost.next(now: start, stop: nil)) == .unknown("one: no answer; \(account); not done: two"))
        var gone = begun
        gone.begin(1)
        gone.end(1, outcome: .applied(""), at: start)
        gone.settle(1, succeeded: false, evidence: "it stays")
        #expect(try end(gone.next(now: start, stop: nil)) == .failed("one: it stays; \(account); not done: two"))
    }

    @Test func `where nothing was done a stale step is previewed again, and a refused one is refused`() throws {
        var stale = drain
        stale.begin(0)
        stale.end(0, outcome: .stale("moved"), at: start)
        #expect(try end(stale.next(now: start, stop: nil)) == .stale("moved"))
        var refused = drain
        refused.begin(0)
        refused.end(0, outcome: .rejected("no"), at: start)
        guard case .rejected = try end(refused.next(now: start, stop: nil)) else {
            Issue.record("\(refused)")
            return
        }
    }

    @Test func `what comes late or twice changes nothing`() {
        var sequence = drain
        sequence.end(0, outcome: .applied(""), at: start)
        sequence.settle(0, succeeded: true, evidence: "")
        sequence.begin(7)
        #expect(sequence == drain)
        sequence.begin(0)
        sequence.end(0, outcome: .applied(""), at: start)
        let done = sequence
        sequence.begin(0)
        sequence.end(0, outcome: .unknown("again"), at: start)
        #expect(sequence == done)
    }

    /// Whatever comes in whatever order, up to a depth: no step is sent twice while its outcome isn't known, none of a later
    /// stage before an earlier one is done, none after a failure.
    @Test func `in every order its promises hold`() {
        var border: Set<WriteSequence> = [drain]
        var seen = border
        for _ in 0..<10 {
            var next: Set<WriteSequence> = []
            for sequence in border {
                for after in Self.successors(sequence, now: at(5)) where seen.insert(after).inserted {
                    next.insert(after)
                }
            }
            border = next
        }
        #expect(seen.count > 50, "\(seen.count)")
        for sequence in seen {
            let states = sequence.steps.map(\.progress.state)
            if states[0] != .done { #expect(states[1] == .pending && states[2] == .pending, "\(states)") }
            #expect(states.count { $0 == .executing } <= 1, "\(states)")
        }
    }

    private static func successors(_ sequence: WriteSequence, now: KubeTime) -> [WriteSequence] {
        func with(_ change: (inout WriteSequence) -> Void) -> WriteSequence {
            var copy = sequence
            change(&copy)
            return copy
        }
        switch sequence.next(now: now, stop: nil) {
        case .send(let step): return [with { $0.begin(step) }]
        case .recover(let step):
            let outcomes: [WriteOutcome] = [
                .applied("", uid: "u"), .failed(""), .stale(""), .rejected(""), .postponed(""), .notDone, .unknown(""),
            ]
            return outcomes.map { outcome in with { $0.end(step, outcome: outcome, at: now.adding(seconds: -60)) } }
        case .wait(let steps, _):
            return steps.flatMap { step in
                [true, false].map { succeeded in
                    with { $0.settle(step, succeeded: succeeded, evidence: "") }
                }
            }
        case .end: return []
        }
    }
}
