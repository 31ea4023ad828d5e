import KubeModel
import KubeSchema
import Testing

struct RuleTests {
    private static func schema(_ spec: String) throws -> StructuralSchema {
        try StructuralSchema(json(#"{"type": "object", "properties": {"spec": \#(spec)}}"#))
    }

    private static let immutable = #"""
        {"type": "object", "properties": {
            "name": {"type": "string", "x-kubernetes-validations": [
                {"rule": "self == oldSelf", "message": "is immutable", "reason": "FieldValueForbidden"}]},
            "ports": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                "items": {"type": "object", "required": ["name"],
                    "properties": {"name": {"type": "string"}, "number": {"type": "integer"}},
                    "x-kubernetes-validations": [{"rule": "self.number >= oldSelf.number"}]}}}}
        """#

    @Test func `transition rules don't run on create`() throws {
        let schema = try Self.schema(Self.immutable)
        #expect(schema.validate(["spec": ["name": "a"]], old: nil).isEmpty)
    }

    @Test func `a transition rule compares with the stored value`() throws {
        let schema = try Self.schema(Self.immutable)
        let faults = schema.validate(["spec": ["name": "b"]], old: ["spec": ["name": "a"]])
        #expect(faults.map(\.description) == ["spec.name: Forbidden: is immutable"])
        #expect(schema.validate(["spec": ["name": "a"]], old: ["spec": ["name": "a"]]).isEmpty)
    }

    @Test func `elements of a list are compared by their keys, not their place`() throws {
        let schema = try Self.schema(Self.immutable)
        let old: JSONValue = ["spec": ["ports": [["name": "a", "number": 5], ["name": "b", "number": 1]]]]
        let new: JSONValue = ["spec": ["ports": [["name": "b", "number": 2], ["name": "a", "number": 4]]]]
        #expect(
            schema.validate(new, old: old).map(\.description) == [
                "spec.ports[1]: Invalid value: failed rule: self.number >= oldSelf.number"
            ])
    }

    @Test func `message expression, reason and field path are used`() throws {
        let schema = try Self.schema(
            #"""
            {"type": "object", "properties": {"min": {"type": "integer"}, "max": {"type": "integer"}},
             "x-kubernetes-validations": [{"rule": "self.min <= self.max", "reason": "FieldValueForbidden",
              "messageExpression": "'min %d is above %d'.format([self.min, self.max])", "fieldPath": ".min"}]}
            """#)
        #expect(
            schema.validate(["spec": ["min": 3, "max": 1]], old: nil).map(\.description) == [
                "spec.min: Forbidden: min 3 is above 1"
            ])
    }

    @Test func `an evaluation that fails is a fault`() throws {
        let schema = try Self.schema(
            #"""
            {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
             "x-kubernetes-validations": [{"rule": "self.a / self.b > 1"}]}
            """#)
        let faults = schema.validate(["spec": ["a": 3, "b": 0]], old: nil).map(\.description)
        #expect(faults == ["spec: Invalid value: \"object\": division by zero evaluating rule: self.a / self.b > 1"])
        let missing = schema.validate(["spec": ["a": 3]], old: nil).map(\.description)
        #expect(missing == ["spec: Invalid value: \"object\": no such key: b evaluating rule: self.a / self.b > 1"])
    }

    @Test func `names that are no identifiers are written escaped, and formats have their types`() throws {
        let schema = try Self.schema(
            #"""
            {"type": "object", "properties": {
                "a-b": {"type": "integer"}, "namespace": {"type": "string"}, "due": {"type": "string", "format": "date-time"},
                "wait": {"type": "string", "format": "duration"}, "share": {"type": "number"}},
             "x-kubernetes-validations": [
                {"rule": "self.a__dash__b == 1 && self.__namespace__ == 'x'"},
                {"rule": "self.due < timestamp('2030-01-01T00:00:00Z') && self.wait == duration('90s')"},
                {"rule": "self.share > 0.5"}]}
            """#)
        let spec: JSONValue = [
            "a-b": 1, "namespace": "x", "due": "2026-01-01T00:00:00Z", "wait": "1m30s", "share": 1,
        ]
        #expect(schema.validate(["spec": spec], old: nil).isEmpty)
    }

    @Test(arguments: [
        ("self.nothing > 1", "ERROR: <input>:1:5: undefined field 'nothing'\n | self.nothing > 1\n | ....^"),
        (
            "self.n > 'x'",
            "ERROR: <input>:1:8: found no matching overload for '_>_' applied to '(int, string)'\n | self.n > 'x'\n | .......^"
        ),
        ("foo == 1", "ERROR: <input>:1:1: undeclared reference to 'foo' (in container '')\n | foo == 1\n | ^"),
    ])
    func `a rule that can't be evaluated makes the schema fail`(rule: String, message: String) throws {
        let rules: JSONValue = [["rule": .string(rule)]]
        let spec: JSONValue = [
            "type": "object", "properties": ["n": ["type": "integer"]], "x-kubernetes-validations": rules,
        ]
        let failure = #expect(throws: SchemaFailure.self) {
            try StructuralSchema(["type": "object", "properties": ["spec": spec]])
        }
        let error = try #require(failure?.errors.first)
        #expect(
            error.field == "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule")
        #expect(error.detail == "compilation failed: \(message)")
    }

    @Test func `the rule that is refused is shown as the API server shows it`() throws {
        let spec = #"{"type": "object", "x-kubernetes-validations": [{"rule": "self.nothing > 1"}]}"#
        let failure = #expect(throws: SchemaFailure.self) { try Self.schema(spec) }
        #expect(
            failure?.errors.map(\.message) == [
                #"Invalid value: {"Rule":"self.nothing \u003e 1","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field 'nothing'"#
                    + "\n | self.nothing > 1\n | ....^"
            ])
    }
}
