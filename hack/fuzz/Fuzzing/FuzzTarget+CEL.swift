import KubeModel
import KubeSchema

extension FuzzTarget {
    private static let words = [
        "self", "oldSelf", ".", "(", ")", "[", "]", "{", "}", ",", ":", "?", "&&", "||", "!", "==", "!=", "<", "<=",
        "in",
        "+", "-", "*", "/", "%", "1", "-1", "9223372036854775807", "9223372036854775808u", "1.5", "1e308", "'a'",
        "\"b\"",
        "r'\\d'", "b'x'", "null", "true", "size(", "has(self.a)", ".all(x, ", ".exists(x, ", ".map(x, ", ".filter(x, ",
        ".exists_one(x, ", ".matches('", "int(", "uint(", "string(", "double(", "timestamp('2026-01-01T00:00:00Z')",
        "duration('1h')", ".getFullYear()", ".split(',')", ".join('-')", ".indexOf('a')", ".substring(1)",
        ".replace('a', '')",
        ".find('a+')", ".findAll('a*')", ".isSorted()", ".sum()", ".min()", "(a*)*", "(a|a)*b", "quantity('1Gi')",
        "type(", "dyn(",
        "[a-z]{1000}", "\\", "é",
    ]

    private static let corpus = [
        "self.replicas <= 5 && self.name.startsWith('a')", "self.list.all(x, x > 0) ? size(self.map) : -1",
        "self.list.map(x, self.list.map(y, x * y)).exists(z, z.sum() == 10)", "has(self.a.b) || !('k' in self.map)",
        "self.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')", "{'a': [1, 2.0, 3u], 'b': {}}['a'][0] == 1",
        "timestamp(self.time) + duration('1h30m') > timestamp('2026-01-01T00:00:00Z')",
        "string(int('5') / 2 % 3) + self.name.lowerAscii().split('')[0]", "oldSelf.name == self.name",
    ]

    private static let object = CELValue([
        "replicas": 3, "name": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "list": [1, 2, 3, 4], "map": ["k": "v"], "a": ["b": 1],
        "time": "2026-06-01T00:00:00Z",
    ])

    /// Any text ends as a value or an error, in good time.
    static let cel = FuzzTarget.text("cel", corpus: corpus, words: words) { input in
        let source = String(decoding: input, as: UTF8.self)
        guard let program = try? CELProgram(source, variables: ["self", "oldSelf"]) else { return }
        let start = ContinuousClock.now
        _ = try? program.evaluate(["self": object, "oldSelf": object])
        let took = start.duration(to: .now)
        try require(took < .seconds(20), "evaluating took \(took)")
    }

    /// The same as a rule of a schema, where types are known.
    static let celRule = FuzzTarget.text("cel-rule", corpus: corpus, words: words) { input in
        let source = String(decoding: input, as: UTF8.self)
        let schema: JSONValue = [
            "type": "object", "x-kubernetes-validations": [["rule": .string(source), "message": "no"]],
            "properties": [
                "replicas": ["type": "integer"], "name": ["type": "string", "maxLength": 64],
                "list": ["type": "array", "maxItems": 10, "items": ["type": "integer"]],
                "map": ["type": "object", "additionalProperties": ["type": "string"]],
                "time": ["type": "string", "format": "date-time"],
            ],
        ]
        guard let compiled = try? StructuralSchema(schema) else { return }
        let value: JSONValue = ["replicas": 3, "name": "ab", "list": [1, 2], "map": ["k": "v"]]
        _ = compiled.validate(value, old: value)
    }
}
