import FakeKubeAPI
import KubeModel
import Testing

@testable import Writes

@Suite struct RedactorTests {
    private let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"

    @Test func `tokens show equality and nothing else`() {
        #expect(redactor.token("a") == redactor.token("a"))
        #expect(redactor.token("a") != redactor.token("b"))
        #expect(redactor.token("a") != Redactor(key: Array("another key for tests".utf8)).token("a"))
        #expect(redactor.token("a").count == "‹redacted:1a2b3c4d›".count)
    }

    @Test func `a secret's values are hidden in every form`() {
        let secret = yaml(
            """
            apiVersion: v1
            kind: Secret
            metadata:
              name: db
              annotations:
                kubectl.kubernetes.io/last-applied-configuration: '{"data":{"password":"aHVudGVyMmh1bnRlcjI="}}'
            type: Opaque
            data: {password: aHVudGVyMmh1bnRlcjI=, binary: "//79"}
            stringData: {password: hunter2hunter2}
            """)
        let redacted = redactor.redact(secret)
        let text = JSONWriter.string(redacted.json)
        for value in ["hunter2", "aHVudGVyMmh1bnRlcjI", "//79"] { #expect(!text.contains(value)) }
        #expect(redacted["data", "password"] == redacted["stringData", "password"])
        #expect(redacted["type"]?.string == "Opaque")
        #expect(redacted.name == "db")
    }

    @Test(arguments: [
        #"{"apiVersion":"v1","data":{"config.ini":"aHVudGVyMmh1bnRlcjI="},"kind":"Secret"}"#,
        "rendered with hunter2hunter2", "aHVudGVyMmh1bnRlcjI", #" ["hunter3"]"#,
        "H4sIAAAAAAAAA8soKSmw0tfPLC4pys/PTM4AAIG1AykTAAAA",
    ])
    func `an annotation of a secret that may hold its data is hidden`(_ annotation: String) {
        let secret = KubeObject([
            "apiVersion": "v1", "kind": "Secret", "data": ["config.ini": "aHVudGVyMmh1bnRlcjI="],
            "metadata": ["annotations": ["kapp.k14s.io/original": .string(annotation), "team": "shop"]],
        ])
        let shown = redactor.redact(secret)
        #expect(shown.annotations == ["kapp.k14s.io/original": redactor.token(annotation), "team": "shop"])
    }

    @Test func `a text that is JSON loses what the same object would lose`() throws {
        let manifest: JSONValue = [
            "kind": "Deployment",
            "spec": [
                "args": ["--password", "hunter3hunter3"], "env": [["name": "DB_PASSWORD", "value": "hunter2hunter2"]],
                "image": "shop/app:1",
            ],
        ]
        let key = "kubectl.kubernetes.io/last-applied-configuration"
        var text = JSONWriter.string(manifest)
        for _ in 1...6 {
            let shown = redactor.redact(KubeObject(["metadata": ["annotations": [key: .string(text)]]]))
            let annotation = try #require(shown.annotations[key])
            #expect(!annotation.contains("hunter"), "\(annotation)")
            #expect(redactor.redact(shown) == shown)
            text = JSONWriter.string(["text": .string(text)])
        }
        let shown = redactor.redact(json: [.string(JSONWriter.string(manifest))])
        #expect(shown.array?[0].string == JSONWriter.string(redactor.redact(json: manifest)))
        #expect(redactor.redact(json: #"{ "a" : ["b"] }"#) == #"{ "a" : ["b"] }"#)
    }

    @Test func `a secret inside a list is found`() {
        let list = yaml(
            """
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: c2VjcmV0c2VjcmV0}}
            """)
        #expect(!JSONWriter.string(redactor.redact(json: list.json)).contains("c2VjcmV0"))
    }

    @Test func `credential-like variables, fields and flags are hidden, others stay`() {
        let object = yaml(
            """
            apiVersion: v1
            kind: Pod
            spec:
              containers:
              - name: app
                args: ["--password", "s3cretvalue", "--verbose", "--token=s3cretvalue", "--name", "app"]
                env:
                - {name: API_KEY, value: s3cretvalue}
                - {name: DB_PASS, value: s3cretvalue}
                - {name: MODE, value: fast}
                - {name: PWD, value: /app}
                - {name: TOKEN_TTL, value: 5m}
                - {name: OTHER, value: $(API_KEY)}
                - {name: DATABASE_URL, value: "postgres://shop:s3cretvalue@db:5432/shop"}
                - name: FROM
                  valueFrom: {secretKeyRef: {name: db-secret, key: password}}
              volumes:
              - name: v
                secret: {secretName: db-secret}
              imagePullSecrets: [{name: pull-secret}]
            clientSecret: s3cretvalue
            tokenExpirationSeconds: 3600
            """)
        let text = YAML.format(redactor.redact(object).json)
        #expect(!text.contains("s3cretvalue"), "\(text)")
        for kept in [
            "fast", "/app", "5m", "$(API_KEY)", "db-secret", "pull-secret", "3600", "postgres://shop:", "@db:5432",
            "--verbose",
        ] {
            #expect(text.contains(kept), "\(kept)\n\(text)")
        }
    }

    @Test(arguments: [
        "password=SECRETVALUE", "DB_PASSWORD: SECRETVALUE", #"{"apiKey":"SECRETVALUE"}"#,
        #"{\"apiKey\":\"SECRETVALUE\"}"#,
        "token='SECRETVALUE' next", "Authorization: Basic SECRETVALUE", "curl -H 'Authorization: Bearer SECRETVALUE'",
        "got Bearer SECRETVALUE", "--client-secret SECRETVALUE --x", "https://u:SECRETVALUE@host/x",
        "redis://:SECRETVALUE@r:6379",
        "-----BEGIN RSA PRIVATE KEY-----\nSECRETVALUE\n-----END RSA PRIVATE KEY-----",
        #"key: x\n-----BEGIN PRIVATE KEY-----\nSECRETVALUE\n-----END PRIVATE KEY-----\n"#,
        "-----BEGIN PRIVATE KEY-----\nSECRETVALUE", "secret_access_key = SECRETVALUE", "x?access_token=SECRETVALUE&y=1",
        "password=SECRETVALUE,with,SECRETVALUE", "LS0tLS1CRUdJTiBQUklWQVRF+SECRETVALUE/==",
        "password:  \"two words SECRETVALUE\"",
        "auth=‹redacted:1a2b3c4d›SECRETVALUE", "auth=SECRETVALUE‹redacted:1a2b3c4d›", "token: ‹redacted:SECRETVALUE›",
        "postgres://u:‹redacted:1a2b3c4d›SECRETVALUE@db/app", "password=$(A)SECRETVALUE$(B)",
        "password=${DB_PASSWORD:-SECRETVALUE}", "Authorization: Bearer ‹redacted:1a2b3c4d›, SECRETVALUE",
        "line\\npassword=SECRETVALUE", "ghp_SECRETVALUE0123456789", "é password=SECRETVALUE",
    ])
    func `texts lose their secrets`(_ text: String) {
        let redacted = redactor.redact(text: text)
        #expect(!redacted.contains("SECRETVALUE"), "\(redacted)")
        #expect(Redactor.isRedacted(redacted))
        #expect(redactor.redact(text: redacted) == redacted, "a second time changes nothing")
    }

    @Test(arguments: [
        "- name: DB_PASSWORD\n  value: SECRETVALUE\n", #"{"name":"DB_PASSWORD","value":"SECRETVALUE"}"#,
        "{\n  \"name\": \"DB_PASSWORD\",\n  \"value\": \"SECRETVALUE\"\n}", #"name: API_KEY\n  value: SECRETVALUE"#,
        #"{"Cmd":["--password","SECRETVALUE"]}"#, "[\n  '--token',\n  'SECRETVALUE'\n]",
        "password: |\n  SECRETVALUE\n", "- password: >-\n    SECRETVALUE\n\n    and SECRETVALUE\n  user: x",
        "password:\n  SECRETVALUE\n", "\"password\":\n  \"SECRETVALUE\",\n",
        "DATABASE_URL=root:SECRETVALUE@tcp(mysql:3306)/app", "$(USER):SECRETVALUE@unix(/run/db)/app",
        "postgres://app:SECRETVALUE/SECRETVALUE@db/app", "https://acct.blob.core/c?sp=r&sig=SECRETVALUE",
        "secret_id: SECRETVALUE", "MASTER_KEY=SECRETVALUE", "APP_KEY=base64:SECRETVALUE", "SSH_KEY=SECRETVALUE",
        "creds=SECRETVALUE", "https://hooks.slack.com/services/T0/B0/SECRETVALUE",
        "curl -u admin:SECRETVALUE https://x", "/usr/bin/mysql -u root -pSECRETVALUE db", "mysql -p'SECRETVALUE'",
        "redis-cli -h r -a SECRETVALUE ping",
        "SECRETVALUE00\n-----END RSA PRIVATE KEY-----\n", #"SECRETVALUE00\n-----END PRIVATE KEY-----\n"#,
        "MIIESECRETVALUE\n  SECRETVALUE\n  Fg==\n-----END PRIVATE KEY-----",
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\nSECRETVALUE\n-----END PGP PRIVATE KEY BLOCK-----",
        "key: LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlF\n  SECRETVALUE0123456789\n  SECRETVALUE=\nnext: x",
    ])
    func `texts lose secrets that stand apart from their names`(_ text: String) {
        let redacted = redactor.redact(text: text)
        #expect(!redacted.contains("SECRETVALUE"), "\(redacted)")
        #expect(redactor.redact(text: redacted) == redacted, "a second time changes nothing")
    }

    @Test func `JWTs and AWS keys are told by their form`() {
        for value in [jwt, "AKIAIOSFODNN7EXAMPLE"] {
            let redacted = redactor.redact(text: "found \(value) in the log")
            #expect(!redacted.contains(value))
            #expect(redacted.hasPrefix("found ‹redacted:") && redacted.hasSuffix("› in the log"))
        }
    }

    @Test(arguments: [
        "secret \"db\" not found", "Mounted volume token-volume", "0/3 nodes are available", "image: nginx:1.29",
        "http://host:8080/path", "the bearer token was missing", "secretName: db", "PASS: 5 FAIL: 0",
        "automountServiceAccountToken: false", "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----",
        "replicas=3 ready", "auth:\n  user: x\n  enabled: true", "token:\n- a\n- b", "auth:\n  - basic",
        "password:\nuser: x",
        "--password=$(DB_PASSWORD) --verbose", "TOKEN=\"$(cat /run/secrets/token)\"",
        "password: ‹redacted:1a2b3c4d›, next",
        "http://registry:5000/app@sha256:0123", "git+ssh://git@example.com:org/repo@v1", "docker run -u app:app x",
        "Authorization: Bearer ‹redacted:1a2b3c4d›", "ssh: password\nvalue of x", "mysql -uroot -h db", "curl -u x y",
        "expected -----END PRIVATE KEY-----", "https://hooks.slack.com/help", "name: DB_PASSWORD\n  valueFrom: x",
        "2026-11-21T03:00:00Z error connecting to db:5432",
    ])
    func `ordinary texts stay as they are`(_ text: String) {
        #expect(redactor.redact(text: text) == text)
    }

    /// With it the last letter is another character, and the text no less readable.
    @Test func `a known value with a combining character behind it is found`() {
        let text = redactor.redact(text: "got correct horse\u{301}", knowing: ["correct horse"])
        #expect(!Array(text.utf8).contains(Array("horse".utf8)), "\(text)")
    }

    @Test func `known values are found wherever they stand, also in base64`() {
        let secret = KubeObject(["apiVersion": "v1", "kind": "Secret", "data": ["p": "Y29ycmVjdCBob3JzZQ=="]])
        let known = Redactor.secrets(in: secret)
        #expect(known.contains("correct horse"))
        let text = redactor.redact(
            text: "got correct horse and Y29ycmVjdCBob3JzZQ== and Y29ycmVjdCBob3JzZQ", knowing: known)
        #expect(!text.contains("horse") && !text.contains("Y29ycmVjdC"), "\(text)")
    }

    @Test func `base64 comes back as it was`() {
        for length in 0..<20 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + 200) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
        #expect(Base64.encode(Array("hunter2".utf8)) == "aHVudGVyMg==")
        #expect(Base64.decode("not base64!") == nil)
    }

    /// The first would take hours, and the others many minutes, if it were looked at again and again.
    @Test(arguments: [
        "authorization: ", "password ", "authorization: $(", "authorization: Bearer ", "password=\"", "password='$(a ",
        "a://b:c/", "a:", "a://", "password:\n", "token: |\n ", "-----BEGIN ", "-----END PRIVATE KEY-----\n", "-", "\\",
        "--token\",", "password\n,", "‹redacted:", "curl -u ", "mysql -p", "password=‹redacted:1a2b3c4d›,", "token=,",
        "aaaa",
    ])
    func `hostile text is read once`(_ text: String) {
        let size = text == "authorization: " ? 1 << 18 : 1 << 15
        for end in ["‹redacted:", "@", ")", "\n-----END PRIVATE KEY-----"] {
            let count = size / text.utf8.count
            #expect(!redactor.redact(text: String(repeating: text, count: count) + end).isEmpty)
        }
    }
}
