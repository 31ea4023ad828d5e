import KubeModel

/// How one step of a sequence stands: an entry of `status.progress.steps`.
package struct StepProgress: Sendable, Hashable {
    package enum State: String, Sendable, JSONCodable {
        /// Not sent yet, or to be sent again.
        case pending = "Pending"
        /// It may be under way.
        case executing = "Executing"
        /// It was done, and what it is to bring about is awaited.
        case waiting = "Waiting"
        case done = "Done"
        case failed = "Failed"
        /// Nothing was done: its target is not what it was when it was previewed.
        case stale = "Stale"
        /// Whether it was done can't be found out.
        case unknown = "Unknown"
    }

    package var state: State
    /// Of the object that was written.
    package var uid: String
    package var message: String
    /// How often it was sent.
    package var attempts: Int
    /// When it may be tried again; nil: at once.
    package var notBefore: KubeTime?

    package init(
        state: State = .pending, uid: String = "", message: String = "", attempts: Int = 0, notBefore: KubeTime? = nil
    ) {
        self.state = state
        self.uid = uid
        self.message = message
        self.attempts = attempts
        self.notBefore = notBefore
    }
}

/// Unreadable in a state that this version doesn't know.
extension StepProgress: JSONRecord {
    package init() { self.init(state: .pending) }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&state, as: "state")
        members.code(&uid, as: "uid", omitting: "")
        members.code(&message, as: "message", omitting: "")
        members.code(&attempts, as: "attempts", omitting: 0)
        var time = notBefore.map { MicroTime($0) }
        members.code(&time, as: "notBefore")
        notBefore = time?.time
    }
}
