import Helm
import Integrations
import KubeModel
import Synchronization
import TestCharts
import TestWeb
import Testing
import ToolKit
import Writes

@testable import ChartRepositories

/// Repositories with an index: what is fetched, and what is not.
@Suite struct IndexedChartTests {
    private static func withCharts(_ body: (TestChartServer, [String: [UInt8]]) async throws -> Void) async throws {
        let server = TestChartServer()
        var archives: [String: [UInt8]] = [:]
        for version in ["1.2.0", "1.10.0", "2.0.0-rc.1"] {
            let archive = ChartArchives.simple("web", version: version)
            archives[version] = archive
            server.add("web", version: version, archive: archive)
        }
        try await server.serve { try await body(server, archives) }
    }

    @Test func `a chart is fetched by its version, a constraint, or as the newest`() async throws {
        try await Self.withCharts { server, archives in
            let fetcher = server.fetcher()
            for (wanted, expected) in [(nil, "1.10.0"), ("1.2.0", "1.2.0"), ("~1.2", "1.2.0"), (">=2-0", "2.0.0-rc.1")]
            {
                let found = try await fetcher.chart(ChartReference("stable/web", version: wanted))
                #expect(found.archive == archives[expected])
                #expect(found.digest == TestChartServer.digest(found.archive))
                #expect(found.origin == "\(server.url)/web-\(expected).tgz")
            }
            let byAddress = try await fetcher.chart(ChartReference("\(server.url)/web-1.2.0.tgz"))
            #expect(byAddress.archive == archives["1.2.0"])
            #expect(try await fetcher.versions(of: "stable/web") == ["2.0.0-rc.1", "1.10.0", "1.2.0"])
        }
    }

    @Test func `what isn't there is said with what is near it`() async throws {
        try await Self.withCharts { server, _ in
            #expect(
                await server.outcome("stable/wep")
                    == "Helm repository stable has no chart \"wep\"; near names are web")
            #expect(
                await server.outcome("stable/web", version: "1.2.1")
                    == "stable/web has no version \"1.2.1\"; near ones are 1.2.0")
            #expect(
                await server.outcome("stable/web", version: "^7").hasPrefix("stable/web has no version \"^7\"; "))
            #expect(await server.outcome("stable/web", version: "new").contains("neither a version nor a constraint"))
            #expect(
                await server.outcome("stabel/web")
                    == "there is no Helm repository \"stabel\"; spec.helm.repositories of the SkyfloAI has stable")
            #expect(await server.outcome("web").contains("write it as REPOSITORY/CHART"))
            #expect(await server.outcome("web", in: []).contains("no chart repository is configured"))
        }
    }

    @Test(arguments: [
        "https://charts.example/web-1.0.0.tgz", "http://127.0.0.1:1/charts/web.tgz", "oci://ghcr.io/acme/web",
        "http://169.254.169.254/latest/meta-data/", "http://localhost/web.tgz",
    ])
    func `an address that isn't listed is refused, and nothing is asked`(_ address: String) async throws {
        try await Self.withCharts { server, _ in
            let said = await server.outcome(address)
            #expect(said.contains("spec.helm.repositories of the SkyfloAI lists; it has stable"), "\(said)")
            #expect(server.web.requests.isEmpty)
        }
    }

    @Test func `an address on the same host, outside of the repository, is refused`() async throws {
        try await Self.withCharts { server, _ in
            for path in ["/private/web.tgz", "/charts/../private/web.tgz", "/chartsx/web.tgz"] {
                #expect(await server.outcome(server.web.url + path).contains("is in no repository"))
            }
            for path in ["/charts/%2e%2e/private/web.tgz", "/charts/a%2F..%2F..%2Fprivate/web.tgz"] {
                #expect(await server.outcome(server.web.url + path).contains("is no address of a chart"))
            }
            #expect(server.web.requests.isEmpty)
        }
    }

    // MARK: Where an index leads

    private static func index(_ url: String, digest: String = "") -> String {
        "apiVersion: v1\nentries:\n  web:\n    - {name: web, version: 1.0.0, urls: [\"\(url)\"], digest: \"\(digest)\"}\n"
    }

    @Test func `an index entry that leads to another host is refused unless that is listed, and gets no credential`()
        async throws
    {
        try await Bench.run { server in
            try await Bench.run { other in
                other.web.answer("GET", "/charts/web.tgz", with: TestAnswer(200, "archive"))
                server.web.answer(
                    "GET", "/charts/index.yaml", with: TestAnswer(200, Self.index("\(other.url)/web.tgz")))
                let access = RepositoryAccess(credential: try IntegrationCredential(username: "u", secret: "hush-hush"))
                let host = "127.0.0.1:\(other.web.port)"
                #expect(
                    await server.outcome("stable/web", access: access)
                        == "Helm repository stable: the index entry of web 1.0.0 leads to another host; if that may be "
                        + "asked, add \(host) to its allowedHosts")
                #expect(other.web.requests.isEmpty)
                var repository = server.repository
                repository.allowedHosts = [host]
                let found = await server.outcome("stable/web", in: [repository], access: access)
                #expect(found.hasSuffix(" \(other.url)/web.tgz"), "\(found)")
                #expect(other.web.requests.map { $0.headers["authorization"] } == [nil])
                #expect(server.web.requests.allSatisfy { $0.headers["authorization"] != nil })
            }
        }
    }

    @Test func `a redirect to another host is refused unless that is listed, and gets no credential`() async throws {
        try await Bench.run { server in
            try await Bench.run { other in
                other.web.answer("GET", "/web.tgz", with: TestAnswer(200, "archive"))
                server.web.answer("GET", "/charts/index.yaml", with: TestAnswer(200, Self.index("web.tgz")))
                server.web.answer(
                    "GET", "/charts/web.tgz",
                    with: TestAnswer(302, headers: ["location": "\(other.web.url)/web.tgz?sig=s"]))
                let access = RepositoryAccess(credential: try IntegrationCredential(username: "u", secret: "hush-hush"))
                let host = "127.0.0.1:\(other.web.port)"
                let said = await server.outcome("stable/web", access: access)
                #expect(said.contains("on the host \(host), which its allowedHosts doesn't name"), "\(said)")
                #expect(other.web.requests.isEmpty)
                var repository = server.repository
                repository.allowedHosts = [host]
                #expect(await server.outcome("stable/web", in: [repository], access: access).hasPrefix("sha256:"))
                #expect(other.web.requests.map { $0.headers["authorization"] } == [nil])
            }
        }
    }

    @Test(arguments: [
        "http://localhost/web.tgz", "http://[::1]/web.tgz", "http://169.254.169.254/x", "//127.0.0.1:9/web.tgz",
        "http://0x7f000001/web.tgz", "file:///etc/passwd", "../../../etc/passwd", "ftp://a/b", "web .tgz",
        "http://user@127.0.0.1/web.tgz", "\\\\\\\\host\\\\web.tgz",
    ])
    func `no index leads to loopback, a link-local address or a file`(_ url: String) async throws {
        try await Bench.run { server in
            server.web.answer("GET", "/charts/index.yaml", with: TestAnswer(200, Self.index(url)))
            var repository = server.repository
            repository.allowedHosts = ["*.0.0.1", "*.169.254"]
            let said = await server.outcome("stable/web", in: [repository])
            #expect(said.contains("leads to another host") || said.contains("no address for web 1.0.0"), "\(said)")
            #expect(server.web.requests.map(\.path) == ["/charts/index.yaml"])
        }
    }

    @Test func `an index entry of a registry is taken from it where that is listed`() async throws {
        try await Bench.run { server in
            let archive = ChartArchives.simple("web", version: "1.0.0")
            server.push("acme/web", tag: "1.0.0", archive: archive)
            server.web.answer(
                "GET", "/charts/index.yaml", with: TestAnswer(200, Self.index("\(server.registry)/web:1.0.0")))
            #expect(await server.outcome("stable/web").contains("is in no registry"))
            let found = await server.outcome("stable/web", in: [server.repository, server.registryEntry])
            #expect(found.hasPrefix(TestChartServer.digest(archive)), "\(found)")
        }
    }

    // MARK: Faults

    @Test func `an archive with another digest than the index has is refused`() async throws {
        try await Bench.run { server in
            server.web.answer(
                "GET", "/charts/index.yaml",
                with: TestAnswer(200, Self.index("web.tgz", digest: String(repeating: "a", count: 64))))
            server.web.answer("GET", "/charts/web.tgz", with: TestAnswer(200, "another archive"))
            #expect(await server.outcome("stable/web").contains("is not the one of its index: its digest is sha256:"))
        }
    }

    @Test(
        arguments: [
            (TestAnswer(404), "index.yaml does not exist in"), (TestAnswer(401), "credential"),
            (TestAnswer(403), "HTTP 403"),
            (TestAnswer(500, "oh"), "HTTP 500"), (.page(200, "Sign in"), "is no index of a chart repository"),
            (TestAnswer(200, "apiVersion: v1\nentries: {"), "is no valid YAML"),
            (TestAnswer(429, headers: ["retry-after": "30"]), "ask again in 30 s"),
            (TestAnswer(302, headers: ["location": "/charts/index.yaml"]), "redirect again and again"),
        ] as [(TestAnswer, String)])
    func `a repository that answers wrongly is told in one sentence`(_ answer: TestAnswer, _ part: String) async throws
    {
        try await Bench.run { server in
            server.web.answer("GET", "/charts/index.yaml", with: answer)
            let said = await server.outcome("stable/web")
            #expect(said.contains("Helm repository stable") && said.contains(part) && !said.contains("\n"), "\(said)")
        }
    }

    @Test func `an index without end is given up at the limit, and one that never comes after the time`() async throws {
        try await Bench.run { server in
            var endless = TestAnswer(200, String(repeating: "# a comment of an index\n", count: 40_000))
            endless.isEndless = true
            server.web.answer("GET", "/charts/index.yaml", with: endless)
            #expect(await server.outcome("stable/web").contains("is larger than 33554432 bytes"))
            var silent = TestAnswer(200, "apiVersion: v1\n")
            silent.stalls = true
            server.web.answer("GET", "/charts/index.yaml", with: silent)
            var repository = server.repository
            repository.timeout = .milliseconds(200)
            let said = await server.outcome("stable/web", in: [repository])
            #expect(said.contains("gave no complete answer"), "\(said)")
        }
    }

    @Test func `a credential that a failed answer repeats is not shown`() async throws {
        try await Bench.run { server in
            server.web.answer(
                "GET", "/charts/index.yaml",
                with: TestAnswer(403, json: ["message": "got hush-hush and Basic dTpodXNoLWh1c2g="]))
            let access = RepositoryAccess(credential: try IntegrationCredential(username: "u", secret: "hush-hush"))
            let said = await server.outcome("stable/web", access: access)
            #expect(said.hasSuffix("got [redacted] and Basic [redacted]"), "\(said)")
        }
    }

    @Test func `no pattern of hosts lets a redirect lead to an address`() async throws {
        try await Bench.run { server in
            server.web.answer(
                "GET", "/charts/index.yaml",
                with: TestAnswer(302, headers: ["location": "http://127.0.0.1:9/index.yaml"]))
            var repository = server.repository
            repository.allowedHosts = ["*", "*:9", "127.*"]
            let said = await server.outcome("stable/web", in: [repository])
            #expect(said.contains("on the host 127.0.0.1:9, which its allowedHosts doesn't name"), "\(said)")
        }
    }

    @Test func `a repository that can't be reached is said to be so`() async throws {
        try await Bench.run { server in
            let repository = ChartRepository(name: "gone", url: "http://127.0.0.1:1/")
            #expect(await server.outcome("gone/web", in: [repository]).contains("can't be reached"))
        }
    }

    @Test func `charts that aren't allowed are neither fetched nor named`() async throws {
        try await Self.withCharts { server, _ in
            var repository = server.repository
            repository.allowedCharts = ["shop-*"]
            #expect(await server.outcome("stable/web", in: [repository]).contains("does not allow the chart web"))
            #expect(
                await server.outcome("\(server.url)/web-1.2.0.tgz", in: [repository]).contains(
                    "allows some charts only"))
            #expect(!(await server.outcome("stable/shop-wep", in: [repository])).contains("near"))
        }
    }

    // MARK: Cache

    @Test func `an index is asked for again after a while, or when it is wanted, and not sent twice`() async throws {
        try await Self.withCharts { server, _ in
            let now = Mutex(Duration.seconds(1000))
            let fetcher = server.fetcher(uptime: { now.withLock { $0 } })
            func asked() -> [String?] {
                server.web.requests.filter { $0.path.hasSuffix("index.yaml") }.map { $0.headers["if-none-match"] }
            }
            _ = try await fetcher.index(of: "stable", isNew: false)
            _ = try await fetcher.index(of: "stable", isNew: false)
            #expect(asked() == [nil])
            now.withLock { $0 += .seconds(301) }
            _ = try await fetcher.index(of: "stable", isNew: false)
            #expect(asked().count == 2 && asked().last.flatMap { $0 } != nil)
            #expect(try await fetcher.index(of: "stable", isNew: true).charts["web"]?.count == 3)
            #expect(asked().count == 3)
        }
    }

    @Test func `several calls fetch an index once`() async throws {
        try await Self.withCharts { server, _ in
            let fetcher = server.fetcher()
            try await withThrowingTaskGroup { group in
                for _ in 0..<8 { group.addTask { _ = try await fetcher.versions(of: "stable/web") } }
                try await group.waitForAll()
            }
            #expect(server.web.requests.count == 1)
        }
    }

    private static func eventually(_ what: String, _ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while !condition() {
            try #require(ContinuousClock.now < deadline, "\(what)")
            await Task.yield()
        }
    }

    @Test func `a repository that doesn't answer keeps no other from being read`() async throws {
        try await Self.withCharts { server, _ in
            try await Bench.run { silent in
                var answer = TestAnswer(200, "apiVersion: v1\n")
                answer.stalls = true
                silent.web.answer("GET", "/charts/index.yaml", with: answer)
                var slow = silent.repository
                slow.name = "slow"
                let fetcher = server.fetcher([server.repository, slow])
                try await withThrowingTaskGroup { group in
                    group.addTask { _ = try? await fetcher.index(of: "slow", isNew: false) }
                    try await Self.eventually("the other one is asked") { !silent.web.requests.isEmpty }
                    #expect(try await fetcher.index(of: "stable", isNew: false).charts["web"]?.count == 3)
                    group.cancelAll()
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `a failure is shared by those who wait, and remembered for some seconds`() async throws {
        try await Bench.run { server in
            server.web.answer("GET", "/charts/index.yaml", with: TestAnswer(500))
            let now = Mutex(Duration.seconds(1000))
            let fetcher = server.fetcher(uptime: { now.withLock { $0 } })
            await withTaskGroup { group in
                for _ in 0..<8 { group.addTask { _ = try? await fetcher.index(of: "stable", isNew: false) } }
            }
            #expect(server.web.requests.count == 1)
            await #expect(throws: ToolFailure.self) { try await fetcher.index(of: "stable", isNew: false) }
            #expect(server.web.requests.count == 1)
            _ = try? await fetcher.index(of: "stable", isNew: true)
            #expect(server.web.requests.count == 2)
            now.withLock { $0 += .seconds(6) }
            _ = try? await fetcher.index(of: "stable", isNew: false)
            #expect(server.web.requests.count == 3)
        }
    }

    @Test func `who waits for somebody that is cancelled asks itself`() async throws {
        try await Self.withCharts { server, _ in
            var answer = TestAnswer(200, "apiVersion: v1\n")
            answer.stalls = true
            server.web.answer("GET", "/charts/index.yaml", with: answer)
            let cache = RepositoryIndexCache()
            let fetcher = server.fetcher(cache: cache)
            try await withThrowingTaskGroup(of: Int?.self) { group in
                group.addTask {
                    try? await withThrowingTaskGroup(of: Int?.self) { inner in
                        inner.addTask { try await fetcher.index(of: "stable", isNew: false).charts.count }
                        try await Self.eventually("another one waits") { cache.callers == 2 }
                        server.web.forgetAnswers()
                        inner.cancelAll()
                        return try await inner.next() ?? nil
                    }
                }
                try await Self.eventually("it is asked") { server.web.requests.count == 1 }
                group.addTask { try await fetcher.index(of: "stable", isNew: false).charts.count }
                var found: [Int?] = []
                for try await count in group { found.append(count) }
                #expect(found.count == 2 && found.contains(nil) && found.contains(1))
            }
        }
    }

    @Test func `the cache keeps what was used last within its limit, by credential`() async throws {
        try await Self.withCharts { server, _ in
            let one = try await server.fetcher().index(of: "stable", isNew: false).cost
            let cache = RepositoryIndexCache(limit: one * 2)
            let now = Mutex(Duration.seconds(1000))
            for user in ["a", "b", "a", "c", "a"] {
                let access = RepositoryAccess(credential: try IntegrationCredential(username: user, secret: "hush"))
                now.withLock { $0 += .seconds(1) }
                _ = try await server.fetcher(cache: cache, access: access, uptime: { now.withLock { $0 } })
                    .index(of: "stable", isNew: false)
            }
            #expect(cache.cost == one * 2)
            #expect(server.web.requests.count == 1 + 3)
        }
    }

    @Test func `a credential that was changed is read again when it is refused`() async throws {
        try await Self.withCharts { server, _ in
            server.web.answer("GET", "/charts/index.yaml", with: TestAnswer(401))
            let old = RepositoryAccess(credential: try IntegrationCredential(token: "old-token"))
            let new = RepositoryAccess(credential: try IntegrationCredential(token: "new-token"))
            let fetcher = ChartFetcher([server.repository], cache: RepositoryIndexCache(), uptime: { .zero }) {
                _, isNew in
                if isNew { server.web.forgetAnswers() }
                return isNew ? new : old
            }
            _ = try await fetcher.chart(ChartReference("stable/web"))
            #expect(
                server.web.requests.map { $0.headers["authorization"] }.prefix(2) == [
                    "Bearer old-token", "Bearer new-token",
                ])
        }
    }
}
