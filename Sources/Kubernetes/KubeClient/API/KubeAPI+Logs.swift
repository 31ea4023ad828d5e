public import KubeModel

/// The part of a container's log that is fetched (`PodLogOptions` of core/v1).
public struct LogOptions: Sendable {
    /// The container; nil for the pod's only one, or the one that its annotation
    /// `kubectl.kubernetes.io/default-container` names.
    public var container: String?
    /// Whether to fetch the log of the container's run before the last restart.
    public var previous: Bool
    /// The number of lines, counted from the end; nil for all.
    public var tailLines: Int?
    /// The age in seconds above which lines are left out; nil for lines of any age.
    public var sinceSeconds: Int?
    /// The number of bytes, counted from the beginning of what the other options select. The text is never longer.
    public var limitBytes: Int
    /// Whether each line begins with its time in RFC 3339.
    public var timestamps: Bool

    /// Makes options; without arguments the whole log of the current run, up to 10 MiB.
    public init(
        container: String? = nil, previous: Bool = false, tailLines: Int? = nil, sinceSeconds: Int? = nil,
        limitBytes: Int = 10 << 20, timestamps: Bool = false
    ) {
        self.container = container
        self.previous = previous
        self.tailLines = tailLines
        self.sinceSeconds = sinceSeconds
        self.limitBytes = limitBytes
        self.timestamps = timestamps
    }

    /// The options as parameters of the request's query.
    public var query: [KubeRequest.QueryItem] {
        var query: [KubeRequest.QueryItem] = []
        if let container { query.append(.init("container", value: container)) }
        if previous { query.append(.init("previous", value: "true")) }
        if let tailLines { query.append(.init("tailLines", value: String(tailLines))) }
        if let sinceSeconds { query.append(.init("sinceSeconds", value: String(sinceSeconds))) }
        query.append(.init("limitBytes", value: String(limitBytes)))
        if timestamps { query.append(.init("timestamps", value: "true")) }
        return query
    }
}

extension KubeAPI {
    /// The log of a container as it is now. Bytes that are no UTF-8 become U+FFFD. `APIStatus` is thrown when the
    /// server refuses, such as 400 for a container that hasn't started.
    public func logs(
        pod: String, namespace: String, _ options: LogOptions = LogOptions()
    ) async throws -> String {
        let path = APIResource.pods.path(namespace: namespace, name: pod, subresource: "log")
        // The text is not negotiable, but errors come as JSON.
        let request = KubeRequest(.get, path: path, query: options.query, accept: "application/json, */*")
        let response = try await send(request)
        guard (200..<300).contains(response.status) else { throw response.failure }
        return String(decoding: response.body.prefix(options.limitBytes), as: UTF8.self)
    }
}
