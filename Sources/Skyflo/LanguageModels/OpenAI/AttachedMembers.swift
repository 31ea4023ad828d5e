import KubeModel

/// Members of a message or a call that nobody here understands, put together from the pieces of a stream so that they can go
/// back to the provider as they were: `reasoning_content`, OpenRouter's `reasoning_details`, LiteLLM's `thinking_blocks`,
/// Google's `extra_content`.
struct AttachedMembers: Sendable, Hashable {
    private(set) var members = JSONObject()

    /// Adds the members of one piece. Null says nothing.
    ///
    /// - Parameter known: members that are understood elsewhere.
    mutating func add(_ piece: JSONValue, except known: Set<String>) {
        for (key, value) in piece.object ?? [:] where !known.contains(key) && !value.isNull {
            members[key] = Self.joined(members[key], value)
        }
    }

    /// Texts and lists come in pieces, anything else comes whole.
    private static func joined(_ old: JSONValue?, _ new: JSONValue) -> JSONValue {
        switch (old, new) {
        case (.string(let old), .string(let new)): return .string(old + new)
        case (.array(var blocks), .array(let new)):
            // Of one piece each is a block of its own; only the first can go on with what came before.
            guard let first = new.first else { return .array(blocks) }
            add(first, to: &blocks)
            return .array(blocks + new.dropFirst())
        case (.object(var old), .object(let new)):
            for (key, value) in new where !value.isNull {
                old[key] = old[key]?.object != nil ? joined(old[key], value) : value
            }
            return .object(old)
        default: return new
        }
    }

    /// The members of a block that come in pieces.
    private static let growing: Set<String> = ["text", "summary", "thinking", "data"]

    /// Adds a piece of a block to its block. A block ends with its signature, or where one with another index or type begins.
    private static func add(_ piece: JSONValue, to blocks: inout [JSONValue]) {
        guard let members = piece.object, let position = blocks.indices.last, var block = blocks[position].object,
            block["type"] == members["type"], block["type"] != nil, block["index"] == members["index"],
            !isSigned(block), block["index"] != nil || members["data"] == nil, !isOther(members, than: block)
        else { return blocks.append(piece) }
        for (key, value) in members where !value.isNull {
            if growing.contains(key), let old = block[key]?.string, let new = value.string {
                block[key] = .string(old + new)
            } else {
                block[key] = value
            }
        }
        blocks[position] = .object(block)
    }

    /// Google's signatures of parallel calls all have index 0; their ids tell them apart.
    private static func isOther(_ members: JSONObject, than block: JSONObject) -> Bool {
        guard let old = block["id"]?.string, let new = members["id"]?.string else { return false }
        return old != new
    }

    private static func isSigned(_ block: JSONObject) -> Bool {
        block["signature"]?.string.map { !$0.isEmpty } ?? false
    }
}
