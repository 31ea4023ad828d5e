public import KubeModel

/// An API server seen through one identity, without the means to change anything.
///
/// Tools get only this. A request that `KubeRequest.isReadOnly` doesn't vouch for is refused here, before it
/// reaches the network, whatever the tool believes it is. It always acts for its identity, as ``ImpersonatingAPI`` does.
public struct ReadOnlyAPI: KubeAPI {
    private let api: ImpersonatingAPI

    /// Narrows an API that acts for one identity to requests that change nothing.
    public init(_ api: ImpersonatingAPI) { self.api = api }

    /// The identity that every request acts for.
    public var identity: Impersonation { api.identity }

    /// Sends a request that changes nothing.
    ///
    /// Only for a GET does 403 always mean a missing permission: writes are refused with it by admission and quotas
    /// too.
    /// - Parameters:
    ///   - request: The request.
    ///   - other: The identity to act for, which can only be ``identity``; nil for the same.
    /// - Returns: The answer, with any status but 403 for a GET.
    /// - Throws: ``WriteRefused`` for any other request, ``PermissionDenied`` for a GET that the authorizer refused,
    ///   and the errors of ``ImpersonatingAPI``.
    public func send(_ request: KubeRequest, as other: Impersonation?) async throws -> KubeResponse {
        try check(request)
        let response = try await api.send(request, as: other)
        if response.status == 403, request.method == .get {
            throw PermissionDenied(request, identity: identity, message: response.failure.message)
        }
        return response
    }

    /// Streams the answer of a request that changes nothing. ``WriteRefused`` is thrown for any other, besides the
    /// errors of ``ImpersonatingAPI``.
    public func stream<Result: Sendable>(
        _ request: KubeRequest, as other: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try check(request)
        return try await api.stream(request, as: other, body: body)
    }

    /// Refuses with ``WriteRefused``: nobody can tell what a command does.
    public func exec(_ command: ContainerCommand, as other: Impersonation?) async throws -> ExecResult {
        throw WriteRefused(command.request)
    }

    /// What a service or pod answers to a GET, whatever its status. Redirects are not followed.
    ///
    /// The only request that is sent though ``KubeModel/KubeRequest/isReadOnly`` doesn't vouch for it: its type does, for all
    /// but what the application makes of it.
    ///
    /// - Throws: besides what ``ImpersonatingAPI`` says, ``PermissionDenied`` where the API server's authorizer refused.
    public func get(_ get: ProxyGet) async throws -> KubeResponse {
        let response = try await api.send(get.request)
        // The application has 403s of its own.
        if response.status == 403, PermissionDenied.isReason(of: response.failure) {
            throw PermissionDenied(get, identity: identity, message: response.failure.message)
        }
        return response
    }

    private func check(_ request: KubeRequest) throws(WriteRefused) {
        guard request.isReadOnly else { throw WriteRefused(request) }
    }
}

/// A request that a ``ReadOnlyAPI`` didn't send, because it could change something.
public struct WriteRefused: Error, Sendable, Hashable, CustomStringConvertible {
    /// The HTTP method of the request.
    public var method: KubeRequest.Method
    /// The path of the request, without its query.
    public var path: String

    /// Makes the error of a request.
    public init(_ request: KubeRequest) {
        method = request.method
        path = request.path
    }

    /// Method and path, for people.
    public var description: String { "refused: \(method.rawValue) \(path) would change something" }
}
