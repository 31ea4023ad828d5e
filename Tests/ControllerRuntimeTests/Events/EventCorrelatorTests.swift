import KubeModel
import Testing

@testable import ControllerRuntime

@Suite struct EventCorrelatorTests {
    private func notice(_ message: String, name: String = "a", reason: String = "R") -> EventNotice {
        EventNotice(type: .normal, object: EventReference(widget(name)), reason: reason, message: message)
    }

    @Test func `the same notice again raises the count of its event`() {
        var correlator = EventCorrelator()
        let notice = notice("hello")
        #expect(correlator.decide(notice, at: .zero) == .create(message: "hello"))
        correlator.created(notice, message: "hello", name: "e1", at: .zero)
        #expect(correlator.decide(notice, at: .zero) == .update(name: "e1", count: 2, message: "hello"))
        #expect(correlator.decide(notice, at: .zero) == .update(name: "e1", count: 3, message: "hello"))
        correlator.forget(notice, message: "hello")
        #expect(correlator.decide(notice, at: .zero) == .create(message: "hello"))
    }

    @Test func `notices that differ only in the message become one from the eleventh on`() {
        var correlator = EventCorrelator()
        let combined = "(combined from similar events)"
        for i in 0..<10 { #expect(correlator.decide(notice("m\(i)"), at: .zero) == .create(message: "m\(i)")) }
        #expect(correlator.decide(notice("m10"), at: .zero) == .create(message: combined))
        correlator.created(notice("m10"), message: combined, name: "e", at: .zero)
        #expect(correlator.decide(notice("m11"), at: .zero) == .update(name: "e", count: 2, message: combined))
        #expect(correlator.decide(notice("m11", reason: "Other"), at: .zero) == .create(message: "m11"))
        #expect(correlator.decide(notice("m12"), at: .seconds(601)) == .create(message: "m12"))
    }

    @Test func `one object's spam is dropped, others aren't`() {
        var correlator = EventCorrelator()
        let decisions = (0..<30).map { correlator.decide(notice("m", reason: "R\($0)"), at: .zero) }
        #expect(decisions.count { $0 == .drop } == 5)
        #expect(correlator.decide(notice("m", name: "b"), at: .zero) != .drop)
        #expect(correlator.decide(notice("m"), at: .seconds(299)) == .drop)
        #expect(correlator.decide(notice("m"), at: .seconds(301)) != .drop)
    }

    @Test func `its memory is bounded`() {
        var correlator = EventCorrelator(capacity: 10)
        for i in 0..<1000 {
            let notice = notice("m", name: "w\(i)")
            _ = correlator.decide(notice, at: .seconds(i))
            correlator.created(notice, message: "m", name: "e\(i)", at: .seconds(i))
        }
        #expect(correlator.size <= 30)
        #expect(
            correlator.decide(notice("m", name: "w999"), at: .seconds(1000))
                == .update(name: "e999", count: 2, message: "m"))
    }
}
