import KubeModel

/// Puts tool calls together from the fragments of a stream.
///
/// Providers differ: some send a call in many fragments under one index, some send whole calls at once, all under
/// index 0 or without one, some repeat the id with each fragment, some leave it out.
struct ToolCallAssembler: Sendable {
    fileprivate struct Call {
        var index: Int?
        var providerID: String
        var name: String
        var arguments: String
        var attached = AttachedMembers()
        /// Of the call's `function`.
        var attachedToFunction = AttachedMembers()

        var isComplete: Bool { (try? JSONParser.parse(arguments))?.object != nil }
    }

    private var open: [Call] = []

    var isEmpty: Bool { open.isEmpty }
    var count: Int { open.count }

    /// Adds one element of `tool_calls`; returns the name of the call that it belongs to.
    mutating func add(_ fragment: JSONValue) -> String {
        let function = fragment["function"] ?? .null
        var piece = Call(
            index: fragment["index"]?.int, providerID: fragment["id"]?.string ?? "",
            name: function["name"]?.string ?? "", arguments: Self.text(function["arguments"]))
        guard let at = target(of: piece) else {
            piece.attach(fragment)
            open.append(piece)
            return piece.name
        }
        if open[at].providerID.isEmpty { open[at].providerID = piece.providerID }
        if open[at].name.isEmpty { open[at].name = piece.name }
        open[at].arguments += piece.arguments
        open[at].attach(fragment)
        return open[at].name
    }

    /// The call that a fragment continues; nil when it begins a new one.
    private func target(of piece: Call) -> Int? {
        guard let at = candidate(for: piece) else { return nil }
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

    private func candidate(for piece: Call) -> Int? {
        if let index = piece.index { return open.lastIndex { $0.index == index } }
        // Pieces of several calls in turn, told apart by their ids only.
        if piece.name.isEmpty, !piece.providerID.isEmpty,
            let at = open.lastIndex(where: { $0.providerID == piece.providerID })
        {
            return at
        }
        return open.indices.last
    }

    /// What can mean one object only is that object: nothing, null and an empty list for no arguments, an object written as
    /// text twice, an empty object that was sent before the real one.
    private static func understood(_ arguments: String) -> String {
        if arguments.allSatisfy(\.isWhitespace) { return "{}" }
        guard let json = try? JSONParser.parse(arguments) else {
            let rest = arguments.hasPrefix("{}") ? String(arguments.dropFirst(2)) : ""
            return (try? JSONParser.parse(rest))?.object == nil ? arguments : rest
        }
        if json.isNull || json.array?.isEmpty == true { return "{}" }
        guard let inner = json.string, (try? JSONParser.parse(inner))?.object != nil else { return arguments }
        return inner
    }

    /// Most send JSON as text, a few send the object itself.
    private static func text(_ arguments: JSONValue?) -> String {
        switch arguments {
        case nil, .null: ""
        case .string(let text): text
        case .some(let value): JSONWriter.string(value)
        }
    }

    /// The calls in the order in which they began, each with the provider's own id, which is empty where it gave none.
    var calls: [ModelToolCall] {
        open.map { call in
            ModelToolCall(
                id: call.providerID, name: call.name, arguments: Self.understood(call.arguments),
                providerData: call.providerData)
        }
    }
}

extension ToolCallAssembler.Call {
    private static let ownMembers: Set<String> = ["index", "id", "type", "function"]
    private static let functionMembers: Set<String> = ["name", "arguments"]

    fileprivate mutating func attach(_ fragment: JSONValue) {
        attached.add(fragment, except: Self.ownMembers)
        attachedToFunction.add(fragment["function"] ?? .null, except: Self.functionMembers)
    }

    /// In the places from where it came.
    fileprivate var providerData: JSONValue? {
        var members = attached.members
        if !attachedToFunction.members.isEmpty { members["function"] = .object(attachedToFunction.members) }
        return members.isEmpty ? nil : .object(members)
    }
}
