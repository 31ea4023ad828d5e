import KubeModel
import Testing

@testable import LanguageModels

struct AWSSignatureTests {
    /// As botocore signs them: hack/peers/model-sdks.
    @Test func `signatures are those of botocore`() throws {
        let cases = try JSONParser.parse(RecordedStream.bytes("bedrock/signatures.json")).array ?? []
        #expect(cases.count >= 2)
        for example in cases {
            func text(_ name: String) throws -> String { try #require(example[name]?.string) }
            let signature = AWSSignature(
                credentials: AWSCredentials(
                    accessKeyID: Credential(try text("accessKeyID")),
                    secretAccessKey: Credential(try text("secretAccessKey")),
                    sessionToken: example["sessionToken"]?.string.map { Credential($0) }),
                region: try text("region"), service: "bedrock")
            let headers = (example["headers"]?.object?.pairs ?? []).map { ($0.key, $0.value.string ?? "") }
            let request = AWSSignature.Request(
                url: try text("url"), headers: Dictionary(headers) { $1 }, body: Array(try text("body").utf8))
            let added = signature.headers(for: request, at: try #require(KubeTime(try text("time"))))
            #expect(try added["authorization"] == text("authorization"))
            #expect(added["x-amz-security-token"] == example["sessionToken"]?.string)
        }
    }

    /// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, "Example".
    @Test func `the example of Amazon's documentation comes out`() {
        let signature = AWSSignature(
            credentials: AWSCredentials(
                accessKeyID: Credential("AKIDEXAMPLE"),
                secretAccessKey: Credential("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")),
            region: "us-east-1", service: "iam")
        var request = AWSSignature.Request(
            url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
            headers: ["content-type": "application/x-www-form-urlencoded; charset=utf-8"], body: [])
        request.method = "GET"
        let added = signature.headers(for: request, at: KubeTime("2015-08-30T12:36:00Z")!)
        #expect(
            added["authorization"]?.hasSuffix(
                "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7") == true)
    }

    @Test(arguments: [
        ("https://h:443/a?b", "h", "/a", "b"), ("http://h:443/a", "h:443", "/a", ""), ("https://u:p@h", "h", "/", ""),
        ("https://[::1]:8/x", "[::1]:8", "/x", ""),
    ])
    func `the parts of an address are those that are sent`(url: String, host: String, path: String, query: String) {
        let request = AWSSignature.Request(url: url, headers: [:], body: [])
        #expect(request.host == host)
        #expect(request.path == path)
        #expect(request.query == query)
    }
}
