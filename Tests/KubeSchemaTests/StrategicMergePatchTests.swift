import KubeModel
import KubeSchema
import Testing

struct StrategicMergePatchTests {
    private static let schema = BuiltInSchemas.schema(
        GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"))

    private static func pod(_ spec: String) throws -> JSONValue {
        try json(#"{"spec": {"template": {"spec": \#(spec)}}}"#)
    }

    @Test(arguments: [
        // Elements merge by name; those of the patch come first where nothing else decides.
        (
            #"{"containers": [{"name": "web", "image": "2", "env": [{"name": "B", "value": "2"}]}]}"#,
            #"{"containers": [{"name": "web", "image": "2", "env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}], "ports": [{"containerPort": 80}]}, {"name": "side", "image": "s"}]}"#
        ),
        (
            #"{"containers": [{"name": "side", "$patch": "delete"}]}"#,
            #"{"containers": [{"name": "web", "image": "1", "env": [{"name": "A", "value": "1"}], "ports": [{"containerPort": 80}]}]}"#
        ),
        (
            #"{"containers": [{"name": "web", "env": [{"$patch": "replace"}, {"name": "C", "value": "3"}]}]}"#,
            #"{"containers": [{"name": "web", "image": "1", "env": [{"name": "C", "value": "3"}], "ports": [{"containerPort": 80}]}, {"name": "side", "image": "s"}]}"#
        ),
        // Ports merge by their number.
        (
            #"{"containers": [{"name": "web", "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 443}]}]}"#,
            #"{"containers": [{"name": "web", "image": "1", "env": [{"name": "A", "value": "1"}], "ports": [{"containerPort": 80, "name": "http"}, {"containerPort": 443}]}, {"name": "side", "image": "s"}]}"#
        ),
        (
            #"{"$setElementOrder/containers": [{"name": "side"}, {"name": "web"}], "containers": [{"name": "web", "image": "2"}]}"#,
            #"{"containers": [{"name": "side", "image": "s"}, {"name": "web", "image": "2", "env": [{"name": "A", "value": "1"}], "ports": [{"containerPort": 80}]}]}"#
        ),
        (
            #"{"$setElementOrder/containers": [{"name": "web"}, {"name": "new"}, {"name": "side"}], "containers": [{"name": "new", "image": "n"}]}"#,
            #"{"containers": [{"name": "web", "image": "1", "env": [{"name": "A", "value": "1"}], "ports": [{"containerPort": 80}]}, {"name": "new", "image": "n"}, {"name": "side", "image": "s"}]}"#
        ),
        // Null removes a member; in what is new there is nothing to remove.
        (
            #"{"containers": [{"name": "web", "env": null, "ports": null, "resources": {"limits": null}}]}"#,
            #"{"containers": [{"name": "web", "image": "1", "resources": {}}, {"name": "side", "image": "s"}]}"#
        ),
        // A list without a strategy is replaced.
        (
            #"{"containers": [{"name": "side", "command": ["a"]}]}"#,
            #"{"containers": [{"name": "web", "image": "1", "env": [{"name": "A", "value": "1"}], "ports": [{"containerPort": 80}]}, {"name": "side", "image": "s", "command": ["a"]}]}"#
        ),
        ("{\"$patch\": \"replace\", \"containers\": []}", #"{"containers": []}"#),
    ])
    func `lists of a deployment merge by their keys`(patch: String, result: String) throws {
        let live = try Self.pod(
            #"{"containers": [{"name": "web", "image": "1", "env": [{"name": "A", "value": "1"}], "ports": [{"containerPort": 80}]}, {"name": "side", "image": "s"}]}"#
        )
        let merged = try StrategicMergePatch.apply(Self.pod(patch), to: live, schema: Self.schema)
        #expect(try merged == Self.pod(result))
    }

    @Test func `retainKeys clears what the patch doesn't name`() throws {
        let live = try json(#"{"spec": {"strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}}}"#)
        let patch = try json(#"{"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}"#)
        let merged = try StrategicMergePatch.apply(patch, to: live, schema: Self.schema)
        #expect(merged == ["spec": ["strategy": ["type": "Recreate"]]])
    }

    @Test func `lists of scalars merge as sets and single values can be deleted`() throws {
        let live: JSONValue = ["metadata": ["finalizers": ["a", "b", "c"]]]
        let add = try json(#"{"metadata": {"finalizers": ["d", "a"]}}"#)
        let schema = Self.schema
        let added = try StrategicMergePatch.apply(add, to: live, schema: schema)
        #expect(Set(added["metadata", "finalizers"]?.array ?? []) == ["a", "b", "c", "d"])
        let delete = try json(
            #"{"metadata": {"$deleteFromPrimitiveList/finalizers": ["b"], "$setElementOrder/finalizers": ["c", "a"]}}"#)
        let deleted = try StrategicMergePatch.apply(delete, to: live, schema: schema)
        #expect(deleted["metadata", "finalizers"] == ["c", "a"])
    }

    @Test func `an element without its key is an error of the server`() throws {
        let status = #expect(throws: APIStatus.self) {
            try StrategicMergePatch.apply(
                Self.pod(#"{"containers": [{"image": "x"}]}"#), to: Self.pod(#"{"containers": []}"#),
                schema: Self.schema)
        }
        #expect(status?.code == 500)
        #expect(status?.message == "map: map[image:x] does not contain declared merge key: name")
        #expect(throws: APIStatus.self) { try StrategicMergePatch.apply([1], to: [:], schema: nil) }
        #expect(throws: APIStatus.self) {
            try StrategicMergePatch.apply(["spec": ["$patch": "odd"]], to: ["spec": [:]], schema: nil)
        }
    }

    @Test func `a patch applied twice is applied once`() throws {
        let schema = Self.schema
        let patch = try Self.pod(
            #"{"$setElementOrder/containers": [{"name": "b"}, {"name": "a"}], "containers": [{"name": "a", "env": [{"name": "X", "value": "1"}]}], "volumes": [{"name": "v", "emptyDir": {}}]}"#
        )
        let live = try Self.pod(#"{"containers": [{"name": "a", "image": "1"}, {"name": "b", "image": "2"}]}"#)
        let once = try StrategicMergePatch.apply(patch, to: live, schema: schema)
        #expect(try StrategicMergePatch.apply(patch, to: once, schema: schema) == once)
        #expect(once["spec", "template", "spec", "containers"]?.array?.map { $0["name"]?.string } == ["b", "a"])
    }

    @Test func `without directives and lists it is a merge patch`() throws {
        let live: JSONValue = ["metadata": ["labels": ["a": "1", "b": "2"]], "spec": ["replicas": 1]]
        let patch: JSONValue = ["metadata": ["labels": ["a": .null, "c": "3"]], "spec": ["replicas": 2]]
        #expect(
            try StrategicMergePatch.apply(patch, to: live, schema: Self.schema) == MergePatch.apply(patch, to: live))
    }
}
