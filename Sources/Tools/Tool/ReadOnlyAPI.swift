public import KubeClient
public import KubeModel

/// An API server seen through one identity, without the means to change anything.
///
/// Tools get only this. A request that ``KubeModel/KubeRequest/isReadOnly`` doesn't vouch for is refused here, before it
/// reaches the network, whatever the tool believes it is.
public struct ReadOnlyAPI: KubeAPI {
    private let api: any KubeAPI
    /// Who every request acts for; nil is the process itself.
    public let identity: Impersonation?

    /// - Parameter identity: who every request acts for; nil is the process itself, for tests only.
    public init(_ api: any KubeAPI, as identity: Impersonation?) {
        self.api = api
        self.identity = identity
    }

    /// - Throws: besides what ``KubeClient/KubeAPI`` says, ``PermissionDenied`` for a GET that the authorizer refused. Only
    ///   there does 403 always mean a missing permission: writes are refused with it by admission and quotas too.
    public func send(_ request: KubeRequest, as _: Impersonation? = nil) async throws -> KubeResponse {
        try check(request)
        let response = try await api.send(request, as: identity)
        if response.status == 403, request.method == .get {
            throw PermissionDenied(request, identity: identity, message: response.failure.message)
        }
        return response
    }

    public func stream<Result: Sendable>(
        _ request: KubeRequest, as _: Impersonation? = nil,
        _ body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try check(request)
        return try await api.stream(request, as: identity, body)
    }

    private func check(_ request: KubeRequest) throws {
        guard request.isReadOnly else {
            throw ToolFailure("refused: \(request.method.rawValue) \(request.path) would change something")
        }
    }
}
