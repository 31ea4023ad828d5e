import FakeKubeAPI
import KubeClient
import KubeModel
import LocalCluster
import Logging
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// Two groups with resources of one name, on an API server that isn't scripted.
@Suite struct NamesakesEndToEndTests {
    private static let groups = ["gateway.example.org", "networking.example.com"]

    private func definition(_ group: String) -> KubeObject {
        yaml(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gateways.\(group)}
            spec:
              group: \(group)
              scope: Namespaced
              names: {plural: gateways, singular: gateway, kind: Gateway, shortNames: [gw]}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
            """)
    }

    /// With both kinds served, and one object: `edge`, of the group that a plain name doesn't stand for.
    private func withGateways(_ body: (ToolContext, _ first: APIResource, _ second: APIResource) async throws -> Void)
        async throws
    {
        try await LocalCluster.withRunning(.init(simulatesWorkloads: false)) { _, endpoint in
            let configuration = ClusterConfiguration(
                server: endpoint.url, certificateAuthority: .data(Array(endpoint.certificateAuthorityPEM.utf8)),
                credentials: .token(endpoint.token))
            try await withKubeClient(configuration, logger: Logger(label: "test")) { client in
                for group in Self.groups {
                    _ = try await client.create(definition(group), in: .customResourceDefinitions)
                }
                let mapper = RESTMapper(api: client, reloadInterval: .zero)
                let deadline = ContinuousClock.now + .seconds(120)
                while try await mapper.allResources().count(where: { $0.plural == "gateways" }) < 2 {
                    try #require(ContinuousClock.now < deadline, "the definitions aren't served")
                    await mapper.invalidate()
                }
                let match = try await mapper.match("gw")
                let second = try #require(match.others.first)
                _ = try await client.create(
                    KubeObject([
                        "apiVersion": .string(second.apiVersion), "kind": "Gateway",
                        "metadata": ["name": "edge", "namespace": "default"],
                    ]), in: second)
                let administrator = Impersonation(user: "alice", groups: ["system:masters"])
                let context = ToolContext(
                    api: ReadOnlyAPI(client.impersonating(administrator)), mapper: mapper, namespace: "default",
                    redactor: redactor)
                try await body(context, match.resource, second)
            }
        }
    }

    private func text(_ tool: String, _ arguments: JSONValue, _ context: ToolContext) async throws -> String {
        do {
            let outcome = try await tools.call(name: tool, arguments: JSONWriter.string(arguments), in: context)
            guard case .output(let text) = outcome else { return "\(outcome)" }
            return text
        } catch let failure as ToolFailure {
            return failure.message
        }
    }

    @Test func `an empty list names its group, and the one that has objects`() async throws {
        try await withGateways { context, first, second in
            for name in ["gateways", "Gateway", "gw", first.qualifiedName] {
                let empty = try await text("k8s_get", ["resource_type": .string(name)], context)
                #expect(
                    empty == """
                        No resources found in default namespace: no \(first).
                        Another group has a resource of this name: \(second) (it has objects in this namespace).
                        """)
            }
            let found = try await text("k8s_get", ["resource_type": .string(second.qualifiedName)], context)
            #expect(found.hasPrefix("NAME   AGE\nedge ") && !found.contains("Other resources"), "\(found)")
            let missing = try await text("k8s_describe", ["resource_type": "gw", "name": "edge"], context)
            #expect(
                missing.contains("The requested type is \(first); other types of this name: \(second)."), "\(missing)")
            let unknown = try await text("k8s_get", ["resource_type": "gateways.example.net"], context)
            #expect(unknown.hasSuffix("in group \"example.net\"; available: \(first), \(second)"), "\(unknown)")
        }
    }
}
