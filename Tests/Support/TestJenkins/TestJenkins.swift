import Synchronization
import TestWeb

/// A Jenkins for tests: what its API answers, with users, crumbs, a queue and Pipelines, from memory. What it does is held to
/// Jenkins's behaviour by real clients (`hack/peers/jenkins`).
package final class TestJenkins: Sendable {
    package typealias Seen = SeenRequest
    package typealias Answer = TestAnswer

    struct Server {
        var state = JenkinsState()
        /// By user name.
        var passwords = ["copilot": "pass word:1"]
        var tokens = ["copilot": "11aabbccddeeff00112233445566778899"]
        var crumbs: [String: String] = [:]
        var sessions = 0
        /// What Jenkins takes for its own address.
        var rootURL: String?
        /// Whom may not write.
        var readers: Set<String> = []
    }

    let server = Mutex(Server())
    private let web: TestWebServer

    /// - Parameter prefix: of all paths.
    package init(prefix: String = "") { web = TestWebServer(prefix: prefix) }

    package static let user = "copilot"
    package var token: String { server.withLock { $0.tokens[Self.user] ?? "" } }
    package var password: String { server.withLock { $0.passwords[Self.user] ?? "" } }
    package var requests: [Seen] { web.requests }
    package var writes: [Seen] { requests.filter { $0.method == "POST" } }

    package func change(_ body: (inout JenkinsState) -> Void) { server.withLock { body(&$0.state) } }
    package var state: JenkinsState { server.withLock { $0.state } }

    /// Answers requests whose path (without the prefix) begins so this way, from now on.
    package func answer(_ method: String, _ path: String, with answer: Answer) {
        web.answer(method, path, with: answer)
    }

    package func forgetAnswers() { web.forgetAnswers() }
    package func rotate(token: String) { server.withLock { $0.tokens[Self.user] = token } }
    package func setRootURL(_ url: String) { server.withLock { $0.rootURL = url } }
    package func forbidWrites() { server.withLock { _ = $0.readers.insert(Self.user) } }
    package var url: String { web.url }

    /// Runs `body` while it is served.
    package func serve(_ body: () async throws -> Void) async throws {
        web.handle { [self] in answer(to: $0) }
        try await web.serve(body)
    }

    /// Serves until the task is cancelled.
    package func run(port: Int, onReady: @escaping @Sendable () -> Void) async throws {
        web.handle { [self] in answer(to: $0) }
        try await web.run(port: port, onReady: onReady)
    }
}
