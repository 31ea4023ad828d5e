import Helm
import KubeClient
import KubeModel
import OperatorTestKit
import SkyfloAPI
import Testing

@testable import HelmTools
@testable import ToolKit
@testable import Writes

/// Rolling back and uninstalling on an API server, with the records and managed fields that Helm leaves.
struct ReleaseChangeTests {
    private static func manifest(_ value: String, more: String = "") -> String {
        """
        ---
        # Source: shop/templates/a.yaml
        apiVersion: v1
        kind: Secret
        metadata: {name: db}
        stringData: {password: \(value)-hunter2-pass}
        ---
        # Source: shop/templates/b.yaml
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        data: {value: \(value)}
        \(more)
        """
    }

    private static let extra = """
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: extra}
        """
    private static let kept = """
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}
        """

    /// Two revisions; the second is in the cluster.
    private func install(
        _ bench: ReleaseBench, hooks: [JSONValue] = [], applies: Bool = true, manager: String = "helm",
        status: String = "deployed"
    ) async throws {
        try await bench.store(
            ReleaseBench.record(1, status: "superseded", manifest: Self.manifest("one", more: Self.kept), hooks: hooks))
        let second = try ReleaseBench.record(
            2, status: status, manifest: Self.manifest("two", more: Self.extra + "\n" + Self.kept), hooks: hooks)
        try await bench.store(second)
        try await bench.bring(second, applies: applies, manager: manager)
    }

    @Test func `a rollback brings back what was, and leaves the records as Helm does`() async throws {
        try await ReleaseBench.withRunning { bench in
            let hooks = [
                ReleaseBench.hook("late", events: ["post-rollback"]),
                ReleaseBench.hook(
                    "early", events: ["pre-rollback", "post-rollback"],
                    policies: ["before-hook-creation", "hook-succeeded"], weight: -1),
            ]
            try await install(bench, hooks: hooks)
            let proposal = try await bench.propose("helm_rollback")
            #expect(proposal.summary == "Roll release default/web back to revision 1 (chart shop-1.2.0), as revision 3")
            #expect(
                proposal.writes.compactMap(\.step?.title) == [
                    "store revision 3 of release default/web as pending-rollback",
                    "run hook configmap default/early", "delete configmap default/early",
                    "change secret default/db", "change configmap default/settings", "delete configmap default/extra",
                    "run hook configmap default/early", "run hook configmap default/late",
                    "delete configmap default/early",
                    "mark revision 2 of release default/web superseded",
                    "mark revision 3 of release default/web deployed",
                    "only after a failure: delete configmap default/early",
                    "only after a failure: delete configmap default/early",
                    "only after a failure: mark revision 3 of release default/web failed",
                ])
            let preview = try await bench.preview(proposal)
            #expect(preview.text.contains("-  value: two") && preview.text.contains("+  value: one"))
            #expect(preview.warnings.contains { $0.contains("pre-rollback hooks, in this order: ConfigMap/early") })
            #expect(preview.warnings.contains { $0.contains("1 object is like that already") })
            #expect(
                preview.text.contains("only after a failure: release default/web: revision 3 would be marked failed"))
            let stored = JSONWriter.string(.array(preview.writes.map(\.json))) + preview.text
            for secret in ["one-hunter2-pass", "two-hunter2-pass"] {
                #expect(!stored.contains(secret) && !stored.contains(Base64.encode(Array(secret.utf8))))
            }
            #expect(preview.writes.map { PlannedWrite(json: $0.json) }.allSatisfy { $0 != nil })
            try await bench.carryOut(preview)
            #expect(try await bench.statuses(1...3) == ["superseded", "superseded", "deployed"])
            let made = try #require(try await bench.state(3))
            #expect(made.description == "Rollback to 1" && made.time("first_deployed") == "2026-01-01T00:00:00Z")
            #expect(made.hooks.map { $0["last_run", "phase"] } == ["Succeeded", "Succeeded"])
            #expect(try await bench.configMap("settings")?["data", "value"] == "one")
            #expect(try await bench.present("extra", "early", "late", "kept") == ["late", "kept"])
            let secret = try await bench.client.get(.secrets, namespace: "default", name: "db")
            #expect(secret["data", "password"]?.string == Base64.encode(Array("one-hunter2-pass".utf8)))
            let managers = secret.metadata["managedFields"]?.array?.map { $0["manager"] }
            #expect(managers == ["helm"])
        }
    }

    @Test(arguments: ["helm", "terraform"])
    func `what a client without server-side apply has written is merged as that does`(manager: String) async throws {
        try await ReleaseBench.withRunning { bench in
            let one = try ReleaseBench.record(
                1, status: "superseded",
                manifest:
                    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, labels: {a: b}}\ndata: {value: one}\n")
            let two = try ReleaseBench.record(
                2, status: "deployed",
                manifest: """
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: settings, labels: {a: b, c: d}}
                    data: {value: two, more: x}
                    """)
            for record in [one, two] { try await bench.store(record) }
            try await bench.bring(two, applies: false, manager: manager)
            _ = try await bench.client.patch(
                .configMaps, namespace: "default", name: "settings", patch: .merge(["data": ["own": "mine"]]),
                options: WriteOptions(fieldManager: "kubectl-edit"))
            try await bench.carryOut(try await bench.preview(try await bench.propose("helm_rollback", ["revision": 1])))
            let found = try #require(try await bench.configMap("settings"))
            #expect(found["data"] == ["value": "one", "own": "mine"])
            #expect(found.labels == ["a": "b", "app.kubernetes.io/managed-by": "Helm"])
            let managers = (found.metadata["managedFields"]?.array ?? []).map {
                "\($0["manager"]?.string ?? "") \($0["operation"]?.string ?? "")"
            }
            #expect(Set(managers) == ["\(manager) Update", "kubectl-edit Update"])
        }
    }

    @Test func `what others own is a conflict that is named, and taken over where that is asked for`() async throws {
        try await ReleaseBench.withRunning { bench in
            try await install(bench)
            _ = try await bench.client.patch(
                .configMaps, namespace: "default", name: "settings", patch: .merge(["data": ["value": "mine"]]),
                options: WriteOptions(fieldManager: "kubectl-edit"))
            let failure = await bench.failure("helm_rollback")
            #expect(failure.contains("configmap default/settings: conflict with \"kubectl-edit\""))
            #expect(failure.contains(".data.value") && failure.contains("force_conflicts"))
            let preview = try await bench.preview(try await bench.propose("helm_rollback", ["force_conflicts": true]))
            #expect(
                preview.warnings.contains { $0.contains("takes over what others own: conflict with \"kubectl-edit\"") })
            try await bench.carryOut(preview)
            #expect(try await bench.configMap("settings")?["data", "value"] == "one")
        }
    }

    @Test func `what isn't what was approved isn't sent`() async throws {
        try await ReleaseBench.withRunning { bench in
            try await install(bench)
            let preview = try await bench.preview(try await bench.propose("helm_rollback"))
            // Somebody has another client write over the revision meanwhile.
            let other = try ReleaseBench.record(1, status: "superseded", manifest: Self.manifest("evil"))
            _ = try await bench.client.patch(
                .secrets, namespace: "default", name: "sh.helm.release.v1.web.v1",
                patch: .merge(["data": ["release": .string(try other.encoded())]]))
            for write in preview.writes.prefix(3) {
                let outcome = await write.execute(
                    api: bench.client.impersonating(ReleaseBench.administrator), redactor: bench.redactor,
                    at: ReleaseBench.time)
                // The body that the preview holds isn't there any more once it is stored.
                let again = try #require(PlannedWrite(json: write.json))
                let stored = await again.execute(
                    api: bench.client.impersonating(ReleaseBench.administrator), redactor: bench.redactor,
                    at: ReleaseBench.time)
                if write.target.name.hasPrefix("sh.helm") { #expect(outcome == stored) }
                guard case .stale(let why) = stored else {
                    Issue.record("\(stored)")
                    continue
                }
                #expect(why.contains("revision 1 of release web has changed"))
                break
            }
            #expect(try await bench.state(3) == nil)
        }
    }

    @Test func `an uninstall takes away all but what is to be kept, and the records`() async throws {
        try await ReleaseBench.withRunning { bench in
            let hooks = [ReleaseBench.hook("before", events: ["pre-delete"], policies: ["hook-succeeded"])]
            try await install(bench, hooks: hooks)
            let proposal = try await bench.propose("helm_uninstall")
            #expect(
                proposal.writes.compactMap(\.step?.title) == [
                    "run hook configmap default/before", "delete configmap default/before",
                    "mark revision 2 of release default/web uninstalling", "delete configmap default/settings",
                    "delete configmap default/extra", "delete secret default/db",
                    "delete the record of revision 1 of release default/web",
                    "delete the record of revision 2 of release default/web",
                    "only after a failure: delete configmap default/before",
                ])
            #expect(proposal.warnings.contains("ConfigMap kept stays: helm.sh/resource-policy keeps it"))
            try await bench.carryOut(try await bench.preview(proposal))
            #expect(try await bench.statuses(1...2) == [nil, nil])
            #expect(try await bench.present("settings", "extra", "kept") == ["kept"])
            #expect(await bench.failure("helm_uninstall").contains("release web not found"))
        }
    }

    @Test func `a kept history brings the release back`() async throws {
        try await ReleaseBench.withRunning { bench in
            try await install(bench)
            try await bench.carryOut(
                try await bench.preview(
                    try await bench.propose("helm_uninstall", ["keep_history": true, "wait": true])))
            #expect(try await bench.statuses(1...2) == ["superseded", "uninstalled"])
            let gone = try #require(try await bench.state(2))
            #expect(gone.description == "Uninstallation complete" && gone.time("deleted") != nil)
            #expect(await bench.failure("helm_uninstall", ["keep_history": true]).contains("is uninstalled already"))
            try await bench.carryOut(try await bench.preview(try await bench.propose("helm_rollback", ["revision": 2])))
            #expect(try await bench.statuses(1...3) == ["superseded", "uninstalled", "deployed"])
            #expect(try await bench.present("extra") == ["extra"])
            let managed = try await bench.configMap("settings")?.metadata["managedFields"]?.array
            #expect(managed?.map { $0["operation"] } == ["Apply"], "as Helm 4 goes on with")
            try await bench.carryOut(try await bench.preview(try await bench.propose("helm_uninstall")))
            #expect(try await bench.statuses(1...3) == [nil, nil, nil])
        }
    }

    @Test func `a change is recognised although controllers write to the object at once, under the name of its client`()
        async throws
    {
        func manifest(_ argument: String, more: String = "") -> String {
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 1
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: app, image: "shop/app:1", args: [\(argument)]}]}
            \(more)
            """
        }
        try await ReleaseBench.withRunning { bench in
            try await bench.store(
                ReleaseBench.record(1, status: "superseded", manifest: manifest("one", more: Self.extra)))
            let second = try ReleaseBench.record(2, status: "deployed", manifest: manifest("two"))
            try await bench.store(second)
            try await bench.bring(second, manager: "flux")
            let preview = try await bench.preview(try await bench.propose("helm_rollback"))
            // Records what a recovery doesn't see as done.
            try await bench.carryOut(preview)
            let made = try await bench.configMap("extra")?.metadata["managedFields"]?.array
            #expect(made?.map { $0["manager"] } == ["flux"])
        }
    }

    @Test func `a release that a dead client left pending is told, and brought back`() async throws {
        try await ReleaseBench.withRunning { bench in
            try await install(bench, status: "pending-upgrade")
            let proposal = try await bench.propose("helm_rollback")
            #expect(
                proposal.warnings.first?.hasPrefix("revision 2 is pending-upgrade: if its client still works") == true)
            try await bench.carryOut(try await bench.preview(proposal))
            #expect(try await bench.statuses(1...3) == ["superseded", "pending-upgrade", "deployed"])
        }
    }

    @Test func `old records go where the history is full`() async throws {
        try await ReleaseBench.withRunning { bench in
            try await install(bench)
            try await bench.carryOut(
                try await bench.preview(try await bench.propose("helm_rollback", ["revision": 2, "history_max": 2])))
            #expect(try await bench.statuses(1...3) == [nil, "superseded", "deployed"])
        }
    }

    @Test func `what lies in no namespace and is a namesake's stays`() async throws {
        let role = """
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: {name: reader}
            rules: []
            """
        try await ReleaseBench.withRunning { bench in
            try await install(bench)
            let third = try ReleaseBench.record(3, status: "deployed", manifest: Self.manifest("two", more: role))
            try await bench.store(third)
            let resource = try await bench.context.mapper.resource(
                for: GroupVersionKind(group: "rbac.authorization.k8s.io", version: "v1", kind: "ClusterRole"))
            _ = try await bench.client.create(
                KubeObject([
                    "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": [],
                    "metadata": [
                        "name": "reader",
                        "annotations": [
                            "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "elsewhere",
                        ],
                    ],
                ]), in: resource, options: WriteOptions(fieldManager: "helm"))
            for tool in ["helm_rollback", "helm_uninstall"] {
                let proposal = try await bench.propose(tool)
                #expect(
                    proposal.warnings.contains { $0.contains("reader stays: it belongs to release elsewhere/web") })
                #expect(!proposal.writes.contains { $0.target.name == "reader" })
            }
            #expect(
                await bench.failure("helm_rollback", ["revision": 3]).contains(
                    "reader belongs to release elsewhere/web, not to default/web"))
        }
    }

    @Test func `bad input ends in one message`() async throws {
        try await ReleaseBench.withRunning { bench in
            try await install(bench)
            #expect(
                await bench.failure("helm_rollback", ["revision": 9])
                    == "release web has no revision 9 to go back to; stored are 2, 1")
            #expect(await bench.failure("helm_rollback", ["release_name": "wep"]).contains("release wep not found"))
            // Somebody else's object is in the way.
            _ = try await bench.client.patch(
                .configMaps, namespace: "default", name: "settings",
                patch: .merge(["metadata": ["annotations": ["meta.helm.sh/release-name": "other"]]]))
            #expect(
                await bench.failure("helm_rollback").contains(
                    "configmap default/settings belongs to release default/other, not to default/web"))
            let proposal = try await bench.propose("helm_uninstall")
            #expect(proposal.warnings.contains("configmap default/settings stays: it belongs to release default/other"))
        }
    }

    @Test func `test hooks run, and what their pods wrote is the result`() async throws {
        try await ReleaseBench.withRunning { bench in
            func hook(_ name: String, policy: String) -> JSONValue {
                var hook = ReleaseBench.hook(name, events: ["test"], policies: [policy])
                hook["kind"] = "Pod"
                hook["manifest"] = .string(
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: \(name)}\nspec: {restartPolicy: Never, containers: [{name: c, "
                        + "image: \"shop/check:1\", command: [sh, -c, \"echo fine\"]}]}\n")
                return hook
            }
            try await install(
                bench, hooks: [hook("check", policy: "hook-succeeded"), hook("other", policy: "hook-failed")])
            let proposal = try await bench.propose("helm_test")
            #expect(
                proposal.writes.compactMap(\.step?.title) == [
                    "run hook pod default/check", "read the log of pod default/check", "run hook pod default/other",
                    "read the log of pod default/other", "delete pod default/check",
                    "store in revision 2 of release default/web how its hooks ran",
                    "only after a failure: read the log of pod default/check",
                    "only after a failure: delete pod default/check",
                    "only after a failure: read the log of pod default/other",
                    "only after a failure: delete pod default/other",
                ])
            try await bench.carryOut(try await bench.preview(proposal))
            let record = try #require(try await bench.state(2))
            #expect(record.hooks.map { $0["last_run", "phase"] } == ["Succeeded", "Succeeded"])
            #expect(record.status == "deployed")
            let one = try await bench.propose("helm_test", ["test": "check"])
            #expect(one.writes.count == 6)
            #expect(
                await bench.failure("helm_test", ["test": "none"])
                    == "test: release default/web has no test hook none; it has Pod/check, Pod/other")
        }
    }
}
