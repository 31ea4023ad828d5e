import Helm
import Integrations
import KubeModel
import TestCharts
import TestWeb
import Testing
import ToolKit
import Writes

@testable import ChartRepositories

/// Charts of OCI registries.
@Suite struct RegistryTests {
    private static func withCharts(
        _ tags: [String] = ["1.2.0", "1.10.0", "2.0.0-rc.1", "1.10.0_b2", "latest"],
        _ body: (TestChartServer, [String: [UInt8]]) async throws -> Void
    ) async throws {
        let server = TestChartServer()
        var archives: [String: [UInt8]] = [:]
        for tag in tags {
            let archive = ChartArchives.simple("web", version: tag.replacing("_", with: "+"))
            archives[tag] = archive
            server.push("acme/web", tag: tag, archive: archive)
        }
        try await server.serve { try await body(server, archives) }
    }

    @Test func `a chart is pulled by version, constraint, tag and digest`() async throws {
        try await Self.withCharts { server, archives in
            server.page(tags: 2)
            let fetcher = server.fetcher([server.registryEntry])
            for (name, wanted, expected) in [
                ("oci/web", nil, "1.10.0"), ("oci/web", "1.2.0", "1.2.0"), ("oci/web", "~1.2", "1.2.0"),
                ("oci/web", "1.10.0+b2", "1.10.0_b2"), ("oci/web", ">=2.0.0-0", "2.0.0-rc.1"),
                ("\(server.registry)/web", "1.2.0", "1.2.0"), ("\(server.registry)/web:1.2.0", nil, "1.2.0"),
                ("\(server.registry)/web:latest", nil, "latest"),
            ] {
                let found = try await fetcher.chart(ChartReference(name, version: wanted))
                #expect(found.archive == archives[expected], "\(name) \(wanted ?? "")")
                #expect(found.digest == TestChartServer.digest(found.archive))
                #expect(found.origin.hasPrefix("\(server.registry)/web:\(expected)@sha256:"), "\(found.origin)")
            }
            let digest = server.push("acme/web", tag: "3.0.0", archive: [1, 2, 3])
            let pinned = try await fetcher.chart(ChartReference("\(server.registry)/web@\(digest)"))
            #expect(pinned.archive == [1, 2, 3] && pinned.origin == "\(server.registry)/web@\(digest)")
            #expect(try await fetcher.versions(of: "oci/web").prefix(2) == ["3.0.0", "2.0.0-rc.1"])
        }
    }

    @Test func `a version that is named takes no list of tags`() async throws {
        try await Self.withCharts { server, _ in
            _ = try await server.fetcher([server.registryEntry]).chart(ChartReference("oci/web", version: "1.2.0"))
            #expect(!server.web.requests.contains { $0.path.hasSuffix("/tags/list") })
        }
    }

    @Test func `what isn't there is said with what is`() async throws {
        try await Self.withCharts { server, _ in
            let entry = server.registryEntry
            #expect(
                await server.outcome("oci/web", version: "1.2.1", in: [entry])
                    == "\(server.registry)/web has no version \"1.2.1\"; near ones are 1.2.0")
            #expect(
                await server.outcome("oci/wep", in: [entry]).contains(
                    "the tags of \(server.registry)/wep does not exist"))
            #expect(await server.outcome("oci/Web", in: [entry]).contains("can't be the name of a chart"))
            #expect(
                await server.outcome("oci://127.0.0.1:\(server.web.port)/other/web", in: [entry]).contains(
                    "is in no registry"))
            #expect(await server.outcome("\(server.registry)-2/web", in: [entry]).contains("is in no registry"))
            #expect(
                await server.outcome("\(server.registry)/web:1.2.0", version: "1.3.0", in: [entry]).contains(
                    "leave the version out"))
        }
    }

    @Test func `the list of allowed charts is about names without tags and digests`() async throws {
        try await Self.withCharts { server, archives in
            server.push("acme/evil", tag: "1-ok", archive: [1, 2, 3])
            var entry = server.registryEntry
            entry.allowedCharts = ["web", "*-ok"]
            let digest = "sha256:" + String(repeating: "a", count: 64)
            for name in ["oci/evil:1-ok", "oci/evil:web", "oci/evil@\(digest)", "\(server.registry)/evil:1-ok"] {
                let said = await server.outcome(name, in: [entry])
                #expect(said.contains("does not allow the chart evil;"), "\(name): \(said)")
            }
            #expect(server.web.requests.isEmpty)
            let found = await server.outcome("oci/web:1.2.0", in: [entry])
            #expect(found.hasPrefix(TestChartServer.digest(archives["1.2.0"] ?? [])), "\(found)")
        }
    }

    // MARK: Tokens

    @Test func `neither credential nor token is shown that a failed answer repeats`() async throws {
        try await Self.withCharts { server, _ in
            server.require(.user("u", password: "hush-hush"))
            // The tags are asked for first, with a token that is got for them.
            server.web.answer(
                "GET", "/v2/acme/web/manifests/",
                with: TestAnswer(500, json: ["message": "u:hush-hush dTpodXNoLWh1c2g= Bearer issued-by-the-tests"]))
            let access = RepositoryAccess(credential: try IntegrationCredential(username: "u", secret: "hush-hush"))
            let said = await server.outcome("oci/web", in: [server.registryEntry], access: access)
            #expect(said.hasSuffix(": u:[redacted] [redacted] Bearer [redacted]"), "\(said)")
        }
    }

    @Test func `a token is got for whoever may read, and the credential is sent for it only`() async throws {
        try await Self.withCharts { server, archives in
            server.require(.user("copilot", password: "hush-hush"))
            let entry = server.registryEntry
            #expect(await server.outcome("oci/web", in: [entry]).contains("gives no token (HTTP 401)"))
            let access = RepositoryAccess(
                credential: try IntegrationCredential(username: "copilot", secret: "hush-hush"))
            let before = server.web.requests.count
            let found = await server.outcome("oci/web", version: "1.2.0", in: [entry], access: access)
            #expect(found.hasPrefix(TestChartServer.digest(archives["1.2.0"] ?? [])), "\(found)")
            let sent = server.web.requests.dropFirst(before)
            #expect(
                sent.map { String($0.headers["authorization"]?.prefix(6) ?? "-") } == [
                    "-", "Basic ", "Bearer", "Bearer",
                ])
            #expect(sent.first { $0.path == "/token" }?.parameter("scope") == "repository:acme/web:pull")
        }
    }

    @Test func `a token of another host is not asked for unless that is listed`() async throws {
        try await Self.withCharts { server, _ in
            let other = TestChartServer()
            try await other.serve {
                server.require(.user("u", password: "hush-hush"), realm: "\(other.web.url)/token")
                other.require(.user("u", password: "hush-hush"))
                let access = RepositoryAccess(credential: try IntegrationCredential(username: "u", secret: "hush-hush"))
                let host = "127.0.0.1:\(other.web.port)"
                var entry = server.registryEntry
                let said = await server.outcome("oci/web", in: [entry], access: access)
                #expect(
                    said
                        == "Helm repository oci: its tokens come from another host; if that may have the credential, make "
                        + "it its tokenHost: \(host)")
                #expect(other.web.requests.isEmpty)
                // A host that may be asked gets no credential.
                entry.allowedHosts = [host]
                #expect(await server.outcome("oci/web", in: [entry], access: access).contains("gives no token"))
                #expect(other.web.requests.allSatisfy { $0.headers["authorization"] == nil })
                (entry.allowedHosts, entry.tokenHost) = ([], host)
                #expect(await server.outcome("oci/web", in: [entry], access: access).hasPrefix("sha256:"))
            }
        }
    }

    @Test(arguments: [
        #"Bearer realm="http://169.254.169.254/token""#, #"Bearer realm="file:///etc/passwd""#, "Bearer", "Negotiate",
        #"Bearer realm="http://u@127.0.0.1/""#, #"Basic realm="x""#,
    ])
    func `a challenge that leads nowhere is refused`(_ header: String) async throws {
        try await Self.withCharts { server, _ in
            server.web.answer("GET", "/v2/", with: TestAnswer(401, headers: ["www-authenticate": header]))
            let said = await server.outcome("oci/web", in: [server.registryEntry])
            #expect(said.hasPrefix("Helm repository oci: ") && !said.contains("\n"), "\(said)")
            #expect(server.web.requests.count == 1)
        }
    }

    @Test func `challenges are taken apart`() {
        let text = #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="a\"b,c""#
        #expect(
            RegistryChallenge(["Basic realm=\"x\"", text])
                == .bearer(realm: "https://auth.docker.io/token", service: "registry.docker.io"))
        #expect(RegistryChallenge(["bearer service=a, realm=https://b"]) == .bearer(realm: "https://b", service: "a"))
        #expect(RegistryChallenge(["BASIC realm=x"]) == .basic && RegistryChallenge([]) == nil)
    }

    @Test func `a blob that is kept elsewhere is fetched from a host that is listed, without the token`() async throws {
        try await Self.withCharts(["1.0.0"]) { server, archives in
            try await Bench.run { other in
                let archive = archives["1.0.0"] ?? []
                var answer = TestAnswer(200)
                answer.body = archive
                other.web.answer("GET", "/cdn", with: answer)
                server.require(.token)
                server.web.answer(
                    "GET", "/v2/acme/web/blobs/\(TestChartServer.digest(archive))",
                    with: TestAnswer(307, headers: ["location": "\(other.web.url)/cdn?sig=1"]))
                var entry = server.registryEntry
                let host = "127.0.0.1:\(other.web.port)"
                let said = await server.outcome("oci/web", version: "1.0.0", in: [entry])
                #expect(said.contains("on the host \(host), which its allowedHosts doesn't name"), "\(said)")
                entry.allowedHosts = [host]
                #expect(await server.outcome("oci/web", version: "1.0.0", in: [entry]).hasPrefix("sha256:"))
                #expect(other.web.requests.map { $0.headers["authorization"] } == [nil])
            }
        }
    }

    // MARK: Faults

    @Test func `what has another digest, another size, or is no chart is refused`() async throws {
        try await Self.withCharts(["1.0.0"]) { server, archives in
            let entry = server.registryEntry
            let archive = archives["1.0.0"] ?? []
            func said(_ version: String = "1.0.0") async -> String {
                await server.outcome("oci/web", version: version, in: [entry])
            }
            let blob = "/v2/acme/web/blobs/\(TestChartServer.digest(archive))"
            server.web.answer("GET", blob, with: TestAnswer(200, "another"))
            #expect(await said().contains("has the digest sha256:"))
            server.web.answer("GET", blob, with: TestAnswer(200, String(repeating: "x", count: archive.count + 1)))
            #expect(await said().contains("is larger than \(archive.count) bytes"))
            server.web.answer("GET", "/v2/acme/web/manifests/1.0.0", with: TestAnswer(200, "{}"))
            #expect(await said().contains("a manifest of a kind that isn't known"))
            server.web.answer("GET", "/v2/acme/web/manifests/1.0.0", with: .page(200, "hello"))
            #expect(await said().contains("something that is no manifest"))
            server.web.answer(
                "GET", "/v2/acme/web/manifests/1.0.0",
                with: TestAnswer(
                    200, "{}", headers: ["docker-content-digest": "sha256:" + String(repeating: "0", count: 64)]))
            #expect(await said().contains("has the digest"))
            server.push(
                "acme/web", tag: "2.0.0", config: [], configType: "application/vnd.oci.image.config.v1+json",
                layers: [("application/vnd.oci.image.layer.v1.tar+gzip", [1])])
            #expect(await said("2.0.0").contains("is no chart of Helm"))
        }
    }

    @Test func `a registry that says nothing is given up after the time`() async throws {
        try await Self.withCharts(["1.0.0"]) { server, _ in
            var silent = TestAnswer(200)
            silent.stalls = true
            server.web.answer("GET", "/v2/", with: silent)
            var entry = server.registryEntry
            entry.timeout = .milliseconds(200)
            #expect(await server.outcome("oci/web", in: [entry]).contains("gave no complete answer"))
        }
    }

    @Test func `a registry has no index, and is looked at by its API`() async throws {
        try await Self.withCharts { server, _ in
            let fetcher = server.fetcher([server.registryEntry])
            await #expect(throws: ToolFailure.self) { try await fetcher.index(of: "oci", isNew: false) }
            try await fetcher.look(server.registryEntry)
            server.require(.token)
            try await fetcher.look(server.registryEntry)
            server.require(.user("u", password: "p"))
            let access = RepositoryAccess(credential: try IntegrationCredential(username: "u", secret: "wrong"))
            await #expect(throws: ToolFailure.self) {
                try await server.fetcher([server.registryEntry], access: access).look(server.registryEntry)
            }
        }
    }

    @Test(arguments: [
        "oci://", "oci:///web", "oci://host/a//b", "oci://host/a/../b", "oci://host/a:b:c/d", "oci://host/A",
        "oci://u@host/a",
        "oci://host/a@sha256:12", "oci://host/a:-x", "oci://host/a%2fb", "oci://host/a?b", "oci://host/a:\u{10}",
    ])
    func `what is no name in a registry is refused`(_ text: String) {
        let found = OCIReference(text)
        #expect(found == nil || found?.name.isEmpty == true, "\(String(describing: found))")
    }

    @Test func `Docker Hub is asked where it answers`() throws {
        let hub = try #require(OCIReference("docker.io/bitnamicharts/nginx:1.0.0"))
        #expect(hub.server == "registry-1.docker.io" && hub.tag == "1.0.0" && hub.name == "bitnamicharts/nginx")
        #expect(try #require(OCIReference("oci://registry-1.docker.io/bitnamicharts")).contains(hub))
    }
}
