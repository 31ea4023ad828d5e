import KubeClient
import KubeModel
import Logging
import OperatorTestKit
import ServiceLifecycle
import Testing

@testable import ControllerRuntime

/// Notes when it starts and stops; ready when it is told.
private struct Part: Service, Startable {
    let name: String
    let journal: Journal<String>
    var ready: Latch<Void>?

    func run() async throws {
        journal.add("+\(name)")
        try? await gracefulShutdown()
        journal.add("-\(name)")
    }

    func waitUntilReady() async throws { try await ready?.wait() }
}

@Suite(.timeLimit(.minutes(1))) struct ManagerTests {
    let journal = Journal<String>()
    let api = FakeAPIServer()

    private func manager(elector: LeaderElector? = nil) -> Manager { Manager(elector: elector, logger: .silent) }

    @Test func `groups start in order when the one before is ready, and stop in reverse`() async throws {
        let manager = manager()
        let ready = Latch<Void>()
        manager.add(Part(name: "leader", journal: journal), to: .leaderElected)
        manager.add(Part(name: "other", journal: journal), to: .others)
        manager.add(Part(name: "cache", journal: journal, ready: ready), to: .caches)
        manager.add(Part(name: "server", journal: journal), to: .servers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await manager.run() }
            try await eventually { journal.entries == ["+server", "+cache"] }
            ready.open()
            try await eventually { journal.count == 4 }
            await manager.stop()
            try await group.waitForAll()
        }
        #expect(
            journal.entries == [
                "+server", "+cache", "+other", "+leader", "-leader", "-other", "-cache", "-server",
            ])
    }

    @Test func `it stops before it has fully started`() async throws {
        let manager = manager()
        manager.add(Part(name: "cache", journal: journal, ready: Latch()), to: .caches)
        manager.add(Part(name: "other", journal: journal), to: .others)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await manager.run() }
            try await eventually { journal.count == 1 }
            await manager.stop()
            try await group.waitForAll()
        }
        #expect(journal.entries == ["+cache", "-cache"])
    }

    @Test func `the first failure stops all the others gracefully and comes out`() async throws {
        let manager = manager()
        let fail = Latch<Void>()
        manager.add(Part(name: "server", journal: journal), to: .servers)
        manager.add(to: .others) {
            try await fail.wait()
            throw Failure()
        }
        manager.add(Part(name: "leader", journal: journal), to: .leaderElected)
        await #expect(throws: Failure.self) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await manager.run() }
                try await eventually { journal.count == 2 }
                fail.open()
                try await group.waitForAll()
            }
        }
        #expect(journal.entries == ["+server", "+leader", "-leader", "-server"])
    }

    @Test func `a surrounding service group's graceful shutdown stops it`() async throws {
        let manager = manager()
        manager.add(Part(name: "a", journal: journal), to: .servers)
        manager.add(Part(name: "b", journal: journal), to: .others)
        let outer = ServiceGroup(
            configuration: .init(
                services: [.init(service: manager, successTerminationBehavior: .ignore)], logger: .silent))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await outer.run() }
            try await eventually { journal.count == 2 }
            await outer.triggerGracefulShutdown()
            try await group.waitForAll()
        }
        #expect(journal.entries == ["+a", "+b", "-b", "-a"])
    }

    @Test func `leader-elected parts run only while leading, and the lease is released after they stopped`()
        async throws
    {
        func elector(_ name: String) -> LeaderElector {
            let options = LeaderElector.Options(
                namespace: "ns", name: "lease", identity: name, leaseDuration: .seconds(60),
                renewDeadline: .seconds(40), retryPeriod: .milliseconds(20))
            return LeaderElector(api: api, options, metrics: MetricsRegistry(), logger: .silent)
        }
        let (first, second) = (manager(elector: elector("first")), manager(elector: elector("second")))
        first.add(Part(name: "first", journal: journal), to: .leaderElected)
        second.add(Part(name: "second", journal: journal), to: .leaderElected)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await first.run() }
            try await eventually { journal.entries == ["+first"] }
            group.addTask { try await second.run() }
            let requests = api.requests.count
            try await eventually { api.requests.count > requests + 10 }
            #expect(journal.entries == ["+first"])
            await first.stop()
            try await eventually { journal.entries == ["+first", "-first", "+second"] }
            await second.stop()
            try await group.waitForAll()
        }
        #expect(api.object(.leases, "ns", "lease")?["spec", "holderIdentity"] == "")
    }

    @Test func `a whole operator starts, works and stops`() async throws {
        let informer = Informer(api: api, resource: .widgets, logger: .silent)
        let controller = Controller(
            name: "c",
            reconciler: ClosureReconciler { [journal] key in
                journal.add(key.name)
                return .done
            }, watches: [.init(informer)], metrics: MetricsRegistry(), logger: .silent)
        let server = HealthServer(
            host: "127.0.0.1", port: 0, readiness: [.synced(informer)], metrics: MetricsRegistry(), logger: .silent)
        let manager = manager()
        manager.add(server, to: .servers)
        manager.add(informer, to: .caches)
        manager.add(controller, to: .leaderElected)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await manager.run() }
            try await eventually { api.watcherCount == 1 }
            api.put(widget("a"), in: .widgets)
            try await eventually { journal.entries == ["a"] }
            await manager.stop()
            try await group.waitForAll()
        }
        #expect(api.watcherCount == 0)
    }
}
