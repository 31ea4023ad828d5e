import Hummingbird
import KubeClient
import KubeModel
import Logging
import NIOSSL
import Testing
import X509

@Suite struct KubeClientTLSTests {
    private static let options = KubeClient.Options(retry: RetryPolicy(baseDelay: .milliseconds(4)))

    /// Sends one GET to a server with `tls`.
    private func get(
        tls: TLSConfiguration, seen: Recorder<String> = Recorder(),
        _ change: @escaping @Sendable (inout ClusterConfiguration) throws -> Void
    ) async throws -> KubeResponse {
        try await withServer(tls: tls) { request in
            seen.append(request.head.authority ?? "")
            return .json(["kind": "Status"])
        } _: { port in
            var configuration = ClusterConfiguration(server: "https://127.0.0.1:\(port)")
            try change(&configuration)
            return try await withKubeClient(configuration, logger: Logger(label: "test"), options: Self.options) {
                try await $0.send(KubeRequest(.get, path: "/api"))
            }
        }
    }

    @Test func `a server signed by the configured authority is trusted`() async throws {
        let authority = try TestAuthority()
        let tls = try TestAuthority.server(authority.identity("server", names: [TestAuthority.loopback]))
        try await withTemporaryFolder { folder in
            let file = try folder.write("ca.crt", authority.pem)
            #expect(try await get(tls: tls) { $0.certificateAuthority = .file(file) }.status == 200)
            #expect(try await get(tls: tls) { $0.certificateAuthority = .text(authority.pem) }.status == 200)
        }
    }

    @Test func `a server signed by another authority is unreachable, and the error says why`() async throws {
        let tls = try TestAuthority.server(TestAuthority().identity("server", names: [TestAuthority.loopback]))
        let other = try TestAuthority("other authority")
        let error = await #expect(throws: KubeClientError.self) {
            try await get(tls: tls) { $0.certificateAuthority = .text(other.pem) }
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("was not signed by the configured certificate authority") == true)
        #expect(error.map { "\($0)".contains("CERTIFICATE_VERIFY_FAILED") } == true)
    }

    @Test func `a certificate for another name is unreachable, unless that is the name to check`() async throws {
        let authority = try TestAuthority()
        let tls = try TestAuthority.server(authority.identity("server", names: [.dnsName("api.test")]))
        let error = await #expect(throws: KubeClientError.self) {
            try await get(tls: tls) { $0.certificateAuthority = .text(authority.pem) }
        }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("another name") == true, "\(error?.description ?? "")")
        let seen = Recorder<String>()
        let response = try await get(tls: tls, seen: seen) {
            $0.certificateAuthority = .text(authority.pem)
            $0.tlsServerName = "api.test"
        }
        #expect(response.status == 200)
        #expect(seen.all.allSatisfy { $0.hasPrefix("127.0.0.1:") })
    }

    @Test func `an insecure client trusts anyone`() async throws {
        let tls = try TestAuthority.server(TestAuthority().identity("server", names: [.dnsName("x")]))
        #expect(try await get(tls: tls) { $0.insecureSkipTLSVerify = true }.status == 200)
    }

    @Test func `a client shows its certificate`() async throws {
        let authority = try TestAuthority()
        let clients = try TestAuthority("clients")
        let tls = try TestAuthority.server(
            authority.identity("server", names: [TestAuthority.loopback]), clients: clients)
        let me = try clients.identity("jane")
        let response = try await get(tls: tls) {
            $0.certificateAuthority = .text(authority.pem)
            $0.clientCertificate = .text(me.certificate)
            $0.clientKey = .text(me.key)
        }
        #expect(response.status == 200)
        let error = await #expect(throws: KubeClientError.self) {
            try await get(tls: tls) { $0.certificateAuthority = .text(authority.pem) }
        }
        #expect(error?.code == .unreachable)
    }

    @Test func `what is no PEM is told with its field`() throws {
        let identity = try TestAuthority().identity("me")
        func failure(_ configuration: ClusterConfiguration) -> KubeClientError? {
            #expect(throws: KubeClientError.self) { try KubeClient(configuration, logger: Logger(label: "test")) }
        }
        let authority = failure(ClusterConfiguration(server: "https://h", certificateAuthority: .text("x")))
        #expect(authority?.message.contains("certificate-authority (1 bytes)") == true)
        let key = failure(
            ClusterConfiguration(
                server: "https://h", clientCertificate: .text(identity.certificate), clientKey: .text("x")))
        #expect(key?.message.contains("client-key") == true)
        let file = failure(ClusterConfiguration(server: "https://h", certificateAuthority: .file("/no/ca.crt")))
        #expect(file?.message == "cannot read /no/ca.crt: no such file")
    }
}
