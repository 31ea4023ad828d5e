import FakeKubeAPI
import KubeModel
import Testing

@testable import Writes

/// Warnings beside what exists when they are judged.
@Suite struct WarningSurroundingsTests {
    private let written = KubeTime(seconds: 1_800_000_000.7)
    private static let before = "2027-01-15T07:50:00Z"
    private static let after = "2027-01-15T08:00:30Z"
    private let deployment = PostCondition.Subject(resource: .deployments, namespace: "shop", name: "web")
    private let hashes = (old: "6d4cf56db6", new: "7f9bb8d4c5")

    /// An Event as the kubelet makes it.
    private func event(
        _ reason: String, _ about: String, first: String = after, last: String = after
    ) -> KubeObject {
        yaml(
            "{kind: Event, type: Warning, reason: \(reason), message: m, count: 2, firstTimestamp: \(first), "
                + "lastTimestamp: \(last), eventTime: null, involvedObject: {\(about)}}")
    }

    private func podName(_ hash: String) -> String { "web-\(hash)-x2x4z" }
    private func about(_ hash: String, uid: String) -> String { "kind: Pod, name: \(podName(hash)), uid: \(uid)" }

    private func pod(_ hash: String, uid: String, ready: Bool = true, restarts: Int = 0, more: String = "")
        -> KubeObject
    {
        yaml(
            "{kind: Pod, metadata: {name: \(podName(hash)), uid: \(uid), creationTimestamp: \(Self.after), "
                + "labels: {pod-template-hash: \(hash)}\(more)}, status: {phase: Running, "
                + "conditions: [{type: Ready, status: '\(ready ? "True" : "False")'}], "
                + "containerStatuses: [{name: c, restartCount: \(restarts)}]}}")
    }

    private func set(_ hash: String, revision: Int) -> KubeObject {
        yaml(
            "{kind: ReplicaSet, metadata: {name: web-\(hash), labels: {pod-template-hash: \(hash)}, "
                + "annotations: {deployment.kubernetes.io/revision: '\(revision)'}, "
                + "ownerReferences: [{kind: Deployment, name: web, uid: d, controller: true}]}}")
    }

    private func surroundings(_ pods: [KubeObject]?, sets: Bool = true) -> Surroundings {
        let web = yaml(
            "{kind: Deployment, metadata: {name: web, uid: d, annotations: {deployment.kubernetes.io/revision: '2'}}}")
        return Surroundings(
            object: web, pods: pods,
            replicaSets: sets ? [set(hashes.old, revision: 1), set(hashes.new, revision: 2)] : nil,
            obstacle: pods == nil ? "may not list pods" : nil)
    }

    private func judge(
        _ events: [KubeObject], _ surroundings: Surroundings, known: [String]? = ["old"], settled: Bool = true
    ) -> String {
        let result = PostCondition.noWarnings(deployment, knownPods: known).evaluate(
            observed: events, since: written, isSettled: settled, surroundings: surroundings)
        return switch result {
        case .met(let text): "met: \(text)"
        case .pending(let text): "pending: \(text)"
        case .failed(let text): "failed: \(text)"
        }
    }

    @Test(arguments: ["BackOff", "FailedPreStopHook", "FailedKillPod", "Unhealthy", "Anything"])
    func `about a pod that was replaced says nothing`(_ reason: String) {
        let new = pod(hashes.new, uid: "new")
        let old = event(reason, about(hashes.old, uid: "old"))
        let terminating = pod(hashes.old, uid: "old", more: ", deletionTimestamp: \(Self.after)")
        for pods in [[new], [new, pod(hashes.old, uid: "old")], [new, terminating]] {
            #expect(judge([old], surroundings(pods)).hasPrefix("met"))
            #expect(judge([old], surroundings(pods), settled: false).hasPrefix("met"))
        }
        #expect(judge([old], surroundings([new], sets: false)).hasPrefix("met"))
        #expect(judge([old], surroundings([new], sets: false), known: nil).hasPrefix("met"))
        #expect(
            judge([old], surroundings([new])).contains(
                "not counted, because it is about objects from before the write: "))
    }

    @Test func `about a new pod counts`() {
        let new = pod(hashes.new, uid: "new", restarts: 1)
        for reason in ["BackOff", "Unhealthy", "Evicted", "Failed"] {
            #expect(judge([event(reason, about(hashes.new, uid: "new"))], surroundings([new])).hasPrefix("failed"))
        }
        // It came after the write, and went again.
        #expect(judge([event("Evicted", about(hashes.new, uid: "gone"))], surroundings([])).hasPrefix("failed"))
        #expect(
            judge([event("BackOff", about(hashes.new, uid: "new"))], surroundings([pod(hashes.new, uid: "new")]))
                .hasPrefix("failed"))
    }

    @Test(arguments: ["Unhealthy", "FailedMount", "FailedScheduling", "Failed", "DNSConfigForming"])
    func `what a new pod got over is told, and passes`(_ reason: String) {
        let about = about(hashes.new, uid: "new")
        let found = judge([event(reason, about)], surroundings([pod(hashes.new, uid: "new")]))
        #expect(found.hasPrefix("met: only while it came up: \(reason)"))
        let unready = surroundings([pod(hashes.new, uid: "new", ready: false)])
        #expect(judge([event(reason, about)], unready).hasPrefix("failed"))
    }

    @Test func `a standing complaint doesn't count, a new kind does`() {
        let own = "kind: Deployment, name: web, uid: d"
        let pods = surroundings([pod(hashes.new, uid: "new")])
        #expect(judge([event("PolicyViolation", own, first: Self.before)], pods).hasPrefix("met"))
        let earlier = event("PolicyViolation", own, first: Self.before, last: Self.before)
        #expect(judge([earlier, event("PolicyViolation", own)], pods).hasPrefix("met"))
        #expect(judge([earlier, event("PolicyViolation", about(hashes.new, uid: "new"))], pods).hasPrefix("met"))
        #expect(judge([event("PolicyViolation", own)], pods).hasPrefix("failed"))
        #expect(judge([earlier, event("ReplicaSetCreateError", own)], pods).hasPrefix("failed"))
        #expect(judge([event("X", "kind: Deployment, name: web, uid: earlier")], pods).hasPrefix("met"))
    }

    @Test func `events of both APIs, with null for what they don't fill in`() {
        let pods = surroundings([pod(hashes.new, uid: "new")])
        func modern(_ first: String) -> KubeObject {
            yaml(
                "{kind: Event, type: Warning, reason: PolicyViolation, note: m, eventTime: '\(first)', "
                    + "deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null, firstTimestamp: null, "
                    + "lastTimestamp: null, series: {count: 4, lastObservedTime: '\(Self.after)'}, "
                    + "regarding: {kind: Deployment, name: web, uid: d}}")
        }
        #expect(judge([modern("2027-01-15T07:50:00.000000Z")], pods).hasPrefix("met"))
        #expect(
            judge([modern("2027-01-15T08:00:10.000000Z")], pods)
                == "failed: PolicyViolation (deployment web, x4): m")
    }

    @Test func `pods that may not be listed are no evidence, either way`() {
        let old = event("BackOff", about(hashes.old, uid: "old"))
        #expect(
            judge([old], Surroundings(object: nil, pods: nil, obstacle: "may not list pods")).hasPrefix(
                "pending: it could not be checked whether these are about pods that the write replaced (may not list pods)"
            ))
        // The replica sets say enough.
        #expect(judge([old], surroundings(nil)).hasPrefix("met"))
        #expect(
            judge([event("BackOff", about(hashes.old, uid: "old"), first: Self.before)], surroundings(nil)).hasPrefix(
                "met"))
    }

    @Test func `a set's pods keep their names, and are told by uid`() {
        let subject = PostCondition.Subject(resource: .statefulSets, namespace: "shop", name: "db")
        let set = yaml("{kind: StatefulSet, metadata: {name: db, uid: s}, status: {updateRevision: db-2}}")
        func pod(_ uid: String, _ revision: String) -> KubeObject {
            yaml(
                "{kind: Pod, metadata: {name: db-0, uid: \(uid), labels: {controller-revision-hash: \(revision)}}, "
                    + "status: {conditions: [{type: Ready, status: 'True'}]}}")
        }
        func passes(_ uid: String, _ pods: KubeObject...) -> Bool {
            let result = PostCondition.noWarnings(subject, knownPods: ["old"]).evaluate(
                observed: [event("BackOff", "kind: Pod, name: db-0, uid: \(uid)")], since: written, isSettled: true,
                surroundings: Surroundings(object: set, pods: pods))
            if case .met = result { return true }
            return false
        }
        #expect(passes("old", pod("new", "db-2")))
        #expect(passes("old", pod("old", "db-1")))
        #expect(!passes("new", pod("new", "db-2")))
    }
}
