import KubeModel
import KubeSchema
import Testing

/// What a Kubernetes 1.36 API server answered, cause by cause.
struct ValidationTests {
    private static let last =
        "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation"

    private static let recorded: [(spec: String, causes: [String])] = [
        (
            #"{}"#,
            [#"spec.size: Required value"#, last]
        ),
        (
            #"{"size": "huge"}"#,
            [#"spec.size: Unsupported value: "huge": supported values: "small", "medium", "large""#, last]
        ),
        (
            #"{"size": 3}"#,
            [
                #"spec.size: Invalid value: "integer": spec.size in body must be of type string: "integer""#,
                #"spec.size: Unsupported value: 3: supported values: "small", "medium", "large""#, last,
            ]
        ),
        (
            #"{"size": "small", "code": "abc"}"#,
            [#"spec.code: Invalid value: "abc": spec.code in body should match '^[A-Z]{2}-[0-9]{3}$'"#]
        ),
        (
            #"{"size": "small", "replicas": -1}"#,
            [#"spec.replicas: Invalid value: -1: spec.replicas in body should be greater than or equal to 0"#]
        ),
        (
            #"{"size": "small", "replicas": 21, "maxReplicas": 30}"#,
            [#"spec.replicas: Invalid value: 21: spec.replicas in body should be less than or equal to 20"#]
        ),
        (
            #"{"size": "small", "replicas": 1.5}"#,
            [
                #"spec.replicas: Invalid value: "float64": spec.replicas in body must be of type int32: "float64""#,
                #"<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.replicas"#,
                last,
            ]
        ),
        (
            #"{"size": "small", "replicas": "two"}"#,
            [#"spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string""#, last]
        ),
        (
            #"{"size": "small", "ratio": 1}"#,
            [#"spec.ratio: Invalid value: 1: spec.ratio in body should be less than 1"#]
        ),
        (
            #"{"size": "small", "note": "xxxxxxxxxxxxxxxxxxxxx"}"#,
            [#"spec.note: Too long: may not be more than 20 bytes"#, last]
        ),
        (
            #"{"size": "small", "dueAt": "tomorrow"}"#,
            [#"spec.dueAt: Invalid value: "tomorrow": spec.dueAt in body must be of type date-time: "tomorrow""#, last]
        ),
        (
            #"{"size": "small", "parts": [{"name": "a"}, {"name": "a"}]}"#,
            [#"spec.parts[1]: Duplicate value: {"name":"a"}"#]
        ),
        (
            #"{"size": "small", "parts": [{"count": 2}]}"#,
            [#"spec.parts[0].name: Required value"#, last]
        ),
        (
            #"{"size": "small", "tags": ["a", "a"]}"#,
            [#"spec.tags[1]: Duplicate value: "a""#]
        ),
        (
            #"{"size": "small", "tags": ["a", 2]}"#,
            [#"spec.tags[1]: Invalid value: "integer": spec.tags[1] in body must be of type string: "integer""#, last]
        ),
        (
            #"{"size": "small", "parts": [{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}, {"name": "e"}, {"name": "f"}]}"#,
            [#"spec.parts: Too many: 6: must have at most 5 items"#, last]
        ),
        (
            #"{"size": "small", "port": true}"#,
            [
                #"spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean""#,
                last,
            ]
        ),
        (
            #"{"size": "small", "limits": {"a": {"b": 1}}}"#,
            [
                #"spec.limits.a: Invalid value: "object": spec.limits.a in body must be of type integer,string: "object""#,
                last,
            ]
        ),
        (
            #"{"size": "small", "parts": {"name": "a"}}"#,
            [#"spec.parts: Invalid value: "object": spec.parts in body must be of type array: "object""#, last]
        ),
        (
            #"{"size": "small", "extra": "text"}"#,
            [#"spec.extra: Invalid value: "string": spec.extra in body must be of type object: "string""#, last]
        ),
        (
            #"{"size": "huge", "code": "?", "replicas": -3, "port": [], "parts": [{"name": ""}, {}], "style": {"opacity": 101}}"#,
            [
                last, #"spec.code: Invalid value: "?": spec.code in body should match '^[A-Z]{2}-[0-9]{3}$'"#,
                #"spec.parts[0].name: Invalid value: "": spec.parts[0].name in body should be at least 1 chars long"#,
                #"spec.parts[1].name: Required value"#,
                #"spec.port: Invalid value: "array": spec.port in body must be of type integer,string: "array""#,
                #"spec.replicas: Invalid value: -3: spec.replicas in body should be greater than or equal to 0"#,
                #"spec.size: Unsupported value: "huge": supported values: "small", "medium", "large""#,
                #"spec.style.opacity: Invalid value: 101: spec.style.opacity in body should be less than or equal to 100"#,
            ]
        ),
        (
            #"{"size": "small", "replicas": 8, "maxReplicas": 4}"#,
            [#"spec: Invalid value: replicas must not exceed maxReplicas"#]
        ),
        (
            #"{"size": "small", "replicas": 11}"#,
            [#"spec: Invalid value: replicas must not exceed maxReplicas"#]
        ),
        (
            #"{"size": "huge", "replicas": 11}"#,
            [#"spec.size: Unsupported value: "huge": supported values: "small", "medium", "large""#, last]
        ),
    ]

    @Test(arguments: recorded)
    func `a fault is worded as the API server words it`(spec: String, causes: [String]) throws {
        var object = try Widget.object(spec: spec)
        _ = Widget.schema.prune(&object)
        Widget.schema.applyDefaults(&object)
        let found = Widget.schema.validate(object, old: nil).map(\.description)
        #expect(found.sorted() == causes.sorted())
    }

    @Test func `a missing spec is one required value`() throws {
        var object: JSONValue = ["apiVersion": "example.dev/v1", "kind": "Widget", "metadata": ["name": "v"]]
        Widget.schema.applyDefaults(&object)
        #expect(Widget.schema.validate(object, old: nil).map(\.description) == ["spec: Required value", Self.last])
    }

    @Test func `all faults are causes and are said once in the message`() throws {
        let errors = [FieldError.required("spec.size"), .required("spec.size"), .forbidden("spec.x", detail: "no")]
        let status = APIStatus.invalid(group: "example.dev", kind: "Widget", name: "v", errors: errors)
        #expect(status.code == 422)
        #expect(
            status.message
                == "Widget.example.dev \"v\" is invalid: [spec.size: Required value, spec.x: Forbidden: no]")
        #expect(status.causes.map(\.reason) == ["FieldValueRequired", "FieldValueRequired", "FieldValueForbidden"])
        #expect(
            APIStatus.invalid(group: "", kind: "Namespace", name: "a", errors: [.required("metadata.name")]).message
                == "Namespace \"a\" is invalid: metadata.name: Required value")
    }

    @Test func `faults from elsewhere stand before the notice that rules didn't run`() throws {
        var object = try Widget.object(spec: #"{"size": "small", "replicas": "two"}"#)
        Widget.schema.applyDefaults(&object)
        let scale = FieldError.invalid(".spec.replicas", value: 0, detail: "accessor error")
        let fields = Widget.schema.validate(object, old: nil, and: [scale]).map(\.field)
        #expect(fields == ["spec.replicas", ".spec.replicas", "<nil>"])
    }

    @Test func `what was invalid before and didn't change is let through on update`() throws {
        let old = try Widget.object(spec: #"{"size": "huge", "replicas": 1, "maxReplicas": 3}"#)
        var new = old
        new["spec", "replicas"] = 2
        #expect(Widget.schema.validate(new, old: old).isEmpty)
        new["spec", "size"] = "giant"
        #expect(Widget.schema.validate(new, old: old).map(\.field) == ["spec.size", "<nil>"])
    }

    private static func schema(_ properties: String) throws -> StructuralSchema {
        try StructuralSchema(
            json(#"{"type": "object", "properties": {"spec": {"type": "object", "properties": \#(properties)}}}"#))
    }

    @Test(arguments: [
        (
            #"{"a": {"type": "array", "items": {"type": "string"}, "minItems": 1}}"#, #"{"a": []}"#,
            #"spec.a: Invalid value: 0: spec.a in body should have at least 1 items"#
        ),
        (
            #"{"a": {"type": "integer", "multipleOf": 5}}"#, #"{"a": 7}"#,
            "spec.a: Invalid value: 7: spec.a in body should be a multiple of 5"
        ),
        (
            #"{"a": {"type": "number", "minimum": 0, "exclusiveMinimum": true}}"#, #"{"a": 0}"#,
            "spec.a: Invalid value: 0: spec.a in body should be greater than 0"
        ),
        (
            #"{"a": {"type": "string", "maxLength": 2}}"#, #"{"a": "äöü"}"#,
            "spec.a: Too long: may not be more than 2 bytes"
        ),
        (
            #"{"a": {"type": "string", "format": "duration"}}"#, #"{"a": "soon"}"#,
            #"spec.a: Invalid value: "soon": spec.a in body must be of type duration: "soon""#
        ),
        (
            #"{"a": {"type": "string", "format": "byte"}}"#, #"{"a": "*"}"#,
            #"spec.a: Invalid value: "*": spec.a in body must be of type byte: "*""#
        ),
        (
            #"{"a": {"type": "object", "additionalProperties": {"type": "string"}, "maxProperties": 1}}"#,
            #"{"a": {"x": "1", "y": "2"}}"#, "spec.a: Too many: 2: must have at most 1 items"
        ),
        (
            #"{"a": {"type": "integer", "format": "int32"}}"#, #"{"a": 3000000000}"#,
            #"<nil>: Invalid value: "": Checked value must be of type integer with format int32 in spec.a"#
        ),
        (
            #"{"a": {"type": "string", "not": {"enum": ["x"]}}}"#, #"{"a": "x"}"#,
            #"<nil>: Invalid value: "": "spec.a" must not validate the schema (not)"#
        ),
        (
            #"{"a": {"type": "integer", "oneOf": [{"minimum": 1}, {"minimum": 2}]}}"#, #"{"a": 3}"#,
            #"<nil>: Invalid value: "": "spec.a" must validate one and only one schema (oneOf). Found 2 valid alternatives"#
        ),
        (
            #"{"a": {"type": "array", "items": {"type": "string"}}}"#, #"{"a": [null]}"#,
            #"spec.a[0]: Invalid value: "null": spec.a[0] in body must be of type string: "null""#
        ),
    ])
    func `each limit has its words`(properties: String, spec: String, fault: String) throws {
        let object: JSONValue = ["spec": try json(spec)]
        #expect(try Self.schema(properties).validate(object, old: nil).map(\.description) == [fault])
    }

    @Test func `an alternative that fits is enough for anyOf`() throws {
        let schema = try Self.schema(
            #"{"a": {"type": "object", "properties": {"x": {"type": "string"}, "y": {"type": "string"}}, "anyOf": [{"required": ["x"]}, {"required": ["y"]}]}}"#
        )
        #expect(schema.validate(["spec": ["a": ["y": "1"]]], old: nil).isEmpty)
        #expect(
            schema.validate(["spec": ["a": [:]]], old: nil).map(\.description) == [
                #"<nil>: Invalid value: "": "spec.a" must validate at least one schema (anyOf)"#,
                "spec.a.x: Required value",
            ])
    }
}
