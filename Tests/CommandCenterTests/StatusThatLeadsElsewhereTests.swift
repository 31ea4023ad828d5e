import KubeClient
import KubeModel
import SkyfloAPI
import Synchronization
import Testing

@testable import CommandCenter

/// Who may write a status names a Service of their own there: the token of whoever looks doesn't go to it.
@Suite struct StatusThatLeadsElsewhereTests {
    /// Answers nothing, and remembers where it was asked.
    private final class AskedPlaces: KubeAPI {
        private let state = Mutex<[String]>([])

        var paths: [String] { state.withLock(\.self) }

        func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
            state.withLock { $0.append(request.path) }
            let status = APIStatus(code: 404, reason: .notFound, message: "no")
            return KubeResponse(status: status.code, warnings: [], body: JSONWriter.bytes(status.json))
        }

        func stream<Result: Sendable>(
            _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
        ) async throws -> Result {
            state.withLock { $0.append(request.path) }
            throw KubeClientError(.unsupported, message: "no streams here")
        }
    }

    private static func conversation(transcriptIn namespace: String?) -> Conversation {
        var object: JSONValue = [
            "metadata": ["name": "talk", "namespace": "team", "uid": "u"], "spec": ["messages": [["content": "a"]]],
            "status": ["turn": 2, "phase": "Completed", "transcript": ["secretPrefix": "x", "entries": 1]],
        ]
        if let namespace { object["status", "transcript", "namespace"] = .string(namespace) }
        return Conversation(KubeObject(object))
    }

    @Test(arguments: ["team", "skyflo-system2", "SKYFLO-SYSTEM", "skyflo-system/../team", " skyflo-system", "x"])
    func `no request leaves for a namespace that only the status names`(namespace: String) async throws {
        let api = AskedPlaces()
        let turns = try await EarlierTurns.read(
            of: Self.conversation(transcriptIn: namespace), by: api, operatorNamespace: "skyflo-system")
        #expect(api.paths.isEmpty)
        #expect(turns.obstacle?.contains("another namespace") == true && turns.endings.isEmpty)
    }

    @Test(arguments: ["skyflo-system", "ops"])
    func `the operator is asked where the server's settings say`(namespace: String) async throws {
        for named in [namespace, nil] {
            let api = AskedPlaces()
            _ = try await EarlierTurns.read(
                of: Self.conversation(transcriptIn: named), by: api, operatorNamespace: namespace)
            #expect(api.paths.count == 1)
            #expect(
                api.paths.allSatisfy {
                    $0.hasPrefix("/api/v1/namespaces/\(namespace)/services/https%3Askyflo-operator%3Ahttps/proxy/")
                }, "\(api.paths)")
        }
    }
}
