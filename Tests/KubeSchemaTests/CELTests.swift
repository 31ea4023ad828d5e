import KubeModel
import KubeSchema
import Testing

struct CELTests {
    private static let variables: [String: CELValue] = [
        "self": CELValue([
            "name": "web", "replicas": 3, "ratio": 0.5, "tags": ["a", "b", "c"], "empty": [],
            "labels": ["app": "x", "tier": "db"], "ports": [["n": 80], ["n": 443]], "nothing": .null, "on": true,
        ])
    ]

    private func evaluate(_ source: String) throws -> CELValue {
        try CELProgram(source, variables: ["self"]).evaluate(Self.variables)
    }

    @Test(arguments: [
        // Literals and precedence.
        "1 + 2 * 3 == 7", "(1 + 2) * 3 == 9", "-2 * 3 == -6", "7 % 4 == 3", "-7 / 2 == -3", "-7 % 2 == -1",
        "0x1F == 31", "1u + 2u == 3u", "1.5e2 == 150.0", "-9223372036854775808 < 0", "!false", "!!true", "- -1 == 1",
        "true || false && false", "1 < 2 == true", "10 - 3 - 2 == 5", "2 + 3 > 4 && 1 != 2",
        "'a' + \"b\" == 'ab'", "r'\\d' == '\\\\d'", "'\\x41\\u0042\\103' == 'ABC'", "'''a\nb''' == 'a\\nb'",
        "b'ab' == b'\\x61b'", "'it\\'s' == \"it's\"", "[1, 2] + [3] == [1, 2, 3]", "{'a': 1}['a'] == 1",
        "{1: 'x', true: 'y'}[true] == 'y'", "[[1], [2]][1][0] == 2", "null == null", "1 == 1 // a comment",
        // Numbers of different types are on one line.
        "dyn(1) == 1.0", "dyn(1u) == 1", "dyn(2.5) > 2", "1 < 2u", "dyn(1) in [1.0]", "[1, 2.0, 3u] == [1.0, 2, 3]",
        // Conditionals and laziness.
        "true ? 1 == 1 : 1 / 0 == 1", "false ? 1 / 0 == 1 : true", "(1 > 2 ? 'a' : 3 > 2 ? 'b' : 'c') == 'b'",
        // Errors are absorbed by what decides, on either side.
        "true || 1 / 0 == 1", "1 / 0 == 1 || true", "!(false && 1 / 0 == 1)", "!(1 / 0 == 1 && false)",
        "[0, 2].exists(x, 4 / x == 2)", "![0, 2].all(x, 4 / x == 3)",
        // Members.
        "self.name == 'web'", "self['name'] == 'web'", "self.labels.app == 'x'", "self.ports[1].n == 443",
        "has(self.name) && !has(self.missing)", "has(self.nothing) && self.nothing == null", "!has(self.labels.no)",
        "'app' in self.labels && !('x' in self.labels)", "'b' in self.tags",
        // Macros.
        "self.tags.all(t, size(t) == 1)", "self.tags.exists(t, t == 'c')", "self.tags.exists_one(t, t == 'c')",
        "!self.tags.exists_one(t, t != 'c')", "self.ports.map(p, p.n) == [80, 443]",
        "self.ports.map(p, p.n > 100, p.n + 1) == [444]", "self.ports.filter(p, p.n < 100).size() == 1",
        "self.labels.all(k, self.labels[k] != '')", "self.empty.all(e, false)", "!self.empty.exists(e, true)",
        "[1, 2].all(x, [3, 4].all(y, x < y))", "[[1], [2, 3]].map(x, x.size()) == [1, 2]",
        // Functions.
        "size('äb') == 2", "'äb'.size() == 2", "self.tags.size() == 3", "size(self.labels) == 2", "b'abc'.size() == 3",
        "'kubernetes'.startsWith('kube')", "'kubernetes'.endsWith('tes')", "'kubernetes'.contains('bern')",
        "'v1.2'.matches('^v[0-9]+\\\\.[0-9]+$')", "matches('xay', 'a')", "!'abc'.matches('^b')",
        "string(1) + string(true) + string(1.5) == '1true1.5'", "int('42') == 42 && int(3.9) == 3 && int(-3.9) == -3",
        "double('1.5') == 1.5 && double(2) == 2.0", "uint(3) == 3u", "bool('true') && !bool('false')",
        "bytes('a') == b'a' && string(b'a') == 'a'", "type(1) == int && type('') == string && type([]) == list",
        "type(type(1)) == type && type(null) == null_type && type(1) != uint",
        "'AbC'.lowerAscii() == 'abc' && 'AbÄ'.upperAscii() == 'ABÄ'", "' a b '.trim() == 'a b'",
        "'a,b,c'.split(',') == ['a', 'b', 'c']", "'a,b,c'.split(',', 2) == ['a', 'b,c']",
        "'ab'.split('') == ['a', 'b']",
        "'banana'.replace('a', 'o') == 'bonono'", "'banana'.replace('a', 'o', 1) == 'bonana'",
        "'tacocat'.substring(4) == 'cat' && 'tacocat'.substring(0, 4) == 'taco'",
        "'banana'.indexOf('an') == 1 && 'banana'.lastIndexOf('an') == 3 && 'banana'.indexOf('an', 2) == 3",
        "'abc'.charAt(1) == 'b' && 'abc'.charAt(3) == ''", "'abc'.reverse() == 'cba'", "['a', 'b'].join('-') == 'a-b'",
        "'a1b22'.find('[0-9]+') == '1' && 'a1b22'.findAll('[0-9]+') == ['1', '22']",
        "'%s has %d, %.2f%%'.format(['x', 3, 2.5]) == 'x has 3, 2.50%'",
        "[1, 2, 2].isSorted() && !['b', 'a'].isSorted()", "[1, 2, 3].sum() == 6 && [1.5, 1.0].sum() == 2.5",
        "[3, 1, 2].min() == 1 && ['a', 'c', 'b'].max() == 'c'",
        "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2",
        "[1, 1, 2].distinct() == [1, 2]",
        // Patterns as RE2 reads them: `$` is the very end, classes are ASCII.
        "'ab'.matches('^ab$') && !'ab\\n'.matches('^ab$') && !'ab\\ncd'.matches('^ab$')",
        "'7'.matches('^\\\\d$') && !'٣'.matches('^\\\\d$') && !'ä'.matches('^\\\\w$')",
        // Time.
        "duration('1h30m') == duration('90m')", "duration('1.5s') > duration('1s')",
        "duration('-3m').getSeconds() == -180",
        "timestamp('2026-01-02T03:04:05Z').getFullYear() == 2026", "timestamp('2026-01-02T03:04:05Z').getMonth() == 0",
        "timestamp('2026-01-02T00:00:00Z') - timestamp('2026-01-01T00:00:00Z') == duration('24h')",
        "timestamp('2026-01-01T00:00:00Z') + duration('1h') == timestamp('2026-01-01T01:00:00Z')",
        "timestamp('2026-01-01T00:00:00Z').getDayOfWeek() == 4 && timestamp('2026-02-01T00:00:00Z').getDayOfYear() == 31",
        "string(duration('1m')) == '60s' && string(timestamp('2026-01-01T00:00:00Z')) == '2026-01-01T00:00:00Z'",
    ])
    func `an expression is true`(source: String) throws {
        guard case .bool(true) = try evaluate(source) else {
            Issue.record("\(source) is \(try evaluate(source))")
            return
        }
    }

    @Test(arguments: [
        ("1 / 0", "division by zero"), ("1 % 0", "modulus by zero"), ("9223372036854775807 + 1", "integer overflow"),
        ("-9223372036854775808 - 1", "integer overflow"), ("1u - 2u", "unsigned integer overflow"),
        ("self.missing", "no such key: missing"), ("self.labels['x']", "no such key: x"),
        ("[1][1]", "index out of bounds: 1"), ("[1][-1]", "index out of bounds: -1"),
        ("dyn('a') + 1", "no such overload"),
        ("dyn(1) < 'a'", "no such overload"), ("dyn(1) && true", "no such overload"), ("!dyn(1)", "no such overload"),
        ("int('x')", "type conversion error from 'x' to 'int'"), ("[].min()", "min called on empty list"),
        ("'abc'.substring(4)", "index out of range: 4"), ("1 / 0 == 1 || false", "division by zero"),
        ("[0].all(x, 1 / x == 1)", "division by zero"), ("self.name.foo", "no such overload"),
        ("timestamp('never')", "type conversion error from 'never' to 'timestamp'"),
    ])
    func `an evaluation fails`(source: String, message: String) throws {
        let program = try CELProgram(source, variables: ["self"])
        let failure = #expect(throws: CELFailure.self) { try program.evaluate(Self.variables) }
        #expect(failure?.code == .evaluation)
        #expect(failure?.message == message)
    }

    @Test(arguments: [
        ("1 +", "mismatched input '<EOF>'"), ("(1", "mismatched input '<EOF>'"), ("'abc", "unterminated string"),
        ("1 @ 2", "token recognition error at: '@'"), ("self.all(x)", "wrong number of arguments to all() macro"),
        ("self.all(1, true)", "argument must be a simple name"), ("has(self)", "invalid argument to has() macro"),
        ("other", "undeclared reference to 'other'"), ("foo(1)", "undeclared reference to 'foo'"),
        ("'a'.foo()", "undeclared reference to 'foo'"),
        ("1 + 'a'", "no matching overload for '_+_' applied to '(int, string)'"),
        ("1 && true", "no matching overload for '_&&_'"), ("!1", "no matching overload for '!_'"),
        ("'a'.matches('[')", "invalid matches argument"), ("1.size()", "no matching overload"),
        ("size()", "no matching overload for 'size'"), ("for == 1", "reserved identifier: for"), ("1 ? 2 : 3", "_?_:_"),
        ("[1].all(x, x)", "expected type 'bool' but found 'int'"), ("99999999999999999999", "invalid int literal"),
        ("'a'.b", "does not support field selection"), ("", "mismatched input '<EOF>'"),
    ])
    func `a source that can't have a value is refused`(source: String, message: String) throws {
        let failure = #expect(throws: CELFailure.self) { try CELProgram(source, variables: ["self"]) }
        #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
    }

    @Test func `evaluation ends however much work an expression asks for`() throws {
        let range = "[0,1,2,3,4,5,6,7,8,9]"
        let source = "abcdefg".reduce("true") { "\(range).all(\($1), \($0))" }
        let program = try CELProgram(source, variables: [])
        let failure = #expect(throws: CELFailure.self) { try program.evaluate([:]) }
        #expect(failure?.code == .budget)
    }

    @Test func `a text can't grow without end`() throws {
        let source = "abcdefghijklmnopqrstuvwxyz".reduce("'0123456789abcdef'") {
            "[\($0)].map(\($1), \($1) + \($1))[0]"
        }
        // Deep enough to be refused before it runs, or stopped while it does.
        #expect(throws: CELFailure.self) { try CELProgram(source, variables: []).evaluate([:]) }
    }

    @Test func `deep nesting is refused`() {
        let source = String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        #expect(throws: CELFailure.self) { try CELProgram(source, variables: []) }
    }

    @Test func `long chains of conditions are fine`() throws {
        let source = Array(repeating: "true", count: 500).joined(separator: " && ")
        guard case .bool(true) = try evaluate(source) else {
            Issue.record("not true")
            return
        }
    }
}
