import LiveEvents
import Metrics

/// What the live server counts.
package final class LiveMetrics: Sendable {
    /// What each metric says.
    package static let help = [
        "skyflo_live_streams": "Streams of live events that are open",
        "skyflo_live_events_total": "Live events that were sent, over all streams",
        "skyflo_live_gaps_total": "Times that a stream missed events, because they weren't kept any more",
        "skyflo_live_slow_readers_total": "Streams that were given up because their clients took nothing",
        "skyflo_live_refusals_total": "Requests for live events that were refused, by HTTP status",
        "skyflo_live_connections_refused_total": "Connections that were closed at once because they were too many",
        "skyflo_live_commands_total": "Stops and decisions that came over WebSockets, by HTTP status",
    ]

    private let factory: any MetricsFactory
    private let streams: Meter
    private let events: Counter
    private let gaps: Counter
    private let slowReaders: Counter
    private let connections: Counter

    package init(_ factory: any MetricsFactory = MetricsSystem.factory) {
        self.factory = factory
        streams = Meter(label: "skyflo_live_streams", factory: factory)
        events = Counter(label: "skyflo_live_events_total", factory: factory)
        gaps = Counter(label: "skyflo_live_gaps_total", factory: factory)
        slowReaders = Counter(label: "skyflo_live_slow_readers_total", factory: factory)
        connections = Counter(label: "skyflo_live_connections_refused_total", factory: factory)
        streams.set(0)
    }

    func opened() { streams.increment() }
    func closed() { streams.decrement() }
    func gaveUp() { slowReaders.increment() }
    func refusedConnection() { connections.increment() }

    func sent(_ messages: [StreamMessage]) {
        var (sent, missed) = (0, 0)
        for message in messages {
            switch message {
            case .event: sent += 1
            case .notice(.gap): missed += 1
            case .notice: break
            }
        }
        if sent > 0 { events.increment(by: sent) }
        if missed > 0 { gaps.increment(by: missed) }
    }

    func refused(_ code: Int) { count("skyflo_live_refusals_total", code: code) }

    func answered(_ answer: StreamNotice) {
        switch answer {
        case .done: count("skyflo_live_commands_total", code: 200)
        case .refused(_, let code, _): count("skyflo_live_commands_total", code: code)
        default: break
        }
    }

    private func count(_ label: String, code: Int) {
        Counter(label: label, dimensions: [("code", String(code))], factory: factory).increment()
    }
}
