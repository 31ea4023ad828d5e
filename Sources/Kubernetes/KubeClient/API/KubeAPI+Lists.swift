public import KubeModel

extension KubeAPI {
    /// A whole collection, fetched in pages so that neither side holds more than it must.
    ///
    /// The pages are of one moment: that of the first. When that moment has become too old in between (410, with etcd
    /// compacted every 5 minutes), the list is fetched again in one piece.
    /// - Parameters:
    ///   - resource: The resource whose objects are listed.
    ///   - namespace: The namespace; nil for all of them, and for a resource without namespaces.
    ///   - options: What to list; its `limit` and `continueToken` are not used.
    ///   - pageSize: The number of objects that are asked for at a time.
    ///   - transform: Makes of each object what is kept. It is applied page by page, so that the rest of an object is
    ///     never held for the whole collection.
    /// - Returns: All objects in the server's order and the version to start a watch from, without a token.
    /// - Throws: `APIStatus` when the server refuses; ``KubeClientError`` when it gives no answer or none that can be
    ///   read.
    public func listAll(
        _ resource: APIResource, namespace: String? = nil, options: ListOptions = ListOptions(),
        pageSize: Int = 500,
        transform: @Sendable (KubeObject) -> KubeObject = { $0 }
    ) async throws -> KubeList {
        var whole = options
        whole.limit = nil
        whole.continueToken = nil
        var page = whole
        page.limit = pageSize
        var result = try await list(resource, namespace: namespace, options: page)
        result.items = result.items.map(transform)
        // Only the first request says which version it wants; the token knows it for the others, and both are refused.
        page.resourceVersion = nil
        page.resourceVersionMatch = nil
        while let token = result.continueToken {
            page.continueToken = token
            do {
                let next = try await list(resource, namespace: namespace, options: page)
                result.items += next.items.map(transform)
                result.unreadableItems += next.unreadableItems
                result.resourceVersion = next.resourceVersion
                result.continueToken = next.continueToken
            } catch let status as APIStatus where status.isExpired {
                result = try await list(resource, namespace: namespace, options: whole)
                result.items = result.items.map(transform)
                return result
            }
        }
        return result
    }
}
