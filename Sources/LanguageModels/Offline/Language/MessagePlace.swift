/// What a message as a whole says about namespaces. One that is named anywhere in it holds for all of it: a change must not
/// go to the default because a colon or a full stop stands between the change and its namespace.
struct MessagePlace: Sendable, Hashable {
    private var named: [String] = []
    private var unreadable: String?
    private var isSeveral = false

    init() {}

    init(_ clauses: [Clause]) {
        for clause in clauses {
            let slots = Slots(clause)
            for name in slots.namespaces where !named.contains(name) { named.append(name) }
            isSeveral = isSeveral || slots.namesSeveralNamespaces
            unreadable = unreadable ?? slots.unreadableNamespace
        }
    }

    /// Why no change can be proposed.
    func problem(_ verb: Command.Verb) -> Unclear? {
        if let unreadable { return .whichNamespace(verb, unreadable) }
        return named.count > 1 || isSeveral ? .severalNamespaces(named) : nil
    }

    func placing(_ given: Command) -> Command {
        var command = given
        if Vocabulary.clusterScoped.contains(command.kind ?? "") {
            command.namespace = nil
        } else if command.namespace == nil, !command.allNamespaces, named.count == 1 {
            command.namespace = named[0]
        }
        return command
    }
}
