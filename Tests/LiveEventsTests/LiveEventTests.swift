import KubeModel
import SkyfloAPI
import Testing

@testable import LiveEvents

@Suite struct LiveEventTests {
    static let samples: [LiveEvent.Content] = {
        let call = ProposedCall(id: "c1", tool: "k8s_scale", arguments: #"{"replicas":3}"#)
        var end = GenerationEnd()
        (end.model, end.content, end.toolCalls, end.finish) = ("m", "Scaling.", 1, "complete")
        var counts = TokenCounts()
        (counts.model, counts.prompt, counts.completion, counts.cached, counts.reasoning) = ("m", 10, 5, 2, 1)
        var progress = CallProgress(call: "c1", tool: "helm_upgrade", message: "pre-upgrade hook: done")
        (progress.step, progress.steps, progress.until) = (1, 4, KubeTime("2026-01-01T00:00:00Z"))
        let output = CallProgress(call: "c2", tool: "k8s_run_pod", output: "line 1\nline 2\n")
        var approval = ApprovalNotice()
        (approval.call, approval.summary, approval.risk, approval.warnings) = (call, "Scale web to 3", "Low", ["w"])
        (approval.preview, approval.digest) = ("-2\n+3", "abc")
        approval.expiresAt = KubeTime(seconds: 1_767_225_600)
        var decision = DecisionNotice()
        (decision.call, decision.tool, decision.by, decision.reason) = ("c1", "k8s_scale", "alice", "fine")
        var result = TurnResult()
        (result.status, result.reason, result.answer, result.milliseconds) = ("completed", "Answered", "Done.", 1200)
        return [
            .turnStarted(turn: 2, message: "scale \"web\"\n"), .undoStarted(changes: ["w1"]), .state(phase: "Planning"),
            .plan([PlanStepStatus(text: "Look", state: .done, calls: ["c1"])]),
            .generationStarted(model: "m", tools: 12), .firstToken(milliseconds: 31), .token("We", count: 1),
            .thinking("hm"), .thinkingEnded(text: "hm", milliseconds: 5), .tokensRetracted(reason: "thinking"),
            .toolCallBegan(tool: "k8s_scale"), .modelWaits(reason: "429", seconds: 1.5, restarts: true),
            .generationEnded(end), .usage(counts), .modelFailed(message: "no"), .callsProposed([call]),
            .callStarted(CallStart(call, isWrite: true)), .callProgress(progress), .callProgress(output),
            .callSucceeded(call: "c1", tool: "k8s_scale", result: "ok"),
            .callFailed(call: "c1", tool: "k8s_scale", error: "no"),
            .verified(call: "c1", [CheckResult(check: "rollout", verdict: .passed, evidence: "3/3")]),
            .approvalRequired(approval), .approved(decision), .denied(decision),
            .approvalWithdrawn(call: "c1", reason: "r"), .approvalExpired(call: "c1"), .completed(result),
            .failed(result), .takenOver(worker: "b", after: EventNumber(entry: 3, takeovers: 0)),
            .restored(note: "n"),
        ]
    }()

    @Test(arguments: samples) func `it is the same after a way as JSON`(content: LiveEvent.Content) throws {
        let event = LiveEvent(
            EventNumber(entry: 4, takeovers: 1), at: KubeTime(microseconds: 1_767_225_600_123_000), content)
        let json = try JSONParser.parse(JSONWriter.string(event.json))

        #expect(StreamMessage(json: json) == .event(event))
        #expect(json["type"]?.string == event.kind.rawValue)
    }

    @Test func `there is a sample of each kind`() {
        #expect(Set(Self.samples.map(\.kind)) == Set(LiveEvent.Kind.allCases))
    }

    @Test(arguments: [
        StreamNotice.ready(conversation: "shop/talk", uid: "u", turn: 3), .heartbeat,
        .gap(upTo: EventNumber(entry: 2, takeovers: 0)), .resume(reason: "moved"), .end(reason: "over"),
        .done(command: "7", message: "stopped"), .done(command: nil, message: "stopped"),
        .refused(command: "8", code: 409, message: "changed"),
    ])
    func `notices are the same after a way as JSON`(notice: StreamNotice) {
        #expect(StreamMessage(json: notice.json) == .notice(notice))
    }

    @Test func `what isn't known is no event`() {
        #expect(StreamMessage(json: ["type": "later", "number": 1]) == nil)
        #expect(StreamMessage(json: ["type": "token"]) == nil)
        #expect(StreamMessage(json: ["type": "token", "number": -1]) == nil)
        #expect(StreamMessage(json: .null) == nil)
    }

    @Test func `arguments that are JSON are JSON in the event, others a text`() {
        let parsed = LiveEvent(.zero, .callsProposed([ProposedCall(id: "c1", tool: "t", arguments: #"{"a":1}"#)]))
        let broken = LiveEvent(.zero, .callsProposed([ProposedCall(id: "c1", tool: "t", arguments: #"{"a":"#)]))

        #expect(parsed.json["tools"]?[0]?["args"] == ["a": 1])
        #expect(broken.json["tools"]?[0]?["args"] == #"{"a":"#)
    }

    @Test func `a frame is one server-sent event`() {
        var bytes: [UInt8] = []
        StreamMessage.event(LiveEvent(EventNumber(entry: 1, takeovers: 0), .token("a\nb", count: 1)))
            .appendFrame(to: &bytes)

        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "id: 1000000\nevent: token\n"
                + #"data: {"type":"token","number":1000000,"text":"a\nb","tokens_generated":1}"# + "\n\n")
    }
}
