import KubeClient
import KubeModel
import ToolKit
import Writes

extension ToolContext {
    /// The objects of a list, page by page, but not more than about `maximum`: of a cluster of any size a call holds only
    /// so many.
    ///
    /// - Returns: with the version of the list, from which on it can be watched; empty where it has none.
    /// - Throws: ``ToolFailure`` where they may not be listed, which also says that the namespace doesn't exist.
    func objects(
        of resource: APIResource, namespace: String?, options: ListOptions = ListOptions(), maximum: Int,
        keeping part: @Sendable (KubeObject) -> KubeObject = { $0 }
    ) async throws -> (items: [KubeObject], isComplete: Bool, resourceVersion: String) {
        var options = options
        options.limit = min(500, maximum)
        var items: [KubeObject] = []
        var version = ""
        do {
            repeat {
                let page = try await api.list(resource, namespace: namespace, options: options)
                items += page.items.map(part)
                version = page.resourceVersion
                options.continueToken = page.continueToken
            } while options.continueToken != nil && items.count < maximum
        } catch let denied as PermissionDenied {
            throw try await self.denied(denied, namespace: namespace)
        } catch let status as APIStatus where status.isExpired && !items.isEmpty {
            return (items, false, version)
        }
        return (items, options.continueToken == nil, version)
    }
}
