import KubeClient
import KubeModel
import Synchronization

/// Loses the first request of a tool's identity that fits, after something else has happened, and may refuse all that this
/// identity reads from then on.
final class LosingAPI: KubeAPI {
    private let api: any KubeAPI
    private let refusesReads: Bool
    private let isLost: @Sendable (KubeRequest) -> Bool
    private let action: @Sendable () async throws -> Void
    private let didLose = Mutex(false)

    init(
        _ api: any KubeAPI, refusesReads: Bool = false, where isLost: @escaping @Sendable (KubeRequest) -> Bool,
        then action: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.api = api
        self.refusesReads = refusesReads
        self.isLost = isLost
        self.action = action
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        guard identity != nil else { return try await api.send(request, as: identity) }
        if !request.isReadOnly, isLost(request) {
            let isFirst = didLose.withLock { didLose in
                defer { didLose = true }
                return !didLose
            }
            if isFirst {
                try await action()
                throw KubeClientError(.unreachable, message: "lost")
            }
        }
        if refusesReads, request.method == .get, didLose.withLock(\.self) {
            let status = APIStatus(code: 403, reason: .forbidden, message: "User \"x\" cannot get resource")
            return KubeResponse(status: 403, body: JSONWriter.bytes(status.json))
        }
        return try await api.send(request, as: identity)
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try await api.stream(request, as: identity, body: body)
    }
}

/// Never hears of changes of some resource: its watches stay silent.
final class DeafAPI: KubeAPI {
    private let api: any KubeAPI
    private let plural: String

    init(_ api: any KubeAPI, to plural: String) {
        self.api = api
        self.plural = plural
    }

    func send(_ request: KubeRequest, as identity: Impersonation?) async throws -> KubeResponse {
        try await api.send(request, as: identity)
    }

    func stream<Result: Sendable>(
        _ request: KubeRequest, as identity: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        if request.path.hasSuffix("/\(plural)") { try await Task.sleep(for: .seconds(600)) }
        return try await api.stream(request, as: identity, body: body)
    }
}
