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

    package init(title: String, seconds: Int, isWatched: Bool, memory: JSONValue? = nil) {
        self.title = title
        self.seconds = seconds
        self.isWatched = isWatched
        self.memory = memory
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
