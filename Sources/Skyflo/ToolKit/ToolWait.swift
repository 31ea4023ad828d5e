import KubeClient
import KubeModel

/// What a read asks for that can't be answered yet.
package struct ToolWait: Sendable, Hashable {
    /// For people: `condition Ready of pod/web`.
    package var title: String
    /// How long at most, from now on.
    package var seconds: Int
    /// Whether it can be over before, so that it is worth while to look.
    package var isWatched: Bool
    /// What later looks have to know of this one.
    package var memory: JSONValue?
    /// What may be watched in place of looking again and again; empty where only looking tells.
    package var watches: [WaitWatch]
    /// For whoever looks on: how far it is, `1 of 3 are as wanted`. Empty where there is nothing to say.
    package var progress: String

    package init(
        title: String, seconds: Int, isWatched: Bool, memory: JSONValue? = nil, watches: [WaitWatch] = [],
        progress: String = ""
    ) {
        self.progress = progress
        self.title = title
        self.seconds = seconds
        self.isWatched = isWatched
        self.memory = memory
        self.watches = watches
    }
}

/// Objects whose changes may end a wait.
package struct WaitWatch: Sendable {
    package var resource: APIResource
    package var namespace: String?
    package var labelSelector: LabelSelector?
    package var fieldSelector: String?
    /// What the look saw, and after which changes count; nil where there was nothing.
    package var resourceVersion: String?
    /// Whether a change is one after which a look is worth while. What it says of a change is no result.
    package var isWorthALook: @Sendable (WatchEvent) -> Bool
    /// What a change means to whoever looks on; nil for nothing.
    package var progress: @Sendable (WatchEvent) -> String?

    package init(
        resource: APIResource, namespace: String?, labelSelector: LabelSelector? = nil, fieldSelector: String? = nil,
        resourceVersion: String?, progress: @escaping @Sendable (WatchEvent) -> String? = { _ in nil },
        isWorthALook: @escaping @Sendable (WatchEvent) -> Bool
    ) {
        self.progress = progress
        self.resource = resource
        self.namespace = namespace
        self.labelSelector = labelSelector
        self.fieldSelector = fieldSelector
        self.resourceVersion = resourceVersion
        self.isWorthALook = isWorthALook
    }
}

/// By what is watched.
extension WaitWatch: Hashable {
    package static func == (a: WaitWatch, b: WaitWatch) -> Bool {
        a.resource == b.resource && a.namespace == b.namespace && a.labelSelector == b.labelSelector
            && a.fieldSelector == b.fieldSelector && a.resourceVersion == b.resourceVersion
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(resource)
        hasher.combine(namespace)
        hasher.combine(fieldSelector)
        hasher.combine(resourceVersion)
    }
}

/// How far a wait is at a later look.
package struct WaitProgress: Sendable, Hashable {
    package var seconds: Double
    /// Its time is up: the call has to have its output now.
    package var isOver: Bool
    package var memory: JSONValue?

    package init(seconds: Double, isOver: Bool, memory: JSONValue? = nil) {
        self.seconds = seconds
        self.isOver = isOver
        self.memory = memory
    }
}
