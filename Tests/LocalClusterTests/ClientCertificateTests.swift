import AsyncHTTPClient
import KubeModel
import LocalCluster
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

struct ClientCertificateTests {
    @Test(.timeLimit(.minutes(1))) func `a certificate of the cluster says who a client is`() async throws {
        let whoami = try await LocalCluster.withRunning(.init(simulatesWorkloads: false)) { _, endpoint in
            let certificate = try endpoint.clientCertificate(user: "alice", groups: ["dev-team", "testers"])
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .certificates([
                try NIOSSLCertificate(bytes: Array(endpoint.certificateAuthorityPEM.utf8), format: .pem)
            ])
            tls.certificateChain = [
                .certificate(try NIOSSLCertificate(bytes: Array(certificate.certificatePEM.utf8), format: .pem))
            ]
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(certificate.keyPEM.utf8), format: .pem))
            let client = HTTPClient(
                eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
            var request = HTTPClientRequest(
                url: endpoint.url + "/apis/authentication.k8s.io/v1/selfsubjectreviews")
            request.method = .POST
            let body: JSONValue = ["apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"]
            request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(body)))
            let result: Result<[UInt8], any Error>
            do {
                let response = try await client.execute(request, timeout: .seconds(30))
                result = .success(Array(try await response.body.collect(upTo: 1 << 20).readableBytesView))
            } catch {
                result = .failure(error)
            }
            try await client.shutdown()
            return try JSONParser.parse(result.get())
        }
        let user = whoami["status", "userInfo"]
        #expect(user?["username"] == "alice")
        #expect(user?["groups"] == ["dev-team", "testers", "system:authenticated"])
        let id = user?["extra", "authentication.kubernetes.io/credential-id"]?.array?.first?.string ?? ""
        #expect(id.hasPrefix("X509SHA256=") && id.utf8.count == "X509SHA256=".utf8.count + 64)
    }
}
