import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import Writes

@Suite struct FieldLossesTests {
    private func warnings(_ patch: Patch, before: String, after: String) -> [String] {
        let target = LiveTarget(resource: .deployments, namespace: "shop", object: yaml(before))
        return FieldLosses(of: target.patch(patch), after: yaml(after)).warnings
    }

    private func apply(_ body: JSONValue, before: String, after: String) -> [String] {
        warnings(.apply(body), before: before, after: after)
    }

    @Test func `fields that an apply leaves out and that go are named`() {
        #expect(
            apply(
                ["data": ["d": "4"]],
                before: "{data: {a: '1', c: '3'}, metadata: {labels: {x: z}, uid: u}, status: {s: 1}}",
                after: "{data: {a: '1', d: '4'}, metadata: {uid: u}}")
                == ["removes data.c, metadata.labels.x, which the manifest leaves out"])
    }

    @Test func `the members of what goes as a whole are named`() {
        #expect(
            apply(
                ["spec": ["image": "b"]],
                before:
                    "{data: {a: '1', b: '2'}, spec: {env: [{name: A, value: x}], args: [x], probe: {get: {port: 1}}, image: a}}",
                after: "{spec: {image: b}}")
                == ["removes data.a, data.b, spec.env[name=A], spec.args, spec.probe, which the manifest leaves out"])
    }

    @Test func `what goes back to its default is named`() {
        #expect(
            apply(
                ["spec": ["image": "b"]], before: "{spec: {replicas: 5, image: a}}",
                after: "{spec: {replicas: 1, image: b}}")
                == ["resets spec.replicas, which the manifest leaves out"])
    }

    @Test func `elements of lists are named by their keys`() {
        let before = """
            spec:
              containers:
              - {name: app, env: [{name: A, value: x}, {name: B, value: x}], ports: [{containerPort: 53}, {containerPort: 53, protocol: UDP}]}
              - {name: proxy}
              args: [a, b]
            metadata: {finalizers: [x/y, z/w]}
            """
        let after = """
            spec:
              containers: [{name: app, env: [{name: B, value: 'z'}], ports: [{containerPort: 53, protocol: TCP}]}]
              args: [c]
            metadata: {finalizers: [z/w, q/r]}
            """
        let body: JSONValue = [
            "spec": [
                "containers": [
                    ["name": "app", "env": [["name": "B", "value": "z"]], "ports": [["containerPort": 53]]]
                ],
                "args": ["c"],
            ],
            "metadata": ["finalizers": ["z/w", "q/r"]],
        ]
        #expect(
            apply(body, before: before, after: after) == [
                "removes spec.containers[name=app].env[name=A], "
                    + "spec.containers[name=app].ports[containerPort=53,protocol=UDP], spec.containers[name=proxy], "
                    + "spec.args (1 of 2 elements), metadata.finalizers[x/y], which the manifest leaves out"
            ])
    }

    @Test func `many are counted`() {
        let members = (10...29).map { "k\($0): x" }.joined(separator: ", ")
        let text = apply(["data": [:]], before: "data: {\(members)}", after: "data: {}")
        #expect(
            text == [
                "removes \((10...19).map { "data.k\($0)" }.joined(separator: ", ")) and 10 more, which the manifest leaves out"
            ])
    }

    @Test func `what the body asks for is no loss`() {
        let (before, after) = ("{spec: {a: 1, b: 2, l: [x, z]}}", "{spec: {a: 2, l: [x, w]}}")
        let body: JSONValue = ["spec": ["a": 2, "b": .null, "l": ["x", "w"]]]
        for patch in [Patch.apply(body), .merge(body), .strategic(body)] {
            #expect(warnings(patch, before: before, after: after).isEmpty)
        }
    }

    @Test func `a merge patch names the elements that its list lacks, a directive says itself what goes`() {
        let (before, after) = ("{spec: {c: [{name: a}, {name: b}]}}", "{spec: {c: [{name: a}]}}")
        #expect(
            warnings(.merge(["spec": ["c": [["name": "a"]]]]), before: before, after: after)
                == ["removes spec.c[name=b], which the patch doesn't name"])
        let directive: JSONValue = ["spec": ["c": [["name": "b", "$patch": "delete"]]]]
        #expect(warnings(.strategic(directive), before: before, after: after).isEmpty)
    }
}
