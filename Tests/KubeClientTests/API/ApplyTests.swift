import KubeModel
import LocalCluster
import OperatorTestKit
import Testing

@testable import KubeClient

@Suite struct ApplyTests {
    @Test(
        arguments: [
            (#"{"f:a":{}}"#, #"{"a":{"x":1,"y":2}}"#), (#"{"f:b":{"f:c":{}}}"#, #"{"b":{"c":2}}"#),
            (#"{"f:b":{".":{}}}"#, #"{"b":{}}"#), (#"{"f:gone":{}}"#, nil),
            (#"{"f:list":{"k:{\"name\":\"two\"}":{"f:v":{}}}}"#, #"{"list":[{"name":"two","v":2}]}"#),
            (#"{"f:list":{"k:{\"name\":\"one\"}":{".":{}}}}"#, #"{"list":[{"name":"one"}]}"#),
            (#"{"f:set":{"v:\"p\"":{},"v:\"r\"":{}}}"#, #"{"set":["p","r"]}"#),
            (#"{"f:set":{"i:1":{}}}"#, #"{"set":["q"]}"#),
        ] as [(String, String?)])
    func `fields are taken out by their set`(fields: String, expected: String?) throws {
        let object = try JSONParser.parse(
            #"{"a":{"x":1,"y":2},"b":{"c":2,"d":3},"set":["p","q","r"],"#
                + #""list":[{"name":"one","v":1},{"name":"two","v":2,"w":0}]}"#)
        let owned = AppliedFields.extract(try JSONParser.parse(fields), from: object)
        #expect(owned == (try expected.map { try JSONParser.parse($0) }))
    }

    @Test func `what was applied in an older version is of the version in which it was read`() {
        let entry: JSONValue = [
            "manager": "me", "operation": "Apply", "apiVersion": "example.com/v1beta1",
            "fieldsV1": ["f:spec": ["f:a": [:]]],
        ]
        let object = KubeObject([
            "apiVersion": "example.com/v1", "kind": "Thing", "metadata": ["name": "x", "managedFields": [entry]],
            "spec": ["a": 1],
        ])
        #expect(object.applied(by: "me")?.apiVersion == "example.com/v1")
    }

    @Test func `what a manager applied can be changed and applied again`() async throws {
        try await TestCluster.run { cluster in
            let map = KubeObject(
                .configMaps, namespace: "default", name: "shared", members: ["data": ["mine": "1", "old": "1"]])
            _ = try await cluster.api.apply(map, in: .configMaps, manager: "me", force: true)
            let other = KubeObject(
                .configMaps, namespace: "default", name: "shared", members: ["data": ["theirs": "2"]])
            let both = try await cluster.api.apply(other, in: .configMaps, manager: "they", force: false)
            #expect(both["data"] == ["mine": "1", "old": "1", "theirs": "2"])

            var own = try #require(both.applied(by: "me"))
            #expect(own["data"] == ["mine": "1", "old": "1"] && own.name == "shared" && own.kind == "ConfigMap")
            own["data"] = ["mine": "3"]
            let result = try await cluster.api.apply(own, in: .configMaps, manager: "me", force: false)
            #expect(result["data"] == ["mine": "3", "theirs": "2"])
            #expect(result.applied(by: "nobody") == nil)

            own["data"] = ["theirs": "4"]
            let conflict = await #expect(throws: APIStatus.self) {
                try await cluster.api.apply(own, in: .configMaps, manager: "me", force: false)
            }
            #expect(conflict?.code == 409)
        }
    }
}
