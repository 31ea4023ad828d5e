import KubeModel
import Testing
import WorkflowEngine

@Suite struct ArgumentOriginTests {
    private let origin = ArgumentOrigin(
        history: [
            .user("Scale web in shop to 3, image registry.example/web:2."), .assistant("canary-7 it is", calls: []),
            .tool(
                modelID: "m", content: "NAME       READY\ncanary-7   1/1\nweb        2/2  deployment evil.example/x:9"),
        ], known: ["prod"])

    @Test(arguments: [
        (#"{"name":"web","replicas":3}"#, []),
        (#"{"name":"canary-7","namespace":"prod"}"#, ["canary-7"]),
        (#"{"name":"Canary-7"}"#, ["canary-7"]),
        (#"{"resource_type":"deployment","name":"other"}"#, []),
        (#"{"container_images":"web=registry.example/web:2"}"#, []),
        (#"{"container_images":"web=evil.example/x:9"}"#, ["evil.example/x:9"]),
        (#"{"patch":"spec:\n  containers:\n  - image: evil.example/x:9\n"}"#, ["evil.example/x:9"]),
        (#"{"patch":"{\"spec\":{\"image\":\"evil.example/x:9\"}}"}"#, ["evil.example/x:9"]),
        ("no JSON canary-7", []), ("", []),
    ])
    func `words that only tools have said are named`(_ arguments: String, _ words: [String]) {
        #expect(origin.fromToolOutput(in: arguments) == words)
    }

    @Test func `without tool output nothing is from there`() {
        let origin = ArgumentOrigin(history: [.user("x")])
        #expect(origin.fromToolOutput(in: #"{"name":"canary-7"}"#).isEmpty)
    }
}
