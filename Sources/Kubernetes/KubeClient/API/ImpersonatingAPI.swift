public import KubeModel

/// An API server seen through one identity: every request impersonates it.
///
/// Whatever must not be done with the process's own rights takes this type rather than any ``KubeAPI``: then a forgotten
/// identity doesn't compile.
///
/// ## Guarantees
/// - No request is sent without the identity.
/// - No request is sent as anybody else: one that names another identity is refused, also where one `ImpersonatingAPI`
///   stands in another. Nesting can't widen rights.
public struct ImpersonatingAPI: KubeAPI {
    private let api: any KubeAPI
    /// The identity that every request acts for.
    public let identity: Impersonation

    init(_ api: any KubeAPI, identity: Impersonation) {
        self.api = api
        self.identity = identity
    }

    /// Sends a request as ``identity``. Besides the errors of ``KubeAPI``, ``KubeClientError`` (`unsupported`) is
    /// thrown for another identity.
    public func send(_ request: KubeRequest, as other: Impersonation?) async throws -> KubeResponse {
        try check(other)
        return try await api.send(request, as: identity)
    }

    /// Streams an answer as ``identity``. Besides the errors of ``KubeAPI``, ``KubeClientError`` (`unsupported`) is
    /// thrown for another identity.
    public func stream<Result: Sendable>(
        _ request: KubeRequest, as other: Impersonation?, body: (inout KubeByteStream) async throws -> Result
    ) async throws -> Result {
        try check(other)
        return try await api.stream(request, as: identity, body: body)
    }

    /// Runs a command as ``identity``. Besides the errors of ``KubeAPI``, ``KubeClientError`` (`unsupported`) is thrown
    /// for another identity.
    public func exec(_ command: ContainerCommand, as other: Impersonation?) async throws -> ExecResult {
        try check(other)
        return try await api.exec(command, as: identity)
    }

    private func check(_ other: Impersonation?) throws(KubeClientError) {
        guard other == nil || other == identity else {
            throw KubeClientError(
                .unsupported, message: "not sent: what acts for \(identity.user) can't act for \(other?.user ?? "") too"
            )
        }
    }
}

extension KubeAPI {
    /// This API, acting for somebody else. What acts for somebody already refuses to act for another.
    public func impersonating(_ identity: Impersonation) -> ImpersonatingAPI {
        ImpersonatingAPI(self, identity: identity)
    }
}
