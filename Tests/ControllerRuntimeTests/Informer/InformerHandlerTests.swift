import ControllerRuntime
import KubeClient
import KubeModel
import OperatorTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct InformerHandlerTests {
    let api = FakeAPIServer()

    private func following(_ informer: Informer, _ body: () async throws -> Void) async throws {
        try await running([{ await informer.run() }]) {
            try await informer.waitForSync()
            try await eventually { api.watcherCount >= 1 }
            try await body()
        }
    }

    @Test func `a removed handler hears nothing more, the others do`() async throws {
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        let (gone, stays) = (Journal<String>(), Journal<String>())
        let registration = informer.addHandler { gone.add($0.short) }
        informer.addHandler { stays.add($0.short) }
        try await following(informer) {
            api.put(widget("a", 1), in: .widgets)
            try await eventually { stays.count == 1 }
            informer.removeHandler(registration)
            api.put(widget("a", 2), in: .widgets)
            try await eventually { stays.count == 2 }
            #expect(gone.entries == ["+a1"])
            #expect(informer.handlerCount == 1)
        }
    }

    @Test func `a handler may remove itself while it is called`() async throws {
        for i in 0..<5 { api.put(widget("w\(i)", 1), in: .widgets) }
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        let calls = Journal<String>()
        let own = Mutex<HandlerRegistration?>(nil)
        let registration = informer.addHandler { event in
            calls.add(event.short)
            if let own = own.withLock(\.self) { informer.removeHandler(own) }
        }
        own.withLock { $0 = registration }
        try await following(informer) { #expect(calls.count == 1) }
    }

    @Test func `each handler has synced when it was told the whole first list`() async throws {
        for i in 0..<5 { api.put(widget("w\(i)", 1), in: .widgets) }
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        let early = Journal<String>()
        let first = informer.addHandler { early.add($0.short) }
        #expect(!first.hasSynced)
        try await following(informer) {
            try await first.waitForSync()
            #expect(early.count == 5)
            let late = Journal<String>()
            let second = informer.addHandler { late.add($0.short) }
            try await second.waitForSync()
            #expect(late.count == 5)
        }
    }

    @Test func `a slow handler is told the last state, without every step in between`() async throws {
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        let isHeld = Mutex(true)
        let journal = Journal<String>()
        informer.addHandler { event in
            journal.add(event.short)
            while isHeld.withLock(\.self) {}
        }
        try await following(informer) {
            api.put(widget("a", 0), in: .widgets)
            try await eventually { journal.count == 1 }
            for value in 1...5000 { informer.insert(api.put(widget("a", value), in: .widgets)) }
            isHeld.withLock { $0 = false }
            try await eventually { journal.entries.last?.hasSuffix(">5000") == true }
            #expect(journal.count < 3000)
        }
    }

    @Test func `who asks for the same scope shares one watch`() async throws {
        api.put(widget("a", 1), in: .widgets)
        let informers = SharedInformers(api: api, logger: .silent)
        let one = informers.informer(for: .widgets, namespace: "ns")
        try await running([{ await informers.run() }]) {
            try await informers.waitUntilReady()
            #expect(informers.informer(for: .widgets, namespace: "ns") === one)
            #expect(one.get(key("a")) != nil)
            let other = informers.informer(for: .widgets, labelSelector: LabelSelector(matching: ["app": "x"]))
            #expect(other !== one)
            try await informers.waitUntilReady()
            #expect(other.list().isEmpty)
            try await eventually { api.watches.count == 2 }
        }
    }

    @Test func `a resync tells every object again, as an update without a change`() async throws {
        for i in 0..<100 { api.put(widget("w\(i)", 1), in: .widgets) }
        let clock = ManualClock()
        let informer = Informer(
            api: api, resource: .widgets, resyncPeriod: .seconds(600), clock: clock, logger: .silent)
        let told = Journal<String>()
        informer.addHandler { if $0.isResync { told.add($0.object.name) } }
        try await following(informer) {
            // The first of 60 steps of a period of 540 to 660 s.
            try await eventually { clock.deadlines.contains { $0 <= .seconds(11) } }
            clock.advance(by: .seconds(11))
            try await eventually { told.count >= 1 }
            #expect(told.count < 50, "not all at once")
            try await eventually {
                clock.advance(by: .seconds(10))
                return Set(told.entries).count == 100
            }
        }
    }

    @Test func `what kubectl remembers is only dropped on request`() {
        var object = widget("a")
        object["metadata", "managedFields"] = [["manager": "x"]]
        object.annotations = ["kubectl.kubernetes.io/last-applied-configuration": "{}", "other": "1"]
        #expect(Informer.withoutManagedFields(object).annotations.count == 2)
        let slim = Informer.withoutBookkeeping(object)
        #expect(slim.annotations == ["other": "1"])
        #expect(slim.metadata["managedFields"] == nil)
    }
}
