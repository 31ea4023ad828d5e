import AsyncHTTPClient
import CommandCenter
import FoundationEssentials
import HTTPTransport
import KubeClient
import KubeModel
import LanguageModels
import LocalCluster
import NIOCore
import NIOHTTP1
import OperatorTestKit
import SkyfloAPI
import Synchronization
import Testing

/// The Command Center with the whole operator: what the model says reaches the page while it says it.
@Suite struct WebStoryTests {
    private static let words = (1...100).map { "word\($0) " }

    @Test func `a page is told what the model says while it says it, and then what came of it`() async throws {
        let gate = Gate()
        let model = StreamingModel { _, _, say in
            for word in Self.words.prefix(50) { say(.content(word)) }
            await gate.wait()
            for word in Self.words.dropFirst(50) { say(.content(word)) }
            return .says(Self.words.joined())
        }
        try await Story.run(nil) { story in
            try await story.apply(LiveSite.service)
            let site = LiveSite(story)
            try await story.withOperator(model, live: site.configuration) {
                try await eventually("it listens") { site.port != nil }
                try await Self.withPages(of: story) { pages in
                    try await story.ask("hello")
                    let told = Told()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await pages.follow("/conversations/shop/talk/events", told) }
                        try await eventually("the first half is there before the reply is") {
                            told.tokens == Self.words.prefix(50).joined()
                        }
                        gate.open()
                        try await eventually("the answer is there") { told.turns.contains("word100") }
                        group.cancelAll()
                        while let _ = try? await group.next() {}
                    }
                    #expect(told.tokens == Self.words.joined())
                }
            }
        }
    }

    /// What a page was sent.
    private final class Told: Sendable {
        private let state = Mutex((tokens: "", turns: ""))

        var tokens: String { state.withLock { $0.tokens } }
        var turns: String { state.withLock { $0.turns } }

        func take(_ event: ServerSentEvent) throws {
            let json = try JSONParser.parse(event.data)
            state.withLock { state in
                switch event.type {
                case "turn": state.tokens = ""
                case "token": state.tokens += json["text"]?.string ?? ""
                case "parts": state.turns = json["parts", "turns"]?.string ?? state.turns
                default: break
                }
            }
        }
    }

    private static func withPages(
        of story: Story, _ body: @escaping @Sendable (Pages) async throws -> Void
    ) async throws {
        let (ports, source) = AsyncStream.makeStream(of: Int.self)
        var configuration = CommandCenter.Configuration(
            host: "127.0.0.1", port: 0, certificate: nil, clusterName: "story")
        configuration.onListening = { source.yield($0) }
        let service = CommandCenter(
            configuration, cluster: try ClusterConfiguration.kubeconfig(text: story.endpoint.kubeconfig()),
            options: .init(),
            logger: story.logger
        ) { KubeTime(seconds: Date().timeIntervalSince1970) }
        let settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
        try await HTTPClient.withHTTPClient(configuration: settings) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await service.run() }
                for await port in ports {
                    var pages = Pages(url: "http://127.0.0.1:\(port)", client: client)
                    try await pages.signIn(token: story.endpoint.token)
                    try await body(pages)
                    break
                }
                group.cancelAll()
            }
        }
    }

    /// A browser with one session.
    private struct Pages: Sendable {
        let url: String
        let client: HTTPClient
        private var cookie = ""

        init(url: String, client: HTTPClient) {
            self.url = url
            self.client = client
        }

        mutating func signIn(token: String) async throws {
            let door = try await client.execute(HTTPClientRequest(url: url + "/sign-in"), timeout: .seconds(60))
            let page = String(buffer: try await door.body.collect(upTo: 1 << 20))
            let key = try #require(page.firstRange(of: "name=\"form\" value=\"")).upperBound
            var request = HTTPClientRequest(url: url + "/sign-in")
            request.method = .POST
            request.headers = [
                "Content-Type": "application/x-www-form-urlencoded", "Cookie": Self.cookies(of: door),
            ]
            request.body = .bytes(
                ByteBuffer(string: "form=\(page[key...].prefix { $0 != "\"" })&token=\(PercentEncoding.query(token))"))
            let answer = try await client.execute(request, timeout: .seconds(60))
            try #require(answer.status == .seeOther)
            cookie = Self.cookies(of: answer)
        }

        private static func cookies(of response: HTTPClientResponse) -> String {
            response.headers["Set-Cookie"].map { String($0.prefix { $0 != ";" }) }.joined(separator: "; ")
        }

        func follow(_ path: String, _ told: Told) async throws {
            var request = HTTPClientRequest(url: url + path)
            request.headers = ["Cookie": cookie]
            let response = try await client.execute(request, timeout: .seconds(300))
            var parser = ServerSentEventParser(limit: 1 << 20)
            for try await chunk in response.body {
                for event in try parser.push(Array(buffer: chunk)) where event.isValid { try told.take(event) }
            }
        }
    }
}
