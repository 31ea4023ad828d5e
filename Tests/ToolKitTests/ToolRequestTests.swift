import FakeKubeAPI
import KubeClient
import KubeModel
import Testing
import Writes

@testable import ToolKit

@Suite struct ToolRequestTests {
    private func access(_ method: KubeRequest.Method, _ path: String) throws -> ResourceAccess {
        try #require(ResourceAccess(KubeRequest(method, path: path)))
    }

    @Test(arguments: [
        (
            ToolRequest.patch("deployments.apps"), KubeRequest.Method.patch, "/apis/apps/v1/namespaces/a/deployments/b",
            true
        ),
        (.patch("deployments.apps"), .delete, "/apis/apps/v1/namespaces/a/deployments/b", false),
        (.patch("deployments"), .patch, "/apis/apps/v1/namespaces/a/deployments/b", false),
        (.patch("deployments.apps"), .patch, "/apis/apps/v1/namespaces/a/deployments/b/scale", false),
        (.patch("*/scale"), .patch, "/apis/apps/v1/namespaces/a/deployments/b/scale", true),
        (.patch("*"), .patch, "/apis/apps/v1/namespaces/a/deployments/b/scale", false),
        (.patch("*"), .patch, "/api/v1/nodes/n", true),
        (.create("pods/eviction"), .post, "/api/v1/namespaces/a/pods/b/eviction", true),
        (.create("pods"), .post, "/api/v1/namespaces/a/pods/b/eviction", false),
    ])
    func `a request is covered by verb, resource and subresource`(
        _ request: ToolRequest, _ method: KubeRequest.Method, _ path: String, _ expected: Bool
    ) throws {
        #expect(request.allows(try access(method, path)) == expected)
    }

    @Test func `reviews are reads, other creations aren't`() {
        #expect(
            ToolRequest.create("selfsubjectaccessreviews.authorization.k8s.io").isRead && ToolRequest.read("*").isRead)
        #expect(!ToolRequest.create("pods").isRead && !ToolRequest(["get", "patch"], of: ["pods"]).isRead)
    }

    /// Proposes a patch of a Deployment, whatever it declares.
    private struct Patching: Tool {
        let name = "patching"
        let title = "Patching"
        let description = ""
        let toolset = "kubernetes"
        let parameters = ToolParameters([])
        var onlyReads = false
        var requests: [ToolRequest]?

        func call(_: ToolArguments, in _: ToolContext) async throws -> ToolOutcome {
            let object = KubeObject(["apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web"]])
            let deployments = APIResource(group: "apps", version: "v1", plural: "deployments", kind: "Deployment")
            let target = LiveTarget(resource: deployments, namespace: "shop", object: object)
            return .proposal(
                WriteProposal(
                    "Patch", planned: target.patch(.merge(["spec": [:]])),
                    risk: .baseline(deployments, namespace: "shop"),
                    postConditions: []))
        }
    }

    @Test func `a proposal of what a tool doesn't declare is refused`() async throws {
        func call(_ tool: Patching) async throws -> ToolOutcome {
            try await ToolRegistry([tool]).call(name: "patching", arguments: "{}", in: context(FakeAPI()))
        }
        guard case .proposal = try await call(Patching(requests: [.patch("deployments.apps")])) else {
            Issue.record("no proposal")
            return
        }
        _ = try await call(Patching(requests: nil))
        let dry = ToolRequest(["patch"], of: ["deployments.apps"], isDryRun: true)
        for tool in [
            Patching(requests: []), Patching(requests: [dry]), Patching(requests: [.patch("pods")]),
            Patching(onlyReads: true, requests: nil),
        ] {
            await #expect(throws: ToolFailure.self) { try await call(tool) }
        }
    }

    @Test func `the catalogue has a tool as the Model Context Protocol lists it`() throws {
        let registry = ToolRegistry([Patching(requests: [.patch("deployments.apps")])])
        let entry = try #require(registry.catalog.entries.first)
        #expect(
            JSONWriter.string(entry.json["annotations"] ?? .null)
                == #"{"readOnlyHint":false,"destructiveHint":true,"idempotentHint":false,"openWorldHint":false,"title":"Patching"}"#
        )
        #expect(entry.json["inputSchema", "additionalProperties"] == false)
        #expect(entry.json["requests"] == [["verbs": ["patch"], "resources": ["deployments.apps"]]])
        let role = registry.catalog.roles
        let documents = try YAML.parseAll(role).filter { !$0.isNull }
        #expect(documents.count == 1 && documents[0]["metadata", "name"] == "skyflo-tools-kubernetes-write")
        #expect(
            documents[0]["rules"] == [["apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["patch"]]],
            "\(role)")
    }

    @Test func `the right to change SkyfloAIs is in a role of its own`() throws {
        let requests: [ToolRequest] = [.read("skyfloais.skyflo.ai", "pods"), .patch("skyfloais.skyflo.ai", "pods")]
        let role = ToolRegistry([Patching(requests: requests)]).catalog.roles
        let resources = try YAML.parseAll(role).filter { !$0.isNull }.map { document in
            [document["metadata", "name"]?.string ?? ""]
                + (document["rules"]?.array ?? []).flatMap { $0["resources"]?.array ?? [] }.compactMap(\.string)
        }
        #expect(
            resources == [
                ["skyflo-tools-kubernetes-read", "pods"], ["skyflo-tools-kubernetes-write", "pods"],
                ["skyflo-tools-kubernetes-change-skyfloais", "skyfloais"],
            ], "\(role)")
    }
}
