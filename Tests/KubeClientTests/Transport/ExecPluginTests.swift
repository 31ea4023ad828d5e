import Foundation
import Hummingbird
import KubeModel
import Logging
import NIOSSL
import Testing

@testable import KubeClient

/// Credential plug-ins, as small shell programs.
@Suite struct ExecPluginTests {
    private static func answer(_ status: String, version: String = "client.authentication.k8s.io/v1") -> String {
        #"{"kind":"ExecCredential","apiVersion":"\#(version)","status":\#(status)}"#
    }

    private func script(_ folder: TemporaryFolder, _ text: String) throws -> String {
        let path = try folder.write("plugin", "#!/bin/sh\n" + text + "\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private func plugin(_ command: String) -> ExecPlugin {
        ExecPlugin(apiVersion: ExecPlugin.v1, command: command, installHint: "get it at example.com")
    }

    @Test func `a token of a plug-in is sent, kept, and asked for again after 401`() async throws {
        try await withTemporaryFolder { folder in
            let command = try script(
                folder,
                "cd '\(folder.path)'; echo x >> runs; "
                    + #"printf '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","#
                    + #""status":{"token":"t%s"}}' $(wc -l < runs)"#)
            let seen = Recorder<String>()
            try await withServer { request in
                let header = request.header("Authorization").first ?? "none"
                seen.append(header)
                return header == "Bearer t2" ? .json(["kind": "Pod"]) : .failure(401, .unauthorized)
            } _: { port in
                let configuration = ClusterConfiguration(
                    server: "http://127.0.0.1:\(port)", credentials: .exec(plugin(command)))
                try await withKubeClient(configuration, logger: Logger(label: "test")) { client in
                    for _ in 0..<3 { _ = try await client.get(.pods, namespace: "a", name: "b") }
                }
            }
            #expect(seen.all == ["Bearer t1", "Bearer t2", "Bearer t2", "Bearer t2"])
        }
    }

    @Test func `the plug-in gets its arguments, its environment and the cluster`() async throws {
        try await withTemporaryFolder { folder in
            let command = try script(folder, #"printf '%s' "$KUBERNETES_EXEC_INFO" > "$1"; printf '%s' "$ANSWER""#)
            let file = folder.path + "/info"
            let text = """
                {current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}],
                 clusters: [{name: k, cluster: {server: "https://s:6443", tls-server-name: 'n',
                   extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: me}}]}}],
                 users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin,
                   interactiveMode: IfAvailable, provideClusterInfo: true, args: ["\(file)"],
                   env: [{name: ANSWER, value: '\(Self.answer(#"{"token":"secret"}"#))'}]}}}]}
                """
            let path = try folder.write("config", text)
            let configuration = try ClusterConfiguration.kubeconfig(path: path)
            guard case .exec(let plugin) = configuration.credentials else {
                Issue.record("no plug-in")
                return
            }
            #expect(plugin.command == "\(folder.path)/./plugin" && command.hasSuffix("/plugin"))
            let credential = try await plugin.run()
            #expect(credential.token == "secret")
            let info = try JSONParser.parse([UInt8](Data(contentsOf: URL(filePath: file))))
            #expect(info["spec", "cluster", "server"]?.string == "https://s:6443")
            #expect(info["spec", "cluster", "tls-server-name"]?.string == "n")
            #expect(info["spec", "cluster", "config"] == ["audience": "me"])
            #expect(info["spec", "interactive"]?.bool == false)
        }
    }

    @Test(arguments: [
        ("echo oops >&2; exit 3", "oops"), ("echo hello", "is not an ExecCredential"),
        ("echo '\(answer("{}"))'", "neither a token nor a certificate"),
        ("echo '\(answer(#"{"clientKeyData":"k"}"#))'", "one without the other"),
        ("echo '\(answer(#"{"token":"t","expirationTimestamp":"soon"}"#))'", "is not a time"),
        ("echo '\(answer(#"{"token":"t"}"#, version: "client.authentication.k8s.io/v1beta1"))'", "another apiVersion"),
    ])
    func `a failure names the program, the reason and how to get it`(text: String, part: String) async throws {
        try await withTemporaryFolder { folder in
            let command = try script(folder, text)
            let error = await #expect(throws: KubeClientError.self) { _ = try await plugin(command).run() }
            #expect(error?.code == .configuration)
            for part in [command, part, "get it at example.com"] {
                #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
            }
        }
    }

    @Test func `a program is looked up in absolute folders only`() throws {
        #expect(throws: KubeClientError.self) { try plugin("sh").executable(".:bin:") }
        #expect(try plugin("sh").executable("/nowhere:/bin") == "/bin/sh")
        #expect(throws: KubeClientError.self) { try plugin("no-such-program").executable("/bin:/usr/bin") }
    }

    @Test(arguments: [
        ("{command: c}", KubeClientError.Code.configuration, "apiVersion is missing"),
        ("{apiVersion: client.authentication.k8s.io/v1alpha1, command: c}", .unsupported, "v1alpha1 is not supported"),
        ("{apiVersion: client.authentication.k8s.io/v1, command: c}", .configuration, "interactiveMode is missing"),
        (
            "{apiVersion: client.authentication.k8s.io/v1, interactiveMode: Always, command: c}", .unsupported,
            "terminal"
        ),
        ("{apiVersion: client.authentication.k8s.io/v1beta1}", .configuration, "command is missing"),
    ])
    func `an exec that can't be used is refused with its reason`(exec: String, code: KubeClientError.Code, part: String)
        throws
    {
        let text = """
            {current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}],
             clusters: [{name: k, cluster: {server: s}}], users: [{name: u, user: {exec: \(exec)}}]}
            """
        let error = #expect(throws: KubeClientError.self) { try ClusterConfiguration.kubeconfig(text: text) }
        #expect(error?.code == code)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
    }

    @Test func `an expired credential is replaced, and many who wait run the plug-in once`() async throws {
        let runs = Counter()
        let clock = Counter()
        let gate = Gate()
        let cache = ExecCredentialCache(now: { KubeTime(seconds: Double(clock.value)) }) {
            await gate.wait()
            let run = runs.increment()
            let end = KubeTime(seconds: Double(run + 1)).description
            return try ExecCredential(
                printed: Self.answer(#"{"token":"t\#(run)","expirationTimestamp":"\#(end)"}"#),
                apiVersion: ExecPlugin.v1)
        }
        try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<20 { group.addTask { try await cache.current().token } }
            gate.open()
            for try await token in group { #expect(token == "t0") }
        }
        #expect(runs.value == 1)
        clock.increment()
        #expect(try await cache.current().token == "t1")
        #expect(try await cache.current().token == "t1")
        #expect(runs.value == 2)
    }

    @Test func `a refused credential that the plug-in gives again is asked for once by all who wait`() async throws {
        let runs = Counter()
        let gate = Gate()
        let cache = ExecCredentialCache {
            if runs.increment() > 0 { await gate.wait() }
            return try ExecCredential(printed: Self.answer(#"{"token":"revoked"}"#), apiVersion: ExecPlugin.v1)
        }
        let refused = try await cache.current().presented
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { _ = try await cache.renewed(insteadOf: refused) } }
            try await eventually("all but one wait") { await cache.waiterCount == 19 }
            gate.open()
            try await group.waitForAll()
        }
        // The first, the one that all but one found under way, and one that began after they had asked.
        #expect(runs.value == 3)
    }

    @Test func `a certificate of a plug-in is presented`() async throws {
        let authority = try TestAuthority()
        let identity = try authority.identity("from the plug-in")
        let tls = try TestAuthority.server(
            authority.identity("server", names: [TestAuthority.loopback]), clients: authority)
        try await withTemporaryFolder { folder in
            let status: JSONValue = [
                "clientCertificateData": .string(identity.certificate), "clientKeyData": .string(identity.key),
            ]
            try folder.write("answer", Self.answer(JSONWriter.string(status)))
            let command = try script(folder, "cat '\(folder.path)/answer'")
            try await withServer(tls: tls) { _ in
                .json(["kind": "Pod"])
            } _: { port in
                let configuration = ClusterConfiguration(
                    server: "https://127.0.0.1:\(port)", certificateAuthority: .text(authority.pem),
                    credentials: .exec(plugin(command)))
                try await withKubeClient(configuration, logger: Logger(label: "test")) { client in
                    let pod = try await client.get(.pods, namespace: "a", name: "b")
                    #expect(pod.json["kind"] == "Pod")
                }
            }
        }
    }
}

/// Files of certificates that are replaced while the process runs.
@Suite struct TLSSourceTests {
    @Test func `a rotated pair is taken when it is whole`() async throws {
        let authority = try TestAuthority()
        let first = try authority.identity("first")
        let second = try authority.identity("second")
        try await withTemporaryFolder { folder in
            let configuration = ClusterConfiguration(
                server: "https://s", certificateAuthority: .file(try folder.write("ca", authority.pem)),
                clientCertificate: .file(try folder.write("crt", first.certificate)),
                clientKey: .file(try folder.write("key", first.key)))
            let source = TLSSource(configuration)
            #expect(try source.replacement(for: nil, at: .now + .seconds(90)) == nil)
            try folder.write("crt", second.certificate)
            #expect(try source.replacement(for: nil) == nil, "not looked at before its time")
            #expect(try source.replacement(for: nil, at: .now + .seconds(180)) == nil, "only half of it is there")
            try folder.write("key", second.key)
            let settings = try #require(try source.replacement(for: nil, at: .now + .seconds(270)))
            let leaf = try NIOSSLCertificate.fromPEMBytes([UInt8](second.certificate.utf8)).map {
                NIOSSLCertificateSource.certificate($0)
            }
            #expect(settings.certificateChain == leaf)
            try folder.write("ca", "garbage")
            #expect(try source.replacement(for: nil, at: .now + .seconds(360)) != nil, "the last usable one stays")
        }
    }
}
