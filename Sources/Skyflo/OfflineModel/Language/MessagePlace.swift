/// What a message as a whole says about namespaces. One that is named anywhere in it holds for all of it: a change must not
/// go to the default because a colon or a full stop stands between the change and its namespace.
struct MessagePlace: Sendable, Hashable {
    private(set) var named: [String] = []
    private var unreadable: String?
    private var isSeveral = false
    /// "in this namespace", whatever earlier messages say.
    private var isOwn = false
    /// How many clauses at the beginning say nothing but the namespace, without calling it one.
    private(set) var leading = 0

    init() {}

    init(_ clauses: [Clause]) {
        if let lead = Self.lead(of: clauses) {
            named = [lead]
            leading = 1
        }
        for clause in clauses {
            let slots = Slots(clause)
            for name in slots.namespaces where !named.contains(name) { named.append(name) }
            isSeveral = isSeveral || slots.namesSeveralNamespaces
            isOwn = isOwn || slots.namesOwnNamespace
            unreadable = unreadable ?? slots.unreadableNamespace
        }
    }

    private static let leadingWords: Set<String> = ["on", "for", "at", "under", "to"]

    /// "staging: restart web", "On staging, restart web": the name of nothing that the rest is about.
    private static func lead(of clauses: [Clause]) -> String? {
        guard clauses.count > 1, let first = clauses.first else { return nil }
        let tokens = first.tokens.drop { leadingWords.contains($0.word) || Vocabulary.determiners.contains($0.word) }
        let slots = Slots(first)
        guard tokens.count == 1, slots.kind == nil, slots.namespaces.isEmpty, let name = slots.names.first,
            Vocabulary.isLabel(name)
        else { return nil }
        let isForOthers = clauses.dropFirst().contains { clause in
            guard case .command(let command, _, _) = ClauseReader.read(clause), command.namespace == nil else {
                return false
            }
            return command.name.map { $0 != name } ?? (command.verb == .list)
        }
        return isForOthers ? name : nil
    }

    /// Whether it says anything about where.
    var isSilent: Bool { named.isEmpty && unreadable == nil && !isSeveral && !isOwn }

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
