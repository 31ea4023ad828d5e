import Crypto
import Helm
import KubeModel
import Synchronization
import TestWeb

/// A repository of charts with an index, and an OCI registry, as far as they are read: for tests, and for clients that aren't
/// ours.
package final class TestChartServer: Sendable {
    /// How a registry wants to be asked.
    package enum Login: Sendable, Hashable {
        case none
        /// A token for whoever asks.
        case token
        /// A token for this user.
        case user(String, password: String)
    }

    private struct State {
        var charts: [(name: String, version: String, archive: [UInt8])] = []
        var blobs: [String: [UInt8]] = [:]
        /// By the repository's name, and then by tag or digest.
        var manifests: [String: [String: (type: String, body: [UInt8])]] = [:]
        var login = Login.none
        var tagsPerPage = 1000
        var realm: String?
    }

    package let web = TestWebServer()
    private let state = Mutex(State())

    package init() { web.handle { [weak self] in self?.answer(to: $0) ?? .page(503, "Gone") } }

    package var url: String { "\(web.url)/charts" }
    package var registry: String { "oci://127.0.0.1:\(web.port)/acme" }

    // MARK: Content

    /// Adds a version to the index.
    package func add(_ name: String, version: String, archive: [UInt8]) {
        state.withLock { $0.charts.append((name, version, archive)) }
    }

    /// Keeps a chart in the registry, as `helm push` does.
    /// - Returns: the digest of its manifest.
    @discardableResult
    package func push(_ name: String, tag: String, archive: [UInt8]) -> String {
        push(
            name, tag: tag, config: Array(#"{"name":"web"}"#.utf8),
            configType: "application/vnd.cncf.helm.config.v1+json",
            layers: [("application/vnd.cncf.helm.chart.content.v1.tar+gzip", archive)])
    }

    @discardableResult
    package func push(
        _ name: String, tag: String?, config: [UInt8], configType: String, layers: [(type: String, bytes: [UInt8])]
    ) -> String {
        let manifest: JSONValue = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": descriptor(configType, config), "layers": .array(layers.map { descriptor($0.type, $0.bytes) }),
        ]
        return put(name, tag: tag, "application/vnd.oci.image.manifest.v1+json", JSONWriter.bytes(manifest))
    }

    /// An index of manifests that were pushed, with a platform each.
    @discardableResult
    package func pushIndex(_ name: String, tag: String, of digests: [(digest: String, platform: String)]) -> String {
        let entries: [JSONValue] = digests.map { digest, platform in
            let parts = platform.split(separator: "/").map(String.init)
            return [
                "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": .string(digest), "size": 500,
                "platform": ["os": .string(parts[0]), "architecture": .string(parts[1])],
            ]
        }
        let index: JSONValue = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": .array(entries),
        ]
        return put(name, tag: tag, "application/vnd.oci.image.index.v1+json", JSONWriter.bytes(index))
    }

    private func put(_ name: String, tag: String?, _ type: String, _ body: [UInt8]) -> String {
        let digest = Self.digest(body)
        state.withLock { state in
            for key in [tag, digest].compactMap({ $0 }) { state.manifests[name, default: [:]][key] = (type, body) }
        }
        return digest
    }

    private func descriptor(_ type: String, _ bytes: [UInt8]) -> JSONValue {
        let digest = Self.digest(bytes)
        state.withLock { $0.blobs[digest] = bytes }
        return ["mediaType": .string(type), "digest": .string(digest), "size": JSONValue(bytes.count)]
    }

    package static func digest(_ bytes: [UInt8]) -> String { "sha256:" + SHA256.hash(data: bytes).hexadecimal }

    package func require(_ login: Login, realm: String? = nil) {
        state.withLock { ($0.login, $0.realm) = (login, realm) }
    }

    package func page(tags: Int) { state.withLock { $0.tagsPerPage = tags } }

    package func serve(_ body: () async throws -> Void) async throws { try await web.serve(body) }

    /// Serves until it is cancelled.
    package func run(port: Int, onReady: @escaping @Sendable () -> Void) async throws {
        try await web.run(port: port, onReady: onReady)
    }

    // MARK: Answers

    private func answer(to request: SeenRequest) -> TestAnswer {
        switch request.parts.first {
        case "charts": fromIndex(request)
        case "v2": fromRegistry(request)
        case "token": token(request)
        default: .page(404, "Not Found")
        }
    }

    private func fromIndex(_ request: SeenRequest) -> TestAnswer {
        let charts = state.withLock { $0.charts }
        if request.path == "/charts/index.yaml" {
            let index = Self.index(of: charts)
            let tag = "\"\(SHA256.hash(data: Array(index.utf8)).hexadecimal.prefix(16))\""
            if request.headers["if-none-match"] == tag { return TestAnswer(304, headers: ["etag": tag]) }
            return TestAnswer(200, index, headers: ["content-type": "text/yaml", "etag": tag])
        }
        let name = request.parts.last ?? ""
        guard let chart = charts.first(where: { "\($0.name)-\($0.version).tgz" == name }) else {
            return .page(404, "Not Found")
        }
        return Self.bytes(chart.archive, type: "application/gzip")
    }

    private static func bytes(_ bytes: [UInt8], type: String, headers: [String: String] = [:]) -> TestAnswer {
        var answer = TestAnswer(200, headers: headers.merging(["content-type": type]) { $1 })
        answer.body = bytes
        return answer
    }

    static func index(of charts: [(name: String, version: String, archive: [UInt8])]) -> String {
        var text = "apiVersion: v1\nentries:\n"
        for (name, versions) in Dictionary(grouping: charts, by: \.name).sorted(by: { $0.key < $1.key }) {
            text += "  \(name):\n"
            for chart in versions {
                text += """
                      - apiVersion: v2
                        name: \(name)
                        version: \(chart.version)
                        appVersion: "7.1"
                        description: A chart of tests
                        created: "2026-01-01T00:00:00Z"
                        digest: \(digest(chart.archive).dropFirst(7))
                        keywords: [tests]
                        maintainers:
                          - {name: alice, email: alice@example.com}
                        urls:
                          - \(name)-\(chart.version).tgz

                    """
            }
        }
        return text + "generated: \"2026-01-01T00:00:00Z\"\n"
    }

    private func fromRegistry(_ request: SeenRequest) -> TestAnswer {
        if let refusal = refusal(of: request) { return refusal }
        let parts = request.parts
        if !["GET", "HEAD"].contains(request.method) { return taken(request) }
        guard parts.count >= 4 else { return TestAnswer(200, json: [:]) }
        let (kind, last) = (parts[parts.count - 2], parts[parts.count - 1])
        let name = parts[1..<parts.count - 2].joined(separator: "/")
        let state = state.withLock { $0 }
        switch (kind, last) {
        case ("manifests", let tag):
            guard let found = state.manifests[name]?[tag] else { return Self.unknown("MANIFEST_UNKNOWN") }
            return Self.bytes(
                found.body, type: found.type, headers: ["docker-content-digest": Self.digest(found.body)])
        case ("blobs", let digest):
            guard let found = state.blobs[digest] else { return Self.unknown("BLOB_UNKNOWN") }
            return Self.bytes(found, type: "application/octet-stream")
        case ("tags", "list"): return tags(of: name, request, state)
        default: return Self.unknown("UNSUPPORTED")
        }
    }

    /// Takes what is pushed, a blob in one piece (distribution specification, "Pushing").
    private func taken(_ request: SeenRequest) -> TestAnswer {
        let parts = request.parts
        guard let first = parts.lastIndex(where: { ["blobs", "manifests"].contains($0) }), parts.count > first + 1
        else {
            return Self.unknown("UNSUPPORTED")
        }
        let name = parts[1..<first].joined(separator: "/")
        switch (request.method, parts[first], request.parameter("digest")) {
        case ("POST", "blobs", nil):
            return TestAnswer(202, headers: ["location": "/v2/\(name)/blobs/uploads/1"])
        case ("POST", "blobs", let digest?), ("PUT", "blobs", let digest?):
            guard Self.digest(request.body) == digest else { return TestAnswer(400, json: [:]) }
            state.withLock { $0.blobs[digest] = request.body }
            return TestAnswer(
                201, headers: ["location": "/v2/\(name)/blobs/\(digest)", "docker-content-digest": digest])
        case ("PUT", "manifests", _):
            let digest = put(
                name, tag: parts[first + 1], request.headers["content-type"] ?? "", request.body)
            return TestAnswer(
                201, headers: ["location": "/v2/\(name)/manifests/\(digest)", "docker-content-digest": digest])
        default: return Self.unknown("UNSUPPORTED")
        }
    }

    private func tags(of name: String, _ request: SeenRequest, _ state: State) -> TestAnswer {
        guard let manifests = state.manifests[name] else { return Self.unknown("NAME_UNKNOWN") }
        let after = request.parameter("last") ?? ""
        let tags = manifests.keys.filter { !$0.hasPrefix("sha256:") && $0 > after }.sorted()
        let page = tags.prefix(state.tagsPerPage)
        var answer = TestAnswer(200, json: ["name": .string(name), "tags": JSONValue(Array(page))])
        if page.count < tags.count, let last = page.last {
            answer.headers["link"] = "</v2/\(name)/tags/list?last=\(last)&n=\(state.tagsPerPage)>; rel=\"next\""
        }
        return answer
    }

    private static func unknown(_ code: String) -> TestAnswer {
        TestAnswer(404, json: ["errors": [["code": .string(code), "message": "not known"]]])
    }

    private static let issued = "issued-by-the-tests"

    private func refusal(of request: SeenRequest) -> TestAnswer? {
        let (login, realm) = state.withLock { ($0.login, $0.realm) }
        guard login != .none, request.headers["authorization"] != "Bearer \(Self.issued)" else { return nil }
        return TestAnswer(
            401, json: ["errors": [["code": "UNAUTHORIZED"]]],
            headers: ["www-authenticate": "Bearer realm=\"\(realm ?? web.url + "/token")\",service=\"tests\""])
    }

    private func token(_ request: SeenRequest) -> TestAnswer {
        if case .user(let name, let password) = state.withLock({ $0.login }) {
            let expected = "Basic \(Base64.encode(Array("\(name):\(password)".utf8)))"
            guard request.headers["authorization"] == expected else { return TestAnswer(401, json: [:]) }
        }
        return TestAnswer(200, json: ["token": .string(Self.issued), "expires_in": 300])
    }
}
