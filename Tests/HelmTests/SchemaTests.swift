import Testing

@testable import Helm

/// What Helm v4.2.3 says of schemas and of values that they don't allow.
struct SchemaTests {
    @Test(arguments: [
        (
            #"{"type":"text"}"#, "https://json-schema.org/draft/2020-12/schema#",
            """
            - at '': 'allOf' failed
              - at '/type': 'anyOf' failed
                - at '/type': value must be one of 'array', 'boolean', 'integer', 'null', 'number', 'object', 'string'
                - at '/type': got string, want array
            """
        ),
        (
            #"{"$schema":"http://json-schema.org/draft-07/schema#","properties":{"a":{"minimum":"x"}}}"#,
            "http://json-schema.org/draft-07/schema#", "- at '/properties/a/minimum': got string, want number"
        ),
        (
            #"{"$schema":"http://json-schema.org/draft-04/schema#","required":[]}"#,
            "http://json-schema.org/draft-04/schema#", "- at '/required': minItems: got 0, want 1"
        ),
        (
            #"{"patternProperties":{"(":{}}}"#, "https://json-schema.org/draft/2020-12/schema#",
            """
            - at '': 'allOf' failed
              - at '': invalid propertyName '('
                - at '': '(' is not valid regex: error parsing regexp: missing closing ): `(`
            """
        ),
    ])
    func `a schema has to meet the schema of schemas`(schema: String, address: String, problem: String) {
        let message =
            "\"file:///values.schema.json#\" is not valid against metaschema: jsonschema validation failed with "
            + "'\(address)'\n\(problem)"
        expect(schema, fails: message)
    }

    @Test(arguments: [
        (##"{"$ref":"#/definitions/x"}"##, "json-pointer in \"file:///values.schema.json#/definitions/x\" not found"),
        (
            ##"{"$ref":"#foo"}"##,
            "anchor in \"file:///values.schema.json#foo\" not found in schema \"file:///values.schema.json\""
        ),
        (
            #"{"$ref":"https://example.com/x.json"}"#,
            "failing loading \"https://example.com/x.json\": schemas of other places aren't fetched"
        ),
        ("{", "unexpected EOF"),
    ])
    func `a reference that leads nowhere is an error`(schema: String, message: String) {
        expect(schema, fails: message)
    }

    @Test func `a reference that no value can meet may lead anywhere`() throws {
        let schema = try JSONSchema(##"{"definitions":{"a":{"$ref":"#/nowhere"}}}"##)
        #expect(schema.failures(of: .map([:])).isEmpty)
    }

    @Test(arguments: [(7, 0), (2019, 1)]) func `beside a reference nothing counts until draft 7`(draft: Int, count: Int)
        throws
    {
        let address =
            draft == 7 ? "http://json-schema.org/draft-07/schema#" : "https://json-schema.org/draft/2019-09/schema"
        let text = ##"{"$schema":"\##(address)","$ref":"#/definitions/a","type":"null","definitions":{"a":{}}}"##
        #expect(try JSONSchema(ByteString(text)).failures(of: .map([:])).count == count)
    }

    @Test func `the schema of schemas may be referred to`() throws {
        let schema = try JSONSchema(#"{"$ref":"http://json-schema.org/draft-07/schema#"}"#)
        let failures = schema.failures(of: .map(["type": .string("x")]))
        #expect(failures.first?.message == "validation failed" || failures.first?.message == "'anyOf' failed")
    }

    private func expect(_ schema: String, fails message: String) {
        do throws(HelmError) {
            _ = try JSONSchema(ByteString(schema))
            Issue.record("\(schema) is taken")
        } catch {
            #expect(error.message.text == message)
        }
    }
}
