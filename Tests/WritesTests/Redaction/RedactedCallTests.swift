import FakeKubeAPI
import KubeClient
import KubeModel
import SkyfloAPI
import Testing

@testable import Writes

/// Credentials that a model writes into its calls.
@Suite struct RedactedCallTests {
    private let password = "correct-horse-battery"
    private var target: LiveTarget { LiveTarget(resource: .deployments, namespace: "shop", object: web) }

    private func display(_ patch: Patch, arguments: JSONValue = [:]) -> RedactedCall {
        RedactedCall(
            arguments: JSONWriter.string(arguments), writes: [PlannedWrite(target.patch(patch))], redactor: redactor)
    }

    @Test(arguments: [
        #"{"content": "kind: Deployment\nspec:\n  env:\n  - name: DB_PASSWORD\n    value: correct-horse-battery\n"}"#,
        #"{"content": "{kind: Secret, apiVersion: v1, stringData: {a: correct-horse-battery}}"}"#,
        #"{"patch": "[{\"op\":\"add\",\"path\":\"/data/db-password\",\"value\":\"correct-horse-battery\"}]"}"#,
        #"{"patch": "{\"data\":{\"password\":\"correct-horse-battery\"}}"}"#,
        #"{"resource_type": "secret", "patch": "data: {a: correct-horse-battery}"}"#,
        #"{"token": "correct-horse-battery"}"#, #"{"text": "password=correct-horse-battery"}"#,
        #"{"content": "args: [--password, correct-horse-battery]"}"#, #"{"broken": "password=correct-horse-battery"#,
    ])
    func `arguments are shown without them`(_ arguments: String) {
        let shown = redactor.redact(arguments: arguments)
        #expect(!shown.contains(password) && shown.contains("‹redacted:"), "\(shown)")
    }

    @Test(arguments: [
        #"{ "name" : "web","replicas":3 }"#, #"{"content": "kind: ConfigMap\ndata:   {a: b}\n"}"#, "no JSON", "",
        #"{"patch": "{\"spec\":  {\"replicas\":3}}"}"#,
    ])
    func `arguments without any stay as they were written`(_ arguments: String) {
        #expect(redactor.redact(arguments: arguments) == arguments)
        let display = RedactedCall(
            arguments: arguments, writes: [PlannedWrite(target.patch(.merge([:])))], redactor: redactor)
        #expect(display.fingerprint == nil && display.requests == [PlannedWrite(target.patch(.merge([:]))).json])
    }

    private static func env(_ value: String) -> JSONValue {
        [
            "spec": [
                "template": [
                    "spec": ["containers": [["name": "app", "env": [["name": "TOKEN", "value": .string(value)]]]]]
                ]
            ]
        ]
    }

    private func check(_ container: JSONValue) throws(ToolFailure) {
        let planned = target.patch(.strategic(["spec": ["template": ["spec": ["containers": [container]]]]]))
        try RedactionGuard(redactor: redactor).check(WriteProposal(summary: "", requests: [planned], risk: .low))
    }

    @Test func `a script or a key that hides commands is refused wherever it stands`() {
        for text in ["-----BEGIN PRIVATE KEY-----\nrm -rf /data", "password: |\n  rm -rf /data\n"] {
            #expect(throws: ToolFailure.self) { try check(["data": ["config": .string(text)]]) }
        }
        #expect(throws: ToolFailure.self) { try check(["data": ["run.sh": "TOKEN=`reboot`"]]) }
    }

    @Test(
        arguments: [
            ["env": [["name": "DB_PASSWORD", "value": "p&ss; w|th `all` $(of) it"]]],
            ["args": ["--password", "hunter2hunter2", "--token=$(API_TOKEN)", "--verbose"]],
            ["command": ["sh", "-c", "TOKEN=\"$(cat /run/secrets/token)\"; export TOKEN; exec /app | tee log"]],
            [
                "env": [
                    [
                        "name": "CONFIG",
                        "value": "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nFg==\n-----END RSA PRIVATE KEY-----\n",
                    ]
                ]
            ],
            ["data": ["app.ini": "password=a;b&c|d"]],
        ] as [JSONValue])
    func `ordinary passwords and commands are not refused`(_ container: JSONValue) throws {
        try check(container)
    }

    @Test func `the fingerprint tells two passwords apart that are shown alike, and needs the key`() throws {
        let first = display(.strategic(Self.env(password)))
        let second = display(.strategic(Self.env(password + "!")))
        let other = RedactedCall(
            arguments: "{}", writes: [PlannedWrite(target.patch(.strategic(Self.env(password))))],
            redactor: Redactor(key: Array("another key for tests".utf8)))
        let all = [first, second, other]
        for display in all { #expect(!JSONWriter.string(.array(display.requests)).contains(password)) }
        #expect(Set(all.map { $0.fingerprint ?? "" }).count == 3)
        #expect(first.fingerprint == display(.strategic(Self.env(password))).fingerprint)
        let asItIs = PlannedWrite(target.patch(.strategic(Self.env(password)))).json
        #expect(first.fingerprint == redactor.fingerprint(arguments: "{}", requests: [asItIs]))
    }

    @Test func `a JSON patch by position is told by the object that it changes`() {
        let path = "/spec/template/spec/containers/0/env/0/value"
        let patch = display(.json([["op": "replace", "path": .string(path), "value": .string(password)]]))
        #expect(!JSONWriter.string(.array(patch.requests)).contains(password))
        let plain = display(
            .json([["op": "replace", "path": .string(path.replacing("env/0", with: "env/1")), "value": "slow"]]))
        #expect(plain.fingerprint == nil)
    }

    @Test func `what a server repeats is hidden, and what is cut is said`() {
        let display = display(.strategic(Self.env(password)))
        #expect(!display.text("env[0].value: Invalid value: \"\(password)\"").contains(password))
        #expect(display.text("deployments.apps \"web\" is bad") == "deployments.apps \"web\" is bad")
        let long = display.text(String(repeating: "x\n", count: 5000), limit: 1000)
        #expect(long.utf8.count <= 1000 && long.contains("left out"))
        // Made again from what was kept, without the object.
        let kept = RedactedCall(
            arguments: "{}", requests: [target.patch(.strategic(Self.env(password))).json],
            shownArguments: display.arguments, shownRequests: display.requests, redactor: redactor)
        #expect(!kept.text("bad: \(password)").contains(password))
    }

    @Test func `a line of the output is shown without the secrets of the call`() {
        let display = display(.strategic(Self.env("correct-horse\nbattery-staple")))
        #expect(!display.hidingSecrets(inLine: "read correct-horse\n").contains("correct-horse"))
        #expect(!display.hidingSecrets(inLine: "read battery-staple\n").contains("battery-staple"))
        // Whether a line hides what follows is for the stream to see.
        for line in ["three replicas\n", "-----BEGIN PRIVATE KEY-----\n"] {
            #expect(display.hidingSecrets(inLine: line) == line)
        }
    }

    @Test func `a password that is the object's name hides nothing of the text`() {
        let display = display(.strategic(Self.env("deployments")))
        #expect(display.text("deployments web") == "deployments web")
        #expect(!JSONWriter.string(display.requests[0]["body"] ?? .null).contains("deployments"))
    }

    @Test func `what is sealed opens with the same key in the same place only`() throws {
        let box = SecretBox(key: Array(repeating: 1, count: 32))
        let sealed = try #require(box.seal(["a": "b"], for: "uid"))
        #expect(box.open(sealed, for: "uid") == ["a": "b"])
        #expect(box.open(sealed, for: "other") == nil)
        #expect(SecretBox(key: Array(repeating: 2, count: 32)).open(sealed, for: "uid") == nil)
        #expect(box.open("", for: "uid") == nil && box.open("AAAA", for: "uid") == nil)
        #expect(box.seal(["a": "b"], for: "uid") != sealed)
    }
}
