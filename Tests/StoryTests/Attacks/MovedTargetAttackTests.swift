import KubeClient
import KubeModel
import LanguageModels
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// What an approval is about moves between the preview and the write.
@Suite struct MovedTargetAttackTests {
    /// The ways in which tools send a change: JSON patches, merge patches, subresources, deletions.
    private static let writes: [ModelReply] = [
        .scale(to: 3), patch("merge", #"{"spec":{"minReadySeconds":1}}"#),
        patch("json", #"[{"op":"add","path":"/spec/minReadySeconds","value":1}]"#),
        patch("strategic", #"{"spec":{"minReadySeconds":1}}"#),
        .calls(("k8s_delete", ["resource_type": "deployment", "name": "web"])),
    ]

    private static func patch(_ type: JSONValue, _ patch: JSONValue) -> ModelReply {
        .calls(("k8s_patch", ["resource_type": "deployment", "name": "web", "patch_type": type, "patch": patch]))
    }

    @Test(arguments: writes.indices)
    func `a status that moves is no reason to ask again`(_ write: Int) async throws {
        let log = RequestLog()
        try await Story.run(nil) { story in
            let model = ScriptedModel(Self.writes[write], .says("Done."))
            try await story.grantAll()
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("do it")
                try await story.untilPhase(.awaitingApproval)
                try await story.moveStatus()
                try await story.approve("c1")
                let over = try await story.until("over") { $0.status.phase?.isTerminal ?? false }
                #expect(over.status.phase == .completed && over.status.calls.keys.sorted() == ["c1"])
                #expect(log.writes.count == 1)
            }
        }
    }

    /// Each is something that whoever approved has not seen.
    @Test(
        arguments: [
            ["metadata": ["labels": ["team": "other"]]], ["metadata": ["annotations": ["a": "b"]]],
            ["metadata": ["finalizers": ["example.dev/guard"]]],
            ["spec": ["template": ["spec": ["priorityClassName": "high"]]]], ["spec": ["paused": true]],
        ] as [JSONValue])
    func `anything but the status makes the approval stale`(_ change: JSONValue) async throws {
        let log = RequestLog()
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("scale")
                try await story.untilPhase(.awaitingApproval)
                try await story.moveStatus()
                _ = try await story.api.patch(
                    .deployments, namespace: Story.namespace, name: "web", patch: .merge(change))
                try await story.approve("c1")
                let again = try await story.until("asked again") { $0.status.approvals["c2"]?.digest != nil }
                #expect(again.status.calls["c1"]?.state == .stale && again.status.approvals["c2"]?.decision == nil)
                #expect(log.writes.isEmpty)
            }
        }
    }

    @Test func `another object with the same content is another object`() async throws {
        let log = RequestLog()
        let model = ScriptedModel(
            .calls(
                (
                    "k8s_patch",
                    [
                        "resource_type": "configmap", "name": "settings", "patch_type": "merge",
                        "patch": #"{"data":{"a":"2"}}"#,
                    ]
                )), .says("Done."))
        try await Story.run(nil) { story in
            try await story.grantAll()
            let map = KubeObject(
                .configMaps, namespace: Story.namespace, name: "settings", members: ["data": ["a": "1"]])
            _ = try await story.api.create(map, in: .configMaps)
            try await story.withOperator(model, wrap: { WatchedAPI($0, log) }) {
                try await story.ask("patch")
                try await story.untilPhase(.awaitingApproval)
                try await story.api.delete(.configMaps, namespace: Story.namespace, name: "settings")
                _ = try await story.api.create(map, in: .configMaps)
                try await story.approve("c1")
                let again = try await story.until("asked again") { $0.status.approvals["c2"]?.digest != nil }
                #expect(again.status.calls["c1"]?.state == .stale && log.writes.isEmpty)
            }
        }
    }

    /// As when a webhook that was changed meanwhile makes something else of the same request.
    @Test func `a change with another effect than the previewed one is not sent`() async throws {
        let log = RequestLog()
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            try await story.withOperator(model, wrap: { AlteredDryRun(WatchedAPI($0, log), from: 2) }) {
                try await story.ask("scale")
                try await story.untilPhase(.awaitingApproval)
                try await story.moveStatus()
                try await story.approve("c1")
                let again = try await story.until("asked again") { $0.status.approvals["c2"]?.digest != nil }
                #expect(again.status.calls["c1"]?.state == .stale && log.writes.isEmpty)
                #expect(again.status.approvals["c2"]?.json["preview"]?.string?.contains("replicas: 50") == true)
            }
        }
    }

    @Test(arguments: [true, false])
    func `a stop or a stricter rule that comes while the dry run is repeated is seen`(_ isStop: Bool) async throws {
        let log = RequestLog()
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            // The second one: the first is the preview's.
            let runs = Mutex(0)
            let hook = Hook(where: { $0.path.hasSuffix("/scale") && $0.isReadOnly && $0.method == .patch }) { _ in
                runs.withLock { runs in
                    runs += 1
                    return runs == 2
                }
            } then: {
                guard !isStop else { return try await story.change(spec: ["stop": true]) }
                try await story.changeSkyflo(["approvals": ["quorum": 2]], untilSeen: false)
            }
            try await story.withOperator(model, wrap: { HookedAPI(WatchedAPI($0, log), hook) }) {
                try await story.ask("scale")
                try await story.untilPhase(.awaitingApproval)
                try await story.moveStatus()
                try await story.approve("c1")
                let over = try await story.until("decided") { $0.status.calls["c1"]?.state.isFinal ?? false }
                #expect(over.status.calls["c1"]?.state == .failed, "\(over.status.json)")
                #expect(over.status.calls["c1"]?.result?.contains("not sent") == true)
                #expect(log.writes.isEmpty && runs.withLock { $0 } >= 2)
            }
            #expect(try await story.replicas() == 2)
        }
    }

    @Test func `a target that never stands still is asked about again, after some attempts`() async throws {
        let log = RequestLog()
        let model = ScriptedModel(.scale(to: 3), .says("Done."))
        try await Story.run(nil) { story in
            let isApproved = Mutex(false)
            let attempts = Mutex(0)
            let moving: @Sendable (any KubeAPI) -> any KubeAPI = { api in
                InterceptedAPI(WatchedAPI(api, log)) { request, _ in
                    let isWrite = request.path.hasSuffix("/scale") && !request.isReadOnly
                    guard isWrite, isApproved.withLock(\.self) else { return }
                    attempts.withLock { $0 += 1 }
                    try await story.moveStatus()
                }
            }
            try await story.withOperator(model, wrap: moving) {
                try await story.ask("scale")
                try await story.untilPhase(.awaitingApproval)
                isApproved.withLock { $0 = true }
                try await story.approve("c1")
                let over = try await story.until("decided") { $0.status.calls["c1"]?.state.isFinal ?? false }
                #expect(over.status.calls["c1"]?.state == .stale && log.writes.isEmpty)
                #expect((3...10).contains(attempts.withLock(\.self)))
            }
        }
    }
}

/// Makes something else of dry runs of a scale, from the one with this number on.
private final class AlteredDryRun: KubeAPI {
    private let api: any KubeAPI
    private let first: Int
    private let seen = Mutex(0)

    init(_ api: any KubeAPI, from first: Int) {
        self.api = api
        self.first = first
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        var response = try await api.send(request, as: identity)
        guard request.path.hasSuffix("/scale"), request.method == .patch, request.isReadOnly else { return response }
        let number = seen.withLock { seen in
            seen += 1
            return seen
        }
        if number >= first, var body = try? response.json() {
            body[path: ["spec", "replicas"]] = 50
            response.body = JSONWriter.bytes(body)
        }
        return response
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await api.stream(request, as: identity, body: body)
    }
}

extension Story {
    /// Lets the tools do everything in the shop.
    fileprivate func grantAll() async throws {
        try await apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: all, namespace: shop}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}
            subjects: [{kind: ServiceAccount, name: copilot, namespace: shop}]
            """)
    }

    /// Gives the deployment web a status, as its controller does all the time.
    fileprivate func moveStatus() async throws {
        let old = try await api.get(.deployments, namespace: Self.namespace, name: "web")
        let collisions = old["status", "collisionCount"]?.int ?? 0
        let new = try await api.patch(
            .deployments, namespace: Self.namespace, name: "web", subresource: "status",
            patch: .merge(["status": ["collisionCount": JSONValue(collisions + 1)]]))
        #expect(new.resourceVersion != old.resourceVersion)
    }
}
