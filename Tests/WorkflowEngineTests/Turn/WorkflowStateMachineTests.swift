import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

typealias Machine = WorkflowStateMachine

/// A machine and a clock that moves a second with each event.
struct MachineHarness {
    var machine: Machine
    var now = KubeTime(microseconds: 1_767_225_600_000_000)
    var stop = false

    init(limits: Limits = Limits(), mode: ConversationSpec.ApprovalMode = .writes, readTools: Set<String> = []) {
        machine = Machine(policy: .init(limits: limits, mode: mode, readTools: readTools))
        apply(.turnStarted(number: 1, message: "scale web"))
    }

    mutating func apply(_ events: TurnEvent...) {
        for event in events {
            now = now.adding(seconds: 1)
            machine.apply(event, at: now)
        }
    }

    typealias Usage = ModelTurn.Usage

    mutating func propose(_ tools: String..., saying content: String = "", _ usage: Usage = Usage()) {
        apply(
            .modelReplied(
                ModelTurn(
                    content: content, calls: tools.map { .init(modelID: "m-\($0)", tool: $0, arguments: "{}") },
                    usage: usage)))
    }

    mutating func ask(_ id: String, expiresIn seconds: Double = 1000, postConditions: [JSONValue] = []) {
        apply(.approvalRequested(id: id, request(expiresAt: now.adding(seconds: seconds), postConditions)))
    }

    func request(expiresAt: KubeTime, _ postConditions: [JSONValue] = []) -> ApprovalRequest {
        ApprovalRequest(
            summary: "Scale", risk: "Low", warnings: [], preview: "", requests: [["method": "PATCH"]],
            postConditions: postConditions, digest: "sha256:0", expiresAt: expiresAt)
    }

    var next: Machine.Action { machine.next(now: now, stop: stop ? "spec.stop" : nil) }

    func end() -> TurnEnd? { if case .end(let end) = next { end } else { nil } }
}

let approved = Decision(approved: true, by: "alice")

@Suite struct WorkflowStateMachineTests {
    @Test func `a turn begins with the model`() {
        #expect(MachineHarness().next == .askModel)
        #expect(Machine(policy: .init(limits: Limits())).next(now: MachineHarness().now, stop: nil) == .idle)
    }

    @Test func `messages that a conversation came back with are skipped, and the model never sees them`() {
        var machine = Machine(policy: .init(limits: Limits()))
        machine.apply(.restored(messages: 2, undos: 1, note: "it came back"), at: MachineHarness().now)
        #expect(machine.turn == 2 && machine.undosTaken == 1 && !machine.isRunning && machine.history.isEmpty)
        #expect(machine.ended?.reason == .restored && machine.ended?.kind == .stopped)
        #expect(machine.next(now: MachineHarness().now, stop: nil) == .idle)
        machine.apply(.turnStarted(number: 2, message: "again"), at: MachineHarness().now)
        #expect(!machine.isRunning)
        machine.apply(.turnStarted(number: 3, message: "new"), at: MachineHarness().now)
        #expect(machine.next(now: MachineHarness().now, stop: nil) == .askModel && machine.history == [.user("new")])
    }

    @Test func `messages come before follow-ups, and follow-ups in the order of their ids`() throws {
        var spec = ConversationSpec(["messages": [["content": "scale web"]], "followUps": ["b": ["content": "B"]]])
        var play = MachineHarness()
        func takeUp(_ play: inout MachineHarness) throws -> String {
            let next = try #require(play.machine.waitingMessages(of: spec).first)
            play.apply(
                .turnEnded(TurnEnd(.completed, reason: .answered, answer: "done")),
                .turnStarted(number: play.machine.turn + 1, message: next.content, followUp: next.followUp))
            return next.content
        }
        #expect(try takeUp(&play) == "B")
        // One whose id comes before what was taken up already, and one more of Git's.
        spec.followUps["a"] = "A"
        spec.messages.append("M2")
        #expect(try takeUp(&play) == "M2")
        #expect(try takeUp(&play) == "A")
        #expect(play.machine.waitingMessages(of: spec).isEmpty && play.machine.turn == spec.turns)
        #expect(play.machine.followUpsTaken == ["b": 2, "a": 4])
    }

    @Test func `a conversation that has done something doesn't come back`() {
        var play = MachineHarness()
        play.apply(.restored(messages: 5, undos: 0, note: ""))
        #expect(play.machine.turn == 1 && play.next == .askModel)
    }

    @Test func `a reply without calls is the answer`() {
        var play = MachineHarness()
        play.apply(.modelReplied(ModelTurn(content: "Done.")))
        #expect(play.next == .end(TurnEnd(.completed, reason: .answered, answer: "Done.")))
        play.apply(.turnEnded(play.end()!))
        #expect(play.next == .idle)
        #expect(play.machine.ended?.answer == "Done.")
    }

    @Test func `toolsets stay loaded over turns, each once, and only those whose call succeeded`() {
        var play = MachineHarness()
        func load(_ names: String...) -> TurnEvent {
            .modelReplied(
                ModelTurn(
                    content: "",
                    calls: names.map { .init(modelID: $0, tool: LoadedToolsets.tool, arguments: #"{"name":"\#($0)"}"#) }
                ))
        }
        play.apply(load("b", "a", "none"), .callResolved(id: "c1", succeeded: true, result: ""))
        play.apply(
            .callResolved(id: "c2", succeeded: true, result: ""), .callResolved(id: "c3", succeeded: false, result: ""))
        play.apply(load("b"), .callResolved(id: "c4", succeeded: true, result: ""))
        play.apply(
            .modelReplied(ModelTurn(content: "Done.")), .turnEnded(TurnEnd(.completed, reason: .answered)),
            .turnStarted(number: 2, message: "more"))
        #expect(play.machine.loadedToolsets == ["b", "a"])
    }

    @Test func `reads run at once, and their results go back together`() {
        var play = MachineHarness()
        play.propose("get", "logs")
        #expect(play.next == .prepare(["c1", "c2"]))
        play.apply(.callResolved(id: "c2", succeeded: true, result: "two"))
        #expect(play.next == .prepare(["c1"]))
        play.apply(.callResolved(id: "c1", succeeded: false, result: "one"))
        #expect(play.next == .askModel)
        #expect(
            play.machine.history.suffix(2) == [
                .tool(modelID: "m-get", content: "one"), .tool(modelID: "m-logs", content: "two"),
            ])
    }

    @Test func `a write waits for a decision, runs once, is verified, and its result goes to the model`() {
        var play = MachineHarness()
        play.propose("scale")
        let expiry = play.now.adding(seconds: 1000)
        play.ask("c1", postConditions: [["kind": "replicas"]])
        #expect(play.next == .awaitDecisions(until: expiry))
        play.apply(.decided(id: "c1", approved))
        #expect(play.next == .execute("c1"))
        play.apply(.writeStarted(id: "c1"), .writeEnded(id: "c1", .applied("scaled")))
        #expect(play.next == .verify("c1"))
        play.apply(.verified(id: "c1", [.init(check: "3 replicas", verdict: .passed, evidence: "3/3")]))
        #expect(play.next == .askModel)
        #expect(play.machine.call("c1")?.state == .succeeded)
        #expect(
            play.machine.history.last
                == .tool(modelID: "m-scale", content: "scaled\nVerified by code:\n- 3 replicas: Passed (3/3)"))
    }

    @Test func `a failed check makes the call fail`() {
        var play = MachineHarness()
        play.propose("scale")
        play.ask("c1", postConditions: [["kind": "replicas"]])
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"), .writeEnded(id: "c1", .applied("scaled")))
        play.apply(.verified(id: "c1", [.init(check: "x", verdict: .timedOut, evidence: "2/3")]))
        #expect(play.machine.call("c1")?.state == .failed)
    }

    @Test func `nothing is executed without an approval, and nothing twice`() {
        var play = MachineHarness()
        play.propose("scale")
        play.apply(.writeStarted(id: "c1"))
        #expect(play.machine.call("c1")?.state == .proposed)
        play.apply(.decided(id: "c1", approved))
        #expect(play.next == .prepare(["c1"]), "a decision before the question decides nothing")
        play.ask("c1")
        play.apply(.writeStarted(id: "c1"))
        #expect(play.machine.call("c1")?.state == .awaitingApproval)
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"), .writeEnded(id: "c1", .applied("ok")))
        #expect(play.next == .askModel)
        play.apply(.writeStarted(id: "c1"), .decided(id: "c1", approved))
        #expect(play.next == .askModel)
        #expect(play.machine.call("c1")?.state == .succeeded)
    }

    @Test func `a decision is final`() {
        var play = MachineHarness()
        play.propose("scale")
        play.ask("c1")
        play.apply(.decided(id: "c1", Decision(approved: false, by: "bob", reason: "not today")))
        play.apply(.decided(id: "c1", approved))
        #expect(play.machine.call("c1")?.state == .denied)
        #expect(play.machine.history.last == .tool(modelID: "m-scale", content: "denied by bob: not today"))
        #expect(play.next == .askModel)
    }

    @Test func `several writes are decided in any order and executed one by one`() {
        var play = MachineHarness()
        play.propose("a", "b", "c")
        play.ask("c1")
        play.ask("c2")
        play.ask("c3")
        play.apply(.decided(id: "c3", approved))
        #expect(play.next == .execute("c3"))
        play.apply(.writeStarted(id: "c3"), .writeEnded(id: "c3", .applied("3")))
        play.apply(.decided(id: "c1", Decision(approved: false, by: "bob")), .decided(id: "c2", approved))
        #expect(play.next == .execute("c2"))
        play.apply(.writeStarted(id: "c2"), .writeEnded(id: "c2", .rejected("forbidden")))
        #expect(play.next == .askModel)
        #expect(play.machine.calls.map(\.state) == [.denied, .failed, .succeeded])
    }

    @Test func `an approval that nobody decided expires`() {
        var play = MachineHarness()
        play.propose("scale")
        play.ask("c1", expiresIn: 10)
        play.now = play.now.adding(seconds: 10)
        #expect(play.next == .expire("c1"))
        play.apply(.approvalExpired(id: "c1"))
        #expect(play.next == .askModel)
        #expect(play.machine.call("c1")?.state == .expired)
    }

    @Test func `a stale call is asked for again under a new id, and the old decision doesn't count for it`() {
        var play = MachineHarness()
        play.propose("scale")
        play.ask("c1")
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"), .writeEnded(id: "c1", .stale("moved")))
        #expect(play.next == .prepare(["c2"]))
        play.ask("c2")
        play.apply(.decided(id: "c1", approved))
        #expect(play.machine.pendingApprovals.map(\.id) == ["c2"])
        play.apply(.decided(id: "c2", approved), .writeStarted(id: "c2"), .writeEnded(id: "c2", .applied("ok")))
        #expect(play.next == .askModel)
        #expect(play.machine.history.last == .tool(modelID: "m-scale", content: "ok"))
        #expect(play.machine.writes == 1)
    }

    @Test func `an outcome that can't be known ends the turn`() {
        var play = MachineHarness()
        play.propose("scale")
        play.ask("c1")
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"))
        #expect(play.next == .recover("c1"))
        play.apply(.writeEnded(id: "c1", .unknown("no answer")))
        #expect(play.end()?.reason == .outcomeUnknown)
    }

    @Test func `a decision that was withdrawn executes nothing, and a new one counts`() {
        var play = MachineHarness()
        play.propose("scale")
        play.ask("c1")
        play.apply(.decided(id: "c1", approved))
        #expect(play.next == .execute("c1"))
        play.apply(.decisionWithdrawn(id: "c1", reason: "the rule is gone"))
        guard case .awaitDecisions = play.next else { return #expect(Bool(false), "\(play.next)") }
        play.apply(.writeStarted(id: "c1"))
        #expect(play.machine.call("c1")?.state == .awaitingApproval)
        play.apply(.decided(id: "c1", approved))
        #expect(play.next == .execute("c1"))
    }

    @Test func `an undo is no turn, asks no model, and marks what it took back`() {
        var play = MachineHarness()
        play.propose("scale")
        var request = play.request(expiresAt: play.now.adding(seconds: 1000))
        request.changes = [["kind": "Changed"]]
        play.apply(
            .approvalRequested(id: "c1", request), .decided(id: "c1", approved), .writeStarted(id: "c1"),
            .wrote(id: "c1", uids: ["u"]), .writeEnded(id: "c1", .applied("ok")),
            .modelReplied(ModelTurn(content: "Done.")))
        play.apply(.undoStarted(changes: ["c1"]))
        #expect(!play.machine.isUndoing, "a turn runs")
        play.apply(.turnEnded(play.end()!), .undoStarted(changes: ["c1"]))
        #expect(play.next == .prepare(["c2"]) && play.machine.turn == 1 && play.machine.undosTaken == 1)
        play.apply(.modelReplied(ModelTurn(content: "No!")))
        play.apply(
            .approvalRequested(id: "c2", request), .decided(id: "c2", approved), .writeStarted(id: "c2"),
            .wrote(id: "c2", uids: ["u"]), .writeEnded(id: "c2", .applied("ok")))
        #expect(play.machine.changes.map(\.undoneBy) == ["c2", nil])
        #expect(play.end()?.reason == .undone)
        play.apply(.turnEnded(play.end()!), .undoStarted(changes: ["c2"]))
        play.apply(
            .approvalRequested(id: "c3", request), .decided(id: "c3", approved), .writeStarted(id: "c3"),
            .wrote(id: "c3", uids: ["u"]), .writeEnded(id: "c3", .applied("ok")))
        #expect(play.machine.changes.map(\.undoneBy) == [nil, "c3", nil])
    }

    @Test func `a stop ends the turn, and nothing approved runs after it`() {
        var play = MachineHarness()
        play.propose("scale", "get")
        play.ask("c1")
        play.apply(.decided(id: "c1", approved))
        play.stop = true
        #expect(play.end()?.kind == .stopped)
        play.apply(.turnEnded(play.end()!))
        play.stop = false
        #expect(play.next == .idle)
        #expect(play.machine.calls.map(\.state) == [.cancelled, .cancelled])
        #expect(play.machine.history.filter { if case .tool = $0 { true } else { false } }.count == 2)
    }

    @Test func `a stop during a write finds out its outcome first`() {
        var play = MachineHarness()
        play.propose("scale")
        play.ask("c1")
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"))
        play.stop = true
        #expect(play.next == .recover("c1"))
        play.apply(.writeEnded(id: "c1", .applied("ok")))
        #expect(play.end()?.kind == .stopped)
        #expect(play.machine.call("c1")?.state == .succeeded)
    }

    @Test func `calls of a reply that a content filter cut off are never executed`() {
        var play = MachineHarness()
        let call = ModelTurn.Call(modelID: "m1", tool: "scale", arguments: "{}")
        play.apply(.modelReplied(ModelTurn(content: "", calls: [call], finish: .filtered)))
        #expect(play.machine.calls[0].state == .failed)
        #expect(play.next == .askModel)
    }

    @Test func `calls of a reply that was cut off are never executed`() {
        var play = MachineHarness()
        let call = ModelTurn.Call(modelID: "m", tool: "scale", arguments: "{\"re")
        play.apply(.modelReplied(ModelTurn(content: "", calls: [call], finish: .truncated)))
        #expect(play.next == .askModel)
        #expect(play.machine.call("c1")?.state == .failed)
    }

    @Test(arguments: [
        (ModelTurn(content: ""), ConversationReason.modelFailed),
        (ModelTurn(content: "", finish: .filtered), .modelFailed),
        (ModelTurn(content: "", finish: .truncated), .modelFailed),
    ])
    func `a reply without anything in it fails the turn`(_ reply: ModelTurn, _ reason: ConversationReason) {
        var play = MachineHarness()
        play.apply(.modelReplied(reply))
        #expect(play.end()?.kind == .failed)
        #expect(play.end()?.reason == reason)
    }

    @Test func `a failed turn doesn't spoil the next one`() {
        var play = MachineHarness()
        play.apply(.modelFailed("no connection"))
        #expect(play.end() == TurnEnd(.failed, reason: .modelFailed, message: "no connection"))
        play.apply(.turnEnded(play.end()!), .turnStarted(number: 2, message: "again"))
        #expect(play.next == .askModel)
        play.apply(.modelReplied(ModelTurn(content: "Hello.")))
        #expect(play.end()?.kind == .completed)
    }

    @Test func `each limit ends the turn with its own reason`() {
        var models = MachineHarness(limits: Limits(modelTurns: 1))
        models.propose("get")
        models.apply(.callResolved(id: "c1", succeeded: true, result: ""))
        #expect(models.end()?.reason == .modelTurnLimit)

        var calls = MachineHarness(limits: Limits(toolCalls: 1))
        calls.propose("get", "get")
        #expect(calls.end()?.reason == .toolCallLimit)

        var writes = MachineHarness(limits: Limits(writes: 1))
        writes.propose("a", "b")
        writes.ask("c1")
        writes.ask("c2")
        #expect(writes.end()?.reason == .writeLimit)

        var tokens = MachineHarness(limits: Limits(tokens: 10))
        tokens.apply(.modelReplied(ModelTurn(content: "x", usage: .init(prompt: 9, completion: 2))))
        #expect(tokens.end()?.reason == .tokenLimit)

        var time = MachineHarness(limits: Limits(turnTimeoutSeconds: 10))
        time.now = time.now.adding(seconds: 11)
        #expect(time.end()?.reason == .turnTimeout)
    }

    @Test func `waiting for a person doesn't count as time of the turn`() {
        var play = MachineHarness(limits: Limits(turnTimeoutSeconds: 60))
        play.propose("scale")
        play.ask("c1", expiresIn: 10_000)
        play.now = play.now.adding(seconds: 5000)
        #expect(play.end() == nil)
        play.apply(.decided(id: "c1", approved))
        #expect(play.next == .execute("c1"))
        #expect(play.machine.secondsWorked(now: play.now) < 10)
    }

    @Test func `with mode Always a read is asked for before it runs`() {
        var play = MachineHarness(mode: .always, readTools: ["get"])
        play.propose("get", "scale")
        #expect(play.next == .askBeforeReading(["c1"]))
        var request = play.request(expiresAt: play.now.adding(seconds: 100))
        request.requests = []
        play.apply(.approvalRequested(id: "c1", request))
        #expect(play.next == .prepare(["c2"]))
        play.apply(.callResolved(id: "c2", succeeded: true, result: "nothing to do"), .decided(id: "c1", approved))
        #expect(play.next == .prepare(["c1"]))
        play.apply(.callResolved(id: "c1", succeeded: true, result: "web"))
        #expect(play.next == .askModel)
    }

    @Test func `ids are never used twice in a conversation`() {
        var play = MachineHarness()
        play.propose("get")
        play.apply(.callResolved(id: "c1", succeeded: true, result: ""), .modelReplied(ModelTurn(content: "ok")))
        play.apply(.turnEnded(play.end()!), .turnStarted(number: 2, message: "more"))
        play.propose("get")
        #expect(play.machine.calls.map(\.id) == ["c2"])
    }
}
