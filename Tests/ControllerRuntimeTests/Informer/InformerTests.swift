import ControllerRuntime
import KubeClient
import KubeModel
import Logging
import OperatorTestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct InformerTests {
    let api = FakeAPIServer()

    private func informer(
        namespace: String? = nil, selector: LabelSelector? = nil, usesWatchList: Bool = false
    ) -> Informer {
        Informer(
            api: api, resource: .widgets, namespace: namespace, labelSelector: selector, usesWatchList: usesWatchList,
            logger: .silent)
    }

    private func following(_ informer: Informer, _ body: () async throws -> Void) async throws {
        try await running([{ await informer.run() }]) {
            try await informer.waitForSync()
            try await eventually { api.watcherCount == 1 }
            try await body()
        }
    }

    @Test func `who waits for an object hears when the informer stops before its first list`() async throws {
        let api = FakeAPIServer()
        let asked = Journal<Bool>()
        api.intercept { _ in
            asked.add(true)
            try await ContinuousClock().sleep(for: .seconds(600))
        }
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await #expect(throws: RuntimeError.self) { _ = try await informer.wait(for: key("a")) { $0 != nil } }
            }
            try? await running([{ await informer.run() }]) { try await eventually { asked.count > 0 } }
            await group.waitForAll()
        }
    }

    @Test func `it has what the server has, and follows changes`() async throws {
        api.put(widget("a", 1), in: .widgets)
        let informer = informer()
        #expect(!informer.hasSynced)
        try await following(informer) {
            #expect(informer.get(key("a"))?.value == 1)
            api.put(widget("a", 2), in: .widgets)
            api.put(widget("b", 1, namespace: "other"), in: .widgets)
            try await eventually { informer.get(key("a"))?.value == 2 && informer.list().count == 2 }
            #expect(informer.list(namespace: "ns").map(\.name) == ["a"])
            api.remove(.widgets, "ns", "a")
            try await eventually { informer.get(key("a")) == nil }
        }
    }

    @Test func `managed fields aren't kept`() async throws {
        var object = widget("a")
        object["metadata", "managedFields"] = [["manager": "x"]]
        api.put(object, in: .widgets)
        let informer = informer()
        try await following(informer) {
            #expect(informer.get(key("a")) != nil)
            #expect(informer.get(key("a"))?.metadata["managedFields"] == nil)
        }
    }

    @Test func `handlers get every change in order, initial objects first`() async throws {
        api.put(widget("a", 1), in: .widgets)
        let informer = informer()
        let journal = Journal<String>()
        informer.addHandler { journal.add($0.short) }
        try await following(informer) {
            for value in 2...50 { api.put(widget("a", value), in: .widgets) }
            api.remove(.widgets, "ns", "a")
            try await eventually { journal.count == 51 }
            #expect(journal.entries == ["+a1"] + (2...50).map { "~a\($0 - 1)>\($0)" } + ["-a50"])
        }
    }

    @Test func `a handler that comes late first gets what is there`() async throws {
        api.put(widget("a", 1), in: .widgets)
        let informer = informer()
        try await following(informer) {
            let journal = Journal<String>()
            informer.addHandler { journal.add($0.short) }
            #expect(journal.entries == ["+a1"])
            api.put(widget("a", 2), in: .widgets)
            try await eventually { journal.entries == ["+a1", "~a1>2"] }
        }
    }

    @Test func `no change is lost when the watch breaks, and it goes on without a list`() async throws {
        let informer = informer()
        let journal = Journal<String>()
        informer.addHandler { journal.add($0.short) }
        try await following(informer) {
            api.put(widget("a", 1), in: .widgets)
            try await eventually { journal.count == 1 }
            api.breakWatches()
            api.put(widget("a", 2), in: .widgets)
            api.put(widget("a", 3), in: .widgets)
            api.remove(.widgets, "ns", "a")
            try await eventually { journal.entries == ["+a1", "~a1>2", "~a2>3", "-a3"] }
            #expect(api.lists.count == 1)
        }
    }

    @Test func `a 410 makes it list again, and deletions meanwhile are told`() async throws {
        api.put(widget("a", 1), in: .widgets)
        api.put(widget("b", 1), in: .widgets)
        let informer = informer()
        let journal = Journal<String>()
        informer.addHandler { journal.add($0.short) }
        try await following(informer) {
            api.intercept { _ in throw KubeClientError(.unreachable, message: "down") }
            api.breakWatches()
            api.remove(.widgets, "ns", "a")
            api.put(widget("b", 2), in: .widgets)
            api.compact()
            api.intercept(nil)
            try await eventually { journal.count == 4 }
            #expect(journal.entries.prefix(2) == ["+a1", "+b1"])
            #expect(Set(journal.entries.suffix(2)) == ["-a1", "~b1>2"])
            #expect(api.lists.count == 2)
        }
    }

    @Test func `a 410 as an event of the watch does the same`() async throws {
        let informer = informer()
        try await following(informer) {
            let status = APIStatus(code: 410, reason: .expired, message: "too old")
            api.sendToWatchers(JSONWriter.bytes(["type": "ERROR", "object": status.json]) + [10])
            try await eventually { api.lists.count == 2 && api.watches.count == 2 }
        }
    }

    @Test func `bookmarks move the place to go on from`() async throws {
        let informer = informer()
        try await following(informer) {
            api.put(KubeObject(.pods, namespace: "ns", name: "unrelated"), in: .pods)
            api.bookmark()
            let version = api.version
            try await eventually("the bookmark must have been read before the watch ends") {
                api.breakWatches(nil)
                return api.watches.last?[query: "resourceVersion"] == String(version)
            }
            #expect(api.lists.count == 1)
        }
    }

    @Test func `a server that was restored from a backup is followed`() async throws {
        api.put(widget("a", 1), in: .widgets)
        let informer = informer()
        try await following(informer) {
            api.rewind(to: 5)
            api.breakWatches()
            try await eventually { api.lists.count == 2 }
            try await eventually { api.watcherCount == 1 }
            api.put(widget("a", 7), in: .widgets)
            try await eventually { informer.get(key("a"))?.value == 7 }
        }
    }

    @Test func `it waits for a server that isn't there yet`() async throws {
        api.intercept { _ in throw KubeClientError(.unreachable, message: "down") }
        let informer = informer()
        try await running([{ await informer.run() }]) {
            try await eventually { api.requests.count >= 2 }
            #expect(!informer.hasSynced)
            api.intercept(nil)
            try await informer.waitForSync()
        }
    }

    @Test func `with a watch list there is no list at all`() async throws {
        api.put(widget("a", 1), in: .widgets)
        let informer = informer(usesWatchList: true)
        try await following(informer) {
            #expect(informer.get(key("a"))?.value == 1)
            api.put(widget("a", 2), in: .widgets)
            try await eventually { informer.get(key("a"))?.value == 2 }
            #expect(api.lists.isEmpty)
        }
    }

    @Test func `selectors and the namespace go to the server, and bound what writers may insert`() async throws {
        api.put(widget("a", 1, labels: ["app": "x"]), in: .widgets)
        api.put(widget("b", 1, labels: ["app": "y"]), in: .widgets)
        let informer = informer(namespace: "ns", selector: LabelSelector(matching: ["app": "x"]))
        try await following(informer) {
            #expect(informer.list().map(\.name) == ["a"])
            informer.insert(api.put(widget("c", 1, labels: ["app": "y"]), in: .widgets))
            informer.insert(api.put(widget("d", 1, labels: ["app": "x"], namespace: "other"), in: .widgets))
            #expect(informer.list().map(\.name) == ["a"])
        }
    }

    @Test func `a writer reads its own write at once, and handlers hear of it once`() async throws {
        api.put(widget("a", 1), in: .widgets)
        let informer = informer()
        let journal = Journal<String>()
        informer.addHandler { journal.add($0.short) }
        try await following(informer) {
            informer.insert(api.put(widget("a", 2), in: .widgets))
            #expect(informer.get(key("a"))?.value == 2)
            api.put(widget("a", 3), in: .widgets)
            try await eventually { journal.entries == ["+a1", "~a1>2", "~a2>3"] }
        }
    }

    @Test func `handlers may insert while they are called`() async throws {
        let informer = informer()
        let journal = Journal<String>()
        informer.addHandler { [api] event in
            journal.add(event.short)
            if event.object.value == 1 { informer.insert(api.put(widget("a", 2), in: .widgets)) }
        }
        try await following(informer) {
            api.put(widget("a", 1), in: .widgets)
            try await eventually { journal.entries == ["+a1", "~a1>2"] }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct InformerWaitTests {
    let api = FakeAPIServer()

    @Test func `waiting for what is there already returns at once`() async throws {
        api.put(widget("a", 1), in: .widgets)
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        try await running([{ await informer.run() }]) {
            let found = try await informer.wait(for: key("a")) { $0?.value == 1 }
            #expect(found?.name == "a")
            let missing = try await informer.wait(for: key("b")) { $0 == nil }
            #expect(missing == nil)
            #expect(informer.waiterCount == 0)
        }
    }

    @Test func `a waiter wakes when its object gets there, and when it is gone`() async throws {
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        try await running([{ await informer.run() }]) {
            try await informer.waitForSync()
            async let found = informer.wait(for: key("a")) { $0?.value == 3 }
            try await eventually { informer.waiterCount == 1 }
            for value in 1...3 { api.put(widget("a", value), in: .widgets) }
            #expect(try await found?.value == 3)
            async let gone = informer.wait(for: key("a")) { $0 == nil }
            try await eventually { informer.waiterCount == 1 }
            api.remove(.widgets, "ns", "a")
            #expect(try await gone == nil)
            #expect(informer.waiterCount == 0)
        }
    }

    @Test func `no wake-up is lost when objects change while waiters come`() async throws {
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        try await running([{ await informer.run() }]) {
            try await informer.waitForSync()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for i in 1...200 {
                    group.addTask { _ = try await informer.wait(for: key("a")) { ($0?.value ?? 0) >= i } }
                    group.addTask { [api] in api.put(widget("a", 200), in: .widgets) }
                }
                try await group.waitForAll()
            }
            #expect(informer.waiterCount == 0)
        }
    }

    @Test func `a cancelled waiter is freed`() async throws {
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        try await running([{ await informer.run() }]) {
            try await informer.waitForSync()
            await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            _ = try await informer.wait(for: key("a")) { $0 != nil }
                            return false
                        } catch {
                            return error is CancellationError
                        }
                    }
                }
                group.cancelAll()
                for await isCancelled in group { #expect(isCancelled) }
            }
            #expect(informer.waiterCount == 0)
        }
    }

    @Test func `waiters fail when the informer stops`() async throws {
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        let end = Journal<RuntimeError.Code>()
        try await running([
            {
                do {
                    _ = try await informer.wait(for: key("a")) { $0 != nil }
                } catch let error as RuntimeError {
                    end.add(error.code)
                }
            }
        ]) {
            try await running([{ await informer.run() }]) { try await eventually { informer.waiterCount == 1 } }
            try await eventually { end.entries == [.stopped] }
        }
    }
}
