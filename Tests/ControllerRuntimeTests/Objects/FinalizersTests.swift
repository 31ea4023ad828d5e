import ControllerRuntime
import KubeClient
import KubeModel
import OperatorTestKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct FinalizersTests {
    struct Busy: Error {}

    @Test func `a finalizer is patched in and out, under the version that was read`() async throws {
        try await TestCluster.run { cluster in
            let api = cluster.api
            let read = try await api.create(.configMap("a"), in: .configMaps)
            let held = try await api.addFinalizer("example.com/a", to: read, in: .configMaps)
            #expect(held.finalizers == ["example.com/a"])
            let again = try await api.addFinalizer("example.com/a", to: held, in: .configMaps)
            #expect(again.resourceVersion == held.resourceVersion)
            let conflict = await #expect(throws: APIStatus.self) {
                try await api.addFinalizer("example.com/b", to: read, in: .configMaps)
            }
            #expect(conflict?.isConflict == true, "the list that was read is outdated")
            try await api.delete(.configMaps, namespace: "default", name: "a")
            let deleted = try await api.get(.configMaps, namespace: "default", name: "a")
            #expect(try await api.removeFinalizer("example.com/a", from: deleted, in: .configMaps) == nil)
            let rest = try await api.find(.configMaps, namespace: "default", name: "a")
            #expect(rest == nil)
            let gone = try await api.removeFinalizer("example.com/a", from: deleted, in: .configMaps)
            #expect(gone == nil)
        }
    }

    @Test func `a deleted object stays until each clean-up has succeeded`() async throws {
        try await TestCluster.run { cluster in
            let api = cluster.api
            let runs = Journal<String>()
            let isBusy = Mutex(true)
            var finalizers = Finalizers(api: api, resource: .configMaps)
            try finalizers.register("example.com/first") { _ in
                runs.add("first")
                if isBusy.withLock(\.self) { throw Busy() }
            }
            try finalizers.register("example.com/second") { _ in runs.add("second") }
            let read = try await api.create(.configMap("a"), in: .configMaps)
            guard case .live(let live) = try await finalizers.run(on: read) else {
                Issue.record("it isn't being deleted")
                return
            }
            #expect(live.finalizers == ["example.com/first", "example.com/second"])
            #expect(runs.count == 0)
            try await api.delete(.configMaps, namespace: "default", name: "a")
            var deleted = try await api.get(.configMaps, namespace: "default", name: "a")
            await #expect(throws: Busy.self) { try await finalizers.run(on: deleted) }
            deleted = try await api.get(.configMaps, namespace: "default", name: "a")
            #expect(deleted.finalizers == ["example.com/first"], "the second didn't wait for the first")
            isBusy.withLock { $0 = false }
            guard case .finalized(nil) = try await finalizers.run(on: deleted) else {
                Issue.record("it should be gone")
                return
            }
            #expect(runs.entries == ["first", "second", "first"])
        }
    }

    @Test func `names need a domain and are taken once`() throws {
        var finalizers = Finalizers(api: FakeAPIServer(), resource: .configMaps)
        #expect(throws: RuntimeError.self) { try finalizers.register("mine") { _ in } }
        try finalizers.register("example.com/mine") { _ in }
        #expect(throws: RuntimeError.self) { try finalizers.register("example.com/mine") { _ in } }
    }
}
