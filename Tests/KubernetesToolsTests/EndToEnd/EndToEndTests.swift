import FakeKubeAPI
import KubeClient
import KubeModel
import LocalCluster
import Logging
import SkyfloAPI
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// The tools against an API server that isn't scripted.
@Suite struct EndToEndTests {
    private let administrator = Impersonation(user: "alice", groups: ["system:masters"])
    private let manifest = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: app, image: "shop/app:1"}]}
        """

    private func withCluster(
        _ body: (KubeClient, ToolContext) async throws -> Void
    ) async throws {
        try await LocalCluster.withRunning(.init(simulatesWorkloads: false)) { _, endpoint in
            let configuration = ClusterConfiguration(
                server: endpoint.url, certificateAuthority: .data(Array(endpoint.certificateAuthorityPEM.utf8)),
                credentials: .token(endpoint.token))
            try await withKubeClient(configuration, logger: Logger(label: "test")) { client in
                let context = ToolContext(
                    api: ReadOnlyAPI(client.impersonating(administrator)), mapper: RESTMapper(api: client),
                    namespace: "default",
                    redactor: redactor)
                try await body(client, context)
            }
        }
    }

    private func propose(_ name: String, _ arguments: JSONValue, _ context: ToolContext) async throws -> WriteProposal {
        let outcome = try await tools.call(name: name, arguments: JSONWriter.string(arguments), in: context)
        guard case .proposal(let proposal) = outcome else { throw ToolFailure("no proposal: \(outcome)") }
        return proposal
    }

    /// Previews and executes, and returns the preview.
    @discardableResult
    private func carryOut(_ proposal: WriteProposal, _ client: KubeClient, _ context: ToolContext) async throws
        -> String
    {
        let preview = try await Preview.of(proposal, api: context.api, redactor: redactor)
        for (planned, change) in zip(preview.writes, preview.changes) {
            let result = await planned.execute(
                api: client.impersonating(administrator), redactor: redactor, at: KubeTime(seconds: 0))
            guard case .applied = result else { throw ToolFailure("\(result)") }
            let found = try await planned.recover(
                change: change, api: ReadOnlyAPI(client.impersonating(administrator)), redactor: redactor)
            guard case .applied = found else {
                throw ToolFailure("\(planned.target.text): the recovery doesn't see what was done")
            }
        }
        return preview.text
    }

    @Test func `create, change, scale and delete, each as previewed`() async throws {
        try await withCluster { client, context in
            let create = try await carryOut(
                try await propose("k8s_apply", ["content": .string(manifest)], context), client, context)
            #expect(create.contains("+++ deployment default/web (after)") && create.contains("+  replicas: 2"))
            let change = manifest.replacing("shop/app:1", with: "shop/app:2")
            let diff = try await carryOut(
                try await propose("k8s_apply", ["content": .string(change)], context), client, context)
            #expect(
                diff.contains("-      - image: shop/app:1") && diff.contains("+      - image: shop/app:2"), "\(diff)")
            let scale: JSONValue = ["resource_type": "deploy", "name": "web", "replicas": 5]
            #expect(
                try await carryOut(try await propose("k8s_scale", scale, context), client, context).contains(
                    "+  replicas: 5"))
            let images: JSONValue = [
                "resource_type": "deploy", "resource_name": "web", "container_images": "app=shop/app:3",
            ]
            try await carryOut(try await propose("k8s_set_image", images, context), client, context)
            try await carryOut(try await propose("k8s_rollout_restart", ["name": "web"], context), client, context)
            let json: JSONValue = [
                "resource_type": "deploy", "name": "web", "patch_type": "json",
                "patch": #"[{"op":"add","path":"/spec/paused","value":true}]"#,
            ]
            try await carryOut(try await propose("k8s_patch", json, context), client, context)
            let delete = try await propose("k8s_delete", ["resource_type": "deploy", "name": "web"], context)
            try await carryOut(delete, client, context)
            let left = try await client.find(.deployments, namespace: "default", name: "web")
            #expect(left.map(\.isBeingDeleted) ?? true)
        }
    }

    @Test func `what moved since it was planned isn't touched`() async throws {
        try await withCluster { client, context in
            try await carryOut(try await propose("k8s_apply", ["content": .string(manifest)], context), client, context)
            let scale: JSONValue = ["resource_type": "deploy", "name": "web", "replicas": 5]
            let json: JSONValue = [
                "resource_type": "deploy", "name": "web", "patch_type": "json",
                "patch": #"[{"op":"replace","path":"/spec/replicas","value":7}]"#,
            ]
            var planned: [PlannedRequest] = []
            for (tool, arguments) in [
                ("k8s_scale", scale), ("k8s_patch", json), ("k8s_rollout_restart", ["name": "web"]),
                ("k8s_delete", ["resource_type": "deploy", "name": "web"]),
                ("k8s_apply", ["content": .string(manifest.replacing("replicas: 2", with: "replicas: 6"))]),
                ("k8s_apply", ["content": "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}"]),
            ] as [(String, JSONValue)] {
                planned += try await propose(tool, arguments, context).requests
            }
            _ = try await client.patch(
                .deployments, namespace: "default", name: "web",
                patch: .merge(["metadata": ["labels": ["moved": "yes"]]]))
            let map = FakeAPI.resources.first { $0.kind == "ConfigMap" }
            _ = try await client.create(
                KubeObject([
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "c", "namespace": "default"],
                ]),
                in: try #require(map))
            for request in planned {
                let result = await KubernetesBackend().execute(
                    request, api: client.impersonating(administrator), redactor: redactor)
                guard case .stale = result else {
                    Issue.record("\(request.request.method) \(request.request.path): \(result)")
                    continue
                }
            }
            let live = try await client.get(.deployments, namespace: "default", name: "web")
            #expect(live["spec", "replicas"]?.int == 2 && !live.isBeingDeleted)
        }
    }

    @Test func `who may nothing is told what is missing`() async throws {
        try await withCluster { client, context in
            var context = context
            context.api = ReadOnlyAPI(client.impersonating(.serviceAccount(namespace: "default", name: "nobody")))
            do {
                _ = try await tools.call(name: "k8s_get", arguments: #"{"resource_type":"secrets"}"#, in: context)
                Issue.record("no failure")
            } catch let failure as ToolFailure {
                #expect(
                    failure.message.contains(
                        "system:serviceaccount:default:nobody may not list secrets in namespace default"), "\(failure)")
            }
        }
    }

    @Test func `reads are printed by the server's own columns`() async throws {
        try await withCluster { client, context in
            try await carryOut(try await propose("k8s_apply", ["content": .string(manifest)], context), client, context)
            guard
                case .output(let text) = try await tools.call(
                    name: "k8s_get", arguments: #"{"resource_type":"deploy"}"#, in: context)
            else { return #expect(Bool(false)) }
            #expect(text.hasPrefix("NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    0/2 "), "\(text)")
            guard
                case .output(let description) = try await tools.call(
                    name: "k8s_describe", arguments: #"{"resource_type":"deploy","name":"web"}"#, in: context)
            else { return #expect(Bool(false)) }
            #expect(description.contains("Pods: none\nEvents: none"), "\(description)")
        }
    }

    // MARK: - Apply

    private func flags(_ data: String) -> JSONValue {
        ["content": .string("{apiVersion: v1, kind: ConfigMap, metadata: {name: flags}, data: \(data)}")]
    }

    @Test func `nothing that an apply takes away goes without being named`() async throws {
        try await withCluster { client, context in
            let map = try #require(FakeAPI.resources.first { $0.kind == "ConfigMap" })
            func apply(_ data: String) async throws -> (warnings: [String], diff: String, keys: [String]?) {
                let proposal = try await propose("k8s_apply", flags(data), context)
                let warnings = try await Preview.of(proposal, api: context.api, redactor: redactor).warnings
                let diff = try await carryOut(proposal, client, context)
                return (
                    warnings, diff,
                    try await client.get(map, namespace: "default", name: "flags")["data"]?.object?.keys.sorted()
                )
            }
            #expect(try await apply("{a: '1', b: '2'}").warnings == [])
            let second = try await apply("{c: '3'}")
            #expect(second.warnings == [] && second.keys == ["a", "b", "c"])
            let third = try await apply("{d: '4'}")
            #expect(third.warnings == ["removes data.c, which the manifest leaves out"])
            #expect(third.diff.contains("-  c: \"3\"") && third.keys == ["a", "b", "d"])
            // What an apply has changed is its own, wherever it came from.
            #expect(try await apply("{a: '9', d: '4'}").warnings.allSatisfy { !$0.hasPrefix("removes") })
            #expect(try await apply("{d: '4'}").warnings == ["removes data.a, which the manifest leaves out"])
        }
    }

    @Test func `documents in an order that can't work are sent in one that can`() async throws {
        try await withCluster { client, context in
            let manifest = """
                {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: v}}
                ---
                {apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: newns}, data: {k: v}}
                ---
                {apiVersion: v1, kind: Namespace, metadata: {name: newns}}
                """
            let proposal = try await propose("k8s_apply", ["content": .string(manifest)], context)
            let preview = try await Preview.of(proposal, api: context.api, redactor: redactor)
            #expect(
                preview.warnings == ["configmap newns/b could not be checked: namespace newns doesn't exist yet"])
            try await carryOut(proposal, client, context)
        }
    }

    @Test(arguments: [
        (
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: nowhere}}",
            "namespace nowhere is missing; apply a Namespace nowhere with it or before it"
        ),
        (
            """
            {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {serviceAccountName: robot, containers: [{name: a, image: b}]}}
            ---
            {apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}}
            """, "serviceaccount default/robot must be applied first, in a separate call"
        ),
        (
            """
            {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {priorityClassName: hi, containers: [{name: a, image: b}]}}
            ---
            {apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: hi}, value: 1_000}
            """, "priorityclass hi must be applied first, in a separate call"
        ),
    ])
    func `what can't work is refused before anybody is asked`(_ manifest: String, _ expected: String) async throws {
        try await withCluster { _, context in
            let proposal = try await propose("k8s_apply", ["content": .string(manifest)], context)
            await #expect {
                _ = try await Preview.of(proposal, api: context.api, redactor: redactor)
            } throws: { error in
                "\(error)".contains(expected)
            }
        }
    }
}
