import KubeModel
import Testing

@testable import ControllerRuntime

@Suite struct ObjectStoreTests {
    private func object(_ name: String, _ version: Int, value: Int = 0, uid: String = "u") -> KubeObject {
        var object = widget(name, value)
        object.resourceVersion = String(version)
        object["metadata", "uid"] = .string(uid)
        return object
    }

    @Test(arguments: [
        ("1", "2", ResourceVersion.Order.older), ("10", "9", .newer), ("9", "10", .older), ("7", "7", .same),
        ("99999999999999999999999", "100000000000000000000000", .older),
    ])
    func `numeric versions are compared as numbers`(a: String, b: String, order: ResourceVersion.Order) {
        #expect(ResourceVersion.compare(a, b) == order)
    }

    @Test(arguments: [("", "1"), ("01", "1"), ("abc", "1"), ("1", "-1"), ("0", "1"), ("1.5", "2")])
    func `other versions have no order`(a: String, b: String) {
        #expect(ResourceVersion.compare(a, b) == nil)
    }

    @Test func `a list tells additions, changes and deletions`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [object("a", 1), object("b", 2)], resourceVersion: "5", into: &events)
        #expect(Set(events.map(\.short)) == ["+a0", "+b0"])
        #expect(events.allSatisfy { $0.isInitial })
        events = []
        store.replace(with: [object("b", 7, value: 1), object("c", 8)], resourceVersion: "9", into: &events)
        #expect(events.map(\.short) == ["~b0>1", "+c0", "-a0"])
        #expect(!events.contains { $0.isInitial })
    }

    @Test func `an object of the same name but another uid is a deletion and an addition`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [object("a", 1, value: 1, uid: "x")], resourceVersion: "1", into: &events)
        events = []
        store.replace(with: [object("a", 4, value: 2, uid: "y")], resourceVersion: "5", into: &events)
        #expect(events.map(\.short) == ["-a1", "+a2"])
    }

    @Test func `a writer's result is seen at once, and its echo by the watch is no second event`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [object("a", 1, value: 1)], resourceVersion: "1", into: &events)
        events = []
        store.insert(object("a", 5, value: 5), into: &events)
        store.put(object("a", 3, value: 3), into: &events)
        store.put(object("a", 5, value: 5), into: &events)
        #expect(events.map(\.short) == ["~a1>5"])
    }

    @Test func `a writer's result doesn't bring a deleted object back`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [object("a", 1)], resourceVersion: "1", into: &events)
        store.remove(object("a", 6), into: &events)
        events = []
        store.insert(object("a", 5), into: &events)
        #expect(events.isEmpty)
        store.insert(object("a", 7, uid: "new"), into: &events)
        #expect(events.map(\.short) == ["+a0"])
    }

    @Test func `an event that the server repeats doesn't bring a deleted object back`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [], resourceVersion: "1", into: &events)
        store.put(object("a", 2), into: &events)
        store.remove(object("a", 3), into: &events)
        events = []
        store.put(object("a", 2), into: &events)
        #expect(events.map(\.short) == [] && store.objects.isEmpty)
        store.put(object("a", 4), into: &events)
        #expect(events.map(\.short) == ["+a0"])
    }

    @Test func `a deletion of the object before doesn't remove the writer's new one`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [object("a", 1, value: 1, uid: "x")], resourceVersion: "1", into: &events)
        events = []
        store.insert(object("a", 5, value: 5, uid: "y"), into: &events)
        store.remove(object("a", 3, value: 1, uid: "x"), into: &events)
        #expect(events.map(\.short) == ["-a1", "+a5"])
    }

    @Test func `a list from before a writer's result doesn't take it away`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [object("a", 1)], resourceVersion: "1", into: &events)
        events = []
        store.insert(object("b", 8), into: &events)
        store.insert(object("a", 9, value: 9), into: &events)
        store.replace(with: [object("a", 4, value: 4)], resourceVersion: "7", into: &events)
        #expect(events.map(\.short) == ["+b0", "~a0>9"])
    }

    @Test func `after a restore from a backup the list is the truth`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [object("a", 90, value: 9), object("b", 95)], resourceVersion: "100", into: &events)
        events = []
        store.replace(with: [object("a", 40, value: 4)], resourceVersion: "50", into: &events)
        #expect(events.map(\.short) == ["~a9>4", "-b0"])
    }

    @Test func `versions without order are taken from the server and not from writers`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        var first = object("a", 1)
        first.resourceVersion = "x1"
        store.replace(with: [first], resourceVersion: "x1", into: &events)
        events = []
        var second = object("a", 1, value: 2)
        second.resourceVersion = "x2"
        store.insert(second, into: &events)
        #expect(events.isEmpty)
        store.put(second, into: &events)
        #expect(events.map(\.short) == ["~a0>2"])
    }

    @Test func `an index follows changes`() {
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [object("a", 1, value: 1), object("b", 2, value: 1)], resourceVersion: "2", into: &events)
        store.addIndex("value") { [String($0.value)] }
        #expect(Set(store.byIndex("value", value: "1").map(\.name)) == ["a", "b"])
        store.put(object("a", 3, value: 2), into: &events)
        store.remove(object("b", 4, value: 1), into: &events)
        #expect(store.byIndex("value", value: "1").isEmpty)
        #expect(store.byIndex("value", value: "2").map(\.name) == ["a"])
        #expect(store.byIndex("other", value: "2").isEmpty)
    }

    /// Watch events and writers' results of one history, interleaved at random: in the end the store is what the
    /// history ends with, and the events, replayed, give the same.
    @Test(arguments: 0..<30) func `it ends at the server's state whatever comes first`(seed: Int) {
        var random = SplitMix(state: UInt64(seed))
        var version = 10
        var server: [String: KubeObject] = [:]
        var history: [WatchEvent] = []
        var store = ObjectStore()
        var events: [InformerEvent] = []
        store.replace(with: [], resourceVersion: "10", into: &events)
        for _ in 0..<300 {
            version += 1
            let name = ["a", "b", "c"].randomElement(using: &random) ?? "a"
            if var old = server[name], Bool.random(using: &random) {
                server[name] = nil
                old.resourceVersion = String(version)
                history.append(.deleted(old))
            } else {
                let new = object(name, version, value: version, uid: server[name]?.uid ?? "uid\(version)")
                history.append(server[name] == nil ? .added(new) : .modified(new))
                server[name] = new
                if Bool.random(using: &random) { store.insert(new, into: &events) }
            }
            while !history.isEmpty, Int.random(in: 0..<3, using: &random) > 0 {
                deliver(history.removeFirst(), to: &store, &events)
            }
        }
        for event in history { deliver(event, to: &store, &events) }
        var replayed: [ObjectKey: KubeObject] = [:]
        for event in events {
            let key = event.object.key
            switch event {
            case .added: #expect(replayed[key] == nil)
            case .updated(let old, _): #expect(replayed[key] == old)
            case .deleted: #expect(replayed[key] != nil)
            }
            replayed[key] = event.remaining
        }
        #expect(store.objects == replayed)
        #expect(Set(store.objects.values) == Set(server.values))
    }

    private func deliver(_ event: WatchEvent, to store: inout ObjectStore, _ events: inout [InformerEvent]) {
        switch event {
        case .added(let object), .modified(let object): store.put(object, into: &events)
        case .deleted(let object): store.remove(object, into: &events)
        case .bookmark, .error: break
        }
    }
}
