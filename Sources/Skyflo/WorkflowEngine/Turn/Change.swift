import KubeModel

/// One request that was done, and what is needed to take it back.
package struct Change: Sendable, Hashable {
    /// That of its call, with the request's number where the call had several: `c3`, `c3-1`, `c3-2`.
    package var id: String
    package var call: String
    package var turn: Int
    /// Of the call.
    package var summary: String
    /// As the tools made it; the engine carries it.
    package var record: JSONValue
    /// Of the object, as the server said when it was written.
    package var uid: String
    package var at: KubeTime
    /// The call that took it back.
    package var undoneBy: String?
    /// The change that this one took back.
    package var undoes: String?

    /// How many changes can be taken back: the newest.
    static let kept = 32
}

/// The tool of calls that take a change back. No model can call it: it isn't in the registry.
package enum UndoCall {
    package static let tool = "undo"

    static func arguments(_ change: String) -> String { JSONWriter.string(["change": .string(change)]) }

    /// The id of the change that a call is to take back.
    package static func change(of call: Call) -> String? {
        (try? JSONParser.parse(call.arguments))?["change"]?.string
    }
}
