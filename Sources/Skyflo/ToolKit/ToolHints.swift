import KubeModel

/// What a client may know of a tool before it calls it: the annotations of the Model Context Protocol. They are hints: what
/// a call may do is decided by the requests that it proposes.
package struct ToolHints: Sendable, Hashable {
    package var isReadOnly: Bool
    package var isDestructive: Bool
    package var isIdempotent: Bool
    package var isOpenWorld: Bool

    init(of tool: some Tool) {
        isReadOnly = tool.onlyReads
        isDestructive = tool.isDestructive && !tool.onlyReads
        isIdempotent = tool.isIdempotent
        isOpenWorld = tool.isOpenWorld
    }

    package var json: JSONValue {
        [
            "readOnlyHint": .bool(isReadOnly), "destructiveHint": .bool(isDestructive),
            "idempotentHint": .bool(isIdempotent), "openWorldHint": .bool(isOpenWorld),
        ]
    }
}
