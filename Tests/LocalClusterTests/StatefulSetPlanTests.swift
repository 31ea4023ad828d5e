import Testing

@testable import LocalCluster

struct StatefulSetPlanTests {
    private func plan(_ replicas: Int, _ pods: [(String, Bool)], partition: Int = 0, isParallel: Bool = false)
        -> StatefulSetPlan
    {
        var plan = StatefulSetPlan(
            replicas: replicas,
            pods: pods.enumerated().map { .init(ordinal: $0.offset, revision: $0.element.0, isReady: $0.element.1) })
        plan.currentRevision = "old"
        plan.updateRevision = "new"
        plan.partition = partition
        plan.isParallel = isParallel
        return plan
    }

    @Test func `a pod is created when all before it are ready`() {
        #expect(plan(3, [("new", true)]).actions == [.create(1, revision: "new")])
        #expect(plan(3, [("new", false)]).actions.isEmpty)
        #expect(plan(3, [("new", false)], isParallel: true).actions.count == 2)
    }

    @Test func `the highest goes first, one at a time`() {
        let ready = [("new", true), ("new", true), ("new", true)]
        #expect(plan(1, ready).actions == [.delete(2)])
        #expect(plan(1, ready, isParallel: true).actions == [.delete(2), .delete(1)])
    }

    @Test func `an update goes from the highest down to the partition`() {
        #expect(plan(3, [("old", true), ("old", true), ("old", true)]).actions == [.delete(2)])
        #expect(plan(3, [("old", true), ("old", true), ("new", true)]).actions == [.delete(1)])
        #expect(plan(3, [("old", true), ("old", true), ("new", true)], partition: 2).actions.isEmpty)
    }

    @Test func `below the partition pods are made as they were`() {
        #expect(plan(3, [], partition: 2).actions == [.create(0, revision: "old")])
    }

    @Test func `what is updated by hand is made anew with the new template`() {
        var plan = plan(1, [])
        plan.updatesByItself = false
        #expect(plan.actions == [.create(0, revision: "new")])
    }

    @Test func `what was replaced must be ready before the next`() {
        #expect(plan(2, [("old", true), ("new", false)]).actions.isEmpty)
    }
}
