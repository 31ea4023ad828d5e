import FakeKubeAPI
import KubeClient
import KubeModel
import LocalCluster
import Logging
import OperatorTestKit
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

let alice = Impersonation(user: "alice", groups: ["system:masters"])

/// A cluster whose workloads appear to run, with a namespace `shop`.
struct SimulatedShop {
    var client: KubeClient

    static func run(_ body: (SimulatedShop) async throws -> Void) async throws {
        try await LocalCluster.withRunning { _, endpoint in
            let configuration = ClusterConfiguration(
                server: endpoint.url, certificateAuthority: .data(Array(endpoint.certificateAuthorityPEM.utf8)),
                credentials: .token(endpoint.token))
            try await withKubeClient(configuration, logger: Logger(label: "test")) { client in
                let shop = SimulatedShop(client: client)
                try await shop.create(yaml("{apiVersion: v1, kind: Namespace, metadata: {name: shop}}"))
                try await body(shop)
            }
        }
    }

    func context(as identity: Impersonation = alice, outputLimit: Int = 16_384) -> ToolContext {
        ToolContext(
            api: ReadOnlyAPI(client.impersonating(identity)), mapper: RESTMapper(api: client), namespace: "shop",
            redactor: redactor, outputLimit: outputLimit)
    }

    /// What the tool answers, or what the model is told when the call fails.
    func answer(
        _ tool: String, _ arguments: JSONValue, as identity: Impersonation = alice, outputLimit: Int = 16_384
    ) async throws -> String {
        do {
            let outcome = try await tools.call(
                name: tool, arguments: JSONWriter.string(arguments),
                in: context(as: identity, outputLimit: outputLimit))
            guard case .output(let text) = outcome else { throw ToolFailure("a proposal: \(outcome)") }
            return text
        } catch let failure as ToolFailure {
            return failure.message
        }
    }

    @discardableResult
    func create(_ object: KubeObject) async throws -> KubeObject {
        let version = try #require(object.groupVersion)
        let resource = try await RESTMapper(api: client).resource(
            for: GroupVersionKind(group: version.group, version: version.version, kind: object.kind))
        return try await client.create(object, in: resource)
    }

    /// A workload with one container, `cpu: 200m`, `memory: 64Mi`.
    @discardableResult
    func createWorkload(_ kind: String, name: String, image: String = "shop/app:1") async throws -> KubeObject {
        try await create(
            yaml(
                """
                apiVersion: apps/v1
                kind: \(kind)
                metadata: {name: \(name), namespace: shop}
                spec:
                  \(kind == "StatefulSet" ? "serviceName: \(name)" : "")
                  \(kind == "DaemonSet" ? "" : "replicas: 2")
                  selector: {matchLabels: {app: \(name)}}
                  template:
                    metadata: {labels: {app: \(name)}}
                    spec:
                      containers:
                      - name: app
                        image: \(image)
                        env: [{name: API_TOKEN, value: verysecretvalue}]
                        resources: {requests: {cpu: 200m, memory: 64Mi}}
                """))
    }

    func rollout(_ resource: APIResource, name: String) async throws {
        try await eventually("\(resource.kind) \(name) is rolled out") {
            let object = try await client.get(resource, namespace: "shop", name: name)
            guard case .complete = RolloutStatus(object) else { return false }
            return object["status", "observedGeneration"]?.int == object.generation
        }
    }

    func setImage(_ resource: APIResource, name: String, image: String) async throws {
        let container: JSONValue = ["name": "app", "image": .string(image)]
        _ = try await client.patch(
            resource, namespace: "shop", name: name,
            patch: .strategic(["spec": ["template": ["spec": ["containers": [container]]]]]))
        try await rollout(resource, name: name)
    }
}
