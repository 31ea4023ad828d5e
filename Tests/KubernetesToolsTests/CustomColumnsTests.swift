import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import KubernetesTools
@testable import ToolKit
@testable import Writes

/// Fields of objects as columns, as `kubectl get -o custom-columns` has them.
@Suite struct CustomColumnsTests {
    private func api() -> FakeAPI {
        let api = FakeAPI()
        api.put(
            yaml(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: a, namespace: shop, labels: {app: web, example.com/owner: jane}}
                spec:
                  automountServiceAccountToken: false
                  containers:
                  - {name: x, image: "shop/x:1", resources: {limits: {cpu: 200m}}, env: [{name: API_TOKEN, value: verysecretvalue}]}
                  - {name: y, image: "shop/y:2"}
                """))
        api.put(yaml("{apiVersion: v1, kind: Pod, metadata: {name: b, namespace: shop}, spec: {containers: []}}"))
        return api
    }

    @Test(arguments: [
        (".spec.containers[*].image", "NAME   spec.containers[*].image\na      shop/x:1,shop/y:2\nb      <none>"),
        ("IMAGE:.spec.containers[*].image", "NAME   IMAGE\na      shop/x:1,shop/y:2\nb      <none>"),
        (
            "custom-columns=FIRST:{.spec.containers[0].name},Token:spec.automountServiceAccountToken",
            "NAME   FIRST    TOKEN\na      x        false\nb      <none>   <none>"
        ),
        (
            "OWNER:.metadata.labels.example\\.com/owner, LIMITS:.spec.containers[?(@.name=='x')].resources.limits",
            "NAME   OWNER    LIMITS\na      jane     {\"cpu\":\"200m\"}\nb      <none>   <none>"
        ),
        ("..image", "NAME   ..image\na      shop/x:1,shop/y:2\nb      <none>"),
    ])
    func `each object is a row of the fields asked for`(_ columns: String, _ expected: String) async throws {
        let text = try await output(api(), "k8s_get", ["kind": "pods", "columns": .string(columns)])
        #expect(text == expected)
    }

    @Test func `one object by its name, and those of all namespaces`() async throws {
        let one = try await output(api(), "k8s_get", ["kind": "pod", "name": "a", "columns": "metadata.labels.app"])
        #expect(one == "NAME   metadata.labels.app\na      web")
        let all = try await output(
            api(), "k8s_get", ["kind": "pods", "all_namespaces": true, "columns": "APP:metadata.labels.app"])
        #expect(all.hasPrefix("NAMESPACE   NAME   APP\nshop        a      web"))
    }

    @Test func `values of credentials stay hidden`() async throws {
        let api = api()
        api.put(
            yaml(
                "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}, data: {password: dmVyeXNlY3JldA==}}"
            ))
        let pods = try await output(api, "k8s_get", ["kind": "pods", "columns": ".spec.containers[*].env[*].value"])
        let secrets = try await output(api, "k8s_get", ["kind": "secrets", "columns": ".data,..password"])
        #expect(!pods.contains("verysecretvalue") && pods.contains("redacted"))
        #expect(!secrets.contains("dmVyeXNlY3JldA") && secrets.contains("redacted"))
    }

    @Test(
        arguments: [
            (["columns": "a[b"], "columns: \"a[b\" is not a path"), (["columns": ","], "columns: names no field"),
            (["columns": ".a", "output": "yaml"], "columns and output yaml exclude each other"),
            (["columns": .string((0...16).map { ".a\($0)" }.joined(separator: ","))], "17 are more than 16"),
        ] as [(JSONValue, String)])
    func `what names no field is refused`(_ arguments: JSONValue, _ expected: String) async {
        let api = api()
        let text = await failure(api, "k8s_get", MergePatch.apply(arguments, to: ["kind": "pods"]))
        #expect(text.contains(expected), "\(text)")
        #expect(api.requests.isEmpty)
    }
}

/// Lists of any length: read page by page, with nothing kept that isn't shown.
@Suite struct LongListTests {
    private static let path = "/api/v1/namespaces/shop/pods"

    /// Pods in pages as the server makes them; the last pod is in trouble.
    private func api(pods: Int = 5000) -> FakeAPI {
        let api = FakeAPI()
        for first in stride(from: 0, to: pods, by: 500) {
            let isLast = first + 500 >= pods
            let rows: [JSONValue] = (first..<min(pods, first + 500)).map { number in
                let state: [JSONValue] = number == pods - 1 ? ["0/1", "CrashLoopBackOff"] : ["1/1", "Running"]
                return ["cells": .array([.string("pod-\(number)")] + state + ["10.0.0.1"])]
            }
            api.answer(
                "GET \(Self.path)",
                [
                    "kind": "Table", "rows": .array(rows),
                    "metadata": .compact(["continue": isLast ? nil : .string(String(first + 500))]),
                    "columnDefinitions": [
                        ["name": "Name", "priority": 0], ["name": "Ready", "priority": 0],
                        ["name": "Status", "priority": 0], ["name": "IP", "priority": 1],
                    ],
                ])
        }
        return api
    }

    @Test func `all pages are read, and what is in trouble on the last one is shown`() async throws {
        let api = api()
        let text = try await output(api, "k8s_get", ["kind": "pods"])
        #expect(text.utf8.count <= 16_384 && text.hasPrefix("NAME "))
        #expect(text.contains("pod-4999   0/1     CrashLoopBackOff"), "\(text.prefix(500))")
        #expect(text.contains("whose names don't fit") && text.contains("field_selector"))
        #expect(api.requests.count { $0.path == Self.path } == 10)
        #expect(api.requests.allSatisfy { $0.path != Self.path || $0[query: "includeObject"] == "None" })
    }

    @Test func `of more than is read the rest is counted as not listed`() async throws {
        let text = try await output(api(pods: 30_000), "k8s_get", ["kind": "pods"])
        #expect(text.contains("there are more than the 20000 listed: narrow the list"), "\(text.suffix(400))")
    }
}
