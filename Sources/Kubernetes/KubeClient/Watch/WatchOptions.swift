public import KubeModel

/// The choice of a collection's objects, and the version to watch them from (`metav1.ListOptions` with `watch`).
public struct WatchOptions: Sendable {
    /// The place to go on from: the version of a list, or of the last event. nil begins with the objects that exist
    /// now, as `ADDED`, without saying where they end.
    public var resourceVersion: String?
    /// The labels of the objects; nil for any.
    public var labelSelector: LabelSelector?
    /// The fields of the objects in the API's text form, `metadata.name=web`; nil for any. ``FieldSelector`` makes it.
    public var fieldSelector: String?
    /// Whether the server may tell about every minute how far the watch is (KEP-956).
    public var allowBookmarks: Bool
    /// Whether to begin with all objects and a bookmark at their end (KEP-3157). Servers that can't do it answer 422.
    public var sendInitialEvents: Bool
    /// The seconds after which the server ends the watch; nil leaves it to the server, which takes 30 to 60 minutes.
    public var timeoutSeconds: Int?

    /// Makes options; without arguments all objects, from the present state on.
    public init(
        resourceVersion: String? = nil, labelSelector: LabelSelector? = nil, fieldSelector: String? = nil,
        allowBookmarks: Bool = true, sendInitialEvents: Bool = false, timeoutSeconds: Int? = nil
    ) {
        self.resourceVersion = resourceVersion
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.allowBookmarks = allowBookmarks
        self.sendInitialEvents = sendInitialEvents
        self.timeoutSeconds = timeoutSeconds
    }

    /// The options as parameters of the request's query.
    public var query: [KubeRequest.QueryItem] {
        let list = ListOptions(
            labelSelector: labelSelector, fieldSelector: fieldSelector, resourceVersion: resourceVersion)
        var query: [KubeRequest.QueryItem] = [.init("watch", value: "true")] + list.query
        // The API refuses initial events without bookmarks, and without the match that they mean.
        if allowBookmarks || sendInitialEvents { query.append(.init("allowWatchBookmarks", value: "true")) }
        if sendInitialEvents {
            query.append(.init("sendInitialEvents", value: "true"))
            query.append(.init("resourceVersionMatch", value: "NotOlderThan"))
        }
        if let timeoutSeconds { query.append(.init("timeoutSeconds", value: String(timeoutSeconds))) }
        return query
    }
}
