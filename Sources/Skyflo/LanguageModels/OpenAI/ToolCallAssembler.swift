import KubeModel

/// Puts tool calls together from the fragments of a stream.
///
/// Providers differ: some send a call in many fragments under one index, some send whole calls at once, all under
/// index 0 or without one, some repeat the id with each fragment or make a new one for it, some leave it out. A name may come
/// in pieces, as the official SDKs put it together, and arguments may come as all of them so far.
struct ToolCallAssembler: Sendable {
    fileprivate struct Call {
        var index: Int?
        var providerID: String
        var name: String
        var arguments: String
        /// The last piece of the arguments, where each began with all before it.
        var cumulative: String?
        /// Of which chunk the last fragment was. Those of one chunk are calls of their own, or come in the order of the call.
        var chunk = 0
        var attached = AttachedMembers()
        /// Of the call's `function`.
        var attachedToFunction = AttachedMembers()

        /// Looks at the end first: it is asked of each fragment of some servers.
        var isComplete: Bool {
            arguments.utf8.last { $0 > 0x20 } == UInt8(ascii: "}") && (try? JSONParser.parse(arguments))?.object != nil
        }
        /// Whether the arguments began and didn't end.
        var isCut: Bool { !arguments.allSatisfy(\.isWhitespace) && !isComplete }
    }

    private var open: [Call] = []
    private var chunk = 0

    var isEmpty: Bool { open.isEmpty }
    var count: Int { open.count }

    /// The fragments that follow are of one chunk.
    mutating func beginChunk() { chunk += 1 }

    /// Adds one element of `tool_calls`.
    ///
    /// - Returns: the name of the call that it belongs to, and how many bytes of arguments came with it.
    mutating func add(_ fragment: JSONValue) -> (name: String, bytes: Int) {
        // Some have the function's members in the call itself.
        let function = fragment["function"].flatMap { $0.object == nil ? nil : $0 } ?? fragment
        let arguments = function["arguments"] ?? function["parameters"] ?? function["input"]
        let piece = Call(
            index: Self.number(fragment["index"]), providerID: Self.id(fragment["id"]),
            name: function["name"]?.string ?? "", arguments: Self.text(arguments), chunk: chunk)
        guard let at = target(of: piece) else {
            open.append(piece)
            open[open.count - 1].cumulative = piece.arguments
            open[open.count - 1].attach(fragment)
            return (piece.name, piece.arguments.utf8.count)
        }
        open[at].chunk = chunk
        if open[at].providerID.isEmpty { open[at].providerID = piece.providerID }
        open[at].grow(name: piece.name)
        open[at].grow(arguments: piece.arguments)
        open[at].attach(fragment)
        return (open[at].name, piece.arguments.utf8.count)
    }

    private static func number(_ index: JSONValue?) -> Int? { index?.int ?? index?.string.flatMap { Int($0) } }

    private static func id(_ id: JSONValue?) -> String { id?.string ?? id?.int.map { "\($0)" } ?? "" }

    /// The call that a fragment continues; nil when it begins a new one.
    private func target(of piece: Call) -> Int? {
        guard let at = candidate(for: piece) else { return nil }
        let call = open[at]
        let isOtherID = !piece.providerID.isEmpty && !call.providerID.isEmpty && piece.providerID != call.providerID
        // Without a name it is no call of its own, whatever id was made for it.
        if isOtherID, !(piece.name.isEmpty || call.isCut && piece.continues(call)) { return nil }
        if !piece.name.isEmpty, !call.name.isEmpty, piece.name != call.name, !namesGoOn(piece, call) { return nil }
        // The same id under the same index is the same call, even where the name is repeated: to take a repeated
        // fragment for a second call would carry out a write twice.
        if piece.index != nil, !piece.providerID.isEmpty, piece.providerID == call.providerID { return at }
        let beginsWhole = !piece.name.isEmpty && !piece.arguments.isEmpty
        return beginsWhole && call.isComplete ? nil : at
    }

    /// Whether the name of a fragment is a further piece of the call's: under the same index, before any argument, and in a
    /// chunk of its own.
    private func namesGoOn(_ piece: Call, _ call: Call) -> Bool {
        piece.index != nil && piece.index == call.index && call.arguments.isEmpty && piece.chunk != call.chunk
            && (piece.providerID.isEmpty || piece.providerID == call.providerID)
    }

    private func candidate(for piece: Call) -> Int? {
        // Pieces of several calls in turn are told apart by their ids, where the index doesn't.
        if !piece.providerID.isEmpty, let at = open.lastIndex(where: { isSame(piece, $0) }) { return at }
        if let index = piece.index { return open.lastIndex { $0.index == index } }
        return open.indices.last
    }

    private func isSame(_ piece: Call, _ call: Call) -> Bool {
        guard call.providerID == piece.providerID else { return false }
        if let index = piece.index, let other = call.index { return index == other }
        return piece.name.isEmpty || call.isCut
    }

    /// What can mean one object only is that object: nothing, null and an empty list for no arguments, an object written as
    /// text twice, an empty object that was sent before the real one, all of it so far in each piece.
    private static func understood(_ arguments: String, cumulative: String?) -> String {
        if arguments.allSatisfy(\.isWhitespace) { return "{}" }
        guard let json = try? JSONParser.parse(arguments) else {
            let rest = arguments.hasPrefix("{}") ? String(arguments.dropFirst(2)) : cumulative ?? ""
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
                id: call.providerID, name: call.name,
                arguments: Self.understood(call.arguments, cumulative: call.cumulative),
                providerData: call.providerData)
        }
    }
}

extension ToolCallAssembler.Call {
    private static let ownMembers: Set<String> = [
        "index", "id", "type", "function", "name", "arguments", "parameters", "input",
    ]
    private static let functionMembers: Set<String> = ["name", "arguments", "parameters", "input"]

    /// Whether the arguments of this fragment don't begin an object of their own.
    fileprivate func continues(_ call: Self) -> Bool {
        name == call.name && arguments.first { !$0.isWhitespace } != "{"
    }

    /// The same name again, or all of it so far, is no further piece.
    fileprivate mutating func grow(name piece: String) {
        guard piece != name, !piece.isEmpty else { return }
        name = piece.hasPrefix(name) ? piece : name + piece
    }

    fileprivate mutating func grow(arguments piece: String) {
        guard !piece.isEmpty else { return }
        // A last fragment with all of the call again.
        if piece == arguments, isComplete { return }
        cumulative = cumulative.flatMap { piece.count > $0.count && piece.hasPrefix($0) ? piece : nil }
        arguments += piece
    }

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
