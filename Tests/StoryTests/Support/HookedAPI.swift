import KubeClient
import KubeModel
import Synchronization

/// Something that happens once, right after the server has answered a certain request and before the operator hears of it.
final class Hook: Sendable {
    private let isRequest: @Sendable (KubeRequest) -> Bool
    private let isBody: @Sendable (String) -> Bool
    private let action: @Sendable () async throws -> Void
    private let isDone = Mutex(false)

    init(
        where isRequest: @escaping @Sendable (KubeRequest) -> Bool, body isBody: @escaping @Sendable (String) -> Bool,
        then action: @escaping @Sendable () async throws -> Void
    ) {
        self.isRequest = isRequest
        self.isBody = isBody
        self.action = action
    }

    func fire(_ request: KubeRequest) async throws {
        guard isRequest(request), isBody(request.body ?? "") else { return }
        let isFirst = isDone.withLock { isDone in
            defer { isDone = true }
            return !isDone
        }
        if isFirst { try await action() }
    }
}

/// Passes everything on, and fires a hook.
final class HookedAPI: KubeAPI {
    private let api: any KubeAPI
    private let hook: Hook

    init(_ api: any KubeAPI, _ hook: Hook) {
        self.api = api
        self.hook = hook
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        let response = try await api.send(request, as: identity)
        try await hook.fire(request)
        return response
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await api.stream(request, as: identity, body: body)
    }
}
