import KubeModel
import KubeSchema
import Testing

/// The sequences of the recorded answers of a Kubernetes 1.36 API server, without its own fields.
struct ServerSideApplyTests {
    private static let time = KubeTime(microseconds: 1_770_000_000_000_000)
    private static let later = time.adding(seconds: 60)

    private func apply(
        _ spec: String, to live: JSONValue?, as manager: String, force: Bool = false, metadata: JSONValue? = nil,
        time: KubeTime = time
    ) throws -> JSONValue {
        var config = try Widget.object(spec: spec)
        if let metadata { config["metadata"] = metadata }
        return try complete(
            ServerSideApply.apply(
                config, to: live, manager: manager, force: force, subresource: nil, time: time, schema: Widget.schema))
    }

    private func complete(_ object: JSONValue) -> JSONValue {
        var object = object
        Widget.schema.applyDefaults(&object)
        return object
    }

    /// What a manager owns, as `fieldsV1`.
    private func fields(_ object: JSONValue, _ manager: String) -> JSONValue? {
        entry(object, manager)?["fieldsV1"]
    }

    private func entry(_ object: JSONValue, _ manager: String) -> JSONValue? {
        object["metadata", "managedFields"]?.array?.first { $0["manager"]?.string == manager }
    }

    private static let first = #"{"size": "small", "replicas": 2, "parts": [{"name": "a", "count": 1}, {"name": "b"}]}"#

    @Test func `the applier owns what it says and nothing of the defaults`() throws {
        let object = try apply(Self.first, to: nil, as: "kubectl")
        #expect(
            try fields(object, "kubectl")
                == json(
                    #"""
                    {"f:spec": {"f:parts": {"k:{\"name\":\"a\"}": {".": {}, "f:count": {}, "f:name": {}},
                     "k:{\"name\":\"b\"}": {".": {}, "f:name": {}}}, "f:replicas": {}, "f:size": {}}}
                    """#))
        #expect(object["spec", "parts"]?[1] == ["name": "b", "count": 1])
        #expect(entry(object, "kubectl")?["time"]?.string == Self.time.description)
        #expect(entry(object, "kubectl")?["operation"] == "Apply")
    }

    @Test func `applying the same again changes nothing`() throws {
        let object = try apply(Self.first, to: nil, as: "kubectl")
        let again = try apply(Self.first, to: object, as: "kubectl", time: Self.later)
        #expect(again == object)
    }

    @Test func `a second manager adds elements and shares equal values`() throws {
        let live = try apply(Self.first, to: nil, as: "kubectl")
        let object = try apply(
            #"{"size": "small", "parts": [{"name": "c", "count": 7}]}"#, to: live, as: "other",
            metadata: ["name": "v", "labels": ["from": "other"]])
        #expect(object["spec", "parts"]?.array?.map { $0["name"]?.string } == ["a", "b", "c"])
        #expect(
            try fields(object, "other")
                == json(
                    #"""
                    {"f:metadata": {"f:labels": {"f:from": {}}},
                     "f:spec": {"f:parts": {"k:{\"name\":\"c\"}": {".": {}, "f:count": {}, "f:name": {}}}, "f:size": {}}}
                    """#))
        #expect(fields(object, "kubectl") == fields(live, "kubectl"))
    }

    @Test func `changing what others own is a conflict that names every field`() throws {
        let live = try apply(Self.first, to: nil, as: "kubectl")
        let status = #expect(throws: APIStatus.self) {
            try apply(
                #"{"size": "large", "replicas": 9, "parts": [{"name": "a", "count": 5}]}"#, to: live, as: "other")
        }
        #expect(status?.code == 409)
        #expect(
            status?.message
                == "Apply failed with 3 conflicts: conflicts with \"kubectl\":\n- .spec.replicas\n- .spec.size\n- .spec.parts[name=\"a\"].count"
        )
        #expect(status?.causes.map(\.field) == [".spec.replicas", ".spec.size", ".spec.parts[name=\"a\"].count"])
        #expect(status?.causes.first?.reason == "FieldManagerConflict")
        #expect(status?.causes.first?.message == "conflict with \"kubectl\"")
    }

    @Test func `force takes the fields away, and what its owner gives up later goes`() throws {
        let live = try apply(Self.first, to: nil, as: "kubectl")
        let forced = try apply(#"{"size": "large", "replicas": 9}"#, to: live, as: "other", force: true)
        #expect(try fields(forced, "other") == json(#"{"f:spec": {"f:replicas": {}, "f:size": {}}}"#))
        #expect(
            try fields(forced, "kubectl")
                == json(
                    #"""
                    {"f:spec": {"f:parts": {"k:{\"name\":\"a\"}": {".": {}, "f:count": {}, "f:name": {}},
                     "k:{\"name\":\"b\"}": {".": {}, "f:name": {}}}}}
                    """#))
        let object = try apply(#"{"parts": [{"name": "b"}]}"#, to: forced, as: "kubectl")
        #expect(object["spec", "parts"] == [["name": "b", "count": 1]])
        #expect(object["spec", "replicas"] == 9)
        #expect(object["spec", "size"] == "large")
    }

    @Test func `a field that its only owner no longer applies goes, one with another owner stays`() throws {
        var live = try apply(#"{"size": "small", "tags": ["x", "y"], "code": "AB-123"}"#, to: nil, as: "a")
        live = try apply(#"{"size": "small", "tags": ["y"]}"#, to: live, as: "b")
        let object = try apply(#"{"size": "small"}"#, to: live, as: "a")
        #expect(object["spec", "tags"] == ["y"])
        #expect(object["spec", "code"] == nil)
        #expect(try fields(object, "b") == json(#"{"f:spec": {"f:size": {}, "f:tags": {"v:\"y\"": {}}}}"#))
    }

    @Test func `an update takes fields over and leaves the rest with their owner`() throws {
        let created = ServerSideApply.recordUpdate(
            old: nil, new: complete(try Widget.object(spec: #"{"size": "small"}"#)), manager: "maker",
            subresource: nil, time: Self.time, schema: Widget.schema)
        #expect(
            try fields(created, "maker")
                == json(
                    #"""
                    {"f:spec": {".": {}, "f:maxReplicas": {}, "f:paused": {}, "f:replicas": {}, "f:size": {},
                     "f:style": {".": {}, "f:color": {}, "f:opacity": {}}}}
                    """#))
        var changed = created
        changed["spec", "replicas"] = 2
        let object = ServerSideApply.recordUpdate(
            old: created, new: changed, manager: "patcher", subresource: nil, time: Self.later, schema: Widget.schema)
        #expect(try fields(object, "patcher") == json(#"{"f:spec": {"f:replicas": {}}}"#))
        #expect(fields(object, "maker")?["f:spec", "f:replicas"] == nil)
        #expect(entry(object, "maker")?["time"]?.string == Self.time.description)
        #expect(entry(object, "patcher")?["time"]?.string == Self.later.description)
    }

    @Test func `a write that changes nothing leaves the entries as they are`() throws {
        let created = ServerSideApply.recordUpdate(
            old: nil, new: try Widget.object(spec: #"{"size": "small"}"#), manager: "maker", subresource: nil,
            time: Self.time, schema: Widget.schema)
        let again = ServerSideApply.recordUpdate(
            old: created, new: created, manager: "other", subresource: nil, time: Self.later, schema: Widget.schema)
        #expect(again == created)
    }

    @Test func `a conflict with an updater names its version`() throws {
        let live = ServerSideApply.recordUpdate(
            old: nil, new: try Widget.object(spec: #"{"size": "small", "replicas": 1}"#), manager: "x",
            subresource: nil, time: Self.time, schema: Widget.schema)
        let status = #expect(throws: APIStatus.self) { try apply(#"{"replicas": 2}"#, to: live, as: "m") }
        #expect(
            status?.message
                == "Apply failed with 1 conflict: conflict with \"x\" using example.dev/v1: .spec.replicas")
    }

    @Test func `bookkeeping can be cleared, and what was there before conflicts afterwards`() throws {
        let live = try apply(#"{"size": "large"}"#, to: nil, as: "m1")
        var cleared = live
        cleared["metadata", "managedFields"] = [[:]]
        let bare = ServerSideApply.recordUpdate(
            old: live, new: cleared, manager: "m1", subresource: nil, time: Self.time, schema: Widget.schema)
        #expect(bare["metadata", "managedFields"] == nil)
        let status = #expect(throws: APIStatus.self) { try apply(#"{"size": "small"}"#, to: bare, as: "m3") }
        #expect(
            status?.message
                == "Apply failed with 1 conflict: conflict with \"before-first-apply\" using example.dev/v1: .spec.size"
        )
    }

    @Test func `status has an entry of its own`() throws {
        let live = try apply(#"{"size": "large"}"#, to: nil, as: "m2")
        let config = try json(
            #"""
            {"apiVersion": "example.dev/v1", "kind": "Widget", "metadata": {"name": "v"}, "spec": {"size": "small"},
             "status": {"phase": "Up", "conditions": [{"type": "Ready", "status": "True"}]}}
            """#)
        let object = try ServerSideApply.apply(
            config, to: live, manager: "ctl", force: false, subresource: "status", time: Self.time,
            schema: Widget.schema)
        #expect(object["spec", "size"] == "large")
        #expect(entry(object, "ctl")?["subresource"] == "status")
        #expect(
            try fields(object, "ctl")
                == json(
                    #"""
                    {"f:status": {"f:conditions": {"k:{\"type\":\"Ready\"}": {".": {}, "f:status": {}, "f:type": {}}},
                     "f:phase": {}}}
                    """#))
    }

    @Test func `a field that the schema lacks can't be applied`() throws {
        let status = #expect(throws: APIStatus.self) {
            try apply(#"{"nothing": 1}"#, to: nil, as: "m", metadata: ["name": "ssa", "namespace": "demo"])
        }
        #expect(status?.code == 500)
        #expect(
            status?.message
                == "failed to create typed patch object (demo/ssa; example.dev/v1, Kind=Widget): .spec.nothing: field not declared in schema"
        )
        #expect(throws: APIStatus.self) { try apply(#"{"parts": [{"count": 1}]}"#, to: nil, as: "m") }
        let managed = #expect(throws: APIStatus.self) {
            try apply("{}", to: nil, as: "m", metadata: ["name": "v", "managedFields": []])
        }
        #expect(managed?.message == "metadata.managedFields must be nil")
    }

    @Test func `without a schema lists are atomic and objects granular`() throws {
        func apply(_ config: JSONValue, to live: JSONValue?, as manager: String) throws -> JSONValue {
            try ServerSideApply.apply(
                config, to: live, manager: manager, force: false, subresource: nil, time: Self.time, schema: nil)
        }
        let live = try apply(["kind": "A", "data": ["a": "1", "list": [1, 2]]], to: nil, as: "x")
        let object = try apply(["kind": "A", "data": ["b": "2"]], to: live, as: "y")
        #expect(object["data"] == ["a": "1", "list": [1, 2], "b": "2"])
        #expect(try fields(object, "x") == json(#"{"f:data": {".": {}, "f:a": {}, "f:list": {}}}"#))
        #expect(throws: APIStatus.self) { try apply(["kind": "A", "data": ["list": [1]]], to: object, as: "y") }
    }

    private static let deployment = #"""
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "srv", "labels": {"app": "srv"}},
         "spec": {"paused": true, "replicas": 2, "selector": {"matchLabels": {"app": "srv"}},
          "template": {"metadata": {"labels": {"app": "srv"}},
           "spec": {"containers": [{"image": "web:1", "name": "web", "ports": [{"containerPort": 8080}]}]}}}}
        """#

    private static let deployments = BuiltInSchemas.schema(
        GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"))

    @Test func `keys of built-in lists take their defaults`() throws {
        let object = try ServerSideApply.apply(
            json(Self.deployment), to: nil, manager: "kubectl", force: false, subresource: nil, time: Self.time,
            schema: Self.deployments)
        #expect(
            try fields(object, "kubectl")
                == json(
                    #"""
                    {"f:metadata": {"f:labels": {"f:app": {}}},
                     "f:spec": {"f:paused": {}, "f:replicas": {}, "f:selector": {},
                      "f:template": {"f:metadata": {"f:labels": {"f:app": {}}},
                       "f:spec": {"f:containers": {"k:{\"name\":\"web\"}": {".": {}, "f:image": {}, "f:name": {},
                        "f:ports": {"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}}}}}}}}
                    """#))
    }

    @Test func `nobody owns the mere existence of a built-in object's parts`() throws {
        let object = ServerSideApply.recordUpdate(
            old: nil, new: try json(Self.deployment), manager: "recorder", subresource: nil, time: Self.time,
            schema: Self.deployments)
        #expect(
            try fields(object, "recorder")
                == json(
                    #"""
                    {"f:metadata": {"f:labels": {".": {}, "f:app": {}}},
                     "f:spec": {"f:paused": {}, "f:replicas": {}, "f:selector": {},
                      "f:template": {"f:metadata": {"f:labels": {".": {}, "f:app": {}}},
                       "f:spec": {"f:containers": {"k:{\"name\":\"web\"}": {".": {}, "f:image": {}, "f:name": {},
                        "f:ports": {".": {}, "k:{\"containerPort\":8080,\"protocol\":\"TCP\"}": {".": {}, "f:containerPort": {}}}}}}}}}
                    """#))
    }

    @Test func `kubectl takes over from its own client-side apply and keeps the annotation in step`() throws {
        let schema = try #require(
            BuiltInSchemas.schema(GroupVersionKind(group: "", version: "v1", kind: "ConfigMap")))
        let annotation = "kubectl.kubernetes.io/last-applied-configuration"
        let base: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "s"]]
        var first = base
        first["data"] = ["a": "1", "z": "26"]
        var stored = first
        stored["metadata", "annotations", annotation] = .string(first.description)
        stored = ServerSideApply.recordUpdate(
            old: nil, new: stored, manager: "kubectl-client-side-apply", subresource: nil, time: Self.time,
            schema: schema)
        var config = base
        config["data"] = ["a": "9", "z": "26"]
        func apply(as manager: String) throws -> JSONValue {
            try ServerSideApply.apply(
                config, to: stored, manager: manager, force: false, subresource: nil, time: Self.later, schema: schema)
        }
        #expect(throws: APIStatus.self) { try apply(as: "other") }
        let object = try apply(as: "kubectl")
        #expect(object["data"] == ["a": "9", "z": "26"])
        #expect(
            object["metadata", "annotations", annotation]?.string
                == #"{"apiVersion":"v1","data":{"a":"9","z":"26"},"kind":"ConfigMap","metadata":{"name":"s"}}"# + "\n")
    }

    @Test func `any configuration applied twice is applied once`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var live: JSONValue?
            for _ in 0..<4 {
                let manager = ["a", "b", "c"].randomElement(using: &random) ?? "a"
                let spec = Self.randomSpec(&random)
                let object = try apply(spec.description, to: live, as: manager, force: true)
                let again = try apply(spec.description, to: object, as: manager, time: Self.later)
                #expect(again == object, "\(spec) by \(manager)")
                live = object
            }
        }
    }

    private static func randomSpec(_ random: inout some RandomNumberGenerator) -> JSONValue {
        var spec: JSONValue = ["size": .string(["small", "large"].randomElement(using: &random) ?? "small")]
        if Bool.random(using: &random) { spec["replicas"] = .int(.random(in: 0...3, using: &random)) }
        if Bool.random(using: &random) {
            spec["style"] = ["color": ["red", "blue"][.random(in: 0...1, using: &random)]]
        }
        let tags = ["x", "y", "z"].filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
        if Bool.random(using: &random) { spec["tags"] = JSONValue(tags) }
        let parts = ["p", "q", "r"].filter { _ in Bool.random(using: &random) }.shuffled(using: &random)
        spec["parts"] = .array(
            parts.map { ["name": .string($0), "count": .int(.random(in: 1...2, using: &random))] })
        if Bool.random(using: &random) { spec["extra"] = ["k": ["n": .int(.random(in: 1...2, using: &random))]] }
        return spec
    }
}
