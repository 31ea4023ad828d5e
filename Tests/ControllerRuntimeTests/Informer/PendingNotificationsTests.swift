import KubeModel
import Testing

@testable import ControllerRuntime

@Suite struct PendingNotificationsTests {
    private func events(_ outbox: inout PendingNotifications) -> [String] {
        outbox.takeAll().map { delivery in
            if case .event(let event) = delivery.content { event.short } else { "synced" }
        }
    }

    /// Enough of one object to make it compact.
    private func fill(_ outbox: inout PendingNotifications, _ name: String, from first: Int) {
        for value in first..<first + PendingNotifications.compactionThreshold {
            outbox.append(.event(.updated(old: widget(name, value - 1), new: widget(name, value))), to: 0...1)
        }
    }

    @Test func `a few changes stay as they are`() {
        var outbox = PendingNotifications()
        for value in 1...3 {
            outbox.append(.event(.updated(old: widget("a", value - 1), new: widget("a", value))), to: 0...1)
        }
        #expect(events(&outbox) == ["~a0>1", "~a1>2", "~a2>3"])
        #expect(outbox.isEmpty)
    }

    @Test func `what waits for a slow handler is bounded by the objects, and stays in order for each`() {
        var outbox = PendingNotifications()
        outbox.append(.event(.added(widget("a", 0), isInitial: false)), to: 0...1)
        outbox.append(.synced, to: 0...1)
        outbox.append(.event(.deleted(widget("b", 0))), to: 0...1)
        outbox.append(.event(.added(widget("b", 1), isInitial: false)), to: 0...1)
        outbox.append(.event(.updated(old: widget("c", 0), new: widget("c", 1))), to: 0...1)
        outbox.append(.event(.deleted(widget("c", 2))), to: 0...1)
        fill(&outbox, "a", from: 1)
        #expect(outbox.count <= 10)
        let last = PendingNotifications.compactionThreshold
        #expect(events(&outbox).prefix(5) == ["+a\(last - 5)", "synced", "-b0", "+b1", "-c0"])
    }

    @Test func `an object that comes and goes leaves one entry, its end`() {
        var outbox = PendingNotifications()
        for value in 0..<PendingNotifications.compactionThreshold {
            outbox.append(.event(.added(widget("a", value), isInitial: false)), to: 0...1)
            outbox.append(.event(.deleted(widget("a", value))), to: 0...1)
        }
        #expect(outbox.count <= PendingNotifications.compactionThreshold)
        fill(&outbox, "z", from: 1)
        #expect(events(&outbox).filter { $0.contains("a") }.allSatisfy { $0.hasPrefix("-a") })
    }

    @Test func `changes for different handlers are kept apart`() {
        var outbox = PendingNotifications()
        outbox.append(.event(.updated(old: widget("a", 0), new: widget("a", 1))), to: 0...1)
        outbox.append(.event(.added(widget("a", 1), isInitial: true)), to: 2...2)
        outbox.append(.event(.updated(old: widget("a", 1), new: widget("a", 2))), to: 0...2)
        fill(&outbox, "z", from: 1)
        #expect(events(&outbox).prefix(3) == ["~a0>1", "+a1", "~a1>2"])
    }
}
