import HTTPTransport
import KubeClient
import KubeModel
import LiveEvents
import Synchronization

/// Reads a stream of events, and remembers what came.
final class StreamClient: Sendable {
    private let received = Mutex<[StreamMessage]>([])

    var messages: [StreamMessage] { received.withLock(\.self) }
    var tokens: [String] {
        messages.compactMap { message in
            guard case .event(let event) = message, case .token(let text, _) = event.content else { return nil }
            return text
        }
    }

    /// Until the server ends the stream.
    func read(_ api: any KubeAPI, key: String? = nil, after: String? = nil) async throws {
        var request = KubeRequest(.get, path: LiveSetting.path, accept: "text/event-stream")
        if let key { request.headers = [.init("Skyflo-Stream-Key", value: key)] }
        if let after { request[query: "after"] = after }
        try await api.stream(request) { chunks in
            var parser = ServerSentEventParser()
            while let bytes = try await chunks.next() {
                for event in try parser.push(bytes) {
                    guard let message = StreamMessage(json: try JSONParser.parse(event.data)) else { continue }
                    received.withLock { $0.append(message) }
                }
            }
        }
    }
}
