import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

/// What people see of a turn that runs, and of what it has used.
@Suite struct ActivityTests {
    private func status(_ play: MachineHarness, _ change: (inout StatusProjection) -> Void = { _ in }) -> JSONValue {
        var projection = StatusProjection(
            machine: play.machine, conversation: StatusProjectionTests.conversation([:]), now: play.now, worker: "me",
            epoch: 1, transcript: .init(secretPrefix: "t"))
        change(&projection)
        return projection.patch()["status"] ?? .null
    }

    @Test func `the activity follows the turn`() {
        var play = MachineHarness()
        #expect(status(play)["activity"] == "asks the model")
        #expect(
            status(play) { $0.wait = "waiting for the model until noon" }["activity"]
                == "waiting for the model until noon")
        play.propose("k8s_get", "k8s_logs")
        #expect(status(play)["activity"] == "reads: k8s_get, k8s_logs")
        play.ask("c1")
        #expect(status(play)["activity"]?.string?.hasPrefix("asks: ") ?? false)
        play.apply(.turnEnded(TurnEnd(.stopped, reason: .stopped)))
        #expect(status(play)["activity"] == .null)
    }

    @Test func `arguments are shown without credentials, and long ones not at all`() {
        var play = MachineHarness()
        play.apply(
            .modelReplied(
                ModelTurn(
                    content: "",
                    calls: [
                        .init(modelID: "a", tool: "t", arguments: #"{"password":"hunter2"}"#),
                        .init(modelID: "b", tool: "t", arguments: String(repeating: "x", count: 5000)),
                    ])))
        let calls = status(play) {
            $0.shownArguments = { $0.arguments.replacing("hunter2", with: "‹redacted›") }
        }["calls"]
        #expect(calls?["c1"]?["arguments"] == #"{"password":"‹redacted›"}"#)
        #expect(calls?["c2"]?["arguments"] == nil)
    }

    @Test func `what failed replies took is counted, in the conversation and in the turn`() {
        var play = MachineHarness()
        var reply = ModelTurn(content: "x", usage: .init(prompt: 100, completion: 10, cost: 5_000_000))
        reply.failedUsage = .init(prompt: 50, cost: 1_000_000)
        play.apply(.modelReplied(reply))
        #expect(status(play)["usage", "promptTokens"] == 150 && status(play)["usage", "totalTokens"] == 160)
        #expect(status(play)["usage", "cost"] == "0.000006")
        play.apply(
            .turnEnded(TurnEnd(.completed, reason: .answered, answer: "x")), .turnStarted(number: 2, message: "more"),
            .modelFailed("broken off", usage: .init(prompt: 7)))
        #expect(status(play)["usage", "promptTokens"] == 157)
        #expect(status(play)["usage", "lastTurn", "promptTokens"] == 7)
        #expect(status(play)["usage", "lastTurn", "estimatedTokens"] == .null, "nothing was cut off")
        #expect(play.end()?.reason == .modelFailed)
    }
}
