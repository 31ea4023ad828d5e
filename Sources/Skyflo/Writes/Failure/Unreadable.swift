import KubeClient

/// Why something couldn't be read: not that there is nothing.
package struct Unreadable: Error, Sendable, Hashable {
    /// `missing permission to list pods in namespace shop`
    package var reason: String

    /// - Throws: `CancellationError` where it is one.
    package init(_ error: any Error) throws {
        switch error {
        case let cancellation as CancellationError: throw cancellation
        case let denied as PermissionDenied: reason = "missing permission to \(denied.permission)"
        default: reason = ToolFailure(describing: error).message
        }
    }
}

extension ReadOnlyAPI {
    /// The result of a read that is good to have, or why there is none.
    ///
    /// - Throws: `CancellationError`.
    package func readable<Value: Sendable>(
        _ read: () async throws -> Value
    ) async throws -> Result<Value, Unreadable> {
        do {
            return .success(try await read())
        } catch {
            return .failure(try Unreadable(error))
        }
    }
}
