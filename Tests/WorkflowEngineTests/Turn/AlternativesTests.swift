import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct AlternativesTests {
    /// A reply with calls of these groups; nil for a call by itself.
    private func play(_ groups: String?...) -> MachineHarness {
        var play = MachineHarness()
        play.apply(
            .modelReplied(
                ModelTurn(
                    content: "",
                    calls: groups.enumerated().map { position, group in
                        let arguments = group.map { JSONWriter.string(["alternative_group": .string($0)]) } ?? "{}"
                        return .init(modelID: "m\(position + 1)", tool: "scale", arguments: arguments)
                    })))
        return play
    }

    private func results(_ play: MachineHarness) -> [String] {
        play.machine.calls.map { "\($0.state): \($0.result ?? "")" }
    }

    @Test func `approving one denies the others, and what isn't of the group stays`() {
        var play = play("a", "a", nil, "a")
        for id in ["c1", "c2", "c3", "c4"] { play.ask(id) }
        #expect(play.machine.alternatives(to: play.machine.calls[0]) == ["c2", "c4"])
        #expect(play.machine.alternatives(to: play.machine.calls[2]).isEmpty)
        play.apply(.decided(id: "c2", approved))
        let states = play.machine.calls.map(\.state)
        #expect(states == [.denied, .awaitingApproval, .awaitingApproval, .denied])
        #expect(play.machine.calls[0].result == "c2 was approved instead")
        #expect(play.next == .execute("c2"))
    }

    @Test func `a second approval counts for nothing, in whatever order they come`() {
        for ids in [["c1", "c2"], ["c2", "c1"]] {
            var play = play("a", "a")
            play.ask("c1")
            play.ask("c2")
            for id in ids { play.apply(.decided(id: id, approved)) }
            #expect(play.next == .execute(ids[0]))
            play.apply(.writeStarted(id: ids[0]), .writeEnded(id: ids[0], .applied("done")))
            #expect(play.next == .askModel)
            #expect(play.machine.history.suffix(2).contains(.tool(modelID: "m1", content: "done")) == (ids[0] == "c1"))
        }
    }

    @Test func `denying one leaves the others to be decided`() {
        var play = play("a", "a")
        play.ask("c1")
        play.ask("c2")
        play.apply(.decided(id: "c1", Decision(approved: false, by: "alice")))
        #expect(play.machine.calls[1].isWaiting && play.machine.alternatives(to: play.machine.calls[1]).isEmpty)
    }

    @Test func `one that was not asked for yet is ended as well`() {
        var play = play("a", "a")
        play.ask("c1")
        play.apply(.decided(id: "c1", approved))
        #expect(results(play)[1] == "denied: c1 was approved instead")
    }

    @Test func `what was alone with its group stands by itself, and what is too many is not asked for`() {
        #expect(play("a", "b", nil, " ", " ").machine.calls.allSatisfy { $0.alternativeGroup == nil })
        let many = play("a", "a", "a", "a", "a")
        #expect(many.machine.calls.map(\.alternativeGroup) == ["c1", "c1", "c1", "c1", nil])
        #expect(results(many)[4] == "failed: not executed: more than 4 alternatives in one group")
    }

    @Test func `what takes the place of the one that moved is asked for again, and the others stay denied`() {
        var play = play("a", "a")
        play.ask("c1")
        play.ask("c2")
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"), .writeEnded(id: "c1", .stale("moved")))
        #expect(play.next == .prepare(["c3"]))
        #expect(play.machine.call("c3")?.alternativeGroup == "c1")
        #expect(play.machine.call("c2")?.state == .denied)
    }

    @Test func `leave to read one of a group denies nothing`() {
        var play = play("a", "a")
        var request = play.request(expiresAt: play.now.adding(seconds: 1000))
        request.requests = []
        play.apply(.approvalRequested(id: "c1", request), .approvalRequested(id: "c2", request))
        play.apply(.decided(id: "c1", approved))
        #expect(play.machine.calls[1].state == .awaitingApproval)
    }
}

extension Call {
    fileprivate var isWaiting: Bool { state == .awaitingApproval && decision == nil }
}
