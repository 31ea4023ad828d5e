import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// Reads that wait for something.
@Suite struct WaitTests {
    private func waiting(limits: Limits = Limits(), for seconds: Double = 30, isWatched: Bool = true) -> MachineHarness
    {
        var play = MachineHarness(limits: limits)
        play.propose("wait", "get")
        play.apply(
            .callWaiting(
                id: "c1", CallWait(title: "pod/web", until: play.now.adding(seconds: seconds), isWatched: isWatched)))
        return play
    }

    @Test func `the other calls of the reply go on, and the model is asked when the wait is over`() {
        var play = waiting()
        #expect(play.machine.call("c1")?.state == .waiting)
        #expect(play.next == .prepare(["c2"]))
        play.apply(.callResolved(id: "c2", succeeded: true, result: "pods"))
        let until = play.machine.call("c1")!.wait!.until
        #expect(play.next == .awaitReads(["c1"], until: until))
        #expect(!play.machine.history.contains { if case .tool = $0 { true } else { false } })
        play.apply(.callResolved(id: "c1", succeeded: true, result: "Met"))
        #expect(play.next == .askModel)
        #expect(
            play.machine.history.suffix(2) == [
                .tool(modelID: "m-wait", content: "Met"), .tool(modelID: "m-get", content: "pods"),
            ])
    }

    @Test func `a turn only waits when nothing else is to be done`() {
        var play = waiting()
        #expect(!play.machine.onlyWaits)
        play.ask("c2")
        #expect(!play.machine.onlyWaits)
        play.apply(.decided(id: "c2", Decision(approved: false, by: "alice")))
        #expect(play.machine.onlyWaits)
        play.apply(.callResolved(id: "c1", succeeded: true, result: ""))
        #expect(!play.machine.onlyWaits)
    }

    @Test func `an approved write goes before it, and a decision that is missing is waited for beside it`() {
        var play = waiting()
        play.ask("c2", expiresIn: 10)
        let expiry = play.machine.call("c2")!.approval!.expiresAt
        #expect(play.next == .awaitReads(["c1"], until: expiry))
        play.apply(.decided(id: "c2", approved))
        #expect(play.next == .execute("c2"))
        play.apply(.writeStarted(id: "c2"), .writeEnded(id: "c2", .applied("done")))
        guard case .awaitReads(["c1"], _) = play.next else { return #expect(Bool(false), "\(play.next)") }
    }

    @Test func `the turn's time is over also while a call waits`() {
        var play = waiting(limits: Limits(turnTimeoutSeconds: 20), for: 300)
        play.apply(.callResolved(id: "c2", succeeded: true, result: "pods"))
        let end = play.machine.startedAt.adding(seconds: 20)
        #expect(play.next == .awaitReads(["c1"], until: end))
        play.now = end
        #expect(play.end()?.reason == .turnTimeout)
    }

    @Test func `a stop ends it, and its call says so`() {
        var play = waiting()
        play.stop = true
        let end = play.end()
        #expect(end?.reason == .stopped)
        play.apply(.turnEnded(end!))
        #expect(play.machine.call("c1")?.state == .cancelled)
        play.apply(.callResolved(id: "c1", succeeded: true, result: "late"))
        #expect(play.machine.call("c1")?.result?.contains("not executed") == true)
    }

    @Test func `with mode Always a person is asked once, before the wait begins`() {
        var play = MachineHarness(mode: .always, readTools: ["wait"])
        play.propose("wait")
        #expect(play.next == .askBeforeReading(["c1"]))
        play.apply(
            .approvalRequested(
                id: "c1",
                ApprovalRequest(
                    summary: "Run wait", risk: "Low", warnings: [], preview: "", requests: [], postConditions: [],
                    digest: "sha256:0", expiresAt: play.now.adding(seconds: 1000))), .decided(id: "c1", approved))
        #expect(play.next == .prepare(["c1"]))
        let until = play.now.adding(seconds: 30)
        play.apply(.callWaiting(id: "c1", CallWait(title: "pod/web", until: until, isWatched: true)))
        #expect(play.next == .awaitReads(["c1"], until: until))
    }

    @Test func `only a call that has not begun comes to wait`() {
        var play = waiting()
        let first = play.machine.call("c1")?.wait
        let other = CallWait(title: "another", until: play.now, isWatched: false)
        play.apply(.callWaiting(id: "c1", other), .callResolved(id: "c2", succeeded: true, result: ""))
        play.apply(.callWaiting(id: "c2", other), .callWaiting(id: "c9", other))
        #expect(play.machine.call("c1")?.wait == first && play.machine.call("c2")?.state == .succeeded)
    }

    @Test func `the longer it takes, the more seldom anybody looks, and a mere pause is left alone`() {
        let start = MachineHarness().now
        func pause(_ wait: CallWait, after seconds: Double) -> Double {
            wait.pause(since: start, now: start.adding(seconds: seconds))
        }
        let watched = CallWait(title: "", until: start.adding(seconds: 300), isWatched: true)
        #expect(pause(watched, after: 0) == 0.5 && pause(watched, after: 20) == 4 && pause(watched, after: 200) == 10)
        #expect(pause(watched, after: 299) == 1 && pause(watched, after: 400) == 0)
        let time = CallWait(title: "", until: start.adding(seconds: 300), isWatched: false)
        #expect(pause(time, after: 0) == 300 && pause(time, after: 299) == 1)
    }

    @Test func `it survives the transcript with all that later looks need`() throws {
        let at = KubeTime(microseconds: 1_767_225_600_250_001)
        let wait = CallWait(title: "gone", until: at, isWatched: true, memory: ["pod/web": "u1"])
        let time = CallWait(title: "2 s to pass", until: at, isWatched: false)
        var chain = TranscriptChain()
        let lines = [wait, time].map { chain.append(.init(at: at, event: .callWaiting(id: "c1", $0))) }.joined()
        var reader = TranscriptChain()
        #expect(try reader.read(lines).map(\.event) == [.callWaiting(id: "c1", wait), .callWaiting(id: "c1", time)])
    }
}
