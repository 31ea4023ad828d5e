import Concurrency
import Synchronization

/// Counts the connections and requests of each address, and says which are too many.
package final class ConnectionLimiter: Sendable {
    private struct State: Sendable {
        var addresses: TokenBuckets
        var open = 0
    }

    private let limits: LiveServerLimits
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    package init(_ limits: LiveServerLimits) {
        self.limits = limits
        state = Mutex(State(addresses: TokenBuckets(perSecond: limits.perSecond, burst: limits.burst)))
    }

    /// - Returns: false where there are too many. Who gets true calls ``disconnect()`` at the end.
    func connect(_ address: String) -> Bool {
        let now = start.duration(to: .now)
        return state.withLock { state in
            guard state.open < limits.connections, state.addresses.take(for: address, now: now) else { return false }
            state.open += 1
            return true
        }
    }

    func disconnect() { state.withLock { $0.open -= 1 } }

    /// A further request on a connection.
    func request(_ address: String) -> Bool {
        let now = start.duration(to: .now)
        return state.withLock { $0.addresses.take(for: address, now: now) }
    }

    var open: Int { state.withLock(\.open) }
}

/// Counts the streams, all together and of each caller.
final class StreamSlots: Sendable {
    /// Held as long as the stream is open.
    final class Slot: Sendable {
        private let slots: StreamSlots
        private let caller: String

        fileprivate init(_ slots: StreamSlots, caller: String) {
            self.slots = slots
            self.caller = caller
        }

        deinit { slots.release(caller) }
    }

    enum Refusal: Error { case tooManyOfCaller, tooMany }

    private let limits: LiveServerLimits
    private let metrics: LiveMetrics
    private let counts = Mutex<[String: Int]>([:])

    init(_ limits: LiveServerLimits, metrics: LiveMetrics = LiveMetrics()) {
        self.limits = limits
        self.metrics = metrics
    }

    func take(_ caller: String) throws(Refusal) -> Slot {
        let refusal: Refusal? = counts.withLock { counts in
            if counts.values.reduce(0, +) >= limits.streams { return .tooMany }
            if counts[caller, default: 0] >= limits.streamsPerCaller { return .tooManyOfCaller }
            counts[caller, default: 0] += 1
            return nil
        }
        if let refusal { throw refusal }
        metrics.opened()
        return Slot(self, caller: caller)
    }

    var open: Int { counts.withLock { $0.values.reduce(0, +) } }

    private func release(_ caller: String) {
        metrics.closed()
        counts.withLock { counts in
            let left = counts[caller, default: 1] - 1
            counts[caller] = left > 0 ? left : nil
        }
    }
}
