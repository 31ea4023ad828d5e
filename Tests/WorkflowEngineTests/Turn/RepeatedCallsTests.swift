import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// What happens to a model that asks for the same again.
@Suite struct RepeatedCallsTests {
    private static let failing = #"{"resource_type":"nonsense"}"#

    /// One reply with calls of these arguments, each of which fails or has a result; refused ones are refused.
    private func reply(_ play: inout MachineHarness, _ calls: (String, String)..., result: String?) -> [String] {
        let proposed = calls.map { ModelTurn.Call(modelID: "m", tool: $0.0, arguments: $0.1) }
        play.apply(.modelReplied(ModelTurn(content: "", calls: proposed)))
        var refused: [String] = []
        while true {
            switch play.next {
            case .refuse(let id, let why):
                refused.append(id)
                play.apply(.callResolved(id: id, succeeded: false, result: why))
            case .prepare(let ids):
                for id in ids {
                    play.apply(
                        .callResolved(id: id, succeeded: result != nil, result: result ?? "failed: no such kind"))
                }
            default: return refused
            }
        }
    }

    private func told(_ play: MachineHarness) -> String {
        guard case .tool(_, let content)? = play.machine.history.last else { return "" }
        return content
    }

    @Test func `the same failing call is told the second time and refused the third`() {
        var play = MachineHarness()
        #expect(reply(&play, ("get", Self.failing), result: nil).isEmpty)
        #expect(told(play) == "failed: no such kind")
        #expect(reply(&play, ("get", Self.failing), result: nil).isEmpty)
        #expect(told(play).hasPrefix("failed: no such kind\n\n(This is the second time: c1 "))
        #expect(reply(&play, ("get", Self.failing), result: nil) == ["c3"])
        #expect(told(play).contains("has failed 2 times in this turn, last as c2: failed: no such kind"))
    }

    @Test(arguments: [
        #"{ "resource_type" : "nonsense" }"#, #"{"resource_type":"nonsense","namespace":""}"#,
        #"{"namespace":null,"resource_type":"nonsense"}"#,
    ])
    func `arguments that mean the same are the same`(_ other: String) {
        var play = MachineHarness()
        _ = reply(&play, ("get", Self.failing), result: nil)
        _ = reply(&play, ("get", other), result: nil)
        #expect(reply(&play, ("get", Self.failing), result: nil) == ["c3"])
    }

    @Test func `other arguments, another tool and the next turn aren't held up`() {
        var play = MachineHarness()
        _ = reply(&play, ("get", Self.failing), result: nil)
        _ = reply(&play, ("get", Self.failing), result: nil)
        #expect(reply(&play, ("describe", Self.failing), ("get", #"{"resource_type":"pods"}"#), result: "web").isEmpty)
        play.apply(
            .modelReplied(ModelTurn(content: "No.")), .turnEnded(TurnEnd(.completed, reason: .answered, answer: "No.")),
            .turnStarted(number: 2, message: "again"))
        #expect(reply(&play, ("get", Self.failing), result: nil).isEmpty)
    }

    @Test func `what failed may be tried again after a change`() {
        var play = MachineHarness()
        _ = reply(&play, ("get", Self.failing), result: nil)
        _ = reply(&play, ("get", Self.failing), result: nil)
        play.propose("scale")
        play.ask("c3")
        play.apply(.decided(id: "c3", approved), .writeStarted(id: "c3"), .writeEnded(id: "c3", .applied("scaled")))
        #expect(reply(&play, ("get", Self.failing), result: "there it is").isEmpty)
    }

    @Test func `a circle of failing calls ends in a question for the answer`() {
        var play = MachineHarness()
        let kinds = ["statefulset", "replicaset", "pod"]
        var replies = 0
        while !play.machine.asksForAnswer, replies < 20 {
            _ = reply(&play, ("scale", #"{"resource_type":"\#(kinds[replies % 3])"}"#), result: nil)
            replies += 1
        }
        #expect(replies == 8, "three rounds, of the third only what is needed to know")
        #expect(play.machine.noteForLastReply?.contains("brought nothing new") == true)
        _ = reply(&play, ("scale", "{}"), result: nil)
        #expect(play.end()?.reason == .noProgress)
    }

    @Test func `a read with the same result is told, and never refused`() {
        var play = MachineHarness()
        let pods = #"{"resource_type":"pods"}"#
        _ = reply(&play, ("get", pods), result: "web-1 Running")
        _ = reply(&play, ("get", pods), result: "web-1 Pending")
        #expect(told(play) == "web-1 Pending", "it was another result")
        _ = reply(&play, ("get", pods), result: "web-1 Pending")
        #expect(told(play).contains("(You have this already: c2 was the same call with the same result."))
        #expect(reply(&play, ("get", pods), result: "web-1 Pending").isEmpty)
        for _ in 1...2 { _ = reply(&play, ("get", pods), result: "web-1 Pending") }
        #expect(!play.machine.asksForAnswer)
        _ = reply(&play, ("get", pods), result: "web-1 Pending")
        #expect(play.machine.asksForAnswer)
    }

    @Test func `a denied call is asked for once more, marked, and not a third time`() {
        var play = MachineHarness()
        func deny(_ id: String) {
            play.ask(id)
            play.apply(.decided(id: id, Decision(approved: false, by: "bob", reason: "not today")))
        }
        play.propose("scale")
        deny("c1")
        play.propose("scale")
        #expect(play.machine.denial(of: play.machine.calls[0])?.call == "c1")
        deny("c2")
        #expect(told(play).contains("(This is the second time: c1 was the same call and was denied, too."))
        // Another change doesn't make it less denied.
        play.propose("restart")
        play.ask("c3")
        play.apply(.decided(id: "c3", approved), .writeStarted(id: "c3"), .writeEnded(id: "c3", .applied("done")))
        #expect(reply(&play, ("scale", "{}"), result: nil) == ["c4"])
        #expect(told(play).contains("denied by bob: not today"))
    }

    @Test func `the alternative that wasn't chosen may be asked for later`() {
        var play = MachineHarness()
        let group = #","alternative_group":"a"}"#
        let calls = ["2", "3"].map {
            ModelTurn.Call(modelID: $0, tool: "scale", arguments: #"{"replicas":\#($0)"# + group)
        }
        play.apply(.modelReplied(ModelTurn(content: "", calls: calls)))
        play.ask("c1")
        play.ask("c2")
        play.apply(.decided(id: "c1", approved), .writeStarted(id: "c1"), .writeEnded(id: "c1", .applied("scaled")))
        #expect(reply(&play, ("scale", #"{"replicas":3}"#), result: "").isEmpty)
    }
}
