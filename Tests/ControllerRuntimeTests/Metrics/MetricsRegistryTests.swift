import ControllerRuntime
import Metrics
import Testing

@Suite struct MetricsRegistryTests {
    @Test func `the text is the format's`() {
        let registry = MetricsRegistry(
            buckets: ["request_seconds": [0.1, 1]], help: ["jobs_total": "Jobs, by \\ and\nresult"])
        let jobs = Counter(label: "jobs_total", dimensions: [("result", "ok")], factory: registry)
        jobs.increment()
        jobs.increment(by: 2)
        Counter(label: "jobs_total", dimensions: [("result", "a \"b\" \\ \n")], factory: registry).increment()
        Gauge(label: "queue.depth", factory: registry).record(2.5)
        let time = Timer(label: "request_seconds", dimensions: [("path", "/")], factory: registry)
        for milliseconds in [50, 100, 500, 5000] { time.recordMilliseconds(milliseconds) }
        #expect(
            registry.text == #"""
                # HELP jobs_total Jobs, by \\ and\nresult
                # TYPE jobs_total counter
                jobs_total{result="a \"b\" \\ \n"} 1
                jobs_total{result="ok"} 3
                # TYPE queue_depth gauge
                queue_depth 2.5
                # TYPE request_seconds histogram
                request_seconds_bucket{path="/",le="0.1"} 2
                request_seconds_bucket{path="/",le="1"} 3
                request_seconds_bucket{path="/",le="+Inf"} 4
                request_seconds_sum{path="/"} 5.65
                request_seconds_count{path="/"} 4

                """#)
    }

    @Test func `the same name and labels are the same series`() {
        let registry = MetricsRegistry()
        Counter(label: "c", dimensions: [("a", "b")], factory: registry).increment()
        Counter(label: "c", dimensions: [("a", "b")], factory: registry).increment()
        #expect(registry.text == "# TYPE c counter\nc{a=\"b\"} 2\n")
    }

    @Test func `meters go up and down`() {
        let registry = MetricsRegistry()
        let meter = Meter(label: "m", factory: registry)
        meter.set(5)
        meter.increment()
        meter.decrement(by: 2.0)
        #expect(registry.text == "# TYPE m gauge\nm 4\n")
    }

    @Test func `a name of two types is exported as the first`() {
        let registry = MetricsRegistry()
        Counter(label: "x", factory: registry).increment()
        Gauge(label: "x", factory: registry).record(9)
        Timer(label: "x", dimensions: [("a", "b")], factory: registry).recordSeconds(1)
        #expect(registry.text == "# TYPE x counter\nx 1\n")
    }

    @Test func `a destroyed series is gone`() {
        let registry = MetricsRegistry()
        let counter = Counter(label: "x", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(registry.text.isEmpty)
    }

    @Test func `no count is lost between threads`() async {
        let registry = MetricsRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = Counter(label: "c", factory: registry)
                    for _ in 0..<1000 { counter.increment() }
                }
            }
        }
        #expect(registry.text == "# TYPE c counter\nc 8000\n")
    }
}
