import KubeModel
import Logging
import OperatorTestKit
import Synchronization
import Testing

@testable import ControllerRuntime

@Suite(.timeLimit(.minutes(1))) struct ControllerTests {
    let api = FakeAPIServer()
    let informer: Informer

    init() { informer = Informer(api: api, resource: .widgets, logger: .silent) }

    private func controller(
        watches: [Controller.Watch]? = nil, concurrency: Int = 1, gracePeriod: Duration = .seconds(30),
        clock: any RuntimeClock = SystemClock(), metrics: MetricsRegistry = MetricsRegistry(),
        _ body: @escaping @Sendable (ObjectKey) async throws -> ReconcileResult
    ) -> Controller {
        Controller(
            name: "test", reconciler: ClosureReconciler(body), watches: watches ?? [.init(informer)],
            concurrency: concurrency, gracePeriod: gracePeriod, clock: clock, metrics: metrics, logger: .silent)
    }

    private func run(_ controller: Controller, _ body: () async throws -> Void) async throws {
        try await running([{ [informer] in await informer.run() }, { try await controller.run() }], body: body)
    }

    @Test func `what is there and what changes is reconciled`() async throws {
        api.put(widget("a"), in: .widgets)
        let journal = Journal<String>()
        let controller = controller { key in
            journal.add(key.name)
            return .done
        }
        try await run(controller) {
            try await eventually { journal.entries == ["a"] }
            api.put(widget("b"), in: .widgets)
            try await eventually { journal.entries == ["a", "b"] }
            api.remove(.widgets, "ns", "a")
            try await eventually { journal.entries == ["a", "b", "a"] }
        }
    }

    @Test func `nothing is reconciled before the first list`() async throws {
        api.intercept { _ in try await Task.sleep(for: .seconds(60)) }
        let journal = Journal<String>()
        let controller = controller { key in
            journal.add(key.name)
            return .done
        }
        controller.enqueue(key("a"))
        try await run(controller) {
            try await eventually { api.requests.count == 1 }
            #expect(journal.count == 0)
        }
    }

    @Test func `a burst for one name while it is reconciled gives one more reconcile, never a parallel one`()
        async throws
    {
        let started = Journal<String>()
        let gate = Latch<Void>()
        let active = Mutex(0)
        let controller = controller(concurrency: 4) { key in
            let now = active.withLock { active in
                active += 1
                return active
            }
            #expect(now == 1)
            started.add(key.name)
            try await gate.wait()
            active.withLock { $0 -= 1 }
            return .done
        }
        try await run(controller) {
            api.put(widget("a", 0), in: .widgets)
            try await eventually { started.count == 1 }
            for value in 1...100 { api.put(widget("a", value), in: .widgets) }
            try await eventually { informer.get(key("a"))?.value == 100 }
            #expect(started.count == 1)
            gate.open()
            try await eventually { started.count == 2 && active.withLock(\.self) == 0 }
        }
        #expect(started.count == 2)
    }

    @Test func `different names are reconciled side by side, up to the limit`() async throws {
        let started = Journal<String>()
        let gate = Latch<Void>()
        let controller = controller(concurrency: 3) { key in
            started.add(key.name)
            try await gate.wait()
            return .done
        }
        try await run(controller) {
            for i in 0..<10 { api.put(widget("w\(i)"), in: .widgets) }
            try await eventually { started.count == 3 }
            try await eventually { informer.list().count == 10 }
            #expect(started.count == 3)
            gate.open()
            try await eventually { started.count == 10 }
        }
    }

    @Test func `a failure comes back with growing delays, and a success resets them`() async throws {
        let clock = ManualClock()
        let fails = Mutex(true)
        let runs = Journal<Duration>()
        let controller = controller(watches: [], clock: clock) { _ in
            runs.add(clock.uptime)
            if fails.withLock(\.self) { throw Failure() }
            return .done
        }
        try await run(controller) {
            controller.enqueue(key("a"))
            for delay in [5, 10, 20, 40] {
                let due = clock.uptime + .milliseconds(delay)
                try await eventually { clock.deadlines == [due] }
                clock.advance(by: .milliseconds(delay))
            }
            try await eventually { runs.count == 5 }
            #expect(runs.entries == [0, 5, 15, 35, 75].map { .milliseconds($0) })
            let due = clock.uptime + .milliseconds(80)
            try await eventually { clock.deadlines == [due] }
            fails.withLock { $0 = false }
            clock.advance(by: .milliseconds(80))
            try await eventually { runs.count == 6 && clock.deadlines.isEmpty }
            fails.withLock { $0 = true }
            controller.enqueue(key("a"))
            let first = clock.uptime + .milliseconds(5)
            try await eventually { clock.deadlines == [first] }
        }
    }

    @Test func `requeue-after brings it back after that time`() async throws {
        let clock = ManualClock()
        let runs = Journal<Duration>()
        let controller = controller(watches: [], clock: clock) { _ in
            runs.add(clock.uptime)
            return runs.count == 1 ? .requeue(after: .seconds(90)) : .done
        }
        try await run(controller) {
            controller.enqueue(key("a"))
            try await eventually { clock.deadlines == [.seconds(90)] }
            clock.advance(by: .seconds(90))
            try await eventually { runs.entries == [.zero, .seconds(90)] }
        }
    }

    @Test func `what people wait for goes before what was there at the start`() async throws {
        for i in 0..<20 { api.put(widget("old\(i)"), in: .widgets) }
        let order = Journal<String>()
        let gate = Latch<Void>()
        let controller = controller(watches: [.init(informer, priority: .high)]) { key in
            order.add(key.name)
            try await gate.wait()
            return .done
        }
        try await run(controller) {
            try await eventually { order.count == 1 }
            api.put(widget("new"), in: .widgets)
            try await eventually { informer.get(key("new")) != nil }
            gate.open()
            try await eventually { order.count == 21 }
            #expect(order.entries[1] == "new")
        }
    }

    @Test func `owned objects lead to their owner, and predicates are asked`() async throws {
        let pods = Informer(api: api, resource: .pods, logger: .silent)
        let journal = Journal<String>()
        let isNamed = Predicate { $0.object.name != "ignored" }
        let controller = controller(watches: [.owned(by: .widgets, pods, predicate: isNamed)]) { key in
            journal.add(key.description)
            return .done
        }
        let owner = api.put(widget("owner"), in: .widgets)
        try await running([{ await pods.run() }, { try await controller.run() }]) {
            var pod = KubeObject(.pods, namespace: "ns", name: "ignored")
            pod.ownerReferences = [OwnerReference(controller: owner)]
            api.put(pod, in: .pods)
            api.put(KubeObject(.pods, namespace: "ns", name: "stray"), in: .pods)
            pod["metadata", "name"] = "owned"
            api.put(pod, in: .pods)
            try await eventually { journal.entries == ["ns/owner"] }
        }
    }

    @Test func `an update is mapped by what was and by what is`() async throws {
        let journal = Journal<String>()
        let watch = Controller.Watch(informer) { [ObjectKey(name: $0.labels["for"] ?? "nobody")] }
        let controller = controller(watches: [watch]) { key in
            journal.add(key.name)
            return .done
        }
        try await run(controller) {
            api.put(widget("a", labels: ["for": "x"]), in: .widgets)
            try await eventually { journal.entries == ["x"] }
            api.put(widget("a", labels: ["for": "y"]), in: .widgets)
            try await eventually { journal.count == 3 }
            #expect(Set(journal.entries.suffix(2)) == ["x", "y"])
        }
    }

    @Test func `a graceful stop lets running reconciles end and begins no others`() async throws {
        let journal = Journal<String>()
        let gate = Latch<Void>()
        let controller = controller(watches: []) { key in
            journal.add("begin \(key.name)")
            try await gate.wait()
            journal.add("end \(key.name), cancelled: \(Task.isCancelled)")
            return .done
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controller.run() }
            controller.enqueue(key("a"))
            controller.enqueue(key("b"))
            try await eventually { journal.count == 1 }
            controller.stop()
            gate.open()
            try await group.waitForAll()
        }
        #expect(journal.entries == ["begin a", "end a, cancelled: false"])
    }

    @Test func `what runs longer than the grace period is cancelled`() async throws {
        let clock = ManualClock()
        let journal = Journal<String>()
        let controller = controller(watches: [], gracePeriod: .seconds(7), clock: clock) { _ in
            journal.add("begin")
            try? await Latch<Void>().wait()
            journal.add("end, cancelled: \(Task.isCancelled)")
            return .done
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await controller.run() }
            controller.enqueue(key("a"))
            try await eventually { journal.count == 1 }
            controller.stop()
            try await eventually { clock.deadlines == [.seconds(7)] }
            #expect(journal.count == 1)
            clock.advance(by: .seconds(7))
            try await group.waitForAll()
        }
        #expect(journal.entries == ["begin", "end, cancelled: true"])
    }

    @Test func `a terminal error doesn't come back, but the next change does`() async throws {
        let metrics = MetricsRegistry()
        let runs = Journal<String>()
        let controller = controller(metrics: metrics) { key in
            runs.add(key.name)
            throw TerminalError(Failure())
        }
        try await run(controller) {
            api.put(widget("a", 1), in: .widgets)
            try await eventually { runs.count == 1 }
            api.put(widget("b", 1), in: .widgets)
            try await eventually { runs.count == 2 }
            api.put(widget("a", 2), in: .widgets)
            try await eventually { runs.entries == ["a", "b", "a"] }
        }
        let text = metrics.text
        #expect(text.contains(#"controller_runtime_terminal_reconcile_errors_total{controller="test"} 3"#))
        #expect(text.contains(#"controller_runtime_reconcile_total{controller="test",result="error"} 3"#))
        #expect(text.contains(#"workqueue_retries_total{name="test",controller="test"} 0"#))
    }

    @Test func `retry comes back with growing delays, and is no error`() async throws {
        let clock = ManualClock()
        let metrics = MetricsRegistry()
        let runs = Journal<Duration>()
        let controller = controller(watches: [], clock: clock, metrics: metrics) { _ in
            runs.add(clock.uptime)
            return runs.count < 3 ? .retry : .done
        }
        try await run(controller) {
            controller.enqueue(key("a"))
            for delay in [5, 10] {
                let due = clock.uptime + .milliseconds(delay)
                try await eventually { clock.deadlines == [due] }
                clock.advance(by: .milliseconds(delay))
            }
            try await eventually { metrics.text.contains(#"result="success"} 1"#) }
        }
        #expect(metrics.text.contains(#"controller_runtime_reconcile_total{controller="test",result="requeue"} 2"#))
        #expect(metrics.text.contains(#"controller_runtime_reconcile_errors_total{controller="test"} 0"#))
    }

    @Test func `a controller that ended leaves the informer to others`() async throws {
        try await running([{ [informer] in await informer.run() }]) {
            for _ in 0..<2 {
                let runs = Journal<String>()
                let controller = controller { key in
                    runs.add(key.name)
                    return .done
                }
                try await running([{ try await controller.run() }]) {
                    api.put(widget("a", 1), in: .widgets)
                    try await eventually { runs.count >= 1 }
                    #expect(informer.handlerCount == 1)
                }
                #expect(informer.handlerCount == 0)
            }
        }
    }

    @Test func `what runs long shows in the metrics while it runs`() async throws {
        let clock = ManualClock()
        let metrics = MetricsRegistry()
        let gate = Latch<Void>()
        let started = Latch<Void>()
        let controller = controller(watches: [], clock: clock, metrics: metrics) { _ in
            started.open()
            try await gate.wait()
            return .done
        }
        try await run(controller) {
            controller.enqueue(key("a"))
            try await started.wait()
            clock.advance(by: .seconds(20))
            for name in ["unfinished_work_seconds", "longest_running_processor_seconds"] {
                #expect(metrics.text.contains(#"workqueue_\#(name){name="test",controller="test"} 20"#))
            }
            gate.open()
            try await eventually { metrics.text.contains(#"unfinished_work_seconds{name="test",controller="test"} 0"#) }
        }
    }

    @Test func `its metrics count results and the queue`() async throws {
        let metrics = MetricsRegistry()
        let runs = Journal<Int>()
        let controller = controller(watches: [], metrics: metrics) { _ in
            runs.add(0)
            if runs.count == 1 { throw Failure() }
            return runs.count == 2 ? .requeue(after: .milliseconds(1)) : .done
        }
        try await run(controller) {
            controller.enqueue(key("a"))
            let ends = #"controller_runtime_reconcile_total{controller="test",result="success"} 1"#
            try await eventually { metrics.text.contains(ends) }
        }
        let text = metrics.text
        for line in [
            #"controller_runtime_reconcile_total{controller="test",result="error"} 1"#,
            #"controller_runtime_reconcile_total{controller="test",result="requeue_after"} 1"#,
            #"controller_runtime_reconcile_errors_total{controller="test"} 1"#,
            #"controller_runtime_reconcile_time_seconds_count{controller="test"} 3"#,
            #"controller_runtime_active_workers{controller="test"} 0"#,
            #"controller_runtime_max_concurrent_reconciles{controller="test"} 1"#,
            #"workqueue_retries_total{name="test",controller="test"} 1"#,
            #"workqueue_depth{name="test",controller="test"} 0"#,
            #"workqueue_queue_duration_seconds_count{name="test",controller="test"} 3"#,
        ] {
            #expect(text.contains(line), "\(line)")
        }
    }
}
