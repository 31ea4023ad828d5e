/// The namespaces that earlier messages are about. A change that names none goes there, not to the default: who has looked
/// at the pods in staging and says "restart web" means the one there.
struct EarlierPlace: Sendable, Hashable {
    private var named: [String] = []
    /// "use namespace shop": what is only looked at is meant there, too.
    private var isChosen = false

    /// What was named before for a message that says nothing about it; else nothing.
    func names(for place: MessagePlace) -> [String] { place.isSilent ? named : [] }

    func placing(_ given: Command, in place: MessagePlace) -> Command {
        var command = given
        guard place.isSilent, named.count == 1, isChosen || command.verb.isWrite, command.namespace == nil,
            !command.allNamespaces, !Vocabulary.clusterScoped.contains(command.kind ?? "")
        else { return given }
        command.namespace = named[0]
        return command
    }

    /// - Parameter said: what a message was read as.
    mutating func follow(_ place: MessagePlace, said: [Utterance]) {
        let commands = said.compactMap { if case .command(let command) = $0 { command } else { nil } }
        if !place.isSilent {
            // "list pods in shop and staging": the second is only known from what came of it.
            named = place.named
            for namespace in commands.compactMap(\.namespace) where !named.contains(namespace) {
                named.append(namespace)
            }
            isChosen = commands.isEmpty && !named.isEmpty
        } else if let last = commands.last, !isChosen, !Vocabulary.clusterScoped.contains(last.kind ?? "") {
            named = last.namespace.map { [$0] } ?? []
        }
    }
}
