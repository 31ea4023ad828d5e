import Concurrency
import ControllerRuntime
import KubeModel
import Logging
import SkyfloAPI
import Synchronization

/// Takes notifications of Alertmanager: `POST /v1/triggers/NAMESPACE/SKYFLOAI/TRIGGER`.
///
/// While its worker doesn't work (``run()``), Alertmanager is told to come again.
final class WebhookRoute: EndpointRoute {
    /// Bytes of a body. Alertmanager's `max_alerts` makes them fewer.
    static let bodyLimit = 1 << 20
    private static let bodyTimeout = Duration.seconds(10)
    /// Bodies that are read at the same time.
    private static let requestLimit = 16

    private struct State: Sendable {
        var isWorking = false
        var running = 0
    }

    private let handler: WebhookHandler
    private let logger: Logger
    private let state = Mutex(State())

    init(_ handler: WebhookHandler, logger: Logger) {
        self.handler = handler
        self.logger = logger
    }

    /// Takes notifications until `end` returns.
    func run(until end: () async throws -> Void) async throws {
        state.withLock { $0.isWorking = true }
        defer { state.withLock { $0.isWorking = false } }
        try await end()
    }

    func answer(_ request: EndpointRequest) async -> EndpointResponse? {
        let path = request.path
        guard path.count == 5, path[0] == "v1", path[1] == "triggers" else { return nil }
        guard request.method == "POST" else {
            return Self.response(WebhookHandler.Answer(405, "notifications are sent by POST"))
        }
        let target = WebhookHandler.Target(
            skyfloAI: ObjectKey(namespace: path[2], name: path[3]), trigger: path[4])
        return Self.response(await answer(request, for: target))
    }

    private func answer(_ request: EndpointRequest, for target: WebhookHandler.Target) async -> WebhookHandler.Answer {
        if let refusal = begin() { return refusal }
        defer { state.withLock { $0.running -= 1 } }
        do {
            let admitted = try await handler.admit(request.header("Authorization"), to: target)
            let type = request.header("Content-Type")?.lowercased() ?? ""
            guard type.hasPrefix("application/json") else {
                throw WebhookHandler.Answer(415, "the body has to be application/json")
            }
            return try await handler.handle(try await body(of: request), for: admitted)
        } catch let answer as WebhookHandler.Answer {
            return answer
        } catch {
            logger.warning("notification not handled", metadata: ["error": "\(type(of: error))"])
            return WebhookHandler.Answer(503, "it can't be done at the moment")
        }
    }

    private func begin() -> WebhookHandler.Answer? {
        state.withLock { state in
            guard state.isWorking else { return WebhookHandler.Answer(503, "the operator isn't ready yet") }
            guard state.running < Self.requestLimit else {
                return WebhookHandler.Answer(503, "too many notifications at once")
            }
            state.running += 1
            return nil
        }
    }

    private func body(of request: EndpointRequest) async throws -> [UInt8] {
        let body = try await withDeadline(
            .now + Self.bodyTimeout, failure: WebhookHandler.Answer(408, "the body didn't come in time")
        ) { try await request.body(Self.bodyLimit) }
        guard let body else {
            throw WebhookHandler.Answer(
                413, "the body has more than \(Self.bodyLimit) bytes; see max_alerts of Alertmanager")
        }
        return body
    }

    private static func response(_ answer: WebhookHandler.Answer) -> EndpointResponse {
        let json: JSONValue = .compact([
            "message": .string(answer.message), "conversation": answer.conversation.map { .string($0) },
        ])
        return EndpointResponse(
            status: answer.status,
            headers: answer.status == 401 ? [("WWW-Authenticate", "Bearer, Basic realm=\"skyflo\"")] : [],
            body: JSONWriter.bytes(json))
    }
}
