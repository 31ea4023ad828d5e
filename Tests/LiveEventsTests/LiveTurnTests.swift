import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@testable import LiveEvents

@Suite struct LiveTurnTests {
    static let key = ObjectKey(namespace: "shop", name: "talk")

    static func turn(epoch: Int = 1) -> (LiveTurn, Storyteller) {
        var teller = Storyteller()
        let told = teller.tell(.turnStarted(number: 1, message: "hello"))
        let turn = LiveTurn(
            key, uid: "u", number: 1, epoch: epoch, streamKey: "k", told: told, narration: teller.narration)
        return (turn, teller)
    }

    @Test func `a client that comes late gets everything in order, once`() {
        var (turn, teller) = Self.turn()
        turn.pass([.generationStarted(model: "m", tools: 0)])
        for index in 1...2000 { turn.pass([.token("t\(index) ", count: index)]) }
        turn.tell(teller.tell(.modelReplied(ModelTurn(content: "done"))), teller.narration)

        let all = turn.read(after: nil, bytes: .max)

        #expect(all.events.map(\.number) == all.events.map(\.number).sorted())
        #expect(Set(all.events.map(\.number)).count == all.events.count)
        let tokens = all.events.compactMap {
            if case .token(let text, let count) = $0.content { (text, count) } else { nil }
        }
        #expect(tokens.map(\.0) == (1...2000).map { "t\($0) " })
        #expect(tokens.map(\.1) == Array(1...2000))
        #expect(all.missedUpTo == nil)
    }

    @Test(arguments: [0, 1, 7, 500, 1999, 2000]) func `reading goes on behind any number`(place: Int) {
        let (turn, _) = Self.turn()
        for index in 1...2000 { turn.pass([index.isMultiple(of: 3) ? .thinking("x") : .token("ä", count: index)]) }
        let all = turn.read(after: nil, bytes: .max).events
        let number = place == 0 ? nil : all[place].number

        var got: [LiveEvent] = []
        while true {
            let batch = turn.read(after: got.last?.number ?? number, bytes: 1000)
            if batch.events.isEmpty { break }
            got += batch.events
        }

        #expect(got == Array(place == 0 ? all[...] : all[(place + 1)...]))
    }

    @Test func `nothing holds more than its limits, and who fell behind is told up to where`() throws {
        var (turn, teller) = Self.turn()
        let start = try #require(turn.read(after: nil, bytes: .max).events.last?.number)
        let text = String(repeating: "x", count: 1000)
        for index in 1...1000 { turn.pass([.token(text, count: index)]) }
        for _ in 0..<400 {
            turn.tell(
                teller.tell(.modelReplied(ModelTurn(content: String(repeating: "y", count: 8000)))), teller.narration)
        }

        #expect(turn.bytes < TurnLog.factLimit + TurnLog.passingLimit + 64 * 1024)
        let batch = turn.read(after: start, bytes: .max)
        #expect(batch.missedUpTo != nil)
        #expect(batch.events.count > 10)
    }

    @Test func `a turn that has ended says so behind its last event only`() throws {
        var (turn, teller) = Self.turn()
        turn.tell(
            teller.tell(.turnEnded(TurnEnd(.completed, reason: .answered, answer: "Hi."))), teller.narration)
        turn.finish(.completed)

        let one = turn.read(after: nil, bytes: 1)
        #expect(one.end == nil)
        let rest = turn.read(after: one.events.last?.number, bytes: .max)
        #expect(rest.end == .completed)
        #expect(rest.events.last?.kind == .completed)
        turn.pass([.token("late", count: 1)])
        let late = turn.read(after: rest.events.last?.number, bytes: .max)
        #expect(late.events.isEmpty)
    }

    @Test func `watchers are woken, also by what came before they waited, and go without a trace`() async {
        let (turn, _) = Self.turn()
        do {
            let changes = turn.changes()
            turn.pass([.token("a", count: 1)])
            turn.pass([.token("b", count: 2)])
            var iterator = changes.makeAsyncIterator()
            await iterator.next()
            #expect(turn.watcherCount == 1)
        }
        #expect(turn.watcherCount == 0)
    }

    @Test func `the newest turn of a conversation is the one that is told of, and who followed another is told`() {
        let turns = LiveTurns()
        let (first, _) = Self.turn()
        let (second, _) = Self.turn(epoch: 2)
        turns.begin(first)
        turns.begin(second)

        #expect(first.end == .abandoned)
        #expect(turns[Self.key] === second)
        turns.complete(second)
        #expect(turns[Self.key] === second)
        turns.abandon(Self.key)
        #expect(turns[Self.key] == nil)
    }

    @Test func `of turns that have ended only some are kept`() {
        let turns = LiveTurns()
        for index in 0..<100 {
            let turn = LiveTurn(
                ObjectKey(namespace: "shop", name: "talk-\(index)"), uid: "u\(index)", number: 1, epoch: 1,
                streamKey: "", narration: TurnNarration())
            turns.begin(turn)
            turns.complete(turn)
        }

        #expect(turns[ObjectKey(namespace: "shop", name: "talk-0")] == nil)
        #expect(turns[ObjectKey(namespace: "shop", name: "talk-99")] != nil)
    }
}

/// A machine, and what is told of it.
struct Storyteller {
    var machine = WorkflowStateMachine(policy: .init(limits: Limits()))
    var narration = TurnNarration()
    var entries: [TranscriptChain.Entry] = []

    mutating func tell(_ event: TurnEvent) -> [LiveEvent] {
        let at = KubeTime(microseconds: Int64(entries.count) * 1_000_000)
        entries.append(.init(at: at, event: event))
        machine.apply(event, at: at)
        return narration.tell(event, at: at, machine)
    }
}
