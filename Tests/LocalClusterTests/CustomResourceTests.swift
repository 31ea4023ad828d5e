import KubeModel
import Testing

@testable import LocalCluster

struct CustomResourceTests {
    let cluster: InProcess
    private let things = "/apis/example.dev/v1/namespaces/default/things"
    private let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

    init() throws {
        cluster = try InProcess()
        #expect(cluster.send("POST", definitions, Self.definition).status == 201)
        cluster.settle()
    }

    private static let definition: JSONValue = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "things.example.dev"],
        "spec": [
            "group": "example.dev", "scope": "Namespaced", "names": ["plural": "things", "kind": "Thing"],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                    "additionalPrinterColumns": [["name": "Size", "type": "integer", "jsonPath": ".spec.size"]],
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": [
                                    "type": "object",
                                    "properties": ["size": ["type": "integer", "minimum": 0, "default": 1]],
                                ], "status": ["type": "object", "properties": ["phase": ["type": "string"]]],
                            ],
                        ]
                    ],
                ]
            ],
        ],
    ]

    private func thing(_ name: String, _ spec: JSONValue) -> JSONValue {
        ["apiVersion": "example.dev/v1", "kind": "Thing", "metadata": ["name": .string(name)], "spec": spec]
    }

    @Test func `a definition is established and announced`() {
        let conditions = cluster.send("GET", definitions + "/things.example.dev").json["status", "conditions"]?.array
        #expect(conditions?.compactMap { $0["type"]?.string } == ["NamesAccepted", "Established"])
        let resources = cluster.send("GET", "/apis/example.dev/v1").json["resources"]?.array
        #expect(resources?.compactMap { $0["name"]?.string } == ["things", "things/status"])
    }

    @Test func `defaults, unknown fields and validation follow the schema`() {
        let created = cluster.send("POST", things, thing("a", ["other": 1]))
        #expect(created.json["spec"] == ["size": 1])
        #expect(created.warnings == ["299 - \"unknown field \\\"spec.other\\\"\""])
        let strict = cluster.send("POST", things + "?fieldValidation=Strict", thing("b", ["other": 1]))
        #expect(strict.status == 400)
        #expect(strict.message.hasSuffix("strict decoding error: unknown field \"spec.other\""))
        #expect(cluster.send("POST", things, thing("b", ["size": -1])).status == 422)
    }

    @Test func `status and spec are written apart, and only the spec counts`() {
        _ = cluster.send("POST", things, thing("a", [:]))
        let merge = "application/merge-patch+json"
        let change: JSONValue = ["spec": ["size": 5], "status": ["phase": "Up"]]
        let status = cluster.send("PATCH", things + "/a/status", change, type: merge)
        #expect(status.json["spec", "size"]?.int == 1)
        #expect(status.json["status", "phase"]?.string == "Up")
        #expect(status.json["metadata", "generation"]?.int == 1)
        let main = cluster.send(
            "PATCH", things + "/a", ["spec": ["size": 5], "status": ["phase": "Down"]], type: merge)
        #expect(main.json["spec", "size"]?.int == 5)
        #expect(main.json["status", "phase"]?.string == "Up")
        #expect(main.json["metadata", "generation"]?.int == 2)
    }

    @Test func `a PUT must name a version`() {
        _ = cluster.send("POST", things, thing("a", [:]))
        #expect(
            cluster.send("PUT", things + "/a", thing("a", [:])).message
                == "things.example.dev \"a\" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for "
                + "an update")
    }

    @Test func `tables have the printer columns`() {
        _ = cluster.send("POST", things, thing("a", ["size": 7]))
        let table = cluster.send(
            "GET", things, headers: [("accept", "application/json;as=Table;v=v1;g=meta.k8s.io")])
        #expect(table.json["kind"]?.string == "Table")
        #expect(table.json["rows"]?[0]?["cells"] == ["a", 7])
    }

    @Test func `instances go with their definition`() {
        _ = cluster.send("POST", things, thing("a", [:]))
        _ = cluster.send("DELETE", definitions + "/things.example.dev")
        cluster.settle()
        #expect(cluster.send("GET", definitions + "/things.example.dev").status == 404)
        #expect(cluster.send("GET", things).status == 404)
    }

    @Test func `a name that another definition has isn't accepted, until it is free`() {
        var other = Self.definition
        other["metadata", "name"] = "items.example.dev"
        other["spec", "names"] = ["plural": "items", "kind": "Thing"]
        #expect(cluster.send("POST", definitions, other).status == 201)
        cluster.settle()
        func condition(_ type: String) -> JSONValue? {
            let object = KubeObject(cluster.send("GET", definitions + "/items.example.dev").json)
            return Conditions.find(type, object: object)
        }
        #expect(condition("NamesAccepted")?["reason"] == "ListKindConflict")
        #expect(condition("Established")?["status"] == "False")
        #expect(cluster.send("GET", "/apis/example.dev/v1/items").status == 404)
        _ = cluster.send("DELETE", definitions + "/things.example.dev")
        cluster.settle()
        #expect(condition("Established")?["status"] == "True")
        #expect(cluster.send("GET", "/apis/example.dev/v1/items").status == 200)
    }

    @Test func `an expired page says how to go on`() throws {
        for name in ["a", "b", "c"] { _ = cluster.send("POST", things, thing(name, [:])) }
        let first = cluster.send("GET", things + "?limit=1").json
        let token = try #require(first["metadata", "continue"]?.string)
        cluster.server.store.forgetHistory()
        _ = cluster.send("DELETE", things + "/b")
        cluster.server.store.forgetHistory()
        let expired = cluster.send("GET", things + "?limit=1&continue=\(token)")
        #expect(expired.status == 410)
        let next = try #require(expired.json["metadata", "continue"]?.string)
        let rest = cluster.send("GET", things + "?limit=1&continue=\(next)").json
        #expect(rest["items"]?.array?.first?["metadata", "name"] == "c")
    }
}
