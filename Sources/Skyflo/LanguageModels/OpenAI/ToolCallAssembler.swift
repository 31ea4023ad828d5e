import KubeModel

/// Puts tool calls together from the fragments of a stream, and gives them ids that are safe to use.
///
/// Providers differ: some send a call in many fragments under one index, some send whole calls at once, all under
/// index 0 or without one, some repeat the id with each fragment, some leave it out.
struct ToolCallAssembler: Sendable {
    private struct Call {
        var index: Int?
        var providerID: String
        var name: String
        var arguments: String

        var isComplete: Bool { (try? JSONParser.parse(arguments))?.object != nil }
    }

    private var open: [Call] = []

    var isEmpty: Bool { open.isEmpty }
    var count: Int { open.count }

    /// Adds one element of `tool_calls`; returns the name of the call that it belongs to.
    mutating func add(_ fragment: JSONValue) -> String {
        let function = fragment["function"] ?? .null
        let piece = Call(
            index: fragment["index"]?.int, providerID: fragment["id"]?.string ?? "",
            name: function["name"]?.string ?? "", arguments: Self.text(function["arguments"]))
        guard let at = target(of: piece) else {
            open.append(piece)
            return piece.name
        }
        if open[at].providerID.isEmpty { open[at].providerID = piece.providerID }
        if open[at].name.isEmpty { open[at].name = piece.name }
        open[at].arguments += piece.arguments
        return open[at].name
    }

    /// The call that a fragment continues; nil when it begins a new one.
    private func target(of piece: Call) -> Int? {
        let candidate = piece.index.map { index in open.lastIndex { $0.index == index } } ?? open.indices.last
        guard let at = candidate else { return nil }
        let call = open[at]
        let isOtherID = !piece.providerID.isEmpty && !call.providerID.isEmpty && piece.providerID != call.providerID
        let isOtherName = !piece.name.isEmpty && !call.name.isEmpty && piece.name != call.name
        if isOtherID || isOtherName { return nil }
        // The same id under the same index is the same call, even where the name is repeated: to take a repeated
        // fragment for a second call would carry out a write twice.
        if piece.index != nil, !piece.providerID.isEmpty, piece.providerID == call.providerID { return at }
        let beginsWhole = !piece.name.isEmpty && !piece.arguments.isEmpty
        return beginsWhole && call.isComplete ? nil : at
    }

    /// Most send JSON as text, a few send the object itself.
    private static func text(_ arguments: JSONValue?) -> String {
        switch arguments {
        case nil, .null: ""
        case .string(let text): text
        case .some(let value): JSONWriter.string(value)
        }
    }

    /// The calls in the order in which they began.
    ///
    /// - Parameter taken: ids of the conversation so far. Ids become keys of maps in a status, so each is unique in the
    ///   conversation and matches `^[a-zA-Z0-9_-]{1,64}$`, whatever the provider sent.
    func calls(taken: Set<String>) -> [ModelToolCall] {
        var taken = taken
        return open.map { call in
            let id = Self.unique(Self.sanitised(call.providerID), taken: taken)
            taken.insert(id)
            // A call without parameters often comes with no arguments at all.
            return ModelToolCall(id: id, name: call.name, arguments: call.arguments.isEmpty ? "{}" : call.arguments)
        }
    }

    private static func sanitised(_ id: String) -> String {
        let allowed = id.utf8.filter { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return allowed.isEmpty ? "call" : String(decoding: allowed.prefix(64), as: UTF8.self)
    }

    private static func unique(_ id: String, taken: Set<String>) -> String {
        guard taken.contains(id) else { return id }
        var number = 2
        while true {
            let suffix = "_\(number)"
            let candidate = String(id.prefix(64 - suffix.count)) + suffix
            if !taken.contains(candidate) { return candidate }
            number += 1
        }
    }
}
