import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import ArgoTools
@testable import ToolKit
@testable import Writes

private let applicationLine =
    "PATCH /apis/argoproj.io/v1alpha1/namespaces/default/applications/web?fieldManager=skyflo "
    + "application/merge-patch+json"
private let webApplication: JSONValue = ["name": "web", "namespace": "default"]

@Suite struct ApplicationTests {
    private func with(
        _ extra: JSONValue = [:], resources: [JSONValue] = [], _ body: @Sendable (Bench) async throws -> Void
    ) async throws {
        try await Bench.with { bench in
            try await bench.apply(
                """
                apiVersion: argoproj.io/v1alpha1
                kind: Application
                metadata: {name: web}
                spec:
                  project: shop
                  source: {repoURL: "https://git.example/shop", path: web, targetRevision: v1}
                  destination: {server: "https://kubernetes.default.svc", namespace: shop}
                  syncPolicy: {syncOptions: [CreateNamespace=true]}
                """)
            try await bench.wait(for: "applications", "web", "it was compared") { $0["status", "sync"] != nil }
            if !resources.isEmpty {
                try await bench.setStatus("applications", "web", ["resources": .array(resources)], subresource: nil)
            }
            let resource = try await bench.resource("applications")
            if extra.object?.isEmpty == false {
                _ = try await bench.client.call(
                    KubeRequest(
                        .patch, path: resource.path(namespace: "default", name: "web"),
                        contentType: "application/merge-patch+json", body: JSONWriter.string(extra)))
            }
            try await body(bench)
        }
    }

    private func arguments(_ more: JSONValue) -> JSONValue { MergePatch.apply(more, to: webApplication) }

    @Test func `a sync is an operation, and what came of it is seen`() async throws {
        try await with { bench in
            let proposal = try await bench.propose("argocd_app_sync", arguments(["retry_limit": 2]))
            #expect(lines(proposal) == [applicationLine])
            let operation: JSONValue = [
                "initiatedBy": ["username": "skyflo"], "retry": ["limit": 2],
                "sync": ["syncStrategy": ["hook": [:]], "syncOptions": ["CreateNamespace=true"]],
            ]
            #expect(try bodies(proposal) == [["operation": operation]])
            #expect(proposal.summary == "Sync application default/web (OutOfSync, Missing)")
            let preview = try await bench.carryOut(proposal)
            #expect(preview.text.contains("+operation:"), "\(preview.text)")
            #expect(
                try await bench.evidence(proposal) == [
                    "the sync of application default/web: Succeeded (successfully synced (all tasks run)); it is Synced "
                        + "and Healthy"
                ])
            #expect(try await bench.output("argocd_app_history", webApplication).contains("v1"))
            // The controller has taken the operation away; nothing is sent again for that.
            let write = try #require(preview.writes.first)
            let found = try await write.recover(
                change: preview.changes[0], api: bench.context.api, redactor: redactor)
            guard case .applied = found else {
                Issue.record("\(found)")
                return
            }
        }
    }

    @Test func `a sync that fails is said to have failed`() async throws {
        try await with { bench in
            let proposal = try await bench.propose("argocd_app_sync", arguments(["revision": "broken"]))
            #expect(try bodies(proposal)[0]["operation", "sync", "revision"] == "broken")
            try await bench.carryOut(proposal)
            #expect(
                try await bench.evidence(proposal) == [
                    "failed: the sync of application default/web: Failed (one or more objects failed to apply)"
                ])
        }
    }

    @Test func `chosen resources, options and a dry run are part of the operation`() async throws {
        let resources: [JSONValue] = [
            ["group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web", "status": "OutOfSync"],
            [
                "group": "", "kind": "ConfigMap", "namespace": "shop", "name": "old", "status": "OutOfSync",
                "requiresPruning": true,
            ],
        ]
        try await with(resources: resources) { bench in
            let proposal = try await bench.propose(
                "argocd_app_sync",
                arguments([
                    "dry_run": true, "prune": true, "apply_only": true, "force": true,
                    "resources": "apps:Deployment:web, :ConfigMap:shop/old", "sync_options": "ServerSideApply=true",
                ]))
            let sync1: JSONValue = [
                "prune": true, "dryRun": true, "syncStrategy": ["apply": ["force": true]],
                "resources": [
                    ["group": "apps", "kind": "Deployment", "namespace": "shop", "name": "web"],
                    ["kind": "ConfigMap", "namespace": "shop", "name": "old"],
                ], "syncOptions": ["ServerSideApply=true"],
            ]
            #expect(try bodies(proposal)[0]["operation", "sync"] == sync1)
            #expect(proposal.risk == .low)
            #expect(proposal.warnings.contains("deletes what is no longer in the source: :ConfigMap:shop/old"))
            let wrong = await bench.failure("argocd_app_sync", arguments(["resources": "apps:Deployment:db"]))
            #expect(wrong.contains("is no resource of application default/web"), "\(wrong)")
            #expect(
                await bench.failure("argocd_app_sync", arguments(["sync_options": "--prune"])).contains(
                    "is no option like"))
            let table = try await bench.output("argocd_app_resources", arguments(["out_of_sync": true]))
            #expect(table.contains("to be pruned") && table.contains("isn't in the custom resource"), "\(table)")
            #expect(try await bench.output("argocd_app_get", webApplication).contains("Resources in trouble (2 of 2)"))
        }
    }

    @Test func `an operation under way is not replaced, and can be ended`() async throws {
        try await with { bench in
            try await bench.carryOut(try await bench.propose("argocd_app_sync", arguments(["revision": "slow"])))
            try await bench.wait(for: "applications", "web", "the sync runs") {
                $0["status", "operationState", "phase"]?.string == "Running"
            }
            #expect(
                await bench.failure("argocd_app_sync", webApplication).contains("has an operation under way (Running)"))
            let end = try await bench.propose("argocd_app_terminate", webApplication)
            #expect(try bodies(end) == [["status": ["operationState": ["phase": "Terminating"]]]])
            #expect(lines(end) == [applicationLine])
            try await bench.carryOut(end)
            #expect(
                try await bench.evidence(end) == [
                    "application default/web has ended: Failed (Operation terminated)"
                ])
            #expect(try await bench.output("argocd_app_terminate", webApplication).hasPrefix("Nothing to do"))
        }
    }

    @Test func `a rollback deploys an entry of the history, never under auto-sync`() async throws {
        let history: [JSONValue] = ["v0", "v1"].enumerated().map { position, revision in
            [
                "id": JSONValue(position), "revision": .string(revision), "deployedAt": "2026-11-21T03:00:00Z",
                "source": ["repoURL": "https://git.example/shop", "path": "web", "targetRevision": .string(revision)],
            ]
        }
        try await with(["status": ["history": .array(history)]]) { bench in
            let proposal = try await bench.propose("argocd_app_rollback", webApplication)
            let sync2: JSONValue = [
                "revision": "v0",
                "source": ["repoURL": "https://git.example/shop", "path": "web", "targetRevision": "v0"],
                "syncStrategy": ["apply": [:]], "syncOptions": ["CreateNamespace=true"],
            ]
            #expect(try bodies(proposal)[0]["operation", "sync"] == sync2)
            #expect(proposal.risk == .high && proposal.summary == "Roll back application default/web to 0 (v0)")
            try await bench.carryOut(proposal)
            #expect(try await bench.evidence(proposal)[0].contains("it is OutOfSync"))
            #expect(await bench.failure("argocd_app_rollback", arguments(["id": 9])).contains("there are: 0, 1, 2"))
            let resource = try await bench.resource("applications")
            _ = try await bench.client.call(
                KubeRequest(
                    .patch, path: resource.path(namespace: "default", name: "web"),
                    contentType: "application/merge-patch+json",
                    body: #"{"spec":{"syncPolicy":{"automated":{"prune":true}}}}"#))
            #expect(
                await bench.failure("argocd_app_rollback", webApplication).contains(
                    "argocd_app_suspend_auto_sync first"))
            #expect(
                await bench.failure("argocd_app_sync", arguments(["revision": "v0"])).contains(
                    "its auto-sync brings it back"))
        }
    }

    private static let chartAndValues: JSONValue = [
        "spec": [
            "source": .null,
            "sources": [
                ["repoURL": "https://charts.example", "chart": "shop", "targetRevision": "1.2.0"],
                ["name": "values", "repoURL": "https://git.example/values", "ref": "values", "targetRevision": "main"],
            ],
        ]
    ]

    @Test func `several sources are synced to revisions of their own, and rolled back with them`() async throws {
        try await with(Self.chartAndValues) { bench in
            let proposal = try await bench.propose(
                "argocd_app_sync",
                arguments(["revisions": ["1": "1.3.0"], "info": ["ticket": "SHOP-7", "reason": "a fix"]]))
            let operation = try bodies(proposal)[0]["operation"]
            #expect(operation?["sync", "revisions"] == ["1.3.0", "main"] && operation?["sync", "revision"] == nil)
            #expect(
                operation?["info"] == [
                    ["name": "reason", "value": "a fix"], ["name": "ticket", "value": "SHOP-7"],
                ])
            #expect(proposal.summary.hasPrefix("Sync application default/web to 1.3.0, main ("))
            try await bench.carryOut(proposal)
            _ = try await bench.evidence(proposal)
            let second = try await bench.propose("argocd_app_sync", arguments(["revisions": ["values": "v2"]]))
            #expect(try bodies(second)[0]["operation", "sync", "revisions"] == ["1.2.0", "v2"])
            try await bench.carryOut(second)
            _ = try await bench.evidence(second)
            let history = try await bench.output("argocd_app_history", webApplication)
            #expect(history.contains("1.3.0,main") && history.contains("1.2.0,v2"), "\(history)")
            #expect(history.contains("values: https://git.example/values@main (ref values)"), "\(history)")
            let shown = try await bench.output("argocd_app_get", webApplication)
            #expect(shown.contains("Sync status: OutOfSync to 1.2.0, main"), "\(shown)")
            #expect(shown.contains("Revision: 1.2.0, v2"), "\(shown)")
            let rollback = try await bench.propose("argocd_app_rollback", webApplication)
            let sync = try bodies(rollback)[0]["operation", "sync"]
            #expect(sync?["revisions"] == ["1.3.0", "main"] && sync?["sources"]?.array?.count == 2)
            #expect(sync?["revision"] == nil && sync?["source"] == nil)
            #expect(rollback.summary == "Roll back application default/web to 0 (1.3.0, main)")
            try await bench.carryOut(rollback)
            _ = try await bench.evidence(rollback)
            let live = try await bench.get("applications", "web")
            #expect(live["status", "history"]?.array?.last?["revisions"] == ["1.3.0", "main"])
        }
    }

    @Test(
        arguments: [
            (["revision": "2"], "has several sources; give revisions, by their positions: 1 ("),
            (["revisions": ["3": "x"]], "has no source \"3\"; there are 1 ("),
            (["revisions": ["0": "x"]], "has no source \"0\""),
            (["revisions": ["chart": "x"]], "has no source \"chart\""),
            (["revisions": ["1": "--x"]], "revisions: \"--x\" is no revision"),
            (["revisions": "main"], "revisions: must be an object of strings"),
        ] as [(JSONValue, String)])
    func `revisions of sources that there aren't are refused`(_ more: JSONValue, _ expected: String) async throws {
        try await with(Self.chartAndValues) { bench in
            let text = await bench.failure("argocd_app_sync", arguments(more))
            #expect(text.contains(expected), "\(text)")
        }
    }

    @Test func `one source takes no revisions, and several none against their auto-sync`() async throws {
        try await with { bench in
            let text = await bench.failure("argocd_app_sync", arguments(["revisions": ["1": "v2"]]))
            #expect(text.contains("has one source; give revision"), "\(text)")
        }
        let automated: JSONValue = ["spec": ["syncPolicy": ["automated": [:]]]]
        try await with(MergePatch.apply(automated, to: Self.chartAndValues)) { bench in
            let text = await bench.failure("argocd_app_sync", arguments(["revisions": ["1": "1.3.0"]]))
            #expect(text.contains("its auto-sync brings it back to 1.2.0"), "\(text)")
        }
    }

    @Test func `auto-sync is suspended and resumed with its settings`() async throws {
        try await with(["spec": ["syncPolicy": ["automated": ["prune": true, "selfHeal": true]]]]) { bench in
            let suspend = try await bench.propose("argocd_app_suspend_auto_sync", webApplication)
            #expect(try bodies(suspend) == [["spec": ["syncPolicy": ["automated": ["enabled": false]]]]])
            try await bench.carryOut(suspend)
            #expect(try await bench.output("argocd_app_suspend_auto_sync", webApplication).hasPrefix("Nothing to do"))
            let resume = try await bench.propose("argocd_app_resume_auto_sync", webApplication)
            #expect(
                try bodies(resume)[0]["spec", "syncPolicy", "automated"] == [
                    "prune": true, "selfHeal": true, "enabled": true,
                ])
            try await bench.carryOut(resume)
            #expect(
                try await bench.output("argocd_app_resume_auto_sync", webApplication)
                    == "Nothing to do: the auto-sync of application default/web is on (Auto-Prune-SelfHeal).")
        }
    }

    @Test func `a refresh compares again`() async throws {
        try await with { bench in
            let proposal = try await bench.propose("argocd_app_refresh", arguments(["hard": true]))
            #expect(try bodies(proposal) == [["metadata": ["annotations": ["argocd.argoproj.io/refresh": "hard"]]]])
            try await bench.carryOut(proposal)
            #expect(try await bench.evidence(proposal) == ["application default/web was compared: it is OutOfSync"])
        }
    }

    @Test func `applications, sets and projects are listed and shown`() async throws {
        try await with { bench in
            let list = try await bench.output("argocd_app_list", ["namespace": "default"])
            #expect(
                list == """
                    NAME   PROJECT   STATUS      HEALTH    SYNCPOLICY   DESTINATION                           SOURCE                            CONDITIONS
                    web    shop      OutOfSync   Missing   Manual       https://kubernetes.default.svc/shop   https://git.example/shop web@v1
                    """, "\(list)")
            #expect(
                try await bench.output("argocd_app_list", ["namespace": "default", "project": "other"]).hasSuffix(
                    "no applications of project other."))
            try await bench.apply(
                "{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: shop}, spec: {description: the shop, sourceRepos: ['*'], destinations: [{server: '*', namespace: shop}], syncWindows: [{kind: deny}]}}"
            )
            try await bench.apply(
                "{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: all}, spec: {generators: [{list: {}}], template: {spec: {project: shop}}}}"
            )
            #expect(try await bench.output("argocd_project_list", ["namespace": "default"]).contains("*/shop"))
            #expect(
                try await bench.output("argocd_appset_list", ["namespace": "default"]).contains("all    shop      list")
            )
            #expect(
                try await bench.output("argocd_appset_get", ["name": "all", "namespace": "default"]).contains(
                    "project: shop"))
            #expect(
                try await bench.output("argocd_project_get", ["name": "shop", "namespace": "default"]).contains(
                    "description: the shop"))
            let sync = try await bench.propose("argocd_app_sync", webApplication)
            #expect(sync.warnings.contains { $0.contains("project shop has sync windows") })
        }
    }
}
