import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import Writes

private let rollouts = APIResource(
    group: "argoproj.io", version: "v1alpha1", plural: "rollouts", kind: "Rollout", subresources: ["status"])

private let canary = yaml(
    """
    apiVersion: argoproj.io/v1alpha1
    kind: Rollout
    metadata: {name: web, namespace: shop, uid: u, resourceVersion: "5", generation: 3}
    spec:
      replicas: 4
      strategy: {canary: {steps: [{setWeight: 25}, {pause: {}}]}}
    status:
      observedGeneration: "3"
      replicas: 4
      updatedReplicas: 4
      availableReplicas: 4
      currentStepIndex: 2
      currentPodHash: new
      stableRS: new
    """)

private func changed(_ change: JSONValue, _ object: KubeObject = canary) -> KubeObject {
    KubeObject(MergePatch.apply(change, to: object.json))
}

@Suite struct ArgoRolloutStatusTests {
    private static let states: [(JSONValue, String)] = [
        ([:], "Healthy (step 2 of 2)"),
        (["metadata": ["generation": 4]], "Progressing (waiting for rollout spec update to be observed, step 2 of 2)"),
        (["status": ["controllerPause": true]], "Progressing (waiting for rollout to unpause, step 2 of 2)"),
        (["status": ["phase": "Degraded", "message": "x"]], "Degraded (x, step 2 of 2)"),
        (
            [
                "metadata": ["annotations": ["rollout.argoproj.io/workload-generation": "8"]],
                "spec": ["workloadRef": ["name": "d"]], "status": ["workloadObservedGeneration": "7"],
            ],
            "Progressing (waiting for rollout spec update to be observed for the reference workload, step 2 of 2)"
        ),
        (["spec": ["paused": true]], "Paused (manually paused, step 2 of 2)"),
        (
            ["status": ["pauseConditions": [["reason": "CanaryPauseStep"]], "currentStepIndex": 1]],
            "Paused (CanaryPauseStep, step 1 of 2)"
        ),
        (
            ["status": ["conditions": [["type": "Progressing", "reason": "RolloutAborted", "message": "m"]]]],
            "Degraded (RolloutAborted: m, step 2 of 2)"
        ),
        (
            ["status": ["conditions": [["type": "InvalidSpec", "message": "no steps"]]]],
            "Degraded (no steps, step 2 of 2)"
        ),
        (["spec": ["restartAt": "2026-11-21T03:00:00Z"]], "Progressing (rollout is restarting, step 2 of 2)"),
        (["status": ["updatedReplicas": 1]], "Progressing (more replicas need to be updated, step 2 of 2)"),
        (
            ["status": ["availableReplicas": 3]],
            "Progressing (updated replicas are still becoming available, step 2 of 2)"
        ),
        (["status": ["replicas": 5]], "Progressing (old replicas are pending termination, step 2 of 2)"),
        (["status": ["stableRS": "old"]], "Progressing (waiting for all steps to complete, step 2 of 2)"),
        (
            [
                "spec": ["strategy": ["canary": .null, "blueGreen": [:]]],
                "status": ["blueGreen": ["activeSelector": "old"]],
            ],
            "Progressing (active service cutover pending)"
        ),
    ]

    @Test(arguments: states.indices)
    func `the phase is that of the plugin`(_ at: Int) {
        let (change, expected) = Self.states[at]
        #expect(ArgoRolloutStatus(changed(change)).text == expected)
    }
}

@Suite struct DeliveryGoalTests {
    private let subject = PostCondition.Subject(resource: rollouts, namespace: "shop", name: "web")

    private func kind(_ goal: DeliveryGoal, _ object: KubeObject, _ subject: PostCondition.Subject? = nil) -> String {
        switch PostCondition.delivery(subject ?? self.subject, goal).evaluate(observed: object) {
        case .met: "met"
        case .pending: "pending"
        case .failed: "failed"
        }
    }

    @Test func `a pause ends the wait for a rollout, and a failure doesn't wait`() {
        let table: [(JSONValue, String)] = [
            ([:], "met"), (["status": ["phase": "Paused"]], "met"), (["status": ["phase": "Progressing"]], "pending"),
            (["status": ["phase": "Degraded", "message": "ProgressDeadlineExceeded: m"]], "failed"),
            (["status": ["phase": "Degraded", "message": "RolloutAborted: m", "abort": true]], "failed"),
            // Retried, and not seen yet.
            (["status": ["phase": "Degraded", "message": "RolloutAborted: m", "abort": false]], "pending"),
            (["status": ["phase": "Paused", "promoteFull": true]], "pending"),
            (["metadata": ["generation": 4], "status": ["phase": "Paused"]], "pending"),
        ]
        for (change, expected) in table {
            #expect(kind(DeliveryGoal(.rollsOut), changed(change)) == expected, "\(change)")
        }
        #expect(
            kind(DeliveryGoal(.rollsOut, mark: "8"), changed(["status": ["workloadObservedGeneration": "7"]]))
                == "pending")
        #expect(
            kind(DeliveryGoal(.rollsOut, mark: "8"), changed(["status": ["workloadObservedGeneration": "8"]])) == "met")
    }

    @Test func `a paused rollout is never watched until its deadline`() {
        let condition = PostCondition.delivery(subject, DeliveryGoal(.rollsOut))
        let now = KubeTime(seconds: 1_800_000_000)
        #expect(condition.deadline(observed: [changed(["spec": ["paused": true]])], since: now) == nil)
        #expect(condition.deadline(observed: [canary], since: now) == now.adding(seconds: 3600))
        #expect(condition.isWatchedFromTheStart)
    }

    @Test func `pauses, aborts and restarts`() {
        #expect(kind(DeliveryGoal(.paused), canary) == "failed")
        #expect(kind(DeliveryGoal(.paused), changed(["spec": ["paused": true]])) == "met")
        #expect(kind(DeliveryGoal(.aborted), canary) == "failed")
        #expect(kind(DeliveryGoal(.aborted), changed(["status": ["abort": true]])) == "pending")
        let aborted: JSONValue = ["status": ["abort": true, "phase": "Degraded", "message": "RolloutAborted: m"]]
        #expect(kind(DeliveryGoal(.aborted), changed(aborted)) == "met")
        let restart = DeliveryGoal(.restarted, mark: "t")
        #expect(kind(restart, canary) == "failed")
        #expect(kind(restart, changed(["spec": ["restartAt": "t"]])) == "pending")
        #expect(kind(restart, changed(["spec": ["restartAt": "t"], "status": ["restartedAt": "t"]])) == "met")
    }

    @Test func `a sync is the one that began after the mark`() {
        let application = PostCondition.Subject(
            resource: APIResource(
                group: "argoproj.io", version: "v1alpha1", plural: "applications", kind: "Application"),
            namespace: "argocd", name: "web")
        func state(_ start: String, _ phase: String) -> KubeObject {
            KubeObject(["status": ["operationState": ["startedAt": .string(start), "phase": .string(phase)]]])
        }
        let goal = DeliveryGoal(.synced, mark: "1")
        #expect(kind(goal, state("1", "Succeeded"), application) == "pending")
        #expect(kind(goal, state("2", "Running"), application) == "pending")
        #expect(kind(goal, state("2", "Succeeded"), application) == "met")
        #expect(kind(goal, state("2", "Failed"), application) == "failed")
        #expect(kind(DeliveryGoal(.terminated, mark: "1"), state("1", "Terminating"), application) == "pending")
        #expect(kind(DeliveryGoal(.terminated, mark: "1"), state("1", "Failed"), application) == "met")
        #expect(kind(DeliveryGoal(.terminated, mark: "1"), state("2", "Running"), application) == "met")
    }

    @Test func `of two syncs that begin in one second, the second is known by what it was told`() {
        let application = PostCondition.Subject(
            resource: APIResource(
                group: "argoproj.io", version: "v1alpha1", plural: "applications", kind: "Application"),
            namespace: "argocd", name: "web")
        func state(of operation: JSONValue, waiting: JSONValue?) -> KubeObject {
            KubeObject(
                .compact([
                    "operation": waiting,
                    "status": [
                        "operationState": ["startedAt": "1", "phase": "Succeeded", "operation": operation]
                    ],
                ]))
        }
        let (first, second): (JSONValue, JSONValue) = (["sync": ["revision": "v1"]], ["sync": ["revision": "v2"]])
        let goal = DeliveryGoal(.synced, mark: "1", operation: second)
        #expect(kind(goal, state(of: first, waiting: second), application) == "pending")
        #expect(kind(goal, state(of: second, waiting: second), application) == "pending")
        #expect(kind(goal, state(of: first, waiting: nil), application) == "pending")
        #expect(kind(goal, state(of: second, waiting: nil), application) == "met")
        let condition = PostCondition.delivery(subject, goal)
        #expect(PostCondition(json: condition.json) == condition)
    }

    @Test func `Flux has dealt with the request of the mark`() {
        func object(_ handled: String, _ ready: String) -> KubeObject {
            KubeObject([
                "status": [
                    "lastHandledReconcileAt": .string(handled),
                    "conditions": [["type": "Ready", "status": .string(ready), "reason": "r"]],
                ]
            ])
        }
        let goal = DeliveryGoal(.reconciled, mark: "2")
        #expect(kind(goal, object("1", "True")) == "pending")
        #expect(kind(goal, object("2", "Unknown")) == "pending")
        #expect(kind(goal, object("2", "True")) == "met")
        #expect(kind(goal, object("2", "False")) == "failed")
        #expect(kind(goal, KubeObject(["spec": ["suspend": true]])) == "failed")
    }

    @Test func `it comes back from JSON, and is what follows a change of a rollout`() throws {
        let condition = PostCondition.delivery(subject, DeliveryGoal(.restarted, mark: "t"))
        #expect(PostCondition(json: condition.json) == condition)
        #expect(PostCondition(json: MergePatch.apply(["goal": "Other"], to: condition.json)) == nil)
        let edited = changed(["spec": ["replicas": 5]])
        #expect(
            PostCondition.after(writing: edited, to: subject, changing: canary) == [
                .delivery(subject, DeliveryGoal(.rollsOut))
            ])
        let paused = changed(["spec": ["paused": true]])
        #expect(
            PostCondition.after(writing: paused, to: subject, changing: canary) == [
                .delivery(subject, DeliveryGoal(.paused))
            ])
    }
}

/// Writes of what a controller takes away when it has acted.
@Suite struct ConsumedWriteTests {
    private func planned(_ body: JSONValue, _ object: KubeObject = canary) -> PlannedRequest {
        let target = LiveTarget(resource: rollouts, namespace: "shop", object: object)
        return target.patch(.merge(body), subresource: "status")
    }

    @Test func `what the status said is part of what was approved`() {
        let request = planned(["status": ["pauseConditions": .null]])
        #expect(request.statusMembers == ["pauseConditions", "currentPodHash", "currentStepIndex"])
        #expect(planned(["status": ["abort": true]]).statusMembers == ["abort", "currentPodHash"])
        let hash = { (object: KubeObject) in redactor.contentHash(of: object, status: request.statusMembers) }
        #expect(hash(canary) == hash(changed(["status": ["replicas": 9]])))
        #expect(hash(canary) != hash(changed(["status": ["pauseConditions": [["reason": "CanaryPauseStep"]]]])))
        #expect(hash(canary) != hash(changed(["status": ["currentPodHash": "newer"]])))
        #expect(hash(canary) != hash(changed(["status": ["currentStepIndex": 1]])))
        #expect(planned(["spec": ["paused": true]]).statusMembers.isEmpty)
    }

    @Test func `one whose effect is gone again is not sent a second time`() {
        let request = planned(["status": ["promoteFull": true]])
        let after = changed(["status": ["promoteFull": true]])
        let record = ChangeRecord(request, after: after, redactor: redactor)
        #expect(record.fields.map(\.text) == ["status.promoteFull"] && record.obstacle != nil)
        func outcome(_ live: KubeObject) -> WriteOutcome {
            KubernetesBackend.outcome(of: request, change: record, live: live)
        }
        guard case .notDone = outcome(canary) else {
            Issue.record("the version is the same")
            return
        }
        var moved = canary
        moved.resourceVersion = "6"
        guard case .unknown = outcome(moved) else {
            Issue.record("it may have been done")
            return
        }
        var done = after
        done.resourceVersion = "6"
        guard case .applied = outcome(done) else {
            Issue.record("it is there")
            return
        }
    }

    @Test func `a sync that has begun is known by its operation`() {
        let operation: JSONValue = ["sync": ["revision": "v1"]]
        let request = planned(["operation": operation])
        var live = changed(["status": ["operationState": ["operation": operation, "phase": "Succeeded"]]])
        live.resourceVersion = "6"
        guard case .applied = KubernetesBackend.outcome(of: request, live: live) else {
            Issue.record("it is there")
            return
        }
    }
}
