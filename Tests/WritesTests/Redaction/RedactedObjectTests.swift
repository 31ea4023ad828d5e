import FakeKubeAPI
import KubeModel
import Testing

@testable import Writes

@Suite struct RedactedObjectTests {
    private static let deployment = yaml(
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: web
          namespace: shop
          uid: u
          resourceVersion: "7"
          annotations:
            note: "password: hunter2-annotated"
            kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"password":"hunter2-applied"}}'
          managedFields:
            - {manager: kubectl, fieldsV1: {"f:data": {"f:password": {}}, "f:secretKey": {}}}
        spec:
          template:
            spec:
              containers: [{name: c, env: [{name: DB_PASSWORD, value: hunter2-secret}, {name: PORT, value: "80"}]}]
        status: {token: hunter2-status, observedGeneration: 3}
        """)
    private static let secret = yaml(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: db, namespace: shop, annotations: {copy: "it is hunter2-copied here"}}
        stringData: {password: hunter2-copied}
        """)

    @Test(arguments: [deployment, secret])
    func `noise that is left out after redaction leaves what redaction makes of the rest`(_ object: KubeObject) {
        let redacted = RedactedObject(object, redactor: redactor)
        #expect(redacted.shown.withoutServerFields == redactor.redact(object.withoutServerFields))
        #expect(redacted.shown == redactor.redact(object))
        #expect(!JSONWriter.string(redacted.shown.json).contains("hunter2"))
        #expect(!redacted.known.isEmpty)
    }

    @Test func `the name of a member means the same each time, and under whatever it stands`() {
        for _ in 0..<2 {
            #expect(CredentialNames.meaning(ofMember: "dbPassword") == .secret)
            #expect(CredentialNames.meaning(ofMember: "replicas") == .other)
            for name in [
                "dbPassword", "secretName", "API_TOKEN", "f:password", String(repeating: "password", count: 20),
            ] {
                #expect(CredentialNames.meaning(ofMember: name) == CredentialNames.meaning(of: name))
            }
        }
        let nested: JSONValue = ["password": ["inner": "visible", "apiKey": "k-12345678"], "flag": true]
        let shown = redactor.redact(json: nested)
        #expect(shown["password", "inner"] == "visible" && shown["flag"] == true)
        #expect(shown["password", "apiKey"] != "k-12345678")
    }
}
