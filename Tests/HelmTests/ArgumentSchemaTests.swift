import Helm
import Testing

@Suite struct ArgumentSchemaTests {
    @Test func `a value is told what is wrong with it, and where`() throws {
        let schema = try ArgumentSchema(
            #"{"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer","minimum":1}},"required":["city"],"additionalProperties":false}"#
        )
        #expect(try schema.problems(with: #"{"city":"Graz","days":2}"#).isEmpty)
        let problems = try schema.problems(with: #"{"days":0,"x":1}"#)
        #expect(problems.contains { $0.contains("city") } && problems.contains { $0.contains("/days") })
    }

    @Test(arguments: [#"{"$ref":"http://evil.example/s.json"}"#, ##"{"$ref":"#/$defs/x"}"##, #"{"type":7}"#, "{"])
    func `what is no schema, or leads elsewhere, is refused`(_ text: String) {
        #expect(throws: HelmError.self) { try ArgumentSchema(text) }
    }
}
