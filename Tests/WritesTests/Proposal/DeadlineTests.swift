import KubeModel
import Testing
import Writes

/// How long what isn't so yet may come to be so by itself.
@Suite struct DeadlineTests {
    private let since = KubeTime(microseconds: 1_767_225_600_000_000)

    private func seconds(_ condition: PostCondition, _ spec: JSONValue, status: JSONValue = [:]) -> Double? {
        let object = KubeObject([
            "kind": .string(condition.subject.resource.kind), "metadata": ["name": "web"], "spec": spec,
            "status": status,
        ])
        return condition.deadline(observed: [object], since: since)?.seconds(since: since)
    }

    private func subject(_ resource: APIResource) -> PostCondition.Subject {
        .init(resource: resource, namespace: "shop", name: "web")
    }

    @Test func `a Deployment has its own deadline, which begins anew with each step of a roll-out`() {
        #expect(seconds(.rolloutComplete(subject(.deployments)), ["progressDeadlineSeconds": 60]) == 3600)
        #expect(seconds(.replicas(subject(.deployments), count: 3), ["progressDeadlineSeconds": 60]) == 70)
        #expect(seconds(.replicas(subject(.deployments), count: 3), ["progressDeadlineSeconds": 2_147_483_647]) == 3600)
    }

    @Test func `a Job has as long as it says from its start on, and an hour at the most`() {
        let job = APIResource(group: "batch", version: "v1", plural: "jobs", kind: "Job")
        let started: JSONValue = ["startTime": .string(since.adding(seconds: 5).description)]
        #expect(seconds(.jobComplete(subject(job)), ["activeDeadlineSeconds": 60], status: started) == 75)
        #expect(seconds(.jobComplete(subject(job)), [:], status: started) == 3600)
        #expect(seconds(.jobComplete(subject(job)), ["activeDeadlineSeconds": 86_400], status: started) == 3600)
    }

    @Test func `what is paused, gone or done by nobody isn't on its way`() {
        #expect(seconds(.rolloutComplete(subject(.deployments)), ["paused": true]) == nil)
        #expect(PostCondition.rolloutComplete(subject(.deployments)).deadline(observed: [], since: since) == nil)
        #expect(seconds(.stored(subject(.deployments)), [:]) == nil)
        #expect(seconds(.gone(subject(.deployments), uid: "u"), [:]) == nil)
    }
}
