public import Metrics

/// The metrics of a work queue, under client-go's names. (A class: a copy of it would count up eight references.)
public final class WorkQueueMetrics: Sendable {
    let depth: Gauge
    let adds: Counter
    let retries: Counter
    let waited: Timer
    let worked: Timer
    let unfinished: Gauge
    let longest: Gauge
    /// The registry that the metrics are pulled from, if it is one: the two that grow by themselves can be made current
    /// at that moment.
    let registry: MetricsRegistry?

    /// Makes the metrics of the queue of that name.
    public init(name: String, factory: any MetricsFactory) {
        let labels = [("name", name), ("controller", name)]
        depth = Gauge(label: "workqueue_depth", dimensions: labels, factory: factory)
        adds = Counter(label: "workqueue_adds_total", dimensions: labels, factory: factory)
        retries = Counter(label: "workqueue_retries_total", dimensions: labels, factory: factory)
        waited = Timer(label: "workqueue_queue_duration_seconds", dimensions: labels, factory: factory)
        unfinished = Gauge(label: "workqueue_unfinished_work_seconds", dimensions: labels, factory: factory)
        longest = Gauge(
            label: "workqueue_longest_running_processor_seconds", dimensions: labels, factory: factory)
        registry = factory as? MetricsRegistry
        worked = Timer(label: "workqueue_work_duration_seconds", dimensions: labels, factory: factory)
    }

    func record(_ running: (total: Duration, longest: Duration)) {
        unfinished.record(running.total.inSeconds)
        longest.record(running.longest.inSeconds)
    }
}
