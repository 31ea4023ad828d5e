import Foundation
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import ArgoTools
@testable import ToolKit
@testable import Writes

private let webPath = "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts/web"
private let webStatusLine =
    "PATCH \(webPath)/status?fieldManager=skyflo application/merge-patch+json"
private let webSpecLine = "PATCH \(webPath)?fieldManager=skyflo application/merge-patch+json"

/// Each write, its golden requests, and its effect on a simulated Rollout.
@Suite struct RolloutEndToEndTests {
    /// A canary that waits in its first pause.
    private func withPausedCanary(_ body: @Sendable (Bench) async throws -> Void) async throws {
        try await Bench.with { bench in
            try await bench.apply(rollout(strategy: canary))
            try await bench.waitForPhase(.healthy)
            try await bench.apply(rollout("shop/app:2", strategy: canary))
            try await bench.waitForPhase(.paused)
            try await body(bench)
        }
    }

    @Test func `a canary is promoted from pause to pause, and its pauses end the wait`() async throws {
        try await withPausedCanary { bench in
            let first = try await bench.propose("argo_promote")
            #expect(lines(first) == [webStatusLine])
            #expect(try bodies(first) == [["status": ["pauseConditions": .null]]])
            #expect(
                first.summary == "Promote rollout default/web past step 2 of 4 (Paused (CanaryPauseStep, step 1 of 4))")
            #expect(first.risk == .medium)
            let preview = try await bench.carryOut(first)
            #expect(preview.text.contains("-  pauseConditions:"), "\(preview.text)")
            #expect(preview.changes.first??.obstacle != nil)
            let paused = try await bench.evidence(first)
            #expect(
                paused == [
                    "rollout default/web is Paused (CanaryPauseStep, step 3 of 4); it goes on when it is promoted"
                ])
            let last = try await bench.run("argo_promote")
            #expect(last == ["rollout default/web is Healthy (step 4 of 4)"])
            #expect(
                try await bench.output("argo_promote").hasPrefix("Nothing to do: rollout default/web is fully promoted")
            )
        }
    }

    @Test func `a full promotion skips all that is left`() async throws {
        try await withPausedCanary { bench in
            let proposal = try await bench.propose("argo_promote", ["name": "web", "full": true])
            #expect(try bodies(proposal) == [["status": ["promoteFull": true]]])
            #expect(lines(proposal) == [webStatusLine] && proposal.risk == .high)
            try await bench.carryOut(proposal)
            #expect(try await bench.evidence(proposal) == ["rollout default/web is Healthy (step 4 of 4)"])
        }
    }

    @Test func `of what is promoted already a full promotion ends the pause, as the plugin does`() async throws {
        try await Bench.with { bench in
            try await bench.apply(rollout(strategy: canary))
            try await bench.waitForPhase(.healthy)
            _ = try await bench.run("argo_pause_rollout")
            let proposal = try await bench.propose("argo_promote", ["name": "web", "full": true])
            #expect(try bodies(proposal) == [["spec": ["paused": false]]])
        }
    }

    @Test func `steps can be skipped`() async throws {
        try await withPausedCanary { bench in
            let one = try await bench.propose("argo_promote", ["name": "web", "skip_current_step": true])
            #expect(try bodies(one) == [["status": ["currentStepIndex": 2]]])
            #expect(one.warnings == [#"skipped: {"pause":{}}"#])
            let all = try await bench.propose("argo_promote", ["name": "web", "skip_all_steps": true])
            #expect(try bodies(all) == [["status": ["currentStepIndex": 4]]])
            let text = await bench.failure("argo_promote", ["name": "web", "full": true, "skip_all_steps": true])
            #expect(text == "full and skip_all_steps: only one of them can be true")
        }
    }

    @Test func `an abort goes back to the stable version, a retry begins anew`() async throws {
        try await withPausedCanary { bench in
            let abort = try await bench.propose("argo_abort_rollout")
            #expect(lines(abort) == [webStatusLine])
            #expect(try bodies(abort) == [["status": ["abort": true]]])
            try await bench.carryOut(abort)
            let evidence = try await bench.evidence(abort)
            #expect(evidence.count == 1 && evidence[0].contains("is aborted, and goes back to its stable version"))
            #expect(try await bench.output("argo_abort_rollout").contains("is aborted already"))
            #expect(await bench.failure("argo_promote").contains("argo_retry_rollout begins again"))
            let retry = try await bench.propose("argo_retry_rollout")
            #expect(try bodies(retry) == [["status": ["abort": false]]])
            try await bench.carryOut(retry)
            #expect(try await bench.evidence(retry)[0].contains("is Paused (CanaryPauseStep, step 1 of 4)"))
            #expect(try await bench.output("argo_retry_rollout").hasPrefix("Nothing to do"))
        }
    }

    @Test func `a pause holds a rollout, and a resume ends both kinds of pause`() async throws {
        try await withPausedCanary { bench in
            let pause = try await bench.propose("argo_pause_rollout")
            #expect(lines(pause) == [webSpecLine] && pause.risk == .low)
            #expect(try bodies(pause) == [["spec": ["paused": true]]])
            try await bench.carryOut(pause)
            #expect(try await bench.evidence(pause)[0].contains("nothing goes on until it is resumed"))
            #expect(try await bench.output("argo_pause_rollout").hasPrefix("Nothing to do"))
            let resume = try await bench.propose("argo_resume_rollout")
            #expect(lines(resume) == [webStatusLine, webSpecLine])
            #expect(try bodies(resume) == [["status": ["pauseConditions": .null]], ["spec": ["paused": false]]])
            #expect(resume.warnings == ["it ends the pause of its step too: CanaryPauseStep"])
            try await bench.carryOut(resume)
            #expect(try await bench.evidence(resume)[0].contains("step 3 of 4"))
        }
    }

    @Test func `what moved on since it was approved isn't promoted`() async throws {
        try await withPausedCanary { bench in
            let proposal = try await bench.propose("argo_promote")
            let preview = try await Preview.of(proposal, api: bench.context.api, redactor: redactor)
            try await bench.run("argo_promote")
            let write = try #require(preview.writes.first)
            let outcome = await write.execute(
                api: bench.client.impersonating(Bench.administrator), redactor: redactor, at: clock)
            guard case .stale = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(try await write.refresh(api: bench.context.api, redactor: redactor) == nil)
        }
    }

    @Test func `a blue-green rollout waits for its promotion`() async throws {
        try await Bench.with { bench in
            try await bench.apply(rollout(strategy: blueGreen, replicas: 2))
            try await bench.waitForPhase(.healthy)
            let image = try await bench.run("argo_set_image", ["name": "web", "image": "app=shop/app:2"])
            #expect(
                image == [
                    "rollout default/web is Paused (BlueGreenPause); the preview becomes active when it is promoted"
                ])
            let text = await bench.failure("argo_promote", ["name": "web", "skip_current_step": true])
            #expect(text.contains("has no steps to skip: it is a BlueGreen rollout"))
            #expect(try await bench.run("argo_promote") == ["rollout default/web is Healthy"])
        }
    }

    @Test func `a restart replaces all pods`() async throws {
        try await Bench.with { bench in
            try await bench.apply(rollout(strategy: canary, replicas: 2))
            try await bench.waitForPhase(.healthy)
            var bench = bench
            let time = KubeTime(
                microseconds: KubeTime(seconds: Date().timeIntervalSince1970 + 1).microseconds / 1_000_000 * 1_000_000)
            bench.registry = ToolRegistry(ArgoToolset.all(now: { time }))
            let proposal = try await bench.propose("argo_rollout_restart")
            #expect(lines(proposal) == [webSpecLine])
            #expect(try bodies(proposal) == [["spec": ["restartAt": .string(time.description)]]])
            try await bench.carryOut(proposal)
            #expect(try await bench.evidence(proposal)[0].contains("has restarted all its pods"))
            let later = try await bench.propose("argo_rollout_restart", ["name": "web", "restart_in": "5m"])
            #expect(
                try bodies(later)[0]["spec", "restartAt"]?.string == time.adding(seconds: 300).description)
        }
    }

    @Test func `an undo puts an earlier template back`() async throws {
        try await withPausedCanary { bench in
            #expect(
                await bench.failure("argo_undo", ["name": "web", "to_revision": 7]).contains(
                    "has no revision 7; there are: 1, 2"))
            let proposal = try await bench.propose("argo_undo")
            #expect(proposal.summary == "Roll back rollout default/web from revision 2 to revision 1 (stable)")
            #expect(lines(proposal) == ["PATCH \(webPath)?fieldManager=skyflo application/json-patch+json"])
            let operation = try bodies(proposal)[0][0]
            #expect(operation?["op"] == "replace" && operation?["path"] == "/spec/template")
            #expect(operation?["value", "metadata", "labels"] == ["app": "web"])
            try await bench.carryOut(proposal)
            #expect(try await bench.evidence(proposal) == ["rollout default/web is Healthy (step 4 of 4)"])
            #expect(
                try await bench.output("argo_undo", ["name": "web", "to_revision": 3]).hasPrefix(
                    "Nothing to do: rollout"))
            let history = try await bench.output("argo_history")
            #expect(history.hasPrefix("REVISION   REPLICASET"), "\(history)")
            #expect(history.contains("shop/app:2") && history.contains("stable"))
        }
    }

    @Test func `the template of a Deployment is changed where it is`() async throws {
        try await Bench.with { bench in
            try await bench.apply(
                """
                apiVersion: apps/v1
                kind: Deployment
                metadata: {name: base}
                spec:
                  replicas: 0
                  selector: {matchLabels: {app: web}}
                  template:
                    metadata: {labels: {app: web}}
                    spec: {containers: [{name: app, image: "shop/app:1"}]}
                """)
            try await bench.apply(
                """
                apiVersion: argoproj.io/v1alpha1
                kind: Rollout
                metadata: {name: web}
                spec:
                  replicas: 2
                  workloadRef: {apiVersion: apps/v1, kind: Deployment, name: base}
                  strategy: {canary: {steps: [{setWeight: 50}, {pause: {}}]}}
                """)
            try await bench.waitForPhase(.healthy)
            let proposal = try await bench.propose(
                "argo_set_image", ["name": "web", "image": "x/y:2", "container_name": "app"])
            #expect(
                lines(proposal) == [
                    "PATCH /apis/apps/v1/namespaces/default/deployments/base?fieldManager=skyflo application/json-patch+json"
                ])
            #expect(
                try bodies(proposal) == [
                    [["op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "x/y:2"]]
                ])
            #expect(
                proposal.warnings == [
                    "the pod template is that of deployment default/base, which rollout default/web follows"
                ])
            try await bench.carryOut(proposal)
            #expect(try await bench.evidence(proposal)[0].contains("is Paused (CanaryPauseStep, step 1 of 2)"))
        }
    }
}
