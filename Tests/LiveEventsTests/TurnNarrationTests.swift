import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import LiveEvents

@Suite struct TurnNarrationTests {
    private static func machine() -> WorkflowStateMachine { WorkflowStateMachine(policy: .init(limits: Limits())) }

    /// A turn that reads, writes with an approval, and answers.
    private static let story: [TurnEvent] = [
        .turnStarted(number: 1, message: "scale web"),
        .modelReplied(
            ModelTurn(
                content: "Looking first.",
                calls: [.init(modelID: "x", tool: "k8s_get", arguments: #"{"name":"web"}"#)])),
        .callResolved(id: "c1", succeeded: true, result: "web 2/2"),
        .modelReplied(
            ModelTurn(
                content: "", calls: [.init(modelID: "y", tool: "k8s_scale", arguments: #"{"replicas":3}"#)])),
        .approvalRequested(
            id: "c2",
            ApprovalRequest(
                summary: "Scale web to 3", risk: "Low", warnings: [], preview: "-2\n+3", requests: [["a": 1]],
                postConditions: [], digest: "d", expiresAt: KubeTime(seconds: 4_000_000_000))),
        .decided(id: "c2", Decision(approved: true, by: "alice")),
        .writeStarted(id: "c2"),
        .writeEnded(id: "c2", .applied("scaled", uid: "u")),
        .modelReplied(ModelTurn(content: "Web has 3 replicas.")),
        .turnEnded(TurnEnd(.completed, reason: .answered, answer: "Web has 3 replicas.")),
    ]

    @Test func `what a reply took that was cut off is told, with how much of it is an estimate`() throws {
        var teller = Storyteller()
        _ = teller.tell(Self.story[0])
        let cut = ModelTurn.Usage(prompt: 40, completion: 7, estimated: .init(completion: 6))
        let events = teller.tell(.replyCut(model: "m", cut))
        guard case .usage(let counts)? = events.map(\.content).first else { return #expect(Bool(false), "\(events)") }
        #expect(counts.model == "m" && counts.prompt == 40 && counts.completion == 7 && counts.estimated == 6)
        let json = try #require(events.first).json
        #expect(json["estimated_tokens"] == 6 && json["total_tokens"] == 47)
    }

    @Test func `a turn is told in the order of its entries, with rising numbers`() {
        var teller = Storyteller()
        let events = Self.story.flatMap { teller.tell($0) }

        #expect(events.map(\.number) == events.map(\.number).sorted())
        #expect(Set(events.map(\.number)).count == events.count)
        let kinds = events.map(\.kind)
        let wanted: [LiveEvent.Kind] = [
            .turnStarted, .generationEnded, .usage, .callsProposed, .callSucceeded, .approvalRequired, .approved,
            .callStarted, .callProgress, .completed,
        ]
        var rest = kinds[...]
        for kind in wanted {
            let at = rest.firstIndex(of: kind)
            #expect(at != nil, "\(kind) is missing in \(kinds)")
            if let at { rest = rest[(at + 1)...] }
        }
    }

    @Test func `what is rebuilt from the transcript is what was told, number by number`() {
        var teller = Storyteller()
        let events = Self.story.flatMap { teller.tell($0) }

        let retelling = TurnNarration.replay(
            teller.entries, counting: teller.entries.count, to: Self.machine(), onlyNewestTurn: false)

        #expect(retelling.events == events)
        #expect(retelling.narration.lastNumber == teller.narration.lastNumber)
    }

    @Test func `of the newest turn only, the numbers are the same`() {
        var teller = Storyteller()
        _ = Self.story.flatMap { teller.tell($0) }
        let second = teller.tell(.turnStarted(number: 2, message: "and back"))

        let retelling = TurnNarration.replay(
            teller.entries, counting: teller.entries.count, to: Self.machine(), onlyNewestTurn: true)

        // What a turn begins with depends on the one before in nothing but the phase and the plan.
        #expect(retelling.events.first == second.first)
    }

    @Test func `a client that saw what was never stored is told, and gets the rest once`() throws {
        var teller = Storyteller()
        var seen = Self.story.prefix(3).flatMap { teller.tell($0) }
        let stored = teller.entries.count
        // Told by a worker that dies before it stores them.
        var lost = teller
        seen += Self.story[3...5].flatMap { lost.tell($0) }
        let last = try #require(seen.last?.number)

        let retelling = TurnNarration.replay(
            Array(teller.entries), counting: stored, to: Self.machine(), onlyNewestTurn: true)
        var next = Storyteller(machine: retelling.machine, narration: retelling.narration, entries: teller.entries)
        let takeover = next.tell(.takenOver(worker: "b", epoch: 2))
        let turn = LiveTurn(
            LiveTurnTests.key, uid: "u", number: 1, epoch: 2, streamKey: "", told: retelling.events + takeover,
            narration: next.narration)
        turn.tell(next.tell(Self.story[3]), next.narration)

        let rest = turn.read(after: last, bytes: .max).events
        guard case .takenOver("b", let after)? = rest.first?.content else {
            Issue.record("no takeover: \(rest)")
            return
        }
        // Of what the client has, exactly what is stored counts.
        let counting = seen.filter { $0.number <= after }
        #expect(counting == retelling.events)
        #expect((counting + rest).map(\.number) == turn.read(after: nil, bytes: .max).events.map(\.number))
    }

    @Test func `two takeovers in a row leave no number twice`() {
        var teller = Storyteller()
        var numbers = Self.story.prefix(2).flatMap { teller.tell($0) }.map(\.number)
        var lost = teller
        numbers += lost.tell(Self.story[2]).map(\.number)
        let first = teller.tell(.takenOver(worker: "b", epoch: 2))
        var lostAgain = teller
        numbers += first.map(\.number) + lostAgain.tell(Self.story[2]).map(\.number)
        numbers += teller.tell(.takenOver(worker: "c", epoch: 3)).map(\.number)
        numbers += teller.tell(Self.story[2]).map(\.number)

        #expect(Set(numbers).count == numbers.count)
        #expect(numbers == numbers.sorted())
    }

    @Test func `entries that the status never vouched for aren't told, and take their numbers with them`() {
        var teller = Storyteller()
        let told = Self.story.prefix(2).flatMap { teller.tell($0) }
        let entries =
            teller.entries + [
                .init(at: KubeTime(seconds: 5), event: .decided(id: "c1", Decision(approved: true, by: "mallory"))),
                .init(at: KubeTime(seconds: 6), event: .disregarded(after: 2)),
                .init(at: KubeTime(seconds: 7), event: .takenOver(worker: "b", epoch: 2)),
            ]

        let retelling = TurnNarration.replay(entries, counting: 5, to: Self.machine(), onlyNewestTurn: false)

        #expect(Array(retelling.events.prefix(told.count)) == told)
        #expect(!retelling.events.contains { $0.kind == .approved })
        #expect(
            retelling.events.last?.content
                == .takenOver(worker: "b", after: EventNumber(entry: 2, takeovers: 0).lastOfFact))
    }

    @Test func `everything is bounded`() {
        var teller = Storyteller()
        let long = String(repeating: "<", count: 500_000)
        var events = teller.tell(.turnStarted(number: 1, message: long))
        events += teller.tell(
            .modelReplied(
                ModelTurn(
                    content: long,
                    calls: (0..<300).map { .init(modelID: "\($0)", tool: "k8s_get", arguments: "\"\(long)\"") })))
        events += teller.tell(.callResolved(id: "c1", succeeded: false, result: long))

        for event in events { #expect(JSONWriter.bytes(event.json).count < 512 * 1024, "\(event.kind)") }
    }
}
