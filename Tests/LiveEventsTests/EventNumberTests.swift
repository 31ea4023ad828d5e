import KubeModel
import Testing

@testable import LiveEvents

@Suite struct EventNumberTests {
    @Test func `an entry's number is before those that pass behind it, and these before the next entry's`() {
        let first = EventNumber(entry: 1, takeovers: 0)
        let passing = first.lastOfFact.advanced(by: 1)
        let second = EventNumber(entry: 2, takeovers: 0)

        #expect(EventNumber.zero < first)
        #expect(first < passing)
        #expect(passing < second)
    }

    @Test func `a takeover's number is larger than what the worker before can have told and not stored`() {
        // It had told 40 entries more than are stored.
        let told = EventNumber(entry: 52, takeovers: 1).lastOfFact
        let takeover = EventNumber(entry: 13, takeovers: 2)

        #expect(told < takeover)
    }

    @Test func `it is read from its text, and from nothing else`() {
        let number = EventNumber(entry: 7, takeovers: 3)

        #expect(EventNumber(number.description) == number)
        #expect(EventNumber(json: number.json) == number)
        for text in ["", "-1", "1.5", "x", "99999999999999999999", "9007199254740993"] {
            #expect(EventNumber(text) == nil, "\(text)")
        }
    }

    @Test func `a transcript of any length has numbers that are exact in a browser`() {
        #expect(EventNumber(entry: .max, takeovers: .max).value <= 1 << 53)
    }
}
