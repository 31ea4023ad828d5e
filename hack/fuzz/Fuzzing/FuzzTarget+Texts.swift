import KubeClient
import KubeModel

extension FuzzTarget {
    /// All ways of reading JSON agree on what is valid and on what it means; what is written reads back.
    static let json = FuzzTarget.text(
        "json",
        corpus: [
            #"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"5","continue":"t"},"items":[{"metadata":{"name":"a","managedFields":[{"fieldsV1":{"f:k:{\"name\":\"x\"}":{}}}]},"spec":{"n":-1.5e3}},{}]}"#,
            #"{"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"ü😀","labels":{"a/b":"c"}},"spec":{"x":[1,2,{"y":null}]}}}"#,
            #"{"a":"\ud83d\ude00\u00e4\/\b\f\n\r\t\"\\","b":[true,false,null,0,-0,1e5,12345678901234567890,0.1]}"#,
            #"[[[]],{},"",{"a":{"a":{"a":1}}}]"#,
        ],
        words: [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "\\u0061", "null", "true", "1e", "-", "0", ".",
            "e+",
            "\u{1}", "é", "\"items\":", "\"object\":", "\"metadata\":{", "\"managedFields\":", "\"kind\":\"K\"", " ",
            "\n", "9",
        ]
    ) { input in
        let list = try? KubeList(parsing: input)
        let isEventText = (try? WatchEvent(parsing: input)) != nil
        guard let value = try? JSONParser.parse(input) else {
            // One item that the parser doesn't take is left out of a list, and counted.
            try require(list.map { $0.unreadableItems > 0 } ?? true, "a list was read from what is no JSON")
            return try require(!isEventText, "an event was read from what is no JSON")
        }
        let written = JSONWriter.bytes(value)
        try require(try JSONParser.parse(written) == value, "compact text reads as another value")
        try require(
            try JSONParser.parse(JSONWriter.bytes(value, options: .pretty)) == value,
            "pretty text reads as another value")
        try require(KubeObject(value).packed().json == value, "packed it is another value")
        try require(list?.items == KubeList(value).items, "the items differ from those of the tree")
        let (a, b) = (KubeObject(value).withoutManagedFields(), KubeObject(value).packed().withoutManagedFields())
        try require(a == b, "without managed fields the packed object differs")
    }

    /// What is read can be written, and reads back as the same.
    static let yaml = FuzzTarget.text(
        "yaml",
        corpus: [
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  labels: {x: 'y', \"z\": 1}\ndata:\n  t: |\n    a\n     b\n  u: >-\n    c\n    d\n",
            "- &a {x: 1}\n- *a\n- <<: *a\n  y: [1, 2.5, -3, 0x1F, 0o17, 017, 1e3, .5, ~, yes, Off]\n---\n--- !!str 1\n",
            "? a\n: b\n\"c\\u00e9\\n\": 2026-01-02\n'd''e': |+\n  x\n\n",
        ],
        words: [
            "\n", "  ", "- ", ": ", "? ", "&a ", "*a", "<<: ", "|\n", ">-\n", "'", "\"", "{", "}", "[", "]", ",", "#",
            "---\n",
            "...\n", "!!str ", "!!binary ", "%", "@", "\t", "0x", "-0x", "8000000000000000", "0b", "0o", "1e999", "~",
            "é",
            "\u{85}", "\u{2028}", "\u{FEFF}",
        ]
    ) { input in
        guard let values = try? YAML.parseAll(String(decoding: input, as: UTF8.self)) else { return }
        for value in values {
            let text = YAML.format(value)
            try require((try? YAML.parse(text)) == value, "written it reads as another value:\n\(text)")
        }
    }

    static let labelSelector = FuzzTarget.text(
        "label-selector",
        corpus: ["app=web,tier in (a, b),!canary", "a!=b,c notin (d),e,f>1,g<2,h==i", "x.y/z="],
        words: [
            ",", "=", "==", "!=", "!", "in", "notin", "(", ")", " in (", ">", "<", " ", "a", "9223372036854775808", "é",
        ]
    ) { input in
        guard let selector = try? LabelSelector(parsing: String(decoding: input, as: UTF8.self)) else { return }
        let again = try? LabelSelector(parsing: selector.description)
        try require(again == selector, "\(selector) reads as \(again?.description ?? "an error")")
        let labels = ["app": "web", "a": "b", "f": "2"]
        try require(
            again?.matches(labels) == selector.matches(labels), "\(selector) matches otherwise after reading it")
    }

    /// Nothing but an error may come of a broken one.
    static let kubeconfig = FuzzTarget.text(
        "kubeconfig",
        corpus: [
            """
            apiVersion: v1
            kind: Config
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: YQ==, tls-server-name: x}}]
            users: [{name: u, user: {token: t, client-certificate-data: YQ==, client-key-data: YQ==}}]
            contexts: [{name: k, context: {cluster: c, user: u, namespace: ns}}]
            current-context: k
            """
        ],
        words: [
            "exec: {command: x, apiVersion: client.authentication.k8s.io/v1}", "proxy-url: http://[::1", "null", "[]",
            "{}",
            "https://", ":99999", "insecure-skip-tls-verify: true", "username: a", "\n", "  ", "as: b", "%zz", "é",
        ]
    ) { input in
        _ = try? ClusterConfiguration.kubeconfig(text: String(decoding: input, as: UTF8.self))
    }

    /// The small formats, each on the same input.
    static let smallTexts = FuzzTarget.text(
        "small-texts",
        corpus: [
            "2026-01-02T03:04:05.123456Z", "9999-12-31T23:59:60+23:59", "YWJjZA==", "a%20b+c%C3%A9",
            "/spec/containers/0/a~1b~0",
        ],
        words: ["Z", "+", "-", ":", ".", "T", "0", "9", "=", "%", "%F", "~", "~2", "/", "é", "99999999999999999999"]
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        if let time = KubeTime(text) {
            try require(KubeTime(time.microTime) == time, "\(time.microTime) reads as another time than \(text)")
        }
        if let bytes = Base64.decode(text) {
            try require(Base64.decode(Base64.encode(bytes)) == bytes, "encoded again it decodes to other bytes")
        }
        try require(Base64.decode(Base64.encode(input)) == input, "encoded bytes decode to others")
        try require(Base64.decodeURL(Base64.encodeURL(input)) == input, "URL-encoded bytes decode to others")
        _ = PercentEncoding.decode(text)
        try require(
            PercentEncoding.decode(PercentEncoding.query(text)) == text, "percent-encoded text decodes to another")
        _ = try? JSONPatch.pointer(text)
    }
}
