public import KubeModel

/// An API server seen through one identity, without the means to change anything.
///
/// Tools get only this. A request that ``KubeModel/KubeRequest/isReadOnly`` doesn't vouch for is refused here, before it
/// reaches the network, whatever the tool believes it is. It always acts for its identity, as ``ImpersonatingAPI`` does.
public struct ReadOnlyAPI: KubeAPI {
    private let api: ImpersonatingAPI

    public init(_ api: ImpersonatingAPI) { self.api = api }

    /// Whom every request acts for.
    public var identity: Impersonation { api.identity }

    /// - Throws: besides what ``ImpersonatingAPI`` says, ``WriteRefused``, and ``PermissionDenied`` for a GET that the
    ///   authorizer refused. Only there does 403 always mean a missing permission: writes are refused with it by admission
    ///   and quotas too.
    public func send(_ request: KubeRequest, as other: Impersonation?) async throws -> KubeResponse {
        try check(request)
        let response = try await api.send(request, as: other)
        if response.status == 403, request.method == .get {
            throw PermissionDenied(request, identity: identity, message: response.failure.message)
        }
        return response
    }

    /// - Throws: besides what ``ImpersonatingAPI`` says, ``WriteRefused``.
    public func stream<Result: Sendable>(
        _ request: KubeRequest, as other: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try check(request)
        return try await api.stream(request, as: other, body: body)
    }

    /// - Throws: ``WriteRefused``: what a command does nobody can tell.
    public func exec(_ command: ContainerCommand, as other: Impersonation?) async throws -> ExecResult {
        throw WriteRefused(command.request)
    }

    private func check(_ request: KubeRequest) throws(WriteRefused) {
        guard request.isReadOnly else { throw WriteRefused(request) }
    }
}

/// A request that a ``ReadOnlyAPI`` didn't send, because it could change something.
public struct WriteRefused: Error, Sendable, Hashable, CustomStringConvertible {
    public var method: KubeRequest.Method
    public var path: String

    public init(_ request: KubeRequest) {
        method = request.method
        path = request.path
    }

    public var description: String { "refused: \(method.rawValue) \(path) would change something" }
}
