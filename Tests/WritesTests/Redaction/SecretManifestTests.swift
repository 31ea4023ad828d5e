import FakeKubeAPI
import KubeClient
import KubeModel
import Testing

@testable import Writes

@Suite struct SecretManifestTests {
    private func planned(
        _ manifest: String, _ method: KubeRequest.Method = .post, type: String = "application/json", uid: String = ""
    ) -> PlannedRequest {
        PlannedRequest(
            request: KubeRequest(
                method, path: "/api/v1/namespaces/shop/secrets", contentType: type,
                body: JSONWriter.string(yaml(manifest).json)),
            target: .init(resource: .secrets, namespace: "shop", name: "db", uid: uid, resourceVersion: ""), before: nil
        )
    }

    private func refusal(_ members: String) -> String? {
        SecretManifest(planned("apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n\(members)"))?.refusal
    }

    private static let key = """
        -----BEGIN EC PRIVATE KEY-----
        Zm9yIHRlc3RzIG9ubHksIG5vdCBhIGtleQ==
        -----END EC PRIVATE KEY-----
        """

    @Test(arguments: [
        "stringData: {password: for-tests-only, user: shop}",
        "type: kubernetes.io/basic-auth\nstringData: {username: a, password: b}",
        "data: {password: Zm9yLXRlc3RzLW9ubHk=}", "data: {key: /wD+}", "data: {empty: ''}", "{}",
        #"type: kubernetes.io/dockerconfigjson"# + "\n" + #"stringData: {.dockerconfigjson: '{"auths": {}}'}"#,
        "type: kubernetes.io/tls\nstringData:\n  tls.key: |\n    "
            + key.replacing("\n", with: "\n    ") + "\n  tls.crt: |\n    " + key.replacing("\n", with: "\n    "),
    ])
    func `credentials of every common kind are written`(_ members: String) {
        #expect(refusal(members == "{}" ? "" : members) == nil)
    }

    @Test(arguments: [
        ("type: kubernetes.io/service-account-token", "type kubernetes.io/service-account-token"),
        ("type: helm.sh/release.v1", "type helm.sh/release.v1"),
        ("type: skyflo.ai/transcript", "type skyflo.ai/transcript"),
        ("type: bootstrap.kubernetes.io/token", "type bootstrap.kubernetes.io/token"),
        ("stringData: {run: \"#!/bin/sh\"}", "stringData.run: a script"),
        ("stringData: {run: \"touch a\\ntouch b\"}", "stringData.run: text of several lines"),
        ("stringData: {run: \"-----BEGIN KEY-----\\ntouch b\\n-----END KEY-----\"}", "text of several lines"),
        ("stringData: {run: \"-----BEGIN KEY-----\\nYQ==\\n-----END KEY-----\\ntouch b\"}", "text of several lines"),
        ("stringData: {run: \"-----BEGIN KEY-----\\nYQ==\"}", "text of several lines"),
        ("data: {run: dG91Y2ggYQp0b3VjaCBi}", "data.run: text of several lines"),
        ("data: {run: f0VMRv8=}", "a program"),
        ("data: {password: plain!}", "data.password: not base64"),
    ])
    func `what may be more than a credential is not`(_ members: String, _ why: String) {
        #expect(refusal(members)?.contains(why) == true, "\(refusal(members) ?? "nil")")
    }

    @Test func `only whole manifests are written, and a deletion is no writing`() {
        let secret = "{apiVersion: v1, kind: Secret, metadata: {name: db}, stringData: {a: b}}"
        #expect(SecretManifest(planned(secret, .patch, type: Patch.apply(.null).contentType, uid: "u"))?.refusal == nil)
        for type in [Patch.merge(.null), .strategic(.null), .json(.null)].map(\.contentType) {
            let refusal = SecretManifest(planned("{stringData: {a: b}}", .patch, type: type, uid: "u"))?.refusal
            #expect(refusal?.contains("by k8s_apply") == true)
        }
        #expect(SecretManifest(planned(secret, .delete)) == nil)
        var other = planned(secret)
        other.target.resource = .pods
        #expect(SecretManifest(other) == nil)
    }
}
