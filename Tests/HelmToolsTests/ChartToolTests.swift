import ChartRepositories
import FakeKubeAPI
import Helm
import KubeClient
import KubeModel
import TestCharts
import TestWeb
import Testing

@testable import HelmTools
@testable import ToolKit
@testable import Writes

/// Charts of a server that the tests script, in place of a SkyfloAI's repositories.
struct ListedCharts: ChartProvider {
    let fetcher: ChartFetcher
    var skyfloAI: ObjectKey?

    init(_ repositories: [ChartRepository], skyfloAI: ObjectKey? = nil) {
        fetcher = ChartFetcher(repositories, cache: RepositoryIndexCache(), uptime: { .zero }) { _, _ in
            RepositoryAccess()
        }
        self.skyfloAI = skyfloAI
    }

    var repositories: [ChartRepositoryDescription] {
        fetcher.repositories.map {
            ChartRepositoryDescription(name: $0.name, url: $0.url, allowedCharts: $0.allowedCharts)
        }
    }

    func chart(_ reference: ChartReference) async throws -> ChartPackage { try await fetcher.chart(reference) }
    func versions(of name: String) async throws -> [String] { try await fetcher.versions(of: name) }
    func index(of repository: String, isNew: Bool) async throws -> RepositoryIndex {
        try await fetcher.index(of: repository, isNew: isNew)
    }
}

/// The tools that look at charts.
@Suite struct ChartToolTests {
    private static let metadata = """
        dependencies:
          - {name: redis, version: ^1, repository: "https://charts.example"}
          - {name: mail, version: 2.0.0, repository: "oci://charts.example/x", alias: post, condition: mail.enabled}
        """

    private func with(
        _ body: (TestChartServer, (String, JSONValue) async -> String) async throws -> Void
    ) async throws {
        let server = TestChartServer()
        let files = [
            "charts/redis/Chart.yaml": "apiVersion: v2\nname: redis\nversion: 1.4.0\n",
            "crds/shop.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n",
            "values.yaml": "# Many\nserver:\n  ingress: {enabled: false}\n  port: 80\nadminPassword: hunter2-hunter2\n",
        ]
        server.add(
            "web", version: "1.2.0",
            archive: ChartArchives.simple("web", version: "1.2.0", files: files, metadata: Self.metadata))
        server.add("web", version: "1.3.0-rc.1", archive: ChartArchives.simple("web", version: "1.3.0-rc.1"))
        server.add("webhook", version: "0.1.0", archive: [1, 2, 3])
        server.push("acme/shop", tag: "3.0.0", archive: ChartArchives.simple("shop", version: "3.0.0"))
        try await server.serve {
            let registry = ToolRegistry(HelmToolset.all { KubeTime(seconds: 1_800_000_000) })
            let api = FakeAPI()
            api.answer("GET /version", ["gitVersion": "v1.36.2", "major": "1", "minor": "36"])
            let charts = ListedCharts([
                ChartRepository(name: "stable", url: server.url, timeout: .seconds(20)),
                ChartRepository(name: "oci", url: server.registry, isPlainHTTP: true, timeout: .seconds(20)),
            ])
            let context = ToolContext(
                api: ReadOnlyAPI(api.impersonating(Impersonation(user: "system:serviceaccount:shop:default"))),
                mapper: RESTMapper(api: api), namespace: "shop",
                redactor: Redactor(key: Array("a key for tests only".utf8)), charts: charts)
            try await body(server) { tool, arguments in
                do {
                    let outcome = try await registry.call(
                        name: tool, arguments: JSONWriter.string(arguments), in: context)
                    guard case .output(let text) = outcome else { return "no output: \(outcome)" }
                    return text
                } catch {
                    return "failed: \((error as? ToolFailure)?.message ?? "\(error)")"
                }
            }
        }
    }

    @Test func `repositories are listed and updated`() async throws {
        try await with { server, call in
            let list = await call("helm_repo_list", [:])
            #expect(list.contains("stable") && list.contains("HTTP") && list.contains(server.registry))
            #expect(
                await call("helm_repo_update", [:])
                    == "stable: 2 charts, 3 versions\noci: a registry, which is asked each time")
            #expect(
                await call("helm_repo_update", ["repository": "stabel"]).contains(
                    "there is no Helm repository \"stabel\""))
            server.web.answer("GET", "/charts/index.yaml", with: TestAnswer(503))
            #expect(await call("helm_repo_update", ["repository": "stable"]).hasPrefix("failed: stable: not updated: "))
        }
    }

    @Test func `charts are searched by words, versions and repositories`() async throws {
        try await with { server, call in
            let found = await call("helm_search_repo", ["keyword": "web"]).split(separator: "\n")
            #expect(found[0].split(separator: " ") == ["NAME", "CHART", "VERSION", "APP", "VERSION", "DESCRIPTION"])
            #expect(
                found[1].hasPrefix("stable/web ") && found[1].contains("1.2.0") && found[2].hasPrefix("stable/webhook ")
            )
            #expect(found[3].hasPrefix("Not searched, since registries have no list of charts: oci"))
            let all = await call("helm_search_repo", ["keyword": "stable/web", "versions": true, "version": ">0-0"])
            #expect(all.contains("1.3.0-rc.1") && all.contains("1.2.0"))
            #expect(await call("helm_search_repo", ["keyword": "TESTS"]).contains("stable/webhook"))
            #expect(await call("helm_search_repo", ["keyword": "mongodb"]).hasPrefix("No charts found."))
            #expect(await call("helm_search_repo", ["version": "new"]).contains("neither a version nor a constraint"))
            let narrow = await call("helm_search_repo", ["max_col_width": 20])
            #expect(!narrow.contains("A chart of tests that"))
            server.web.answer("GET", "/charts/index.yaml", with: .page(200, "Sign in"))
            let fresh = await call("helm_repo_update", ["repository": "stable"])
            #expect(fresh.contains("is no index of a chart repository"), "\(fresh)")
        }
    }

    @Test func `the parts of a chart are shown, without credentials`() async throws {
        try await with { server, call in
            let values = await call("helm_show_values", ["chart": "stable/web"])
            #expect(values.hasPrefix("# Chart web 1.2.0 from \(server.url)/web-1.2.0.tgz, sha256:"))
            #expect(values.contains("# Many\nserver:") && !values.contains("hunter2"), "\(values)")
            #expect(
                await call("helm_show_values", ["chart": "stable/web", "path": "server.ingress"]).contains(
                    "\nenabled: false"))
            #expect(
                await call("helm_show_values", ["chart": "stable/web", "path": "server.ingres"])
                    == "failed: path: server has no key \"ingres\"; near names are ingress")
            #expect(await call("helm_show_chart", ["chart": "stable/web"]).contains("appVersion: \"7.1\""))
            #expect(await call("helm_show_readme", ["chart": "stable/web"]).contains("# web"))
            #expect(await call("helm_show_crds", ["chart": "stable/web"]).contains("CustomResourceDefinition"))
            #expect(
                await call("helm_show_crds", ["chart": "oci/shop"]).contains("It has no custom resource definitions"))
            let shop = await call("helm_show_chart", ["chart": "oci/shop", "version": "3.0.0"])
            #expect(shop.contains("name: shop") && shop.contains("\(server.registry)/shop:3.0.0@sha256:"))
        }
    }

    @Test(arguments: ["helm_show_values", "helm_lint", "helm_dependency_list", "helm_show_readme"])
    func `a chart that isn't there or is broken is one clear sentence`(_ tool: String) async throws {
        try await with { server, call in
            #expect(
                await call(tool, ["chart": "stable/wep"])
                    == "failed: Helm repository stable has no chart \"wep\"; near names are web")
            #expect(await call(tool, ["chart": "stable/web", "version": "9.9.9"]).contains("has no version \"9.9.9\""))
            #expect(
                await call(tool, ["chart": "stable/webhook"])
                    == "failed: the archive of \(server.url)/webhook-0.1.0.tgz is no chart that can be read: gzip: invalid header"
            )
            #expect(await call(tool, ["chart": "https://evil.example/x.tgz"]).contains("is in no repository"))
        }
    }

    @Test func `dependencies are listed with what the archive has of them`() async throws {
        try await with { _, call in
            let text = await call("helm_dependency_list", ["chart": "stable/web"])
            let rows = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            #expect(rows.contains("redis ^1 https://charts.example ok"), "\(text)")
            #expect(rows.contains("mail (as post) 2.0.0 oci://charts.example/x missing mail.enabled"))
            #expect(await call("helm_dependency_list", ["chart": "oci/shop"]).contains("It depends on no other chart."))
        }
    }

    @Test func `a chart is linted with values`() async throws {
        try await with { server, call in
            let good = await call("helm_lint", ["chart": "oci/shop"])
            #expect(
                good.contains("[INFO] Chart.yaml: icon is recommended")
                    && good.hasSuffix("0 faults found; the chart passes."), "\(good)")
            let archive = ChartArchives.simple(
                "bad", version: "1.0.0",
                files: ["templates/map.yaml": "a: {{ required \"say who\" .Values.who.name }}\n b: ["])
            server.push("acme/bad", tag: "1.0.0", archive: archive)
            let bad = await call("helm_lint", ["chart": "oci/bad"])
            #expect(bad.contains("[ERROR] templates/") && bad.hasSuffix("1 fault found; the chart fails."), "\(bad)")
            #expect(await call("helm_lint", ["chart": "oci/shop", "values": "- a"]).hasPrefix("failed: values: "))
        }
    }

    @Test func `a chart is linted with what the cluster serves, and with zones of time`() async throws {
        try await with { server, call in
            let template = """
                {{- if not (.Capabilities.APIVersions.Has "example.dev/v1/Widget") }}{{ fail "no widgets" }}{{ end }}
                {{- if ne .Capabilities.KubeVersion.Version "v1.36.2" }}{{ fail "another version" }}{{ end }}
                {{- if ne (dateInZone "15:04" 0 "Asia/Tokyo") "09:00" }}{{ fail "no zones" }}{{ end }}
                """
            server.push(
                "acme/picky", tag: "1.0.0",
                archive: ChartArchives.simple("picky", version: "1.0.0", files: ["templates/map.yaml": template]))
            let text = await call("helm_lint", ["chart": "oci/picky"])
            #expect(text.hasSuffix("0 faults found; the chart passes."), "\(text)")
        }
    }

    @Test func `without repositories each tool says where they are named`() async throws {
        let registry = ToolRegistry(HelmToolset.all { KubeTime(seconds: 0) })
        let api = FakeAPI()
        let context = ToolContext(
            api: ReadOnlyAPI(api.impersonating(Impersonation(user: "system:serviceaccount:shop:default"))),
            mapper: RESTMapper(api: api), namespace: "shop", redactor: Redactor(key: [1, 2, 3]))
        for tool in ["helm_repo_update", "helm_search_repo", "helm_show_values", "helm_lint"] {
            await #expect(throws: ToolFailure.self) {
                try await registry.call(name: tool, arguments: #"{"chart": "a/b"}"#, in: context)
            }
        }
    }
}
