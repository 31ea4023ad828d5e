import KubeModel
import KubeSchema
import Testing

struct StructuralSchemaTests {
    @Test(arguments: [
        (
            #"{"type": "object", "properties": {"spec": {"properties": {"a": {"type": "string"}}}}}"#,
            "spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields"
        ),
        (
            #"{"type": "object", "properties": {"spec": {"type": "object", "properties": {"n": {"type": "integer", "default": "x"}}}}}"#,
            #"spec.validation.openAPIV3Schema.properties[spec].properties[n].default: Invalid value: "string":  in body must be of type integer: "string""#
        ),
        (
            #"{"type": "object", "properties": {"a": {"type": "array", "items": {}}}}"#,
            "spec.validation.openAPIV3Schema.properties[a].items.type: Required value: must not be empty for specified array items"
        ),
        (
            #"{"type": "object", "properties": {"a": {"type": "string", "pattern": "["}}}"#,
            #"spec.validation.openAPIV3Schema.properties[a].pattern: Invalid value: "[": must be a valid regular expression, but isn't"#
        ),
        (
            #"{"type": "object", "properties": {"a": {"type": "array", "x-kubernetes-list-type": "map", "items": {"type": "object"}}}}"#,
            "spec.validation.openAPIV3Schema.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map"
        ),
        (
            ##"{"type": "object", "properties": {"a": {"$ref": "#/x", "type": "string"}}}"##,
            "spec.validation.openAPIV3Schema.properties[a].$ref: Forbidden: $ref is not supported"
        ),
        (
            "{}", "spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root"
        ),
    ])
    func `a schema that isn't structural is refused`(schema: String, fault: String) throws {
        let failure = #expect(throws: SchemaFailure.self) { try StructuralSchema(json(schema)) }
        #expect(failure?.errors.map(\.description) == [fault])
    }

    @Test func `the path of the version can be given`() throws {
        let failure = #expect(throws: SchemaFailure.self) {
            try StructuralSchema([:], path: "spec.versions[1].schema.openAPIV3Schema")
        }
        #expect(failure?.errors.first?.field == "spec.versions[1].schema.openAPIV3Schema.type")
    }

    @Test func `unknown fields go, defaults come, free parts stay`() throws {
        var object = try json(
            #"""
            {"apiVersion": "example.dev/v1", "kind": "Widget", "metadata": {"name": "filled", "nope": 1},
             "spec": {"size": "small", "style": {"font": {}, "unknown": 1}, "parts": [{"name": "a", "x": 1}],
              "unknown": {"x": 1}, "extra": {"kept": {"deep": [1]}}, "limits": {"a": 1, "b": "2"},
              "paused": null, "code": null, "note": null},
             "other": 1}
            """#)
        let removed = Widget.schema.prune(&object)
        #expect(
            removed == ["metadata.nope", "other", "spec.parts[0].x", "spec.style.unknown", "spec.unknown"])
        Widget.schema.applyDefaults(&object)
        let expected = try json(
            #"""
            {"extra": {"kept": {"deep": [1]}}, "limits": {"a": 1, "b": "2"}, "maxReplicas": 10,
             "parts": [{"count": 1, "name": "a"}], "paused": false, "replicas": 1, "size": "small", "note": null,
             "style": {"color": "blue", "font": {"points": 12}, "opacity": 100}}
            """#)
        #expect(object["spec"] == expected)
        #expect(object["metadata"] == ["name": "filled"])
        #expect(Widget.schema.prune(&object).isEmpty)
        let once = object
        Widget.schema.applyDefaults(&object)
        #expect(object == once)
    }

    @Test func `members of what should be a scalar or a list are unknown`() throws {
        var object = try Widget.object(spec: #"{"size": "small", "limits": {"a": {"b": 1}}, "parts": {"name": "a"}}"#)
        #expect(Widget.schema.prune(&object) == ["spec.limits.a.b", "spec.parts.name"])
    }

    @Test func `an embedded resource keeps its type and metadata`() throws {
        let schema = try StructuralSchema(
            json(
                #"""
                {"type": "object", "properties": {"raw": {"type": "object", "x-kubernetes-embedded-resource": true,
                 "properties": {"spec": {"type": "object"}}}}}
                """#))
        var object = try json(
            #"{"raw": {"apiVersion": "v1", "kind": "A", "metadata": {"name": "x", "no": 1}, "spec": {"y": 1}, "z": 1}}"#
        )
        #expect(schema.prune(&object) == ["raw.metadata.no", "raw.spec.y", "raw.z"])
    }

    @Test func `others can ask how a list merges`() {
        #expect(Widget.schema.listType(at: ["spec", "parts"]) == .map)
        #expect(Widget.schema.mapKeys(at: ["spec", "parts"]) == ["name"])
        #expect(Widget.schema.listType(at: ["spec", "tags"]) == .set)
        #expect(Widget.schema.listType(at: ["spec", "steps"]) == .atomic)
        #expect(Widget.schema.listType(at: ["spec", "size"]) == nil)
    }
}
