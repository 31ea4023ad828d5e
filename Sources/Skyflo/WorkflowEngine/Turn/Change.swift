public import KubeModel

/// One request that was done, and what is needed to take it back.
public struct Change: Sendable, Hashable {
    /// That of its call, with the request's number where the call had several: `c3`, `c3-1`, `c3-2`.
    public var id: String
    public var call: String
    public var turn: Int
    /// Of the call.
    public var summary: String
    /// As the tools made it; the engine carries it.
    public var record: JSONValue
    /// Of the object, as the server said when it was written.
    public var uid: String
    public var at: KubeTime
    /// The call that took it back.
    public var undoneBy: String?
    /// The change that this one took back.
    public var undoes: String?

    /// How many changes can be taken back: the newest.
    static let kept = 32
}

/// The tool of calls that take a change back. No model can call it: it isn't in the registry.
public enum UndoCall {
    public static let tool = "undo"

    static func arguments(_ change: String) -> String { JSONWriter.string(["change": .string(change)]) }

    /// The id of the change that a call is to take back.
    public static func change(of call: Call) -> String? {
        (try? JSONParser.parse(call.arguments))?["change"]?.string
    }
}
