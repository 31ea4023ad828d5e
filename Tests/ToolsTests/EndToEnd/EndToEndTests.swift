import KubeClient
import KubeModel
import LocalCluster
import Logging
import Testing

@testable import Tools

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
                    api: ReadOnlyAPI(client, as: administrator), mapper: RESTMapper(api: client), namespace: "default",
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
        for (planned, change) in zip(proposal.requests, preview.changes) {
            let result = await WriteExecutor.execute(planned, api: client, as: administrator)
            guard case .applied = result else { throw ToolFailure("\(result)") }
            guard
                case .executed = try await WriteExecutor.outcome(
                    of: planned, change: change, redactor: redactor, api: client, as: administrator)
            else {
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
                .deployments, namespace: "default", name: "web", .merge(["metadata": ["labels": ["moved": "yes"]]]))
            let map = FakeAPI.resources.first { $0.kind == "ConfigMap" }
            _ = try await client.create(
                KubeObject([
                    "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "c", "namespace": "default"],
                ]),
                in: try #require(map))
            for request in planned {
                let result = await WriteExecutor.execute(request, api: client, as: administrator)
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
            context.api = ReadOnlyAPI(client, as: .serviceAccount(namespace: "default", name: "nobody"))
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
}
