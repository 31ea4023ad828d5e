import Testing

@testable import Helm

@Suite struct RepositoryIndexTests {
    private func read(_ text: String, limits: RepositoryIndex.Limits = .init()) throws -> RepositoryIndex {
        try RepositoryIndex.read(Array(text.utf8), limits: limits)
    }

    private func problem(_ text: String, limits: RepositoryIndex.Limits = .init()) -> String {
        do throws(HelmError) {
            return "read: \(try RepositoryIndex.read(Array(text.utf8), limits: limits).charts)"
        } catch {
            return error.message.text
        }
    }

    @Test func `an index is read with what is needed of it, newest version first`() throws {
        let index = try read(
            """
            apiVersion: v1
            entries:
              web:
                - {name: web, version: 1.2.0, urls: [web-1.2.0.tgz], digest: aa, dependencies: [{name: x, version: 1}]}
                - name: web
                  version: 1.10.0
                  appVersion: 1.10
                  description: A web server
                  deprecated: true
                  created: 2026-01-01T00:00:00Z
                  keywords: [http, www]
                  annotations: {x: &a {y: z}, w: *a}
                  urls:
                    - https://charts.example/web-1.10.0.tgz
                - {name: web, version: 1.11.0-rc.1}
                - {name: web, version: nonsense}
              empty: []
              ../evil: [{version: 1.0.0}]
            generated: "2026-01-01T00:00:00Z"
            """)
        #expect(Array(index.charts.keys) == ["web"])
        #expect(index.charts["web"]?.map(\.version) == ["1.11.0-rc.1", "1.10.0", "1.2.0"])
        #expect(index.dropped == 1)
        let found = try #require(index.charts["web"]?[1])
        #expect(found.appVersion == "1.10" && found.isDeprecated && found.keywords == ["http", "www"])
        #expect(found.urls == ["https://charts.example/web-1.10.0.tgz"] && found.description == "A web server")
    }

    @Test(arguments: [
        "", "hello", "<!DOCTYPE html><html><body>Not Found</body></html>", "- a", "entries: {}", "apiVersion: v1",
        "{\"error\": \"not found\"}",
    ])
    func `what is no index is said to be none`(_ text: String) {
        #expect(problem(text).contains("is no index of a chart repository"))
    }

    @Test func `an empty repository has no charts`() throws {
        for text in [
            "apiVersion: v1\nentries: {}", "apiVersion: v1\nentries:\n", "{\"apiVersion\":\"v1\",\"entries\":{}}",
        ] {
            #expect(try read(text).charts.isEmpty)
        }
    }

    @Test(arguments: [
        ("apiVersion: v1\nentries: {web: [{version: 1.0.0", "yaml: "), ("apiVersion: v1\n? [a]\n: b", "no text"),
        ("apiVersion: v1\nentries:\n  web:\n\t- x", "yaml: "),
    ])
    func `broken YAML is told by its line`(_ text: String, _ part: String) {
        #expect(problem(text).contains(part), "\(problem(text))")
    }

    @Test func `limits hold for charts, versions and texts`() throws {
        var limits = RepositoryIndex.Limits()
        (limits.charts, limits.versions, limits.text) = (2, 3, 10)
        let chart = "[{version: 1.0.0}]"
        #expect(
            problem("apiVersion: v1\nentries: {a: \(chart), b: \(chart), c: \(chart)}", limits: limits)
                == "has more than 2 charts")
        #expect(
            problem("apiVersion: v1\nentries: {a: [{}, {}, {}, {}]}", limits: limits) == "has more than 3 versions")
        let long = try read(
            "apiVersion: v1\nentries: {a: [{version: 1.0.0, description: aaaaaaaaaaaaaaaa, digest: bbbbbbbbbbbbbbbb}]}",
            limits: limits)
        #expect(long.charts["a"]?.first?.description == "aaaaaaaaaa")
        #expect(long.charts["a"]?.first?.digest == "")
    }

    @Test func `aliases are not followed, so that they can't multiply`() throws {
        var text = "apiVersion: v1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            text +=
                "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        text += "entries:\n  web: *a12\n  shop: [{version: 1.0.0, description: *a12}]\n"
        let index = try read(text)
        #expect(Array(index.charts.keys) == ["shop"] && index.charts["shop"]?.first?.description == "")
    }

    @Test(
        arguments: [
            (nil, "1.10.0"), ("", "1.10.0"), ("1.2.0", "1.2.0"), ("^1.2", "1.10.0"), ("~1.2", "1.2.5"),
            (">1.10-0", "2.0.0-rc.1"),
            ("<1", nil), ("2.0.0-rc.1", "2.0.0-rc.1"), ("1.2", "1.2.5"),
        ] as [(String?, String?)])
    func `a version is chosen as Helm chooses it`(_ wanted: String?, _ expected: String?) throws {
        let versions = VersionChoice.sorted(["1.2.0", "latest", "1.10.0", "2.0.0-rc.1", "1.2.5"])
        #expect(versions == ["2.0.0-rc.1", "1.10.0", "1.2.5", "1.2.0"])
        #expect(try VersionChoice(wanted).first(of: versions).map { versions[$0] } == expected)
    }

    @Test func `what is neither a version nor a constraint is refused`() {
        #expect(throws: HelmError.self) { try VersionChoice("newest") }
        #expect(VersionChoice.isExact("1.2.3+b1") && !VersionChoice.isExact("1.2") && !VersionChoice.isExact("^1.2.3"))
    }
}
