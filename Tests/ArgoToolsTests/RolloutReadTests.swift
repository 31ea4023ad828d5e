import KubeClient
import KubeModel
import Testing

@testable import ArgoTools
@testable import ToolKit
@testable import Writes

@Suite struct RolloutReadTests {
    @Test func `without its definitions each tool says what is not installed`() async throws {
        try await Bench.with(definitions: false) { bench in
            for tool in tools.definitions() {
                var arguments: JSONValue = [:]
                for name in tool.parameters["required"]?.array?.compactMap(\.string) ?? [] {
                    arguments[name] = name == "kind" ? "ks" : name == "image" ? "app=x:1" : "web"
                }
                let text = await bench.failure(tool.name, arguments)
                let product =
                    tool.name.hasPrefix("argocd") ? "Argo CD" : tool.name.hasPrefix("argo") ? "Argo Rollouts" : "Flux"
                #expect(
                    text.hasPrefix(product) && text.contains("is not installed in this cluster"),
                    "\(tool.name): \(text)")
            }
        }
    }

    @Test func `only the tools that read say so`() {
        let writing = tools.definitions().filter { !$0.onlyReads }.map(\.name)
        #expect(
            writing == [
                "argo_promote", "argo_pause_rollout", "argo_resume_rollout", "argo_abort_rollout",
                "argo_retry_rollout", "argo_rollout_restart", "argo_set_image", "argo_undo",
                "argo_terminate_analysisrun", "argo_terminate_experiment", "argo_retry_experiment",
                "argocd_app_refresh", "argocd_app_sync", "argocd_app_rollback", "argocd_app_terminate",
                "argocd_app_suspend_auto_sync", "argocd_app_resume_auto_sync", "flux_reconcile", "flux_suspend",
                "flux_resume",
            ])
    }

    @Test func `every tool of the reference is there, with its parameters`() {
        let reference: [String: [String]] = [
            "argo_list_rollouts": ["namespace", "all_namespaces"], "argo_promote": ["name", "namespace", "full"],
            "argo_pause_rollout": ["name", "namespace"], "argo_resume_rollout": ["name", "namespace"],
            "argo_abort_rollout": ["name", "namespace"],
            "argo_set_image": ["name", "image", "namespace", "container_name"],
            "argo_rollout_restart": ["name", "namespace"], "argo_status": ["name", "namespace", "watch"],
            "argo_history": ["name", "namespace", "revision"], "argo_undo": ["name", "namespace", "to_revision"],
            "argo_describe": ["name", "namespace"],
            "argo_list_experiments": ["rollout_name", "namespace", "all_namespaces"],
            "argo_list_analysisruns": ["namespace", "all_namespaces"],
        ]
        let ours = tools.definitions()
        let all = ArgoToolset.all { clock }
        for (name, parameters) in reference {
            let known = all.first { $0.name == name }?.parameters.list.flatMap(\.names) ?? []
            #expect(Set(parameters).isSubset(of: known), "\(name)")
        }
        #expect(ours.allSatisfy { $0.toolset == "argo" })
    }

    @Test func `a list has the columns of the plugin, and nothing is an answer`() async throws {
        try await Bench.with { bench in
            #expect(
                try await bench.output("argo_list_rollouts", [:])
                    == "No resources found in default namespace: no rollouts.")
            try await bench.apply(rollout(strategy: canary))
            try await bench.waitForPhase(.healthy)
            try await bench.apply(rollout("shop/app:2", strategy: canary))
            try await bench.waitForPhase(.paused)
            try await bench.wait(for: "rollouts", "web", "all pods are ready") {
                $0["status", "availableReplicas"]?.int == 4
            }
            let text = try await bench.output("argo_list_rollouts", [:])
            #expect(
                text == """
                    NAME   STRATEGY   STATUS   STEP   SET-WEIGHT   READY   DESIRED   UP-TO-DATE   AVAILABLE
                    web    Canary     Paused   1/4    25           4/4     4         1            4
                    """, "\(text)")
            let everywhere = try await bench.output("argo_list_rollouts", ["all_namespaces": true])
            #expect(everywhere.contains("\ndefault     web"))
            #expect(
                try await bench.output("argo_status")
                    == "Paused (CanaryPauseStep, step 1 of 4)\nit goes on when it is promoted")
            #expect(try await bench.output("argo_status", ["name": "web", "watch": true]).hasPrefix("Paused"))
        }
    }

    @Test func `the tree has revisions, replica sets, pods and runs`() async throws {
        try await Bench.with { bench in
            try await bench.apply(rollout(strategy: canary))
            try await bench.waitForPhase(.healthy)
            try await bench.apply(rollout("shop/app:2", strategy: canary))
            try await bench.waitForPhase(.paused)
            let uid = try await bench.get("rollouts", "web").uid
            try await bench.apply(
                """
                apiVersion: argoproj.io/v1alpha1
                kind: AnalysisRun
                metadata:
                  name: web-check
                  annotations: {rollout.argoproj.io/revision: "2"}
                  ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, uid: \(uid), controller: true}]
                spec: {metrics: [{name: errors, successCondition: "result < 1", provider: {prometheus: {query: up}}}]}
                """)
            try await bench.setStatus(
                "analysisruns", "web-check",
                [
                    "phase": "Running", "message": "so far, so good",
                    "metricResults": [
                        [
                            "name": "errors", "phase": "Running", "count": 2, "successful": 2,
                            "measurements": [
                                ["phase": "Successful", "value": "[0]", "finishedAt": "2026-11-21T03:00:00Z"]
                            ],
                        ]
                    ],
                ])
            let tree = try await bench.output("argo_get_rollout")
            let rows = tree.split(separator: "\n").map { $0.split(separator: " ").prefix(3).joined(separator: " ") }
            #expect(tree.contains("Status: Paused\nMessage: CanaryPauseStep\nNext: it goes on when it is promoted\n"))
            #expect(
                tree.contains("├──revision:2") && tree.contains("└──revision:1")
                    && tree.contains("canary,1/1 available"))
            #expect(
                rows.contains {
                    $0.contains("web-check AnalysisRun Running") || $0.contains("└──web-check AnalysisRun")
                }, "\(tree)")
            let runs = try await bench.output("argo_list_analysisruns", ["rollout_name": "web"])
            #expect(runs.contains("web-check   Running") && runs.contains("Rollout/web"))
            #expect(
                try await bench.output("argo_list_analysisruns", ["rollout_name": "db"]).hasSuffix(
                    "no analysis runs of rollout db."))
            let run = try await bench.output("argo_describe_analysisrun", ["name": "web-check"])
            #expect(run.contains("Success if: result < 1") && run.contains("count 2, successful 2"), "\(run)")
            let describe = try await bench.output("argo_describe")
            #expect(describe.contains("2. {\"pause\":{}} (now)") && describe.contains("Events: none"), "\(describe)")
            #expect(
                try await bench.output("argo_history", ["name": "web", "revision": 1]).contains("image: shop/app:1"))
        }
    }

    @Test func `an almost right name gets those that there are`() async throws {
        try await Bench.with { bench in
            try await bench.apply(rollout(strategy: canary))
            let text = await bench.failure("argo_status", ["name": "webb"])
            #expect(
                text.contains("NotFound") && text.hasSuffix("The rollouts.argoproj.io in namespace default are web."),
                "\(text)")
            #expect(await bench.failure("argo_status", ["name": "Web/x"]).contains("name:"))
        }
    }

    @Test func `runs and experiments are ended, and an experiment is begun again`() async throws {
        try await Bench.with { bench in
            try await bench.apply(
                "{apiVersion: argoproj.io/v1alpha1, kind: AnalysisRun, metadata: {name: r}, spec: {metrics: []}}")
            try await bench.apply(
                "{apiVersion: argoproj.io/v1alpha1, kind: Experiment, metadata: {name: e}, spec: {duration: 5m, templates: [{name: a}]}}"
            )
            let run = try await bench.propose("argo_terminate_analysisrun", ["name": "r"])
            #expect(try bodies(run) == [["spec": ["terminate": true]]])
            try await bench.carryOut(run)
            #expect(
                try await bench.output("argo_terminate_analysisrun", ["name": "r"]).contains("being terminated already")
            )
            try await bench.setStatus("analysisruns", "r", ["phase": "Successful"])
            #expect(try await bench.evidence(run) == ["analysisrun default/r has ended: Successful"])
            try await bench.setStatus("experiments", "e", ["phase": "Failed"])
            #expect(
                try await bench.output("argo_terminate_experiment", ["name": "e"]).contains("ended already (Failed)"))
            let list = try await bench.output("argo_list_experiments", [:])
            #expect(list.contains("e      Failed   5m"), "\(list)")
            #expect(
                try await bench.output("argo_describe_experiment", ["name": "e"]).contains("a: Pending, 0/1 available"))
            let retry = try await bench.propose("argo_retry_experiment", ["name": "e"])
            #expect(try bodies(retry) == [["status": .null]])
            #expect(lines(retry)[0].contains("/experiments/e/status?"))
            try await bench.carryOut(retry)
            #expect(try await bench.get("experiments", "e")["status"] == nil)
        }
    }

    @Test(arguments: [
        ("nginx:2", "for an image alone give container"), ("app=", "no image reference"),
        ("nope=x:1", "its containers: app"), ("app=a:1,app=b:1", "each container once"),
        ("app=--privileged", "no image reference"), ("app=x:1,", "is not container=image"),
    ])
    func `images that aren't are refused`(_ image: String, _ expected: String) async throws {
        try await Bench.with(simulation: false) { bench in
            try await bench.apply(rollout(strategy: canary))
            let text = await bench.failure("argo_set_image", ["name": "web", "image": .string(image)])
            #expect(text.contains(expected), "\(text)")
            #expect(
                try await bench.output("argo_set_image", ["name": "web", "image": "*=shop/app:1"]).hasPrefix(
                    "Nothing to do"))
        }
    }
}
