/// Buckets and texts of the metrics that this module has itself, as controller-runtime and client-go have them.
extension MetricsRegistry {
    /// The upper bounds of Prometheus' own default buckets, in seconds.
    public static let commonBuckets: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// The upper bounds of this module's histograms by name, in seconds: those of controller-runtime and client-go.
    public static let standardBuckets: [String: [Double]] = {
        let queue: [Double] = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100, 1000]
        return [
            "controller_runtime_reconcile_time_seconds": [
                0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25,
                1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
            ],
            "workqueue_queue_duration_seconds": queue, "workqueue_work_duration_seconds": queue,
        ]
    }()

    /// The help texts of this module's metrics by name.
    public static let standardHelp: [String: String] = [
        "controller_runtime_reconcile_total": "Total number of reconciliations per controller",
        "controller_runtime_reconcile_errors_total": "Total number of reconciliation errors per controller",
        "controller_runtime_reconcile_time_seconds": "Length of time per reconciliation per controller",
        "controller_runtime_terminal_reconcile_errors_total":
            "Total number of terminal reconciliation errors per controller",
        "controller_runtime_active_workers": "Number of currently used workers per controller",
        "controller_runtime_max_concurrent_reconciles": "Maximum number of concurrent reconciles per controller",
        "leader_election_master_status": "1 while this process leads, else 0",
        "workqueue_depth": "Current depth of workqueue",
        "workqueue_adds_total": "Total number of adds handled by workqueue",
        "workqueue_retries_total": "Total number of retries handled by workqueue",
        "workqueue_queue_duration_seconds": "How long an item stays in workqueue before being requested",
        "workqueue_unfinished_work_seconds":
            "How many seconds of work has been done that is in progress and hasn't been observed by work_duration",
        "workqueue_longest_running_processor_seconds":
            "How many seconds has the longest running processor for workqueue been running",
        "rest_client_requests_total": "Number of HTTP requests, partitioned by status code, method, and resource",
        "workqueue_work_duration_seconds": "How long processing an item from workqueue takes",
    ]
}
