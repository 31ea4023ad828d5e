import KubeModel

/// Arguments of a tool by chance, from the JSON Schema of them: those that fit it, and those that don't by one thing.
///
/// The same seed gives the same arguments.
package struct RandomArguments {
    private let properties: [(name: String, schema: JSONValue)]
    private let required: Set<String>
    private var numbers: SplitMix64

    package init(_ schema: JSONValue, seed: UInt64) {
        properties = (schema["properties"]?.object ?? [:]).map { (name: $0.key, schema: $0.value) }
        required = Set((schema["required"]?.array ?? []).compactMap(\.string))
        numbers = SplitMix64(state: seed)
    }

    /// All that is required, and some of the rest.
    package mutating func fitting() -> JSONObject {
        var arguments: JSONObject = [:]
        for (name, schema) in properties where required.contains(name) || chance(1, of: 3) {
            arguments[name] = value(of: name, schema)
        }
        return arguments
    }

    /// What doesn't fit by one parameter alone.
    /// - Returns: with the parameter's name; nil for a tool that takes any of what was thought of.
    package mutating func misfitting() -> (arguments: JSONObject, parameter: String)? {
        var arguments = fitting()
        guard !properties.isEmpty, !chance(1, of: 5) else {
            arguments["no_such_parameter"] = 1
            return (arguments, "no_such_parameter")
        }
        let (name, schema) = properties[Int(numbers.next(below: properties.count))]
        if required.contains(name), chance(1, of: 3) {
            arguments[name] = nil
            return (arguments, name)
        }
        guard let value = wrongValue(schema) else { return nil }
        arguments[name] = value
        return (arguments, name)
    }

    // MARK: Values

    private mutating func value(of name: String, _ schema: JSONValue) -> JSONValue {
        if let choices = schema["enum"]?.array, let choice = pick(choices) { return choice }
        switch schema["type"]?.string {
        case "integer":
            let (low, high) = (schema["minimum"]?.int ?? -1000, schema["maximum"]?.int ?? 1000)
            return JSONValue(pick([low, high, low + Int(numbers.next(below: max(1, min(1000, high - low))))]) ?? low)
        case "boolean": return .bool(chance(1, of: 2))
        case "object":
            return .object(JSONObject((0..<numbers.next(below: 3)).map { ("key\($0)", .string(word())) }))
        default:
            let longest = schema["maxLength"]?.int ?? 64
            let isRequired = schema["minLength"]?.int ?? 0 > 0
            var text = Self.likely[name].flatMap { chance(3, of: 4) ? pick($0) : nil } ?? word()
            // What is empty counts as not given.
            if isRequired, text.allSatisfy(\.isWhitespace) { text = "x" }
            return .string(String(String.UnicodeScalarView(text.unicodeScalars.prefix(longest))))
        }
    }

    private mutating func wrongValue(_ schema: JSONValue) -> JSONValue? {
        if schema["enum"] != nil { return pick(["no-such-choice", 7, ["a"]]) }
        switch schema["type"]?.string {
        case "integer": return pick(["a word", 1.5, [:], true, JSONValue((schema["maximum"]?.int ?? 0) + 1)])
        case "boolean": return pick(["perhaps", 3, []])
        case "object": return pick(["a text", ["a"], ["a": 1], 4])
        // A document may be given as what it is.
        default:
            let longest = schema["maxLength"]?.int ?? 0
            return longest > 10_000
                ? pick([5, true]) : pick([5, true, ["a"], .string(String(repeating: "x", count: longest + 1))])
        }
    }

    private mutating func word() -> String {
        if chance(1, of: 2), let odd = pick(Self.odd) { return odd }
        let letters = "abcxyz0189-./:,=*{}[]'\"\\ \n\t%?#&äß🙂\u{202e}"
        return String((0..<numbers.next(below: 24)).compactMap { _ in letters.randomElement(using: &numbers) })
    }

    private mutating func chance(_ part: Int, of all: Int) -> Bool { numbers.next(below: all) < part }

    private mutating func pick<Value>(_ values: [Value]) -> Value? { values.randomElement(using: &numbers) }

    private static let odd = [
        "", " ", "-", "--all", "a=b", "../../etc/passwd", "%2e%2e", "a/b/c", "web?x=1", "{}", "[", "null", "true",
        "\u{0}",
        "99999999999999999999", "1e400", "-1", "*", "$(id)", "{.a[?(@.b", "a: [b", "a, b; c", "'", "\"", "\\", "\r\n",
    ]

    /// What leads further than to a refusal.
    private static let likely: [String: [String]] = [
        "kind": [
            "pods", "deploy", "deployment", "svc", "nodes", "deploy/web", "all", "statefulset", "widgets.example.dev",
        ],
        "name": ["web", "web-0", "n1", "nobody"], "namespace": ["shop", "default", "nowhere"],
        "node_name": ["n1", "n2"], "pod_name": ["web-0"], "resource_name": ["web"],
        "label_selector": ["app=web", "app in (web,db),!canary", "a==b"], "field_selector": ["status.phase=Running"],
        "container": ["app"], "image": ["nginx:1.29", "app=nginx:1.29"],
        "container_images": ["app=nginx:1.29", "a=b,c=d"],
        "patch": [
            #"{"spec":{"replicas":3}}"#, #"[{"op":"remove","path":"/spec/replicas"}]"#, "spec:\n  replicas: 2\n",
        ],
        "content": [
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: b}}", "apiVersion: v1\nkind: Pod\n",
            "---\n---\n", "{apiVersion: v1, kind: List, items: []}",
        ],
        "for": ["delete", "condition=Ready", "jsonpath={.status.phase}=Running"], "timeout": ["30s", "5m", "1h"],
        "columns": [".metadata.labels", "A:.spec.replicas,..image", "{.a[?(@.b==1)]}"],
        "command": ["ls -l", #"["sh","-c","true"]"#, "sh -c 'a b'"], "taints": ["a=b:NoSchedule", "a:NoExecute-"],
        "requests": ["cpu=100m"], "limits": ["memory=1Gi"], "since": ["5m"], "path": ["/etc/hosts", "/healthz"],
        "verb": ["get", "create"], "revision": ["main", "2"],
    ]
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
package struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    package init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    mutating func next(below bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }
}
