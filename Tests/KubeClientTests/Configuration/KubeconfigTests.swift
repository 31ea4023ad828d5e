import Foundation
import KubeClient
import KubeModel
import Testing

@Suite struct KubeconfigTests {
    private static let complete = """
        apiVersion: v1
        kind: Config
        current-context: dev
        contexts:
        - name: dev
          context: {cluster: c1, user: u1, namespace: shop}
        - name: other
          context: {cluster: c2, user: u2}
        - name: anonymous
          context: {cluster: c2}
        - name: lost
          context: {cluster: nowhere, user: u1}
        - name: nobody
          context: {cluster: c1, user: ghost}
        clusters:
        - name: c1
          cluster:
            server: https://10.0.0.1:6443
            certificate-authority-data: Q0E=
            tls-server-name: kubernetes
            proxy-url: http://proxy:3128
        - name: c2
          cluster: {server: "https://c2", insecure-skip-tls-verify: true}
        users:
        - name: u1
          user:
            client-certificate: tls/me.crt
            client-key-data: S0VZ
            token: abc
            as: jane
            as-groups: [dev, ops]
        - name: u2
          user: {username: admin, password: 12345}
        """

    @Test func `the current context gives cluster, user and namespace`() throws {
        let cluster = try ClusterConfiguration.kubeconfig(text: Self.complete)
        #expect(cluster.server == "https://10.0.0.1:6443")
        #expect(cluster.certificateAuthority == .data([UInt8]("CA".utf8)))
        #expect(cluster.tlsServerName == "kubernetes")
        #expect(cluster.proxyURL == "http://proxy:3128")
        #expect(!cluster.insecureSkipTLSVerify)
        #expect(cluster.clientCertificate == .file("tls/me.crt"))
        #expect(cluster.clientKey == .data([UInt8]("KEY".utf8)))
        #expect(cluster.credentials == .token("abc"))
        #expect(cluster.namespace == "shop")
        #expect(cluster.impersonation == Impersonation(user: "jane", groups: ["dev", "ops"]))
    }

    @Test func `another context can be chosen`() throws {
        let cluster = try ClusterConfiguration.kubeconfig(text: Self.complete, context: "other")
        #expect(cluster.server == "https://c2")
        #expect(cluster.insecureSkipTLSVerify)
        #expect(cluster.credentials == .basic(user: "admin", password: "12345"))
        #expect(cluster.namespace == "default")
        #expect(cluster.impersonation == nil)
    }

    @Test func `a context without a user is anonymous`() throws {
        #expect(try ClusterConfiguration.kubeconfig(text: Self.complete, context: "anonymous").credentials == .none)
    }

    @Test func `paths are relative to the folder of the file`() async throws {
        try await withTemporaryFolder { folder in
            let path = try folder.write("sub/config", Self.complete)
            let cluster = try ClusterConfiguration.kubeconfig(path: path)
            #expect(cluster.clientCertificate == .file(folder.path + "/sub/tls/me.crt"))
        }
    }

    @Test(arguments: [
        ("missing", #"context "missing" does not exist in kubeconfig"#),
        ("lost", #"kubeconfig: context "lost": cluster "nowhere" does not exist in kubeconfig"#),
        ("nobody", #"kubeconfig: context "nobody": user "ghost" does not exist in kubeconfig"#),
    ])
    func `a dangling name is told with where it stands`(context: String, message: String) {
        let error = #expect(throws: KubeClientError.self) {
            try ClusterConfiguration.kubeconfig(text: Self.complete, context: context)
        }
        #expect(error?.code == .configuration)
        #expect(error?.message == message)
    }

    private static func minimal(cluster: String = "{server: \"https://a\"}", user: String = "{}") -> String {
        """
        current-context: x
        contexts: [{name: x, context: {cluster: c, user: u}}]
        clusters: [{name: c, cluster: \(cluster)}]
        users: [{name: u, user: \(user)}]
        """
    }

    @Test(arguments: [
        ("{}", "{}", KubeClientError.Code.configuration, #"cluster "c": server is missing"#),
        ("{server: [1]}", "{}", .configuration, "server must be a string"),
        (
            "{server: s, certificate-authority-data: '%%%='}", "{}", .configuration,
            "certificate-authority-data is not base64"
        ),
        ("{server: s, insecure-skip-tls-verify: maybe}", "{}", .configuration, "must be true or false"),
        (
            "{server: s, insecure-skip-tls-verify: true, certificate-authority: ca}", "{}", .configuration,
            "exclude each other"
        ),
        (
            "{server: s}", "{client-certificate: a}", .configuration,
            "client-certificate and client-key must both be set"
        ),
        ("{server: s}", "{token: a, username: b}", .configuration, "token and username exclude each other"),
        ("{server: s}", "{as-groups: [g]}", .configuration, "as-groups needs as"),
        ("{server: s}", "{as: a, as-uid: b}", .unsupported, "as-uid is not supported"),
        ("{server: s}", "{auth-provider: {name: gcp}}", .unsupported, #"auth-provider "gcp" is not supported"#),
    ])
    func `what can't be used is told with its field`(
        cluster: String, user: String, code: KubeClientError.Code, message: String
    ) {
        let error = #expect(throws: KubeClientError.self) {
            try ClusterConfiguration.kubeconfig(text: Self.minimal(cluster: cluster, user: user))
        }
        #expect(error?.code == code)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        ("", "is not a kubeconfig"), ("? [a]\n: b", "cannot be read"), ("a: [", "cannot be read"),
        ("[1]", "is not a kubeconfig"),
        ("contexts: 1", "contexts must be a list"), ("contexts: [{}]", "contexts[0]: name is missing"),
        ("clusters: [{name: a}, {name: a}]", #"cluster "a" occurs twice"#),
        ("contexts: []", "current-context is not set"),
    ])
    func `a file that is none is told`(text: String, message: String) {
        let error = #expect(throws: KubeClientError.self) { try ClusterConfiguration.kubeconfig(text: text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `a token file wins over the token, which stands in for it`() throws {
        let text = Self.minimal(user: "{token: now, tokenFile: /run/token}")
        let cluster = try ClusterConfiguration.kubeconfig(text: text)
        #expect(cluster.credentials == .tokenFile(path: "/run/token", fallback: "now"))
    }

    @Test func `a missing file is named`() {
        let error = #expect(throws: KubeClientError.self) {
            try ClusterConfiguration.kubeconfig(path: "/nowhere/config")
        }
        #expect(error?.message == "cannot read /nowhere/config: no such file")
    }

    @Test func `no secret is printed`() throws {
        let cluster = try ClusterConfiguration.kubeconfig(text: Self.complete)
        var dumped = ""
        dump(cluster, to: &dumped)
        for text in ["\(cluster)", String(reflecting: cluster), dumped] {
            #expect(!text.contains("abc"))
            #expect(!text.contains("75, 69, 89"), "the private key's bytes")
        }
    }
}
