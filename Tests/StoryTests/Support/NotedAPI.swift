import KubeClient
import KubeModel

/// Tells of every request before it is sent, streams included. Commands are let through untold.
struct NotedAPI: KubeAPI {
    private let api: any KubeAPI
    private let note: @Sendable (KubeRequest, Impersonation?) -> Void

    init(_ api: any KubeAPI, _ note: @escaping @Sendable (KubeRequest, Impersonation?) -> Void) {
        self.api = api
        self.note = note
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        note(request, identity)
        return try await api.send(request, as: identity)
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        note(request, identity)
        return try await api.stream(request, as: identity, body: body)
    }

    func exec(_ command: ContainerCommand, as identity: Impersonation?) async throws -> ExecResult {
        try await api.exec(command, as: identity)
    }
}
