import KubeClient
import KubeModel
import Testing
import WorkflowEngine
import Writes

@testable import Controllers

/// What rules are told of writes of which no dry run says what comes of them.
@Suite struct WriteFactsTests {
    private static let pod = PlannedRequest.Target(
        resource: .pods, namespace: "shop", name: "web-1", uid: "u1", resourceVersion: "1")

    @Test func `a command is the creation of an exec in its pod, and nothing is known of its effects`() throws {
        let command = PlannedCommand(target: Self.pod, container: "c", command: ["true"], timeoutSeconds: 5)
        let facts = try #require(WriteFacts(PlannedWrite(.command(command)), labels: ["app": "web"], change: nil))
        #expect(
            facts
                == WriteFacts(
                    verb: "create", group: "", resource: "pods/exec", namespace: "shop", name: "web-1",
                    labels: ["app": "web"], body: nil, effects: nil))
    }

    @Test func `an eviction is the creation of one, and nothing is known of its effects`() throws {
        let body: JSONValue = ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "web-1"]]
        let eviction = PlannedRequest(
            request: KubeRequest(
                .post, path: APIResource.pods.path(namespace: "shop", name: "web-1", subresource: "eviction"),
                body: JSONWriter.string(body)),
            target: Self.pod, before: nil)
        let facts = try #require(WriteFacts(PlannedWrite(eviction), labels: ["app": "web"], change: nil))
        #expect(
            facts
                == WriteFacts(
                    verb: "create", group: "", resource: "pods/eviction", namespace: "shop", name: "web-1",
                    labels: ["app": "web"], body: body, effects: nil))
    }
}
