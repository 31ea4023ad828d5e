import KubeClient
import KubeModel
import LanguageModels
import LocalCluster
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// Reads that wait, with the whole operator.
@Suite struct WaitStoryTests {
    private static let settings = "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}}"

    private static func wait(timeout: String) -> ModelReply {
        .calls(
            (
                "k8s_wait",
                ["resource_type": "configmap", "name": "settings", "for": "create", "timeout": .string(timeout)]
            ), ("k8s_get", ["resource_type": "deployments"]))
    }

    private static func model(timeout: String) -> ScriptedModel {
        ScriptedModel(wait(timeout: timeout), .says("It is there."))
    }

    @Test func `a wait is shown, outlives its worker, and ends when what it is for has come`() async throws {
        let model = Self.model(timeout: "10m")
        try await Story.run(nil) { story in
            try await story.withOperator(model) {
                try await story.ask("wait for the settings")
                let waiting = try await story.until("waiting") {
                    $0.status.calls["c1"]?.state == .waiting && $0.status.calls["c2"]?.state == .succeeded
                }
                let call = try #require(waiting.status.calls["c1"])
                #expect(waiting.status.phase == .waiting)
                #expect(call.waitingFor == "creation of configmap/settings in shop" && call.waitingUntil != nil)
                let running = waiting.status.conditions[type: "Running"]
                #expect(running?.message.contains("c1 waits for creation of configmap/settings in shop until") == true)
            }
            let before = try await story.until("kept") { $0.status.calls["c1"]?.waitingUntil != nil }
            try await story.withOperator(model, identity: "operator-2") {
                let after = try await story.until("taken over") { $0.status.workerIdentity == "operator-2" }
                #expect(after.status.calls["c1"]?.waitingUntil == before.status.calls["c1"]?.waitingUntil)
                try await story.apply(Self.settings)
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.result?.hasPrefix("Met after") == true)
                #expect(done.status.calls["c1"]?.waitingFor == nil)
                #expect(model.requests.count == 2)
            }
        }
    }

    @Test func `a turn that waits leaves its place to another`() async throws {
        let model = ScriptedModel { request, _ in
            guard request.firstUserText == "wait" else { return .says("Done.") }
            return Self.hasResults(request) ? .says("It is there.") : Self.wait(timeout: "10m")
        }
        try await Story.run(model) { story in
            try await story.changeSkyflo(["limits": ["runningTurns": 1]])
            try await story.ask("wait", name: "one")
            let waiting = try await story.untilPhase(.waiting, "one")
            #expect(waiting.status.calls["c1"]?.state == .waiting)
            try await story.ask("answer", name: "two")
            try await story.untilPhase(.completed, "two")
            try await story.apply(Self.settings)
            try await story.untilPhase(.completed, "one")
        }
    }

    private static func hasResults(_ request: ModelRequest) -> Bool {
        request.messages.contains { if case .tool = $0 { true } else { false } }
    }

    @Test func `when the time is up the turn goes on`() async throws {
        let model = Self.model(timeout: "1s")
        try await Story.run(model) { story in
            try await story.ask("wait for the settings")
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.state == .succeeded)
            #expect(model.toolResults.first?.contains("configmap/settings   no    does not exist yet") == true)
        }
    }

    /// Requests about config maps of the shop, as whom a conversation acts.
    private final class Looks: Sendable {
        private let events = Mutex<[AuditEvent]>([])

        func note(_ event: AuditEvent) {
            guard event.method == "GET", event.target.hasPrefix("/api/v1/namespaces/shop/configmaps") else { return }
            events.withLock { $0.append(event) }
        }

        var watches: Int { events.withLock { $0.count { $0.target.contains("watch=true") } } }
        var gets: Int { events.withLock { $0.count { !$0.target.contains("watch=true") } } }
    }

    @Test func `what is waited for is watched, not asked for again and again`() async throws {
        let looks = Looks()
        try await Story.run(Self.model(timeout: "10m"), audit: { looks.note($0) }) { story in
            try await story.ask("wait for the settings")
            try await story.until("waiting") { $0.status.calls["c1"]?.state == .waiting }
            try await eventually("it is watched") { looks.watches == 1 }
            let before = looks.gets
            // Something else comes, which is nothing to look at.
            try await story.apply("{apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: shop}}")
            try await story.apply(Self.settings)
            let done = try await story.untilPhase(.completed)
            #expect(done.status.calls["c1"]?.result?.hasPrefix("Met after") == true)
            #expect(looks.gets == before + 1 && looks.watches == 1)
        }
    }

    @Test func `who may not watch looks at intervals`() async throws {
        let looks = Looks()
        try await Story.run(nil, audit: { looks.note($0) }) { story in
            let role = APIResource(
                group: "rbac.authorization.k8s.io", version: "v1", plural: "roles", kind: "Role")
            let rule: JSONValue = ["apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]]
            _ = try await story.api.patch(
                role, namespace: Story.namespace, name: "copilot", patch: .merge(["rules": [rule]]))
            try await story.withOperator(Self.model(timeout: "10m")) {
                try await story.ask("wait for the settings")
                try await eventually("the watch is refused") { looks.watches == 1 }
                let before = looks.gets
                try await eventually("somebody looks") { looks.gets > before + 2 }
                try await story.apply(Self.settings)
                let done = try await story.untilPhase(.completed)
                #expect(done.status.calls["c1"]?.result?.hasPrefix("Met after") == true)
                #expect(looks.watches == 1)
            }
        }
    }

    @Test func `a stop ends it at once`() async throws {
        try await Story.run(Self.model(timeout: "10m")) { story in
            try await story.ask("wait for the settings")
            try await story.until("waiting") { $0.status.calls["c1"]?.state == .waiting }
            try await story.change(spec: ["stop": true])
            let stopped = try await story.untilPhase(.stopped)
            #expect(stopped.status.calls["c1"]?.state == .cancelled)
        }
    }
}
