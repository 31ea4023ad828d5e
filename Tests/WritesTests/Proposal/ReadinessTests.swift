import FakeKubeAPI
import KubeModel
import Testing

@testable import Writes

/// What is ready, by the status of each kind.
@Suite struct ReadinessTests {
    private func subject(_ group: String, _ plural: String, _ kind: String) -> PostCondition.Subject {
        PostCondition.Subject(
            resource: APIResource(group: group, version: "v1", plural: plural, kind: kind), namespace: "shop", name: "x"
        )
    }

    private var pod: PostCondition.Subject { subject("", "pods", "Pod") }
    private var set: PostCondition.Subject { subject("apps", "statefulsets", "StatefulSet") }
    private var daemons: PostCondition.Subject { subject("apps", "daemonsets", "DaemonSet") }
    private var replicas: PostCondition.Subject { subject("apps", "replicasets", "ReplicaSet") }
    private var claim: PostCondition.Subject { subject("", "persistentvolumeclaims", "PersistentVolumeClaim") }

    private func object(_ subject: PostCondition.Subject, _ rest: String) -> KubeObject {
        yaml("{apiVersion: v1, kind: \(subject.resource.kind), metadata: {name: x, generation: 2}, \(rest)}")
    }

    private func text(_ result: PostCondition.Result) -> String {
        switch result {
        case .met(let text): "met: \(text)"
        case .pending(let text): "pending: \(text)"
        case .failed(let text): "failed: \(text)"
        }
    }

    private func ready(_ status: String, replacing: [String: String] = [:]) -> String {
        text(PostCondition.ready(pod, replacing: replacing).evaluate(observed: object(pod, "status: \(status)")))
    }

    @Test func `a pod is ready, or done, or says what keeps it`() {
        #expect(ready("{phase: Running, conditions: [{type: Ready, status: 'True'}]}") == "met: pod shop/x is ready")
        #expect(ready("{phase: Succeeded}").hasPrefix("met: pod shop/x has finished"))
        let end = "containerStatuses: [{name: c, state: {terminated: {exitCode: 3, reason: Error}}}]"
        #expect(ready("{phase: Failed, \(end)}") == "failed: pod shop/x has failed: container c exited with 3 (Error)")
        #expect(ready("{phase: Failed, reason: Evicted}") == "failed: pod shop/x has failed: Evicted")
        for reason in ["ImagePullBackOff", "CrashLoopBackOff", "CreateContainerConfigError", "InvalidImageName"] {
            for list in ["containerStatuses", "initContainerStatuses"] {
                let status = "\(list): [{name: c, state: {waiting: {reason: \(reason), message: why}}}]"
                #expect(
                    ready("{phase: Pending, \(status)}")
                        == "pending: pod shop/x is not ready: container c waits: \(reason): why")
            }
        }
        #expect(
            ready("{phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: no node}]}")
                == "pending: pod shop/x is not ready: it can't be scheduled: no node")
        #expect(
            ready("{phase: Running, conditions: [{type: Ready, status: 'False', message: gate g}]}")
                == "pending: pod shop/x is not ready: gate g")
        #expect(ready("{}") == "pending: pod shop/x is not ready yet")
    }

    @Test func `a pod whose image was changed is not ready by its old container`() {
        func status(_ id: String) -> String {
            "{phase: Running, conditions: [{type: Ready, status: 'True'}], "
                + "containerStatuses: [{name: c, containerID: \(id)}]}"
        }
        #expect(ready(status("old"), replacing: ["c": "old"]) == "pending: pod shop/x still runs the old image in c")
        #expect(ready(status("new"), replacing: ["c": "old"]).hasPrefix("met"))
    }

    private func stateful(_ status: String, more: String = "") -> KubeObject {
        object(set, "spec: {replicas: 3, updateStrategy: {type: OnDelete}\(more)}, status: \(status)")
    }

    @Test func `a set that is updated by hand is ready when its replicas are`() {
        func ready(_ status: String) -> String {
            text(PostCondition.ready(set).evaluate(observed: stateful(status)))
        }
        #expect(ready("{}") == "pending: the controller has not seen the change yet")
        let seen = "observedGeneration: 2, replicas: 3, updatedReplicas: 3"
        #expect(ready("{\(seen), readyReplicas: 1}") == "pending: 1 of 3 replicas is ready")
        #expect(ready("{\(seen), readyReplicas: 3}") == "met: 3 of 3 replicas are ready")
        #expect(
            text(
                PostCondition.rolloutComplete(set).evaluate(observed: stateful("{\(seen), readyReplicas: 3}")))
                == "met: 3 of 3 replicas are ready")
    }

    @Test func `a change that no pod gets by itself says who still runs the old template`() {
        func stored(_ status: String) -> String {
            text(PostCondition.stored(set).evaluate(observed: stateful(status)))
        }
        #expect(stored("{observedGeneration: 1}") == "pending: the controller has not seen the change yet")
        #expect(
            stored("{observedGeneration: 2, replicas: 3, updatedReplicas: 1}")
                == "met: the change is stored; 2 of 3 pods still run the old template: with update strategy OnDelete a pod "
                + "gets the new one when it is deleted")
        let running = object(
            replicas, "spec: {replicas: 1}, status: {observedGeneration: 2, replicas: 1, readyReplicas: 1}")
        #expect(
            text(PostCondition.stored(replicas).evaluate(observed: running))
                == "met: the change is stored; pods that run already keep the old template until they are deleted "
                + "(1 of 1 replica is ready)")
        let paused = yaml("{apiVersion: apps/v1, kind: Deployment, metadata: {name: x}, spec: {paused: true}}")
        let deployment = PostCondition.Subject(resource: .deployments, namespace: "shop", name: "x")
        for condition in [PostCondition.stored(deployment), .rolloutComplete(deployment), .exists(deployment)] {
            #expect(text(condition.evaluate(observed: paused)).hasSuffix("nothing rolls out until it is resumed"))
        }
    }

    @Test func `a set that goes in order says what holds up its repair`() {
        func rollout(_ updated: Int) -> String {
            let status =
                "observedGeneration: 2, replicas: 2, readyReplicas: 1, currentRevision: a, updateRevision: b, "
                + "updatedReplicas: \(updated)"
            return text(
                PostCondition.rolloutComplete(set).evaluate(
                    observed: object(set, "spec: {replicas: 2}, status: {\(status)}")))
        }
        #expect(rollout(0).hasSuffix("isn't ready: it has to be deleted)"))
        #expect(rollout(1) == "pending: Waiting for 1 pods to be ready...")
    }

    @Test func `daemon sets and replica sets count their pods`() {
        let strategy = "spec: {updateStrategy: {type: OnDelete}}"
        let status = "observedGeneration: 2, desiredNumberScheduled: 2, currentNumberScheduled: 2"
        func ready(_ rest: String) -> String {
            text(
                PostCondition.ready(daemons).evaluate(
                    observed: object(daemons, "\(strategy), status: {\(status), \(rest)}")))
        }
        #expect(ready("numberAvailable: 1, updatedNumberScheduled: 2") == "pending: 1 of 2 pods is ready")
        #expect(ready("numberAvailable: 2, updatedNumberScheduled: 2") == "met: 2 of 2 pods are ready")
        #expect(
            ready("numberAvailable: 2, updatedNumberScheduled: 1").contains("1 of 2 pods still runs the old template"))
        let crashing = object(replicas, "spec: {replicas: 2}, status: {observedGeneration: 2, replicas: 2}")
        #expect(
            text(PostCondition.ready(replicas).evaluate(observed: crashing)) == "pending: 0 of 2 replicas are ready")
    }

    @Test func `a claim is bound, or events say what it waits for`() {
        func observed(_ phase: String) -> KubeObject {
            object(claim, "spec: {storageClassName: fast}, status: {phase: \(phase)}")
        }
        let condition = PostCondition.ready(claim)
        #expect(text(condition.evaluate(observed: observed("Bound"))) == "met: persistentvolumeclaim shop/x is bound")
        #expect(text(condition.evaluate(observed: observed("Lost"))).hasPrefix("failed"))
        let pending = observed("Pending")
        #expect(text(condition.evaluate(observed: pending)).hasPrefix("pending"))
        func said(_ reason: String) -> String? {
            let event = yaml("{kind: Event, reason: \(reason), message: why, lastTimestamp: 2027-01-15T08:00:00Z}")
            return condition.finding(fromEvents: [event], since: KubeTime(seconds: 0), observed: [pending]).map(text)
        }
        #expect(
            said("WaitForFirstConsumer")?.hasPrefix("met: persistentvolumeclaim shop/x waits for its first") == true)
        #expect(
            said("ProvisioningFailed") == "pending: persistentvolumeclaim shop/x is pending: ProvisioningFailed: why")
        #expect(condition.finding(fromEvents: [], since: KubeTime(seconds: 0), observed: [pending]) == nil)
    }

    @Test func `what runs once and is gone is unknown, and not failed`() {
        let job = subject("batch", "jobs", "Job")
        let conditions: [PostCondition] = [.jobComplete(job, deletesItself: true), .ready(pod, runsOnce: true)]
        for condition in conditions {
            #expect(condition.isUnknowable(observed: []) && condition.outlivesItsObject)
            #expect(text(condition.evaluate(observed: nil)).hasSuffix("it is not known how it ended"))
        }
        #expect(!PostCondition.jobComplete(job).isUnknowable(observed: []))
        let completed = yaml("{kind: Event, reason: Completed, lastTimestamp: 2027-01-15T08:00:00Z}")
        let found = conditions[0].finding(fromEvents: [completed], since: KubeTime(seconds: 0), observed: [])
        #expect(found.map(text)?.hasPrefix("met: job shop/x completed") == true)
    }

    @Test(arguments: [
        ("spec: {maxReplicas: 3}", "pending: ", "has not looked at it yet"),
        (
            "status: {conditions: [{type: AbleToScale, status: 'False', reason: FailedGetScale, message: not found}]}",
            "pending: ", "does not scale (FailedGetScale: not found)"
        ),
        (
            "status: {conditions: [{type: AbleToScale, status: 'True'}, {type: ScalingActive, status: 'False', reason: FailedGetResourceMetric}]}",
            "pending: ", "does not scale (FailedGetResourceMetric)"
        ),
        (
            "status: {conditions: [{type: ScalingActive, status: 'False', reason: ScalingDisabled}]}", "met: ",
            "it is off (ScalingDisabled)"
        ),
        (
            "spec: {minReplicas: 2, maxReplicas: 4}, status: {currentReplicas: 3, conditions: [{type: ScalingActive, status: 'True', reason: ValidMetricFound}]}",
            "met: ", "is active (ValidMetricFound): 3 replicas, between 2 and 4"
        ),
    ])
    func `an autoscaler is there when it is active`(_ rest: String, _ start: String, _ end: String) {
        let subject = subject("autoscaling", "horizontalpodautoscalers", "HorizontalPodAutoscaler")
        let found = text(PostCondition.exists(subject).evaluate(observed: object(subject, rest)))
        #expect(found.hasPrefix(start) && found.hasSuffix(end), "\(found)")
    }

    @Test(arguments: [
        ("", "met: ", "exists"), ("status: {}", "pending: ", "its container d-2 has not started yet"),
        ("status: {ephemeralContainerStatuses: [{name: d-1, state: {running: {}}}]}", "pending: ", "not started yet"),
        (
            "status: {ephemeralContainerStatuses: [{name: d-2, state: {waiting: {reason: ErrImagePull, message: no such image}}}]}",
            "pending: ", "not started yet (ErrImagePull: no such image)"
        ),
        (
            "status: {ephemeralContainerStatuses: [{name: d-2, state: {running: {}}}]}", "met: ",
            "its container d-2 runs"
        ),
        (
            "status: {ephemeralContainerStatuses: [{name: d-2, state: {terminated: {exitCode: 3}}}]}", "met: ",
            "its container d-2 ended with exit code 3"
        ),
    ])
    func `a container that was added to a pod runs, or says why not`(_ status: String, _ start: String, _ end: String) {
        let subject = subject("", "pods", "Pod")
        let spec = status.isEmpty ? "spec: {}" : "spec: {ephemeralContainers: [{name: d-1}, {name: d-2}]}, \(status)"
        let found = text(PostCondition.exists(subject).evaluate(observed: object(subject, spec)))
        #expect(found.hasPrefix(start) && found.hasSuffix(end), "\(found)")
    }

    @Test func `what exists says what it waits for`() {
        func exists(_ group: String, _ plural: String, _ kind: String, _ rest: String) -> String {
            let subject = subject(group, plural, kind)
            return text(PostCondition.exists(subject).evaluate(observed: object(subject, rest)))
        }
        #expect(
            exists("batch", "cronjobs", "CronJob", "spec: {schedule: '0 3 * * *'}").hasSuffix(
                "it runs by the schedule \"0 3 * * *\""))
        #expect(exists("batch", "jobs", "Job", "spec: {suspend: true}").contains("suspended"))
        #expect(
            exists("", "services", "Service", "spec: {type: LoadBalancer}").hasSuffix("it has no external address yet"))
        #expect(
            exists(
                "x.dev", "widgets", "Widget", "status: {conditions: [{type: Ready, status: 'False', reason: Broken}]}"
            )
            .hasSuffix("its condition Ready is False (Broken)"))
        let definition = PostCondition.Subject(resource: .customResourceDefinitions, namespace: nil, name: "x")
        #expect(
            text(PostCondition.exists(definition).evaluate(observed: object(definition, "spec: {}"))).hasPrefix(
                "pending"))
    }
}
