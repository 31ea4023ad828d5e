import Testing

@testable import Writes

@Suite struct RedactedStreamTests {
    private let redactor = Redactor(key: Array("0123456789abcdef".utf8))

    private func streamed(_ text: String, cut: Int) -> String {
        var stream = RedactedStream(redactor)
        var shown = ""
        var rest = text[...]
        while !rest.isEmpty {
            shown += stream.push(String(rest.prefix(cut)))
            rest = rest.dropFirst(cut)
        }
        return shown + stream.finish()
    }

    @Test(
        arguments: [
            "Web has 2 of 2 replicas, and none restarted.\n- `web-7d4b9c-x2x4z` is Ready\n", "Ärger: 12 Pods äöü €.",
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\n", "", "\n\n", "a", " leading and trailing ",
        ], [1, 2, 3, 5, 8, 100])
    func `a text without credentials comes out as it is`(text: String, cut: Int) {
        #expect(streamed(text, cut: cut) == text)
    }

    @Test(
        arguments: [
            ("The password is hunter2hunter2.", "hunter2hunter2"),
            ("DB_PASSWORD=s3cr3t-value-9\nnext line", "s3cr3t-value-9"),
            ("Authorization: Bearer abcdef0123456789abcdef0123456789", "abcdef0123456789abcdef0123456789"),
            ("use postgres://admin:hunter22@db:5432/x now", "hunter22"),
            ("key AKIAIOSFODNN7EXAMPLE is there", "AKIAIOSFODNN7EXAMPLE"),
            ("token ghp_0123456789abcdefghijABCDEFGHIJ012345 ok", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
            ("then run redis-cli -a s3cr3t7 ping", "s3cr3t7"),
            (String(repeating: "some 2 words ", count: 60) + "mysql -u root -ps3cr3t7x shop", "s3cr3t7x"),
            ("env:\n- name: API_TOKEN\n  value: zx81-zx82-zx83-zx84\n\nDone.", "zx81-zx82-zx83-zx84"),
            (
                "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEF\nAASCBKcwggSjAgEAAoIBAQC7\n"
                    + "-----END PRIVATE KEY-----\nbye",
                "AASCBKcwggSjAgEAAoIBAQC7"
            ),
        ], [1, 2, 3, 5, 8, 100])
    func `what the whole text would hide never comes out`(sample: (text: String, secret: String), cut: Int) {
        #expect(!redactor.redact(text: sample.text).contains(sample.secret), "the sample is no credential")

        let shown = streamed(sample.text, cut: cut)

        #expect(!shown.contains(sample.secret))
        #expect(shown.contains(Redactor.opening))
    }

    @Test func `plain words come out at once`() {
        var stream = RedactedStream(redactor)

        #expect(stream.push("The ") == "The ")
        #expect(stream.push("deploy") == "deploy")
        #expect(stream.push("ment web") == "ment web")
    }

    @Test func `a text without an end doesn't fill the memory`() {
        var stream = RedactedStream(redactor)
        var shown = 0
        for _ in 0..<2000 { shown += stream.push("password " + String(repeating: "x", count: 100)).utf8.count }

        #expect(shown > 100_000)
    }
}
