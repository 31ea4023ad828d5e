import ControllerRuntime
import KubeModel
import Testing

@Suite struct PredicateTests {
    private func object(generation: Int = 1, labels: [String: String] = [:]) -> KubeObject {
        var object = widget("a", 0, labels: labels)
        object["metadata", "generation"] = JSONValue(generation)
        return object
    }

    @Test func `a status update isn't a change of the generation, a new spec is`() {
        let predicate = Predicate.generationChanged
        #expect(!predicate.accepts(.updated(old: object(), new: object(labels: ["x": "y"]))))
        #expect(predicate.accepts(.updated(old: object(), new: object(generation: 2))))
        #expect(predicate.accepts(.added(object(), isInitial: false)))
        #expect(predicate.accepts(.deleted(object())))
    }

    @Test func `a resync is no change, and only that`() {
        var (old, new) = (object(), object())
        old.resourceVersion = "1"
        new.resourceVersion = "2"
        let resync = InformerEvent.updated(old: old, new: old)
        #expect(resync.isResync)
        #expect(!Predicate.resourceVersionChanged.accepts(resync))
        #expect(Predicate.resourceVersionChanged.accepts(.updated(old: old, new: new)))
        #expect(!InformerEvent.updated(old: old, new: new).isResync)
    }

    @Test func `an object that loses its label is still seen once`() {
        let predicate = Predicate.labels(LabelSelector(matching: ["app": "x"]))
        let (with, without) = (object(labels: ["app": "x"]), object())
        #expect(predicate.accepts(.updated(old: with, new: without)))
        #expect(predicate.accepts(.updated(old: without, new: with)))
        #expect(!predicate.accepts(.updated(old: without, new: without)))
        #expect(!predicate.accepts(.added(without, isInitial: false)))
    }

    @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
    func `and, or and not are what they say`(a: Bool, b: Bool) {
        let event = InformerEvent.deleted(object())
        let (first, second) = (Predicate { _ in a }, Predicate { _ in b })
        #expect((first && second).accepts(event) == (a && b))
        #expect((first || second).accepts(event) == (a || b))
        #expect((!first).accepts(event) == !a)
    }

    @Test func `a custom one sees the old and the new`() {
        let predicate = Predicate.changed { old, new in new.generation > old.generation + 1 }
        #expect(!predicate.accepts(.updated(old: object(), new: object(generation: 2))))
        #expect(predicate.accepts(.updated(old: object(), new: object(generation: 3))))
    }
}
