public import Metrics

/// What a work queue tells about itself, under client-go's names.
public struct WorkQueueMetrics: Sendable {
    let depth: Gauge
    let adds: Counter
    let retries: Counter
    let waited: Timer
    let worked: Timer

    public init(name: String, factory: any MetricsFactory) {
        let labels = [("name", name), ("controller", name)]
        depth = Gauge(label: "workqueue_depth", dimensions: labels, factory: factory)
        adds = Counter(label: "workqueue_adds_total", dimensions: labels, factory: factory)
        retries = Counter(label: "workqueue_retries_total", dimensions: labels, factory: factory)
        waited = Timer(label: "workqueue_queue_duration_seconds", dimensions: labels, factory: factory)
        worked = Timer(label: "workqueue_work_duration_seconds", dimensions: labels, factory: factory)
    }
}
