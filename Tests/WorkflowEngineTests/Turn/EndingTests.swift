import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// How turns end that don't end by themselves, and what is read of them first.
@Suite struct EndingTests {
    private static let asText = #"{"name":"get","arguments":{"resource_type":"pods"}}"#

    private func textCall(_ content: String = asText) -> TurnEvent {
        var reply = ModelTurn(content: content)
        reply.isCallAsText = true
        return .modelReplied(reply)
    }

    private func scaled(_ play: inout MachineHarness, _ checks: CheckResult...) {
        play.propose("scale")
        play.ask("c1", postConditions: checks.isEmpty ? [] : [["kind": "replicas"]])
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"), .writeEnded(id: "c1", .applied("scaled")))
        if !checks.isEmpty { play.apply(.verified(id: "c1", checks)) }
    }

    @Test func `the last reply of a limit is asked for without tools, and its calls aren't carried out`() {
        var play = MachineHarness(limits: Limits(modelTurns: 2))
        #expect(!play.machine.asksForAnswer)
        play.propose("get")
        play.apply(.callResolved(id: "c1", succeeded: true, result: "web"))
        #expect(play.next == .askModel && play.machine.asksForAnswer)
        #expect(play.machine.noteForLastReply?.contains("the limit of this turn is reached") == true)
        var answered = play
        answered.apply(.modelReplied(ModelTurn(content: "There is web.")))
        #expect(answered.end()?.kind == .completed)
        play.propose("get")
        #expect(play.end()?.reason == .modelTurnLimit)
        play.apply(.turnEnded(play.end()!))
        #expect(play.machine.calls.map(\.state) == [.cancelled])
    }

    @Test func `after the last tool call of a limit the model is asked for its answer`() {
        var play = MachineHarness(limits: Limits(toolCalls: 2))
        play.propose("get", "logs")
        play.apply(
            .callResolved(id: "c1", succeeded: true, result: "1"), .callResolved(id: "c2", succeeded: true, result: "2")
        )
        #expect(play.next == .askModel && play.machine.asksForAnswer)
    }

    @Test func `a call as text is told once, and fails the turn the second time`() {
        var play = MachineHarness()
        play.apply(textCall())
        #expect(play.next == .askModel)
        guard case .note(let note)? = play.machine.history.last else {
            Issue.record("the model isn't told")
            return
        }
        #expect(note.contains("tool interface"))
        var mended = play
        mended.propose("get")
        #expect(mended.next == .prepare(["c1"]))
        play.apply(textCall("<tool_call>\n\(Self.asText)\n</tool_call>"))
        let end = play.end()
        #expect(end?.reason == .toolCallsAsText && end?.kind == .failed && end?.answer == "")
        #expect(end?.message.contains("--tool-call-parser") == true && end?.message.contains("chat template") == true)
    }

    @Test func `a failed turn says first what it has changed`() {
        var play = MachineHarness(limits: Limits(modelTurns: 2))
        scaled(&play, CheckResult(check: "3 replicas", verdict: .passed, evidence: "3/3"))
        play.propose("get")
        #expect(
            play.end()?.message
                == "changed: Scale (c1: verified). Then: no answer after 2 replies of the model")
        play.stop = true
        #expect(play.end()?.message == "changed: Scale (c1: verified). Then: stopped by spec.stop")
    }

    @Test func `an answer begins with the checks that haven't passed`() {
        var play = MachineHarness()
        scaled(
            &play, CheckResult(check: "3 replicas", verdict: .timedOut, evidence: "2/3"),
            CheckResult(check: "no warnings", verdict: .passed, evidence: ""))
        play.apply(.modelReplied(ModelTurn(content: "All is well.")))
        #expect(
            play.end()?.answer == "**Checks:** Scale (c1: 3 replicas: TimedOut (2/3)).\n\nAll is well.")
    }

    @Test func `the model is told besides a result that its checks don't confirm it`() {
        var play = MachineHarness()
        scaled(&play, CheckResult(check: "3 replicas", verdict: .notChecked, evidence: ""))
        guard case .tool(_, let told)? = play.machine.history.last else { return }
        #expect(
            told.hasSuffix("(The checks don't confirm this change. Find out why, and don't say that it succeeded.)"))
        #expect(play.machine.hasJustWritten)
        play.propose("get")
        #expect(!play.machine.hasJustWritten)
    }

    @Test func `an answer ends with the changes that weren't made`() {
        var play = MachineHarness()
        play.propose("scale", "restart", "patch")
        for id in ["c1", "c2", "c3"] { play.ask(id) }
        play.apply(
            .decided(id: "c1", Decision(approved: false, by: "alice", reason: "not now")),
            .decided(id: "c2", approved), .writeStarted(id: "c2"), .writeEnded(id: "c2", .rejected("quota")),
            .decided(id: "c3", approved), .writeStarted(id: "c3"), .writeEnded(id: "c3", .applied("done")))
        play.apply(.modelReplied(ModelTurn(content: "All is scaled.")))
        #expect(
            play.end()?.answer
                == "All is scaled.\n\n**Not carried out:** Scale (c1: denied by alice: not now); Scale (c2: failed: quota)."
        )
    }

    @Test func `a change that a later call made isn't missing, nor is an alternative that wasn't chosen`() {
        var play = MachineHarness()
        play.propose("scale")
        play.ask("c1")
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"), .writeEnded(id: "c1", .rejected("quota")))
        play.propose("scale")
        play.ask("c2")
        play.apply(.decided(id: "c2", approved), .writeStarted(id: "c2"), .writeEnded(id: "c2", .applied("scaled")))
        let either = ModelTurn.Call(modelID: "m", tool: "scale", arguments: #"{"alternative_group":"x"}"#)
        play.apply(.modelReplied(ModelTurn(content: "", calls: [either, either])))
        for id in ["c3", "c4"] { play.ask(id) }
        play.apply(.decided(id: "c4", approved), .writeStarted(id: "c4"), .writeEnded(id: "c4", .applied("scaled")))
        play.apply(.modelReplied(ModelTurn(content: "Scaled.")))
        #expect(play.end()?.answer == "Scaled.")
    }

    @Test func `a change that failed before anybody was asked is told where nothing else was done`() {
        var play = MachineHarness()
        play.machine.policy.writeTools = ["scale"]
        play.propose("scale", "get")
        play.apply(
            .callResolved(id: "c1", succeeded: false, result: "failed: no such deployment"),
            .callResolved(id: "c2", succeeded: false, result: "failed: no such kind"),
            .modelReplied(ModelTurn(content: "Scaled.")))
        #expect(
            play.end()?.answer == "Scaled.\n\n**Not carried out:** scale (c1: failed: no such deployment).")
    }

    @Test func `an answer about what was verified is the model's`() {
        var play = MachineHarness()
        scaled(&play, CheckResult(check: "3 replicas", verdict: .passed, evidence: "3/3"))
        play.apply(.modelReplied(ModelTurn(content: "Scaled.")))
        #expect(play.end()?.answer == "Scaled.")
    }

    @Test func `what an earlier turn has changed isn't told again`() {
        var play = MachineHarness()
        scaled(&play)
        play.apply(.modelReplied(ModelTurn(content: "Scaled.")))
        play.apply(.turnEnded(play.end()!), .turnStarted(number: 2, message: "more"), .modelFailed("no connection"))
        #expect(play.end()?.message == "no connection")
    }

    @Test(arguments: [
        ("k8s_get", #"{"resource_type":"deployments","namespace":"shop"}"#, "get: deployments in shop"),
        ("k8s_rollout_restart", #"{"resource_type":"deployment","name":"web"}"#, "rollout restart: deployment web"),
        ("k8s_exec", #"{"name":"web-1","command":"psql -c 'secret'"}"#, "exec: web-1"),
        ("k8s_get", #"{"name":"not a name"}"#, "get"), ("get", "no JSON", "get"), ("", "{}", ""),
    ])
    func `a plan comes from the calls where the model says nothing`(_ tool: String, _ arguments: String, _ text: String)
    {
        var play = MachineHarness()
        let call = ModelTurn.Call(modelID: "m", tool: tool, arguments: arguments)
        play.apply(.modelReplied(ModelTurn(content: "", calls: [call, call])))
        #expect(play.machine.plan.map(\.text) == [text])
        #expect(play.machine.plan.map(\.calls) == [["c1", "c2"]])
    }
}
