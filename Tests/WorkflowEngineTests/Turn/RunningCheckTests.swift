import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// A check that was still running when its turn could wait no longer.
@Suite struct RunningCheckTests {
    private let running = CheckResult(check: "rolled out", verdict: .stillRunning, evidence: "2 of 3")
    private let passed = CheckResult(check: "rolled out", verdict: .passed, evidence: "3 of 3")

    /// A turn whose write was verified so far.
    private func written() -> MachineHarness {
        var play = MachineHarness()
        play.propose("scale")
        play.ask("c1", postConditions: [["kind": "replicas"]])
        play.apply(
            .decided(id: "c1", Decision(approved: true, by: "alice")), .writeStarted(id: "c1"),
            .writeEnded(id: "c1", .applied("scaled")))
        play.apply(.verified(id: "c1", [running]))
        return play
    }

    private func ended() -> MachineHarness {
        var play = written()
        play.apply(.modelReplied(ModelTurn(content: "On its way.")), .turnEnded(TurnEnd(.completed, reason: .answered)))
        return play
    }

    @Test func `what is still running is no failure, and the model hears the truth`() {
        let play = written()
        #expect(play.next == .askModel)
        #expect(play.machine.call("c1")?.state == .succeeded)
        #expect(
            play.machine.history.last
                == .tool(modelID: "m-scale", content: "scaled\nVerified by code:\n- rolled out: StillRunning (2 of 3)"))
        #expect(play.machine.runningChecks.map(\.checks) == [[running]])
    }

    @Test func `its end comes after the turn, once, and the next turn's model hears of it`() {
        var play = ended()
        play.apply(.checkedAgain(id: "c1", [passed]))
        let note = HistoryMessage.assistant("(Later, code checked c1 again:\n- rolled out: Passed (3 of 3))", calls: [])
        #expect(play.machine.history.last == note)
        #expect(play.machine.runningChecks.isEmpty)
        play.apply(.checkedAgain(id: "c1", [running]), .checkedAgain(id: "c9", [passed]))
        #expect(play.machine.verification.map(\.check) == [passed] && play.machine.history.last == note)
    }

    @Test func `a check is found again by its id, whatever its title is by then, and without one by its title`() {
        func result(_ id: String?, _ title: String, _ verdict: CheckResult.Verdict) -> CheckResult {
            CheckResult(id: id, check: title, verdict: verdict, evidence: "")
        }
        func later(_ stored: CheckResult, _ found: CheckResult) -> [CheckResult.Verdict] {
            var play = MachineHarness()
            play.propose("scale")
            play.ask("c1", postConditions: [["kind": "replicas"]])
            play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"), .writeEnded(id: "c1", .applied("scaled")))
            play.apply(.verified(id: "c1", [stored]), .checkedAgain(id: "c1", [found]))
            return play.machine.verification.map(\.check.verdict)
        }
        #expect(later(result("a", "old title", .stillRunning), result("a", "new title", .passed)) == [.passed])
        #expect(later(result("a", "title", .stillRunning), result("b", "title", .passed)) == [.stillRunning])
        #expect(later(result(nil, "title", .stillRunning), result("a", "title", .passed)) == [.passed])
        #expect(later(result(nil, "title", .stillRunning), result("a", "other", .passed)) == [.stillRunning])
    }

    @Test func `an end within a later turn doesn't come between calls and results`() {
        var play = ended()
        play.apply(.turnStarted(number: 2, message: "and now?"))
        #expect(play.machine.runningChecks.map(\.call.id) == ["c1"])
        play.propose("get")
        let before = play.machine.history
        play.apply(.checkedAgain(id: "c1", [passed]))
        #expect(play.machine.history == before)
        play.apply(.callResolved(id: "c2", succeeded: true, result: "web"))
        play.apply(.modelReplied(ModelTurn(content: "Fine.")), .turnEnded(TurnEnd(.completed, reason: .answered)))
        let last = play.machine.history.last
        #expect(last == .assistant("(Later, code checked c1 again:\n- rolled out: Passed (3 of 3))", calls: []))
    }

    @Test func `what can't be looked at again isn't watched for ever`() {
        var play = ended()
        play.apply(.turnStarted(number: 2, message: "read a lot"))
        for _ in 0...Machine.keptCalls {
            play.propose("get")
            play.apply(.callResolved(id: play.machine.calls[0].id, succeeded: true, result: "web"))
        }
        #expect(play.machine.runningChecks.isEmpty)
        #expect(play.machine.verification.map(\.check.verdict) == [.notChecked])
    }
}
