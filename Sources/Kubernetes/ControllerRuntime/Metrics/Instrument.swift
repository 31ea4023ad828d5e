import Metrics
import Synchronization

/// One line or block of the exposition: a metric with one set of labels.
protocol Instrument: AnyObject, Sendable {
    /// Appends the samples' lines.
    func write(_ writer: inout PrometheusWriter, name: String, labels: [Label])
}

/// Counts up. Whole and fractional counts share it.
final class CounterInstrument: Instrument, CounterHandler, FloatingPointCounterHandler {
    private let value = Mutex(0.0)

    func increment(by amount: Int64) { increment(by: Double(amount)) }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func reset() { value.withLock { $0 = 0 } }

    func write(_ writer: inout PrometheusWriter, name: String, labels: [Label]) {
        writer.sample(name, labels: labels, value: value.withLock(\.self))
    }
}

final class GaugeInstrument: Instrument, MeterHandler, RecorderHandler {
    private let value = Mutex(0.0)

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }

    func write(_ writer: inout PrometheusWriter, name: String, labels: [Label]) {
        writer.sample(name, labels: labels, value: value.withLock(\.self))
    }
}

/// Counts values by buckets. Timers are in seconds, as Prometheus wants it.
final class HistogramInstrument: Instrument, RecorderHandler, TimerHandler {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    /// Upper bounds, ascending, without the last one, which is infinite.
    private let bounds: [Double]
    private let state: Mutex<State>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func record(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func write(_ writer: inout PrometheusWriter, name: String, labels: [Label]) {
        let state = state.withLock(\.self)
        var total: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], state.counts) {
            total += count
            let bucket = labels + [Label(name: "le", value: PrometheusWriter.number(bound))]
            writer.sample(name + "_bucket", labels: bucket, value: Double(total))
        }
        writer.sample(name + "_sum", labels: labels, value: state.sum)
        writer.sample(name + "_count", labels: labels, value: Double(total))
    }
}
