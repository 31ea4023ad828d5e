import FakeKubeAPI
import KubeModel
import Testing

@testable import Writes

/// Post-conditions about more than one object, and about what comes and goes.
@Suite struct WatchedConditionTests {
    private let web = PostCondition.Subject(resource: .deployments, namespace: "shop", name: "web")
    private let written = KubeTime(seconds: 1_800_000_000.7)

    private func kind(_ result: PostCondition.Result) -> String {
        switch result {
        case .met: "met"
        case .pending: "pending"
        case .failed: "failed"
        }
    }

    @Test func `all are read back as they were written`() throws {
        let selector = try LabelSelector(parsing: "app=web,tier in (a,b),!canary")
        let conditions: [PostCondition] = [
            .podsGone(web, uid: "u", selector: selector), .jobComplete(web), .noWarnings(web), .exists(web),
        ]
        for condition in conditions { #expect(PostCondition(json: condition.json) == condition) }
        var json = conditions[0].json
        json["selector"] = "((("
        #expect(PostCondition(json: json) == nil)
    }

    @Test(arguments: [
        ("Deployment", "Pod", "web-6d4cf56db6-x2x4z", true), ("Deployment", "ReplicaSet", "web-6d4cf56db6", true),
        ("Deployment", "Pod", "web-admin-6d4cf56db6-x2x4z", false), ("Deployment", "Pod", "web-0", false),
        ("Deployment", "Pod", "webby-6d4cf56db6-x2x4z", false), ("StatefulSet", "Pod", "web-10", true),
        ("StatefulSet", "Pod", "web-x2x4z", false), ("DaemonSet", "Pod", "web-x2x4z", true),
        ("DaemonSet", "Pod", "web-about", false), ("Job", "Pod", "web-3-x2x4z", true), ("Job", "Job", "web-1", false),
    ])
    func `what a workload's controllers make is told by its name`(
        _ owner: String, _ kind: String, _ name: String, _ expected: Bool
    ) {
        let resource = APIResource(group: "apps", version: "v1", plural: "x", kind: owner)
        let subject = PostCondition.Subject(resource: resource, namespace: "shop", name: "web")
        #expect(GeneratedNames(of: subject).contains(kind: kind, name) == expected)
    }

    @Test func `a job is complete when it says so`() {
        let table: [(String, String)] = [
            ("{active: 1}", "pending"), ("{succeeded: 1}", "pending"),
            ("{conditions: [{type: Complete, status: 'False'}]}", "pending"),
            ("{succeeded: 1, conditions: [{type: Complete, status: 'True'}]}", "met"),
            ("{failed: 7, conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]}", "failed"),
        ]
        for (status, expected) in table {
            let job = yaml("{apiVersion: batch/v1, kind: Job, metadata: {name: web}, status: \(status)}")
            #expect(kind(PostCondition.jobComplete(web).evaluate(observed: job)) == expected, "\(status)")
        }
        #expect(kind(PostCondition.jobComplete(web).evaluate(observed: nil)) == "failed")
    }

    @Test func `pods of others with the same labels don't count`() {
        func pod(_ name: String, _ owner: String) -> KubeObject {
            yaml("{apiVersion: v1, kind: Pod, metadata: {name: \(name), ownerReferences: [\(owner)]}}")
        }
        let selector = LabelSelector(matching: ["app": "web"])
        let condition = PostCondition.podsGone(web, uid: "u", selector: selector)
        func evaluate(_ pods: KubeObject...) -> PostCondition.Result {
            condition.evaluate(observed: pods, since: written, isSettled: true)
        }
        let own = pod("web-6d4cf56db6-x2x4z", "{kind: ReplicaSet, name: web-6d4cf56db6, uid: r, controller: true}")
        let direct = pod("a", "{kind: Whatever, name: b, uid: u, controller: true}")
        let other = pod("c", "{kind: Job, name: c, uid: j, controller: true}")
        let bare = yaml("{apiVersion: v1, kind: Pod, metadata: {name: bare}}")
        #expect(kind(evaluate(other, bare)) == "met")
        #expect(evaluate(own, other) == .pending("1 pod still exists: web-6d4cf56db6-x2x4z"))
        #expect(kind(evaluate(direct)) == "pending")
        #expect(condition.scope.labelSelector == selector && condition.scope.resource == .pods)
    }

    private func event(
        _ reason: String, about: String = "{kind: Pod, name: web-6d4cf56db6-x2x4z}",
        at time: String = "2027-01-15T08:00:00Z", type: String = "Warning"
    ) -> KubeObject {
        yaml(
            "{apiVersion: v1, kind: Event, metadata: {name: e}, type: \(type), reason: \(reason), "
                + "message: it broke, count: 3, lastTimestamp: \(time), involvedObject: \(about)}")
    }

    private func judge(_ events: KubeObject..., settled: Bool = true) -> PostCondition.Result {
        PostCondition.noWarnings(web).evaluate(observed: events, since: written, isSettled: settled)
    }

    @Test func `a warning since the write about the object or its pods fails it, with the evidence`() {
        #expect(
            judge(event("BackOff")) == .failed("BackOff (pod web-6d4cf56db6-x2x4z, x3): it broke"))
        #expect(kind(judge(event("FailedCreate", about: "{kind: ReplicaSet, name: web-6d4cf56db6}"))) == "failed")
        #expect(kind(judge(event("X", about: "{kind: Deployment, name: web}"))) == "failed")
    }

    @Test func `warnings of before, about others, and mere notices don't`() {
        #expect(
            judge(
                event("BackOff", at: "2027-01-15T07:59:59Z"), event("Pulled", type: "Normal"),
                event("BackOff", about: "{kind: Pod, name: cart-6d4cf56db6-x2x4z}"),
                event("X", about: "{kind: Service, name: web}"))
                == .met("no warnings about deployment shop/web since 2027-01-15T08:00:00Z"))
    }

    @Test func `what comes up while pods start is told, and fails only what doesn't come up`() {
        guard case .met(let evidence) = judge(event("Unhealthy")) else { return #expect(Bool(false)) }
        #expect(evidence.hasPrefix("only while it came up: Unhealthy"))
        #expect(kind(judge(event("Unhealthy"), settled: false)) == "failed")
        #expect(kind(judge(event("Unhealthy"), event("BackOff"))) == "failed")
    }
}
