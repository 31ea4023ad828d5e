import KubeModel
import SkyfloAPI
import Testing
import WorkflowEngine

@Suite struct TurnQueueTests {
    private func entry(_ name: String, in namespace: String = "shop", since: Double? = nil, born: Double = 0)
        -> TurnQueue.Entry
    {
        TurnQueue.Entry(
            key: ObjectKey(namespace: namespace, name: name), since: since.map { KubeTime(seconds: $0) },
            createdAt: KubeTime(seconds: born))
    }

    private func names(_ keys: [ObjectKey]) -> [String] { keys.map(\.name) }

    @Test func `without a cap nobody waits`() {
        let queue = TurnQueue(caps: TurnCaps(), running: ["shop", "shop"], waiting: [entry("a"), entry("b")])
        #expect(names(queue.admitted) == ["a", "b"] && queue.waiting.isEmpty)
        #expect(queue.admission(of: ObjectKey(namespace: "shop", name: "a")) == .now)
    }

    @Test func `who has waited longest is first, then who was made first`() {
        let queue = TurnQueue(
            caps: TurnCaps(runningTurns: 3), running: ["shop"],
            waiting: [
                entry("new", born: 1), entry("newer", born: 2), entry("late", since: 9), entry("early", since: 5),
            ])
        #expect(names(queue.admitted) == ["early", "late"] && names(queue.waiting) == ["new", "newer"])
        #expect(
            queue.admission(of: ObjectKey(namespace: "shop", name: "newer"))
                == .later(place: 2, running: 1, cap: 3, isNamespace: false))
    }

    @Test func `a namespace that is full holds up nobody elsewhere`() {
        let queue = TurnQueue(
            caps: TurnCaps(runningTurns: 3, runningTurnsPerNamespace: 1), running: ["a"],
            waiting: [entry("a1", in: "a", since: 1), entry("a2", in: "a", since: 2), entry("b1", in: "b", since: 3)])
        #expect(names(queue.admitted) == ["b1"])
        #expect(
            queue.admission(of: ObjectKey(namespace: "a", name: "a2"))
                == .later(place: 2, running: 1, cap: 1, isNamespace: true))
    }

    @Test func `what is given to who is before counts as taken`() {
        let queue = TurnQueue(
            caps: TurnCaps(runningTurnsPerNamespace: 1), running: [],
            waiting: [entry("a", since: 1), entry("b", since: 2)])
        #expect(names(queue.admitted) == ["a"])
        #expect(
            queue.admission(of: ObjectKey(namespace: "shop", name: "b"))
                == .later(place: 1, running: 0, cap: 1, isNamespace: true))
    }

    @Test func `a cap that was lowered lets nobody begin and ends nothing`() {
        let queue = TurnQueue(caps: TurnCaps(runningTurns: 1), running: ["a", "a", "a"], waiting: [entry("x")])
        #expect(queue.admitted.isEmpty)
        let text = queue.admission(of: ObjectKey(namespace: "shop", name: "x")).message(
            skyfloAI: ObjectKey(namespace: "shop", name: "sky"), namespace: "shop")
        #expect(
            text
                == "waits for a turn: 3 of at most 1 turn are running under SkyfloAI shop/sky (spec.limits.runningTurns); "
                + "it is number 1 in the queue")
    }
}
