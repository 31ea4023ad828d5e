import Foundation
import HTTPTypes
import Hummingbird
import KubeClient
import KubeModel
import Logging
import NIOCore
import Testing

/// The client against a real server, over plain HTTP.
@Suite struct KubeClientHTTPTests {
    private static let quick = KubeClient.Options(retry: RetryPolicy(baseDelay: .milliseconds(4)))
    private static let pod: JSONValue = ["kind": "Pod", "apiVersion": "v1", "metadata": ["name": "web"]]

    private func withClient<Result: Sendable>(
        options: KubeClient.Options = quick, credentials: Credentials = .none,
        server: @escaping @Sendable (Request) async throws -> Response,
        _ body: @escaping @Sendable (KubeClient) async throws -> Result
    ) async throws -> Result {
        try await withServer(server) { port in
            let configuration = ClusterConfiguration(server: "http://127.0.0.1:\(port)", credentials: credentials)
            return try await withKubeClient(configuration, logger: Logger(label: "test"), options: options, body: body)
        }
    }

    @Test func `an object is got, with query, headers and identity on the wire`() async throws {
        let seen = Recorder<[String]>()
        try await withClient(credentials: .token("secret")) { request in
            seen.append(
                [request.method.rawValue, request.uri.string]
                    + ["Authorization", "Impersonate-User", "Impersonate-Group", "Accept-Encoding", "Accept"]
                    .flatMap(request.header))
            return .json(Self.pod)
        } _: { client in
            let identity = Impersonation(user: "jane", groups: ["a", "b"])
            let pod = try await client.impersonating(identity).get(.pods, namespace: "shop", name: "web")
            #expect(pod.name == "web")
        }
        #expect(
            seen.all == [
                [
                    "GET", "/api/v1/namespaces/shop/pods/web", "Bearer secret", "jane", "a", "b", "gzip",
                    "application/json",
                ]
            ])
    }

    @Test func `an answer keeps its status, warnings and Retry-After`() async throws {
        try await withClient { _ in
            .json(
                ["a": 1], status: 418,
                headers: [
                    ("Warning", #"299 - "old \"version\"""#), ("Warning", #"299 - "two""#), ("Retry-After", "7"),
                ])
        } _: { client in
            let response = try await client.send(KubeRequest(.post, path: "/api", body: "{}"))
            #expect(response.status == 418)
            #expect(response.contentType == "application/json")
            #expect(response.warnings == [#"old "version""#, "two"])
            #expect(response.retryAfter == 7)
            #expect(response.text == #"{"a":1}"#)
        }
    }

    @Test func `a 404 is thrown as the status that it is`() async throws {
        try await withClient { _ in
            .failure(404, .notFound, "pods \"x\" not found")
        } _: { client in
            let status = await #expect(throws: APIStatus.self) { try await client.get(.pods, name: "x") }
            #expect(status?.reason == .notFound)
            #expect(status?.message == "pods \"x\" not found")
            let found = try await client.find(.pods, name: "x")
            #expect(found == nil)
        }
    }

    @Test(arguments: [KubeRequest.Method.get, .post])
    func `a 429 is waited for`(method: KubeRequest.Method) async throws {
        let count = Counter()
        let start = ContinuousClock.now
        try await withClient { _ in
            count.increment() == 0
                ? .failure(429, .tooManyRequests, headers: [("Retry-After", "1")]) : .json(Self.pod)
        } _: { client in
            let response = try await client.send(KubeRequest(method, path: "/api"))
            #expect(response.status == 200)
        }
        #expect(count.value == 2)
        #expect(start.duration(to: .now) >= .seconds(1))
    }

    @Test(arguments: [(KubeRequest.Method.get, 3), (.post, 1), (.put, 1), (.patch, 1), (.delete, 1)])
    func `a 500 repeats reads and no writes`(method: KubeRequest.Method, tries: Int) async throws {
        let count = Counter()
        try await withClient { _ in
            count.increment()
            return .failure(500, .internalError)
        } _: { client in
            let request = KubeRequest(method, path: "/api", body: method == .get ? nil : "{}")
            let response = try await client.send(request)
            #expect(response.status == 500)
        }
        #expect(count.value == tries)
    }

    @Test func `a connection that breaks repeats reads and no writes`() async throws {
        let count = Counter()
        let breaks: @Sendable (Request) async throws -> Response = { _ in
            count.increment()
            return Response(status: .ok, body: .init(contentLength: 100) { _ in throw CancellationError() })
        }
        try await withClient(server: breaks) { client in
            for (method, tries) in [(KubeRequest.Method.get, 3), (.post, 4)] {
                let error = await #expect(throws: KubeClientError.self) {
                    try await client.send(KubeRequest(method, path: "/api"))
                }
                #expect(error?.code == .unreachable)
                #expect(count.value == tries)
            }
        }
    }

    @Test func `a server that isn't there is unreachable`() async throws {
        // Port 1 is assigned (tcpmux) and used by nobody.
        let configuration = ClusterConfiguration(server: "http://127.0.0.1:1")
        try await withKubeClient(configuration, logger: Logger(label: "test"), options: Self.quick) { client in
            let error = await #expect(throws: KubeClientError.self) {
                try await client.send(KubeRequest(.post, path: "/api"))
            }
            #expect(error?.code == .unreachable)
            #expect(error?.message.hasSuffix("the connection was refused") == true, "\(error?.message ?? "")")
        }
    }

    @Test func `a body that stalls is a timeout`() async throws {
        var options = Self.quick
        options.timeout = .milliseconds(300)
        let start = ContinuousClock.now
        try await withClient(options: options) {
            .chunks(["{"], to: $0, ends: false)
        } _: { client in
            let error = await #expect(throws: KubeClientError.self) {
                try await client.send(KubeRequest(.get, path: "/api"))
            }
            #expect(error?.code == .timeout)
        }
        #expect(start.duration(to: .now) < .seconds(30))
    }

    @Test func `an answer that never comes is a timeout`() async throws {
        var options = Self.quick
        options.timeout = .milliseconds(300)
        try await withClient(options: options) { _ in
            try await Task.sleep(for: .seconds(600))
            return .json([:])
        } _: { client in
            let error = await #expect(throws: KubeClientError.self) {
                try await client.send(KubeRequest(.get, path: "/api"))
            }
            #expect(error?.code == .timeout)
            let streamed = await #expect(throws: KubeClientError.self) { try await client.watch(.pods) { _ in } }
            #expect(streamed?.code == .timeout)
        }
    }

    @Test(arguments: [true, false])
    func `a cancelled request ends at once`(headCame: Bool) async throws {
        let arrived = Counter()
        try await withClient { request in
            arrived.increment()
            if !headCame { try await Task.sleep(for: .seconds(600)) }
            return .chunks(["{"], to: request, ends: false)
        } _: { client in
            let result = try await cancelling(when: "the request arrives", { arrived.value == 1 }) {
                try await client.send(KubeRequest(.get, path: "/api"))
            }
            #expect(result?.error is CancellationError)
            #expect(arrived.value == 1)
        }
    }

    @Test func `a body beyond the limit is refused`() async throws {
        var options = Self.quick
        options.maximumBodyBytes = 100
        try await withClient(options: options) { request in
            let text = String(repeating: "x", count: 101)
            return request.uri.path == "/chunked" ? .chunks([text], to: request, ends: true) : .json(.string(text))
        } _: { client in
            for path in ["/chunked", "/known"] {
                let error = await #expect(throws: KubeClientError.self) {
                    try await client.send(KubeRequest(.get, path: path))
                }
                #expect(error?.code == .tooLarge)
            }
        }
    }

    @Test func `a compressed body is read`() async throws {
        let zipped = try #require(
            Data(base64Encoded: "H4sIAAAAAAACA6tWys7MS1GyUgrIT1HSUcpNLUlMSSxJVLKqVspLzE0FSlRlFhSkpijV1gIA2e/oJSsAAAA="))
        try await withClient { _ in
            Response(
                status: .ok, headers: [.contentEncoding: "gzip"], body: .init(byteBuffer: ByteBuffer(bytes: zipped)))
        } _: { client in
            let pod = try await client.get(.pods, name: "web")
            #expect(pod.name == "zipped")
        }
    }

    @Test func `a redirect is an answer, and isn't followed`() async throws {
        let count = Counter()
        try await withClient { _ in
            count.increment()
            return .json([:], status: 302, headers: [("Location", "/elsewhere")])
        } _: { client in
            let response = try await client.send(KubeRequest(.get, path: "/api"))
            #expect(response.status == 302)
        }
        #expect(count.value == 1)
    }

    @Test func `a token that was replaced is read again after a 401`() async throws {
        try await withTemporaryFolder { folder in
            let file = try folder.write("token", "old\n")
            let seen = Recorder<String>()
            try await withClient(credentials: .tokenFile(path: file, fallback: nil)) { request in
                let authorization = request.header("Authorization").joined()
                seen.append(authorization)
                let accepted = seen.all.count == 1 ? "Bearer old" : "Bearer new"
                return authorization == accepted ? .json(Self.pod) : .failure(401, .unauthorized)
            } _: { client in
                _ = try await client.get(.pods, name: "web")
                try folder.write("token", "new")
                _ = try await client.get(.pods, name: "web")
            }
            #expect(seen.all == ["Bearer old", "Bearer old", "Bearer new"])
        }
    }

    @Test func `a 401 with the token that is in the file is the answer`() async throws {
        try await withTemporaryFolder { folder in
            let file = try folder.write("token", "bad")
            let count = Counter()
            try await withClient(credentials: .tokenFile(path: file, fallback: nil)) { _ in
                count.increment()
                return .failure(401, .unauthorized)
            } _: { client in
                let status = await #expect(throws: APIStatus.self) { try await client.get(.pods, name: "web") }
                #expect(status?.code == 401)
                await #expect(throws: APIStatus.self) { try await client.watch(.pods) { _ in } }
            }
            #expect(count.value == 2)
        }
    }

    @Test func `a header that none may have is told as a mistake in the configuration`() async throws {
        try await withClient { _ in
            .json([:])
        } _: { client in
            let error = await #expect(throws: KubeClientError.self) {
                try await client.send(KubeRequest(.get, path: "/api"), as: Impersonation(user: "a\r\nX-Evil: b"))
            }
            #expect(error?.code == .configuration)
        }
    }

    @Test func `requests are logged, credentials are not`() async throws {
        let lines = Recorder<String>()
        try await withServer({ _ in .json(Self.pod) }) { port in
            let configuration = ClusterConfiguration(
                server: "http://127.0.0.1:\(port)", credentials: .basic(user: "u", password: "hunter2"))
            var logger = Logger(label: "test") { _ in RecordingLogHandler(lines: lines) }
            logger.logLevel = .trace
            try await withKubeClient(configuration, logger: logger) { client in
                _ = try await client.list(.pods, options: ListOptions(limit: 1))
            }
        }
        #expect(lines.all.count == 1)
        for part in ["GET", "/api/v1/pods?limit=1", "200"] { #expect(lines.all.joined().contains(part)) }
        #expect(!lines.all.joined().contains("hunter2"))
        #expect(!lines.all.joined().contains("Basic"))
    }
}

private struct RecordingLogHandler: LogHandler {
    let lines: Recorder<String>
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.append("\(event.level) \(event.message) \(event.metadata ?? [:])") }
}
