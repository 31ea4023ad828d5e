import Testing

@testable import LocalCluster

struct RolloutPlanTests {
    private func counts(_ name: String, _ desired: Int, available: Int) -> RolloutPlan.Counts {
        .init(name: name, desired: desired, current: desired, available: available)
    }

    @Test func `a new version that never gets ready leaves the old pods`() {
        let plan = RolloutPlan(
            replicas: 4, surge: "25%", unavailable: "25%", new: counts("new", 2, available: 0),
            old: [counts("old", 3, available: 3)])
        #expect(plan.newDesired == 2)
        #expect(plan.oldDesired == ["old": 3])
    }

    @Test func `ready new pods let old ones go`() {
        let plan = RolloutPlan(
            replicas: 4, surge: "25%", unavailable: "25%", new: counts("new", 2, available: 2),
            old: [counts("old", 3, available: 3)])
        #expect(plan.oldDesired == ["old": 1])
    }

    @Test func `with one replica the new pod comes first`() {
        let plan = RolloutPlan(
            replicas: 1, surge: "25%", unavailable: "25%", new: counts("new", 0, available: 0),
            old: [counts("old", 1, available: 1)])
        #expect(plan.newDesired == 1)
        #expect(plan.oldDesired == ["old": 1])
    }

    @Test func `unhealthy old pods go before healthy ones`() {
        let plan = RolloutPlan(
            replicas: 4, surge: "1", unavailable: "1", new: counts("new", 1, available: 1),
            old: [counts("broken", 1, available: 0), counts("old", 3, available: 3)])
        #expect(plan.oldDesired["broken"] == 0)
    }
}
