import KubeClient
import KubeModel
import Synchronization
import Testing

@testable import SkyfloCLI

/// Where `skyflo transcript` sends the caller's token.
@Suite struct TranscriptSourceTests {
    /// Has a conversation whose status says where its transcript is, and remembers where else it was asked.
    private final class AskedPlaces: KubeAPI {
        private let state = Mutex<[String]>([])
        private let namespace: String

        init(transcriptIn namespace: String) { self.namespace = namespace }

        var proxied: [String] { state.withLock { $0.filter { $0.contains("/proxy/") } } }

        func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
            state.withLock { $0.append(request.path) }
            guard request.path.hasSuffix("/conversations/talk") else {
                let status = APIStatus(code: 404, reason: .notFound, message: "no")
                return KubeResponse(status: status.code, warnings: [], body: JSONWriter.bytes(status.json))
            }
            let conversation: JSONValue = [
                "apiVersion": "skyflo.ai/v1", "kind": "Conversation",
                "metadata": ["name": "talk", "namespace": "team", "uid": "u"],
                "spec": ["messages": [["content": "a"]]],
                "status": [
                    "turn": 1, "phase": "Completed",
                    "transcript": ["namespace": .string(namespace), "secretPrefix": "x", "entries": 1],
                ],
            ]
            return KubeResponse(status: 200, warnings: [], body: JSONWriter.bytes(conversation))
        }

        func stream<Result: Sendable>(
            _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
        ) async throws -> Result { throw KubeClientError(.unsupported, message: "no streams here") }
    }

    private static func ask(_ api: AskedPlaces, _ source: TranscriptSource) async -> CommandError? {
        let session = Session(
            api: api, namespace: "team", terminal: Terminal(write: { _ in }, writeError: { _ in })
        ) { KubeTime(microseconds: 0) }
        do {
            _ = try await TranscriptAction("talk", source: source).perform(in: session)
            return nil
        } catch {
            return error as? CommandError
        }
    }

    @Test func `a token isn't sent to a namespace that only the status names`() async throws {
        let api = AskedPlaces(transcriptIn: "team")
        let error = try #require(await Self.ask(api, .default))
        #expect(api.proxied.isEmpty)
        #expect(error.message.contains("--operator-namespace team") && error.message.contains("was not sent"))
    }

    @Test func `it is sent to the operator's namespace, as the caller names it`() async throws {
        let api = AskedPlaces(transcriptIn: "team")
        _ = await Self.ask(api, .operator(namespace: "team", service: TranscriptSource.service))
        #expect(api.proxied.count == 1)
        #expect(api.proxied.allSatisfy { $0.hasPrefix("/api/v1/namespaces/team/services/") })
    }
}
