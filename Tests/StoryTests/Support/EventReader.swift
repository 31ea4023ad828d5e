import Controllers
import HTTPTransport
import KubeClient
import KubeModel
import LiveEvents
import LiveServer
import LocalCluster
import SkyfloAPI
import Synchronization

/// A live server of a story: configures it, puts it behind its Service, and knows its port.
final class LiveSite: Sendable {
    let story: Story
    private let found = Mutex<Int?>(nil)
    private let limits: LiveServerLimits

    init(_ story: Story, limits: LiveServerLimits = LiveServerLimits()) {
        self.story = story
        self.limits = limits
    }

    private static let services = APIResource(group: "", version: "v1", plural: "services", kind: "Service")

    static let service = """
        apiVersion: v1
        kind: Service
        metadata: {name: skyflo-operator, namespace: skyflo-system}
        spec: {ports: [{name: https, port: 443}]}
        """

    var configuration: LiveConfiguration {
        LiveConfiguration(limits: limits) { [self] port in
            var service = KubeObject(
                Self.services, namespace: "skyflo-system", name: "skyflo-operator",
                members: ["spec": ["ports": [["name": "https", "port": 443]]]])
            service.annotations = ["local-cluster/forward-to": "https://127.0.0.1:\(port)"]
            _ = try? await story.api.apply(
                service, in: Self.services, options: WriteOptions(fieldManager: "story", force: true))
            found.withLock { $0 = port }
        }
    }

    var port: Int? { found.withLock(\.self) }

    /// Straight to the worker, with this token.
    func direct(_ token: String?) -> ClusterConfiguration {
        ClusterConfiguration(
            server: "https://127.0.0.1:\(port ?? 0)", insecureSkipTLSVerify: true,
            credentials: token.map { .token($0) } ?? .none)
    }
}

/// Reads a stream of events, and remembers what came.
final class EventReader: Sendable {
    private struct State: Sendable {
        var messages: [StreamMessage] = []
        var isOver = false
    }

    private let state = Mutex(State())

    var messages: [StreamMessage] { state.withLock(\.messages) }
    var isOver: Bool { state.withLock(\.isOver) }
    var events: [LiveEvent] {
        messages.compactMap { if case .event(let event) = $0 { event } else { nil } }
    }
    var tokens: [String] {
        events.compactMap { if case .token(let text, _) = $0.content { text } else { nil } }
    }

    static let path = "/v1/namespaces/shop/conversations/talk/events"
    static let proxyPath =
        "/api/v1/namespaces/skyflo-system/services/https:skyflo-operator:https/proxy" + path

    /// - Parameters:
    ///   - key: of the turn; nil shows who we are instead.
    ///   - count: after so many events it hangs up.
    func read(
        _ api: any KubeAPI, path: String = proxyPath, key: String? = nil, after: EventNumber? = nil,
        query: [KubeRequest.QueryItem] = [], upTo count: Int = .max
    ) async throws {
        var request = KubeRequest(.get, path: path, query: query, accept: "text/event-stream")
        if let key { request.headers = [.init("Skyflo-Stream-Key", value: key)] }
        if let after { request[query: "after"] = after.description }
        try await api.stream(request) { chunks in
            var parser = ServerSentEventParser()
            while let bytes = try await chunks.next() {
                for event in try parser.push(bytes) {
                    guard let message = StreamMessage(json: try JSONParser.parse(event.data)) else { continue }
                    state.withLock { $0.messages.append(message) }
                    if events.count >= count { return }
                }
            }
        }
        state.withLock { $0.isOver = true }
    }
}
