import KubeClient
import KubeModel

/// Does something before each request, and doesn't send it where that throws.
final class InterceptedAPI: KubeAPI {
    private let api: any KubeAPI
    private let action: @Sendable (KubeRequest, Impersonation?) async throws -> Void

    init(_ api: any KubeAPI, _ action: @escaping @Sendable (KubeRequest, Impersonation?) async throws -> Void) {
        self.api = api
        self.action = action
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        try await action(request, identity)
        return try await api.send(request, as: identity)
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await api.stream(request, as: identity, body: body)
    }
}
