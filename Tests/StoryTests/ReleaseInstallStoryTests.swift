import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import TestCharts
import Testing

/// A chart of a repository that the SkyfloAI names is installed by one approval, and upgraded by another.
@Suite struct ReleaseInstallStoryTests {
    private static let chart = [
        "templates/all.yaml": """
        apiVersion: v1
        kind: Secret
        metadata: {name: credentials}
        stringData: {password: {{ .Values.db.password | quote }}, made: {{ randAlphaNum 16 | quote }}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: site}
        spec:
          replicas: {{ .Values.replicas }}
          selector: {matchLabels: {app: site}}
          template:
            metadata: {labels: {app: site}}
            spec: {containers: [{name: app, image: "nginx:1.27"}]}
        """
    ]

    private static func run(
        _ body: @escaping @Sendable (Story) async throws -> Void
    ) async throws {
        let charts = TestChartServer()
        charts.add("site", version: "1.0.0", archive: ChartArchives.simple("site", version: "1.0.0", files: chart))
        try await charts.serve {
            try await Story.run(nil) { story in
                try await story.letCopilotAdminister()
                let sky = try #require(try await story.api.list(.skyfloAIs, namespace: "shop").items.first)
                _ = try await story.api.patch(
                    .skyfloAIs, namespace: "shop", name: sky.name,
                    patch: .merge([
                        "spec": ["helm": ["repositories": [["name": "stable", "url": .string(charts.url)]]]]
                    ]))
                try await body(story)
            }
        }
    }

    private static let install = ModelReply.calls(
        (
            "helm_install",
            [
                "release_name": "web", "chart": "stable/site", "set": ["db.password": "geheim-4711", "replicas": "2"],
            ]
        ))

    private static func status(_ story: Story, revision: Int) async throws -> String? {
        try await story.api.find(
            .secrets, namespace: "shop", name: "sh.helm.release.v1.web.v\(revision)")?.labels["status"]
    }

    @Test func `a chart is installed as it was approved, and upgraded`() async throws {
        let model = ScriptedModel(
            Self.install, .says("Installed."),
            .calls(
                (
                    "helm_upgrade",
                    [
                        "release_name": "web", "chart": "stable/site", "set": ["replicas": "1"],
                        "reset_then_reuse_values": true,
                    ]
                )), .says("Upgraded."))
        try await Self.run { story in
            try await story.withOperator(model) {
                try await story.ask("install the site")
                let waiting = try await story.untilPhase(.awaitingApproval)
                let approval = try #require(waiting.status.approvals["c1"])
                #expect(approval.preview.hasPrefix("chart site-1.0.0, from http"))
                #expect(approval.preview.contains("+replicas: 2"))
                try await story.approve("c1")
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.state == .succeeded, "\(done.status.json)")
                #expect(try await Self.status(story, revision: 1) == "deployed")
                #expect(try await story.replicas("site") == 2)
                let secret = try await story.api.get(.secrets, namespace: "shop", name: "credentials")
                let made = try #require(secret["data", "made"]?.string)

                try await story.change(spec: ["followUps": ["more": ["content": "one is enough"]]])
                try await story.until("asked again") { $0.status.approvals["c2"]?.digest != nil }
                try await story.approve("c2")
                let after = try await story.until("upgraded") {
                    $0.status.calls["c2"]?.state == .succeeded && $0.status.phase == .completed
                }
                #expect(try await Self.status(story, revision: 2) == "deployed")
                #expect(try await Self.status(story, revision: 1) == "superseded")
                #expect(try await story.replicas("site") == 1)
                let again = try await story.api.get(.secrets, namespace: "shop", name: "credentials")
                // Made anew by the template, once.
                #expect(again["data", "made"]?.string != made)
                #expect(again["data", "password"]?.string == Base64.encode(Array("geheim-4711".utf8)))
                let events = try await story.api.list(.events, namespace: "shop").items.map(\.json)
                let text = JSONWriter.string(after.object.json) + JSONWriter.string(.array(events))
                for secret in ["geheim-4711", "Z2VoZWltLTQ3MTE"] { #expect(!text.contains(secret)) }
            }
        }
    }

    @Test func `an installation is undone by uninstalling it, and an upgrade by a rollback`() async throws {
        let model = ScriptedModel(
            Self.install, .says("Installed."),
            .calls(
                (
                    "helm_upgrade",
                    [
                        "release_name": "web", "chart": "stable/site", "set": ["replicas": "1"], "reuse_values": true,
                    ]
                )), .says("Upgraded."))
        try await Self.run { story in
            try await story.withOperator(model) {
                try await story.ask("install the site")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let installed = try await story.untilPhase(.completed)
                let install = try #require(installed.status.changes.first)
                #expect(installed.status.changes.count == 1 && install.obstacle == nil, "\(installed.status.json)")
                try await story.change(spec: ["followUps": ["more": ["content": "one is enough"]]])
                try await story.until("asked again") { $0.status.approvals["c2"]?.digest != nil }
                try await story.approve("c2")
                let upgraded = try await story.until("upgraded") {
                    $0.status.calls["c2"]?.state == .succeeded && $0.status.phase == .completed
                }
                let upgrade = try #require(upgraded.status.changes.first { $0.call == "c2" })

                // The release has moved on since it was installed.
                try await story.change(spec: ["undo": [.string(install.id)]])
                let refused = try await story.until("refused") { $0.status.calls["c3"]?.state.isFinal ?? false }
                #expect(refused.status.calls["c3"]?.result?.contains("is 2 (deployed), not 1") == true)

                try await story.change(spec: ["undo": [.string(install.id), .string(upgrade.id)]])
                let waiting = try await story.until("rollback") { $0.status.approvals["c4"]?.digest != nil }
                let summary = waiting.status.approvals["c4"]?.summary ?? ""
                #expect(summary.hasPrefix("Undo “Upgrade") && summary.contains("back to revision 1"), "\(summary)")
                try await story.approve("c4")
                try await story.until("rolled back") { $0.status.calls["c4"]?.state == .succeeded }
                #expect(try await Self.status(story, revision: 3) == "deployed")
                #expect(try await story.replicas("site") == 2)
            }
        }
    }

    @Test func `what was installed goes again by an undo`() async throws {
        try await Self.run { story in
            try await story.withOperator(ScriptedModel(Self.install, .says("Installed."))) {
                try await story.ask("install the site")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                let installed = try await story.untilPhase(.completed)
                let change = try #require(installed.status.changes.first)
                try await story.change(spec: ["undo": [.string(change.id)]])
                try await story.until("asked") { $0.status.approvals["c2"]?.digest != nil }
                try await story.approve("c2")
                let done = try await story.until("undone") { $0.status.calls["c2"]?.state.isFinal ?? false }
                #expect(done.status.calls["c2"]?.state == .succeeded, "\(done.status.json)")
                #expect(try await Self.status(story, revision: 1) == nil)
                #expect(try await story.api.find(Self.deployments, namespace: "shop", name: "site") == nil)
            }
        }
    }

    @Test func `an installation that one worker began the next one ends`() async throws {
        try await Self.run { story in
            // Nobody is ready before the namespace may have two pods.
            try await story.apply(
                """
                apiVersion: v1
                kind: ResourceQuota
                metadata: {name: few, namespace: shop}
                spec: {hard: {pods: "3"}}
                """)
            try await story.withOperator(ScriptedModel(Self.install)) {
                try await story.ask("install the site")
                try await story.untilPhase(.awaitingApproval)
                try await story.approve("c1")
                try await eventually("the site is there") {
                    try await story.api.find(Self.deployments, namespace: "shop", name: "site") != nil
                }
            }
            #expect(try await Self.status(story, revision: 1) == "pending-install")
            let secret = try await story.api.get(.secrets, namespace: "shop", name: "credentials")
            try await Self.makeRoom(story)
            try await story.withOperator(ScriptedModel(.says("Installed."))) {
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.state == .succeeded, "\(done.status.json)")
            }
            #expect(try await Self.status(story, revision: 1) == "deployed")
            let same = try await story.api.get(.secrets, namespace: "shop", name: "credentials")
            #expect(same.uid == secret.uid && same["data"] == secret["data"])
        }
    }

    private static func makeRoom(_ story: Story) async throws {
        let quotas = APIResource(group: "", version: "v1", plural: "resourcequotas", kind: "ResourceQuota")
        _ = try await story.api.delete(quotas, namespace: "shop", name: "few")
    }

    private static let deployments = APIResource(
        group: "apps", version: "v1", plural: "deployments", kind: "Deployment")
}
