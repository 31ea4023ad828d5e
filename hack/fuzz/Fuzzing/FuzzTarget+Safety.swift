import KubeClient
import KubeModel
import SkyfloAPI
import WorkflowEngine
import Writes

extension FuzzTarget {
    /// A value from outside adds no condition of its own to a selector.
    static let fieldSelector = FuzzTarget.text(
        "field-selector",
        corpus: ["metadata.name=a,status.phase!=Running", "a==b\\,c\\=d\\\\", ",,a=,b!="],
        words: [
            ",", "=", "==", "!=", "\\", "\\,", "\\=", "metadata.name", "a", " ", "é", "e\u{301}", "\u{301}", "\u{0}",
        ]
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        _ = try? comparedValues(text)
        let selector = FieldSelector.equal("metadata.name", value: text).and(.notEqual("status.phase", value: text))
        let values = try comparedValues(selector.description)
        try require(values.count == 2, "\(selector) has \(values.count) conditions")
        for value in values {
            try require(Array(value.utf8) == input.validated, "\(selector) compares with \(value)")
        }
    }

    /// Names from outside stay names, and what a path does is told from it alone.
    static let resourcePath = FuzzTarget.text(
        "resource-path",
        corpus: [
            "web", "../secrets", "a/b", "pods/exec", "%2e%2e", "kube-system", "a?dryRun=All", "..;/", "/apis/apps/v1/x",
            "/api/v1/namespaces/shop/pods/web/exec", "/api/v1/nodes/a/proxy/run",
        ],
        words: [
            "/", "..", ".", "%2F", "%2f", "%", "?", "#", ";", "\\", "namespaces", "\u{301}", "/\u{301}", "status",
            "proxy", "exec", "watch",
            "é", "\u{0}",
        ]
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        let resource = APIResource(group: "apps", version: "v1", plural: "deployments", kind: "Deployment")
        if let place = ResourcePath(resource.path(namespace: text, name: text, subresource: "scale")) {
            try require(
                place.resource == "deployments" && place.namespace == text && place.name == text
                    && place.subresource == "scale" && !text.utf8.contains(0x2F),
                "\(text) makes a path to something else")
        }
        for method in [KubeRequest.Method.post, .put, .patch, .delete] {
            try require(
                !KubeRequest(method, path: text).isReadOnly || isReview(text), "\(method) \(text) counts as a read")
        }
        let isRead = KubeRequest(.get, path: text).isReadOnly
        let connects = ["exec", "attach", "portforward", "proxy"].contains(ResourcePath(text)?.subresource)
        try require(!(isRead && connects), "GET \(text) counts as a read")
    }

    /// An argument that refers to a result is a scalar of that result, or nothing is carried out; any other stays as it is.
    static let argumentReference = FuzzTarget.text(
        "argument-reference",
        corpus: [
            "{{result1.items[0].metadata.name}}", "{{ result1[\"a\"]['b.c'] }}", "{{result1}}", "{{result2.a}}",
            "{{ .Values.result1 }}",
        ],
        words: [
            "{{", "}}", "result", "1", "2", ".", "[", "]", "0", "\"", "'", "items", "name", " ", "é", "\u{301}", "{",
            "-",
        ]
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        var machine = WorkflowStateMachine(policy: .init(limits: Limits()))
        let now = KubeTime(seconds: 0)
        let arguments = JSONWriter.string(["name": .string(text)])
        let calls = ["{}", arguments].map { ModelTurn.Call(modelID: "m", tool: "t", arguments: $0) }
        machine.apply(.turnStarted(number: 1, message: "x"), at: now)
        machine.apply(.modelReplied(ModelTurn(content: "", calls: calls)), at: now)
        let result = #"{"items":[{"name":"web"}],"name":"a{{result1.name}}","0":1,"":true,"-":[[2]]}"#
        machine.apply(.callResolved(id: "c1", succeeded: true, result: result), at: now)
        switch machine.next(now: now, stop: nil) {
        case .prepare(let ids):
            try require(ids == ["c2"] && machine.call("c2")?.arguments == arguments, "\(text) was changed")
        case .refuse(let id, _): try require(id == "c2", "\(id) is refused")
        case .resolveArguments(let id):
            let resolved = machine.resolvedArguments(of: id)
            let values: [JSONValue] = ["web", "a{{result1.name}}", 1, true, 2, .string(result)]
            let name = try resolved.map { try JSONParser.parse($0.arguments) }?["name"]
            try require(name.map(values.contains) ?? false, "\(text) became \(name as Any)")
            try require(resolved?.references.count == 1, "\(text) has no source")
        case let other: throw FuzzFailure(description: "\(text) leads to \(other)")
        }
    }

    private static func isReview(_ path: String) -> Bool { path.hasSuffix("reviews") }

    /// Values that are known to be secret are in no text, in none of their forms; and redacting ends.
    static let redaction = FuzzTarget.text(
        "redaction",
        corpus: [
            "password=hunter2hunter2 token: \"abcdefghijkl\" --api-key xyzxyzxyz\nAuthorization: Bearer abc.def.ghi",
            "postgres://user:hunter2hunter2@db:5432/x?password=q&sslmode=off {\"data\":{\"password\":\"aHVudGVyMmh1bnRlcjI=\"}}",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\neyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
        ],
        words: [
            "password", "=", ":", "\"", "\\", "\\\"", "'", "Bearer ", "--token ", "://", "@", "-----BEGIN ",
            "PRIVATE KEY-----",
            "-----END ", "‹redacted:", "›", "hunter2hunter2", "hunter2hunter2\u{301}", "\n", "eyJ", ".", "$(", "{", "é",
            "\n  ", "value: ", "name: ", ": |\n", "@tcp(", "curl -u ", "mysql -p", ",", "/", ")", "‹redacted:1a2b3c4d›",
            "authorization: ", "\u{1B}[1m", "<password>", "</password>", " => ", "Some(", "IDENTIFIED BY ", "machine ",
            " is ",
        ]
    ) { input in
        let redactor = Redactor(key: Array(0..<32))
        let text = String(decoding: input, as: UTF8.self)
        let shown = redactor.redact(text: text, knowing: ["hunter2hunter2"])
        for form in ["hunter2hunter2", "aHVudGVyMmh1bnRlcjI"] {
            let isThere = Array(shown.utf8).firstRange(of: Array(form.utf8)) != nil
            try require(!isThere, "the secret is still there:\n\(shown)")
        }
        if let json = try? JSONParser.parse(input) { _ = redactor.redact(json: json) }
    }

    /// The canonical form is the same for the same value, whatever the order of keys, and reads back as the value.
    static let canonicalJSON = FuzzTarget.text(
        "canonical-json",
        corpus: [
            #"{"b":1,"a":{"é":"x","e\u0301":"y","":[1,2,{"z":null,"y":-0.5}]},"aa":1e3,"a\u0000":true}"#,
            #"[{"method":"PATCH","path":"/a","body":"{\"x\":1}"},[],{},"😀",9007199254740993]"#,
        ],
        words: [
            "{", "}", "[", "]", ",", ":", "\"", "\\u00e9", "e\\u0301", "é", "0", "-0", "1.0", "1", "null", "\"a\":",
            "😀",
        ]
    ) { input in
        guard let value = try? JSONParser.parse(input) else { return }
        let canonical = JSONWriter.bytes(value, options: .canonical)
        try require(try JSONParser.parse(canonical) == value, "the canonical form is another value")
        try require(JSONWriter.bytes(reversed(value), options: .canonical) == canonical, "the order of keys counts")
        try require(
            JSONWriter.bytes(try JSONParser.parse(canonical), options: .canonical) == canonical,
            "read and written it changes")
    }

    private static func reversed(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): .object(JSONObject(members.reversed().map { ($0.key, reversed($0.value)) }))
        case .array(let elements): .array(elements.map(reversed))
        default: value
        }
    }

    /// A chain that was tampered with is refused, or says the same.
    static let transcript = FuzzTarget.text("transcript", corpus: [chain.lines], words: words) { input in
        var reader = TranscriptChain(anchor: .init(count: chain.count, head: chain.head))
        guard let entries = try? reader.read(String(decoding: input, as: UTF8.self)) else { return }
        try require(
            zip(entries, chain.events).allSatisfy { $0.event == $1 }, "a changed transcript was believed")
        _ = TranscriptChain.believed(entries)
    }

    private static let words = [
        "\n", "{", "}", "\"hash\":\"", "\"type\":\"Decided\"", "\"approved\":true", "\"id\":\"c1\"", "\"at\":\"",
        "null", "é",
        "\"type\":\"Disregarded\",\"after\":-1", "0",
    ]

    private static let chain: (lines: String, head: String, count: Int, events: [TurnEvent]) = {
        let events: [TurnEvent] = [
            .turnStarted(number: 1, message: "scale"), .turnStarted(number: 2, message: "x", followUp: "f"),
            .modelReplied(ModelTurn(content: "", calls: [.init(modelID: "m", tool: "t", arguments: "{}")])),
            .decided(id: "c1", Decision(approved: false, by: "bob")), .writeStarted(id: "c1"), .disregarded(after: 3),
            .restored(messages: 1, undos: 0, note: "n"),
        ]
        var chain = TranscriptChain()
        let lines = events.map { chain.append(.init(at: KubeTime(microseconds: 1_767_225_600_000_000), event: $0)) }
        return (lines.joined(), chain.head, chain.count, events)
    }()
}

extension [UInt8] {
    /// As a text has them: what is no UTF-8 replaced.
    fileprivate var validated: [UInt8] { Array(String(decoding: self, as: UTF8.self).utf8) }
}
