public import KubeModel

public struct WatchOptions: Sendable {
    /// Where to go on: the version of a list, or of the last event. nil begins with the objects that are there now, as
    /// `ADDED`, without saying where they end.
    public var resourceVersion: String?
    public var labelSelector: LabelSelector?
    /// In the API's text form: `metadata.name=web`.
    public var fieldSelector: String?
    /// Lets the server tell about every minute how far the watch is (KEP-956).
    public var allowBookmarks: Bool
    /// Begins with all objects and a bookmark at their end (KEP-3157). Servers that can't answer 422.
    public var sendInitialEvents: Bool
    /// When the server ends the watch; nil leaves it to the server, which takes 30 to 60 minutes.
    public var timeoutSeconds: Int?

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

    public var query: [KubeRequest.QueryItem] {
        let list = ListOptions(
            labelSelector: labelSelector, fieldSelector: fieldSelector, resourceVersion: resourceVersion)
        var query: [KubeRequest.QueryItem] = [.init("watch", "true")] + list.query
        // The API refuses initial events without bookmarks, and without the match that they mean.
        if allowBookmarks || sendInitialEvents { query.append(.init("allowWatchBookmarks", "true")) }
        if sendInitialEvents {
            query.append(.init("sendInitialEvents", "true"))
            query.append(.init("resourceVersionMatch", "NotOlderThan"))
        }
        if let timeoutSeconds { query.append(.init("timeoutSeconds", String(timeoutSeconds))) }
        return query
    }
}
