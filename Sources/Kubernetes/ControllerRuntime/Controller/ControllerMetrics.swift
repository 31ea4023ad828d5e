import Metrics
import Synchronization

/// What a controller tells about itself, under controller-runtime's names.
struct ControllerMetrics: Sendable {
    enum Outcome: String { case success, error, requeue, requeueAfter = "requeue_after", terminal }

    private let success: Counter
    private let error: Counter
    private let requeue: Counter
    private let requeueAfter: Counter
    private let errors: Counter
    private let terminalErrors: Counter
    let time: Timer
    let active: Meter
    let queue: WorkQueueMetrics

    init(name: String, concurrency: Int, factory: any MetricsFactory) {
        let labels = [("controller", name)]
        func total(_ outcome: Outcome) -> Counter {
            Counter(
                label: "controller_runtime_reconcile_total", dimensions: labels + [("result", outcome.rawValue)],
                factory: factory)
        }
        success = total(.success)
        error = total(.error)
        requeue = total(.requeue)
        requeueAfter = total(.requeueAfter)
        errors = Counter(label: "controller_runtime_reconcile_errors_total", dimensions: labels, factory: factory)
        terminalErrors = Counter(
            label: "controller_runtime_terminal_reconcile_errors_total", dimensions: labels, factory: factory)
        time = Timer(label: "controller_runtime_reconcile_time_seconds", dimensions: labels, factory: factory)
        active = Meter(label: "controller_runtime_active_workers", dimensions: labels, factory: factory)
        let limit = Meter(
            label: "controller_runtime_max_concurrent_reconciles", dimensions: labels, factory: factory)
        limit.set(concurrency)
        active.set(0)
        queue = WorkQueueMetrics(name: name, factory: factory)
    }

    func count(_ outcome: Outcome) {
        switch outcome {
        case .success: success.increment()
        case .requeue: requeue.increment()
        case .requeueAfter: requeueAfter.increment()
        case .terminal:
            count(.error)
            terminalErrors.increment()
        case .error:
            error.increment()
            errors.increment()
        }
    }
}
