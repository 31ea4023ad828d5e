import KubeModel
import Testing

@testable import Tools

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
        "line\\npassword=SECRETVALUE", "ghp_SECRETVALUE0123456789", "é password=SECRETVALUE",
    ])
    func `texts lose their secrets`(_ text: String) {
        let redacted = redactor.redact(text: text)
        #expect(!redacted.contains("SECRETVALUE"), "\(redacted)")
        #expect(Redactor.isRedacted(redacted))
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
        "replicas=3 ready", "2026-11-21T03:00:00Z error connecting to db:5432",
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

    @Test func `a long hostile text takes no long time`() {
        let text = String(repeating: "password ", count: 20_000) + String(repeating: "-", count: 50_000)
        #expect(redactor.redact(text: text).utf8.count > 0)
    }
}
