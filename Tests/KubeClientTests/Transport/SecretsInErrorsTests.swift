import FoundationEssentials
import HTTPTransport
import Hummingbird
import InMemoryTracing
import KubeClient
import KubeModel
import Logging
import Synchronization
import Testing
import Tracing

/// Plants a credential in every place that one is read from, lets every kind of request fail, and looks for it in all that
/// comes out: errors, dumps, logs, spans.
@Suite struct SecretsInErrorsTests {
    static let canary = "c4nary-T0ken.with_Everything=="
    private static let beta = "client.authentication.k8s.io/v1beta1"
    private static let credential =
        #"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":"#

    /// What a log handler was given, as text.
    private struct Handler: LogHandler {
        let lines: Recorder<String>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) { lines.append("\(event.message) \(event.metadata ?? [:]) \(metadata)") }
    }

    private static func texts(_ value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value) \(String(reflecting: value)) \(dumped)"
    }

    /// All that can be seen of a client with that configuration, of requests that fail.
    private func seen(_ configuration: ClusterConfiguration) async -> String {
        let lines = Recorder<String>()
        let tracer = InMemoryTracer(idGenerator: .incrementing)
        let logger = Logger(label: "test") { _ in Handler(lines: lines) }
        let options = KubeClient.Options(timeout: .seconds(5), retry: .never, tracer: tracer)
        var result = Self.texts(configuration)
        do {
            try await withKubeClient(configuration, logger: logger, options: options) { client in
                result += Self.texts(client)
                let pods = APIResource.pods.path(namespace: "a", name: "b")
                do { _ = try await client.call(KubeRequest(.get, path: pods)) } catch { result += Self.texts(error) }
                do {
                    try await client.stream(KubeRequest(.get, path: pods)) { while try await $0.next() != nil {} }
                } catch { result += Self.texts(error) }
                do {
                    _ = try await client.exec(["true"], pod: "a", namespace: "b")
                } catch { result += Self.texts(error) }
            }
        } catch { result += Self.texts(error) }
        return result + lines.all.joined() + Self.texts(tracer.finishedSpans)
    }

    private static func kubeconfig(user: String, cluster: String = "server: http://127.0.0.1:1") -> String {
        """
        current-context: c
        contexts: [{name: c, context: {cluster: k, user: u}}]
        clusters: [{name: k, cluster: {\(cluster)}}]
        users:
        - name: u
          user:
        \(user.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
        """
    }

    private func seen(kubeconfig: String) async -> String {
        do { return await seen(try ClusterConfiguration.kubeconfig(text: kubeconfig)) } catch {
            return Self.texts(error)
        }
    }

    @Test(arguments: [
        "token: |\n  \(canary)", "token: \"\(canary)\\r\\n\"", "token: \"\(canary)\\nX-Other: a\"",
        "token: \"a\\u0007\(canary)\"", "token: [\(canary)]", "token: {a: \(canary)}",
        "username: me\npassword: \"\(canary)\\n\"", "username: \"\(canary)\"\ntoken: a",
        "username: me\npassword: {a: \(canary)}", "client-key-data: \(canary)",
        "client-key-data: \(canary)\nclient-certificate-data: \(canary)",
        "client-key-data: YWJj\nclient-certificate-data: YWJj\ntoken: \(canary)",
        "auth-provider: {name: gcp, config: {access-token: \(canary)}}", "exec: \(canary)",
        "exec: {apiVersion: v9, env: \(canary)}",
        "exec: {apiVersion: \(beta), command: /no/such, args: [\(canary)], env: [{name: A, value: \(canary)}]}",
        "token: \(canary)\nother: [", "token: \"\(canary)", "token: \(canary)\n\t- a",
        "token: *\(canary.prefix(6)) \(canary)", "token: \(canary): \(canary)",
    ])
    func `a user's credential is in no error, dump, log or span`(user: String) async {
        let seen = await seen(kubeconfig: Self.kubeconfig(user: user))
        #expect(!seen.contains(Self.canary) && !seen.contains("c4nary"), "\(seen)")
    }

    @Test(arguments: [
        "server: \"https://me:\(canary)@127.0.0.1:1\"", "server: \"https://127.0.0.1:1/?key=\(canary)\"",
        "server: \"me:\(canary)@127.0.0.1:1\"",
        "server: \"http://example.test\", proxy-url: \"http://me:\(canary)@127.0.0.1:1\"",
        "server: \"http://example.test\", proxy-url: \"https://me:\(canary)@127.0.0.1:1\"",
        "server: \"http://example.test\", proxy-url: \"me:\(canary)@127.0.0.1:1\"",
        "server: \"http://127.0.0.1:1\", certificate-authority-data: \(canary)",
    ])
    func `a cluster's credential is in no error, dump, log or span`(cluster: String) async {
        let seen = await seen(kubeconfig: Self.kubeconfig(user: "token: abc", cluster: cluster))
        #expect(!seen.contains(Self.canary) && !seen.contains("c4nary"), "\(seen)")
    }

    @Test(arguments: [
        "\(canary)\n", "\u{FEFF}\(canary)\r\n", "\(canary)\n\(canary)", "\(canary)\u{0}", "\n \(canary)\t\n",
    ])
    func `a token of a file is in no error, dump, log or span`(text: String) async throws {
        try await withTemporaryFolder { folder in
            let file = try folder.write("token", text)
            let seen = await seen(kubeconfig: Self.kubeconfig(user: "tokenFile: \(file)"))
            #expect(!seen.contains("c4nary"), "\(seen)")
            let byHand = ClusterConfiguration(server: "http://127.0.0.1:1", credentials: .token(text))
            #expect(await !self.seen(byHand).contains("c4nary"))
        }
    }

    @Test(arguments: [
        "echo 'token: \(canary)' >&2; exit 3", "echo '\(canary)'",
        "echo 'got \(canary) for you, secret hunter' >&2; exit 1", #"echo "$KEY $1" >&2; exit 1"#,
        #"echo '\#(credential){"token":"\#(canary)\nb"}}'"#, #"echo '\#(credential){"token":"\#(canary)\n"}}'"#,
        #"echo '\#(credential){"clientKeyData":"\#(canary)","clientCertificateData":"\#(canary)"}}'"#,
    ])
    func `what a credential plug-in prints is in no error, dump, log or span`(script: String) async throws {
        try await withTemporaryFolder { folder in
            let command = try folder.write("plugin", "#!/bin/sh\n\(script)\n")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: command)
            let user = """
                exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never, command: "\(command)",
                  args: ["\(Self.canary)"], env: [{name: KEY, value: "plainwords"}]}
                """
            let seen = await seen(kubeconfig: Self.kubeconfig(user: user))
            #expect(!seen.contains("c4nary") && !seen.contains("hunter") && !seen.contains("plainwords"), "\(seen)")
        }
    }

    @Test(arguments: [Credentials.token(canary), .basic(user: "me", password: canary)])
    func `a server that quotes the request doesn't bring the credential into an error`(credentials: Credentials)
        async throws
    {
        let seen = try await withServer { request in
            let authorization = request.header("authorization").joined()
            let warning = ("Warning", "299 - \"\(authorization)\"")
            return .failure(403, .forbidden, "no: \(authorization) \(Self.canary)", headers: [warning])
        } _: { port -> String in
            await self.seen(ClusterConfiguration(server: "http://127.0.0.1:\(port)", credentials: credentials))
        }
        #expect(seen.contains("no: ") && !seen.contains("c4nary"), "\(seen)")
        #expect(!seen.contains(Data("me:\(Self.canary)".utf8).base64EncodedString()))
    }

    @Test func `a server that reads the request as Latin-1 doesn't bring the credential into an error either`()
        async throws
    {
        let seen = try await withServer { request in
            .failure(401, .unauthorized, "no: \(request.header("authorization").joined())")
        } _: { port -> String in
            await self.seen(
                ClusterConfiguration(
                    server: "http://127.0.0.1:\(port)", credentials: .token(Self.canary + "é" + Self.canary)))
        }
        #expect(seen.contains("no: ") && !seen.contains("c4nary"), "\(seen)")
    }

    @Test(arguments: [
        ("token: |\n  abc", "Bearer abc"), ("token: \"abc\\r\\n\"", "Bearer abc"),
        ("token: \" \\ufeffabc \"", "Bearer abc"), ("token: \"  \\n\"", ""),
        ("username: \"u\\n\"\npassword: |\n  p w", "Basic dTpwIHc="),
        ("username: u\npassword: \" p \"", "Basic dTogcCA="),
    ])
    func `line ends around a credential are dropped where it is read`(user: String, header: String) async throws {
        let headers = Recorder<String>()
        try await withServer { request in
            headers.append(request.header("authorization").joined())
            return .json([:])
        } _: { port in
            let text = Self.kubeconfig(user: user, cluster: "server: http://127.0.0.1:\(port)")
            try await withKubeClient(try .kubeconfig(text: text), logger: Logger(label: "test")) {
                _ = try await $0.call(KubeRequest(.get, path: "/api"))
            }
        }
        #expect(headers.all == [header])
    }

    @Test func `a token that no header can carry is refused by the name of its source`() throws {
        let error = #expect(throws: KubeClientError.self) {
            try ClusterConfiguration.kubeconfig(text: Self.kubeconfig(user: "token: \"a\\nb\""))
        }
        #expect(error?.message == "kubeconfig: user \"u\": the token \(CredentialText.refusal)")
    }

    @Test func `a kubeconfig that is no YAML is told by its place`() throws {
        let error = #expect(throws: KubeClientError.self) {
            try ClusterConfiguration.kubeconfig(text: "users:\n- name: u\n  user: {token: 'abc\n")
        }
        #expect(
            error?.message.contains("cannot be read: it is not valid YAML, see line") == true, "\(error?.message ?? "")"
        )
    }
}
