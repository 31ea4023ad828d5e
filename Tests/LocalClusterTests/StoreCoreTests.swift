import KubeModel
import Testing

@testable import LocalCluster

struct StoreCoreTests {
    private let pods = ResourceID("", plural: "pods")
    private let nodes = ResourceID("", plural: "nodes")

    private func pod(_ name: String, namespace: String = "a", labels: [String: String] = [:]) -> KubeObject {
        var object = KubeObject(.pods, namespace: namespace, name: name)
        object["metadata", "uid"] = .string("uid-\(name)")
        object.labels = labels
        return object
    }

    @Test func `versions rise over all collections, and objects carry theirs`() throws {
        var core = StoreCore()
        let first = try core.create(pod("x"), in: pods)
        let second = try core.create(KubeObject(.nodes, name: "n"), in: nodes)
        #expect(second.version == first.version + 1)
        #expect(second.object.object.resourceVersion == String(second.version))
    }

    @Test func `what exists can't be created, what changed can't be replaced by its old version`() throws {
        var core = StoreCore()
        let first = try core.create(pod("x"), in: pods)
        #expect(throws: StoreCore.Failure.exists) { try core.create(pod("x"), in: pods) }
        _ = try core.replace(pod("x", labels: ["l": "1"]), in: pods, expected: first.version)
        #expect(throws: StoreCore.Failure.changed) { try core.replace(pod("x"), in: pods, expected: first.version) }
        #expect(throws: StoreCore.Failure.notFound) { try core.replace(pod("y"), in: pods, expected: 1) }
    }

    @Test func `a watch resumes after a version, until that is forgotten`() throws {
        var core = StoreCore(historyLimit: 4)
        let first = try core.create(pod("p0"), in: pods)
        _ = try core.create(pod("p1"), in: pods)
        #expect(core.events(pods, after: first.version)?.map(\.object.object.name) == ["p1"])
        for number in 2..<6 { _ = try core.create(pod("p\(number)"), in: pods) }
        #expect(core.events(pods, after: first.version) == nil)
        #expect(core.events(pods, after: core.version)?.isEmpty == true)
    }

    @Test func `a deletion has a version of its own and shows the last state`() throws {
        var core = StoreCore()
        let created = try core.create(pod("x", labels: ["l": "1"]), in: pods)
        let event = try core.remove(ObjectID(pods, key: created.object.object.key), expected: created.version)
        #expect(event.kind == .deleted)
        #expect(event.object.object.labels == ["l": "1"])
        #expect(event.object.object.resourceVersion == String(created.version + 1))
        #expect(core.list(pods, namespace: nil).isEmpty)
    }

    @Test func `an earlier state can be listed while its changes are remembered`() throws {
        var core = StoreCore()
        let a = try core.create(pod("a"), in: pods)
        let b = try core.create(pod("b"), in: pods)
        _ = try core.replace(pod("a", labels: ["l": "2"]), in: pods, expected: a.version)
        _ = try core.remove(ObjectID(pods, key: b.object.object.key), expected: b.version)
        let earlier = try #require(core.list(pods, namespace: "a", at: b.version))
        #expect(earlier.map(\.object.name) == ["a", "b"])
        #expect(earlier.first?.object.labels == [:])
    }

    @Test func `lists are in order of namespace and name`() throws {
        var core = StoreCore()
        for (namespace, name) in [("b", "a"), ("a", "z"), ("a", "b")] {
            _ = try core.create(pod(name, namespace: namespace), in: pods)
        }
        #expect(core.list(pods, namespace: nil).map(\.object.key.description) == ["a/b", "a/z", "b/a"])
        #expect(core.list(pods, namespace: "a").count == 2)
    }

    @Test func `dependents are found by the uid of their owner`() throws {
        var core = StoreCore()
        let owner = try core.create(pod("owner"), in: pods).object
        var child = pod("child")
        child.ownerReferences = [OwnerReference(controller: owner.object)]
        let created = try core.create(child, in: pods)
        #expect(core.dependents(of: "uid-owner").map(\.key.name) == ["child"])
        _ = try core.remove(ObjectID(pods, key: created.object.object.key), expected: created.version)
        #expect(core.dependents(of: "uid-owner").isEmpty)
    }

    @Test func `a list has the order of the keys, and what came and went since the last one`() throws {
        var core = StoreCore()
        func names(_ namespace: String?) -> [String] {
            core.list(pods, namespace: namespace).map { "\($0.key) \($0.labels["v"] ?? "")" }
        }
        for (name, namespace) in [("x", "b"), ("m", "b"), ("z", "a"), ("a", "c"), ("a", "bb")] {
            _ = try core.create(pod(name, namespace: namespace), in: pods)
        }
        #expect(names(nil) == ["a/z ", "b/m ", "b/x ", "bb/a ", "c/a "])
        #expect(names("b") == ["b/m ", "b/x "])
        #expect(names("aa").isEmpty && names("z").isEmpty)

        let added = try core.create(pod("n", namespace: "b"), in: pods)
        _ = try core.replace(pod("n", namespace: "b", labels: ["v": "2"]), in: pods, expected: added.version)
        let first = try #require(core.list(pods, namespace: "b").first)
        _ = try core.remove(ObjectID(pods, key: first.key), expected: first.version)
        _ = try core.create(pod("zz", namespace: "c"), in: pods)
        #expect(names("b") == ["b/n 2", "b/x "])
        #expect(names(nil) == ["a/z ", "b/n 2", "b/x ", "bb/a ", "c/a ", "c/zz "])
    }

    @Test(arguments: [
        ("status.phase=Running", true), ("status.phase!=Running", false),
        ("metadata.name=x,status.phase=Running", true),
        ("metadata.name==y", false),
    ])
    func `field selectors`(text: String, matches: Bool) throws {
        var object = pod("x")
        object["status", "phase"] = "Running"
        let selection = Selection(
            namespace: nil, fields: try ServedFieldSelector(parsing: text),
            fieldPaths: FieldPaths(extra: ["status.phase": ["status", "phase"]]))
        #expect(selection.matches(StoredObject(object, version: 1)) == matches)
    }

    @Test func `a field selector without operator is refused`() {
        #expect(throws: APIStatus.self) { try ServedFieldSelector(parsing: "nonsense") }
    }
}
