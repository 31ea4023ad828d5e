public import KubeModel

/// How one step of a sequence stands: an entry of `status.progress.steps`.
public struct StepProgress: Sendable, Hashable {
    public enum State: String, Sendable {
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

    public var state: State
    /// Of the object that was written.
    public var uid: String
    public var message: String
    /// How often it was sent.
    public var attempts: Int
    /// When it may be tried again; nil: at once.
    public var notBefore: KubeTime?

    public init(
        state: State = .pending, uid: String = "", message: String = "", attempts: Int = 0, notBefore: KubeTime? = nil
    ) {
        self.state = state
        self.uid = uid
        self.message = message
        self.attempts = attempts
        self.notBefore = notBefore
    }

    var json: JSONValue {
        .compact([
            "state": .string(state.rawValue), "uid": uid.isEmpty ? nil : .string(uid),
            "message": message.isEmpty ? nil : .string(message),
            "attempts": attempts > 0 ? JSONValue(attempts) : nil,
            "notBefore": notBefore.map { .string($0.microTime) },
        ])
    }

    /// nil for a state that this version doesn't know.
    init?(json: JSONValue) {
        guard let state = json["state"]?.string.flatMap(State.init) else { return nil }
        self.init(
            state: state, uid: json["uid"]?.string ?? "", message: json["message"]?.string ?? "",
            attempts: json["attempts"]?.int ?? 0, notBefore: json["notBefore"]?.string.flatMap(KubeTime.init))
    }
}
