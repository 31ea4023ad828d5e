import Testing

@testable import LiveServer

@Suite struct ConnectionLimiterTests {
    @Test func `a thousand connects of one address are mostly refused, and another address doesn't notice`() {
        let limiter = ConnectionLimiter(LiveServerLimits())
        let allowed = (0..<1000).count { _ in limiter.connect("10.0.0.1") }

        #expect(allowed < 300)
        #expect(limiter.connect("10.0.0.2"))
    }

    @Test func `no more are open than may be, and a place is free again afterwards`() {
        var limits = LiveServerLimits()
        limits.connections = 2
        let limiter = ConnectionLimiter(limits)

        #expect(limiter.connect("a"))
        #expect(limiter.connect("b"))
        #expect(!limiter.connect("c"))
        limiter.disconnect()
        #expect(limiter.connect("c"))
    }

    @Test func `a caller's streams are counted, and given back with their slots`() throws {
        var limits = LiveServerLimits()
        limits.streamsPerCaller = 2
        let slots = StreamSlots(limits)
        do {
            let held = [try slots.take("user alice"), try slots.take("user alice")]
            #expect(throws: StreamSlots.Refusal.tooManyOfCaller) { _ = try slots.take("user alice") }
            _ = try slots.take("user bob")
            withExtendedLifetime(held) {}
        }
        #expect(slots.open == 0)
    }

    @Test(arguments: [("a", "a", true), ("a", "b", false), ("", "", true), ("abc", "ab", false)])
    func `secrets are compared as a whole`(a: String, b: String, isEqual: Bool) {
        #expect(isEqualInConstantTime(a, to: b) == isEqual)
    }
}
