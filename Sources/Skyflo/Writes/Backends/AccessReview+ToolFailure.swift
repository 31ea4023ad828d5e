import KubeClient
import KubeModel

extension AccessReview {
    /// As ``AccessReview/require(_:api:)``, for what can't be tried out otherwise.
    /// - Throws: ``ToolFailure`` where it isn't allowed or that can't be found out; `CancellationError`.
    package static func requireForTool(_ request: KubeRequest, api: ReadOnlyAPI) async throws {
        do {
            try await require(request, api: api)
        } catch let denied as PermissionDenied {
            throw ToolFailure(describing: denied)
        } catch let status as APIStatus {
            throw ToolFailure(describing: status)
        }
    }
}
