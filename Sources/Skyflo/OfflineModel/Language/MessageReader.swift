/// Reads a whole message of a person, in the light of the messages before it.
struct MessageReader: Sendable {
    /// What "it" stands for.
    struct Focus: Sendable, Hashable {
        var kind: String?
        var name: String
        var namespace: String?
    }

    private(set) var focus: Focus?
    /// The last command, also when something was missing in it: the next message may say what.
    private var last: Command?
    private var lastIsComplete = true

    private var utterances: [Utterance] = []
    /// The commands of the clause before with the same verb: "restart web and cart in shop".
    private var group: [Int] = []
    /// What the whole message says about namespaces.
    private var place = MessagePlace()
    private var earlier = EarlierPlace()

    /// Words that lead a message which adds to the one before.
    private static let continuations: Set<String> = ["and", "also", "same", "what", "how", "now", "then", "but"]

    mutating func read(_ message: String) -> [Utterance] {
        utterances = []
        group = []
        if let utterance = ManifestReader.read(message) { return [utterance] }
        let tokens = Tokenizer.tokens(message)
        let clauses = Clause.clauses(of: tokens)
        place = MessagePlace(clauses)
        let mayContinue = Self.continuations.contains(tokens.first?.word ?? "") || tokens.contains { $0.word == "same" }
        var onlyPlace: ClauseReader.Fragment?
        for clause in clauses.dropFirst(place.leading) {
            switch ClauseReader.read(clause) {
            case .nothing: break
            case .utterance(let utterance): add(utterance)
            case .command(let command, _, isBare: true) where last?.verb == .list && (!group.isEmpty || mayContinue):
                add(ClauseReader.Fragment(command), mayContinue: mayContinue)
            case .command(let command, let hasPronoun, _): add(command, hasPronoun: hasPronoun)
            // It holds for the whole message, if that says anything else.
            case .fragment(let fragment) where fragment.isOnlyNamespace && !isFurther(fragment): onlyPlace = fragment
            case .fragment(let fragment): add(fragment, mayContinue: mayContinue)
            }
        }
        if utterances.isEmpty, let onlyPlace { add(onlyPlace, mayContinue: mayContinue) }
        if clauses.contains(where: Self.isCondition) { refuseChanges { .condition($0) } }
        refuseChanges(place.problem)
        let earlierNames = earlier.names(for: place)
        if earlierNames.count > 1 { refuseUnplacedChanges(.severalNamespaces(earlierNames)) }
        earlier.follow(place, said: utterances)
        return tidied
    }

    private static let conditions: Set<String> = [
        "if", "unless", "when", "whenever", "once", "until", "while", "otherwise",
    ]

    /// "if web is broken, restart it": a part of its own that makes the others depend on it.
    private static func isCondition(_ clause: Clause) -> Bool {
        let isWish = clause.starts(with: ["if", "you", "can"]) || clause.starts(with: ["if", "possible"])
        let starts = conditions.contains(clause.words.first ?? "") || clause.contains(["as", "soon", "as"])
        return (starts || clause.starts(with: ["in", "case"])) && !isWish && !clause.isQuestion
    }

    private mutating func refuseChanges(_ problem: (Command.Verb) -> Unclear?) {
        utterances = utterances.map { utterance in
            guard case .command(let command) = utterance, command.verb.isWrite else { return utterance }
            return problem(command.verb).map(Utterance.unclear) ?? utterance
        }
    }

    private mutating func refuseUnplacedChanges(_ problem: Unclear) {
        utterances = utterances.map { utterance in
            guard case .command(let command) = utterance, command.verb.isWrite, command.namespace == nil else {
                return utterance
            }
            return .unclear(problem)
        }
    }

    /// "list the pods in shop and in blog".
    private func isFurther(_ fragment: ClauseReader.Fragment) -> Bool {
        guard !group.isEmpty, let last, !last.verb.isWrite, let own = last.namespace else { return false }
        return own != fragment.namespace
    }

    /// Where an object was found after all, so that later messages can refer to it.
    mutating func resolve(kind: String, of name: String) {
        if focus?.name == name, focus?.kind == nil { focus?.kind = kind }
    }

    /// Greetings and thanks go under where something was asked for, and so does what wasn't understood beside a
    /// refusal.
    private var tidied: [Utterance] {
        let hasCommand = utterances.contains { if case .command = $0 { true } else { false } }
        let serious = utterances.filter {
            ![.greeting, .thanks].contains($0) && !(hasCommand && $0 == .declined(name: nil))
        }
        if serious.isEmpty { return utterances.first.map { [$0] } ?? [.unclear(.notUnderstood)] }
        var seen: Set<Utterance> = []
        return serious.filter { seen.insert($0).inserted }
    }

    private mutating func add(_ utterance: Utterance) {
        utterances.append(utterance)
        group = []
        switch utterance {
        case .declined(let name?), .advice(_, let name?), .unclear(.howMany(let name?)),
            .unclear(.startOrStop(let name?)):
            focus = Focus(kind: nil, name: name, namespace: namespace(of: name))
        default: break
        }
    }

    /// Where an object is that was only talked about.
    private func namespace(of name: String) -> String? {
        if !place.isSilent { return place.named.count == 1 ? place.named[0] : nil }
        if focus?.name == name { return focus?.namespace }
        let names = earlier.names(for: place)
        return names.count == 1 ? names[0] : nil
    }

    private mutating func add(_ given: Command, hasPronoun: Bool) {
        var command = place.placing(given)
        if command.name == nil, let focus, refersBack(command, hasPronoun: hasPronoun) {
            command.name = focus.name
            if command.kind == nil || command.verb == .logs { command.kind = focus.kind }
            command.namespace = command.namespace ?? focus.namespace
        } else if command.name == nil || command.name != focus?.name {
            command = earlier.placing(command, in: place)
        } else if place.isSilent, command.verb.isWrite {
            // The same object as before.
            command.namespace = command.namespace ?? focus?.namespace
        }
        last = command
        group = [utterances.count]
        let missing = Self.missing(in: command)
        lastIsComplete = missing == nil
        utterances.append(missing.map(Utterance.unclear) ?? .command(command))
        if let name = command.name {
            focus = Focus(kind: command.isPlural ? nil : command.kind, name: name, namespace: command.namespace)
        }
    }

    private func refersBack(_ command: Command, hasPronoun: Bool) -> Bool {
        guard let focus else { return false }
        let fits = command.kind == nil || command.kind == focus.kind || focus.kind == nil || command.verb == .logs
        switch command.verb {
        case .list: return hasPronoun && fits && command.isPlural == false
        case .diagnose: return hasPronoun && fits && !command.isPlural
        default: return fits && !command.isPlural
        }
    }

    /// What must be known before anything can be done.
    private static func missing(in command: Command) -> Unclear? {
        if command.verb == .logs, command.filter != nil { return nil }
        if command.name == nil, ![.list, .diagnose, .apply].contains(command.verb) {
            return .whichObject(command.verb, kind: command.kind)
        }
        if command.verb == .scale, command.replicas == nil { return .howMany(name: command.name) }
        if command.verb == .setImage, command.image == nil { return .whichImage(name: command.name) }
        return nil
    }

    // MARK: Fragments

    private mutating func add(_ fragment: ClauseReader.Fragment, mayContinue: Bool) {
        let inMessage = !group.isEmpty
        // A message of its own without a verb only fills a gap, unless it says that it goes on: otherwise any two words
        // after a "delete" would be the next thing to delete.
        guard let last, inMessage || mayContinue || !lastIsComplete || !last.verb.isWrite else {
            utterances.append(.unclear(.notUnderstood))
            return
        }
        if inMessage, let at = group.last, fragment.fills(last), case .some = utterances[at...].first {
            let filled = fragment.filling(last)
            utterances.removeSubrange(at...)
            group.removeLast()
            replay(filled)
        } else {
            replay(fragment.fills(last) && !inMessage ? fragment.filling(last) : fragment.replacing(in: last))
            shareNamespace()
            shareValue()
        }
    }

    /// "scale web and cart to 3": the value at the end is that of all.
    private mutating func shareValue() {
        guard let last, lastIsComplete else { return }
        for at in group where utterances.indices.contains(at) {
            switch (utterances[at], last.verb) {
            case (.unclear(.howMany(let name?)), .scale), (.unclear(.whichImage(let name?)), .setImage):
                var command = last
                command.name = name
                utterances[at] = .command(command)
            default: break
            }
        }
    }

    private mutating func replay(_ command: Command) {
        let members = group
        add(command, hasPronoun: false)
        group = members + group
    }

    /// A namespace at the end of an enumeration holds for all of it.
    private mutating func shareNamespace() {
        guard let namespace = last?.namespace else { return }
        for at in group {
            guard utterances.indices.contains(at), case .command(var command) = utterances[at],
                command.namespace == nil,
                !Vocabulary.clusterScoped.contains(command.kind ?? "")
            else { continue }
            command.namespace = namespace
            utterances[at] = .command(command)
        }
    }
}

extension ClauseReader.Fragment {
    init(_ command: Command) {
        self.init(
            kind: command.kind, isPlural: command.isPlural, name: command.name, namespace: command.namespace)
    }

    var isOnlyNamespace: Bool {
        self == ClauseReader.Fragment(namespace: namespace) && namespace != nil
    }

    /// Whether it only says what is still missing in the command.
    func fills(_ command: Command) -> Bool {
        if let name, let own = command.name, name != own { return false }
        if name != nil, [.list, .diagnose].contains(command.verb) { return false }
        if name != nil, command.name != nil, command.replicas != nil || command.image != nil { return false }
        if kind != nil, command.kind != nil, command.kind != kind || command.name != nil { return false }
        if replicas != nil, command.replicas != nil { return false }
        if image != nil, command.image != nil { return false }
        if namespace != nil, command.namespace != nil { return false }
        return name == nil || command.name == nil
    }

    func filling(_ given: Command) -> Command {
        var command = given
        command.kind = command.kind ?? kind
        command.name = command.name ?? name
        command.namespace = command.namespace ?? namespace
        command.replicas = command.replicas ?? (command.verb == .scale ? replicas : nil)
        command.image = command.image ?? (command.verb == .setImage ? image : nil)
        command.container = command.container ?? container
        return command
    }

    /// The same thing with another object or another value: "and cart to 5".
    func replacing(in given: Command) -> Command {
        var command = given
        if command.verb == .list, kind == nil, let name, command.name == nil, command.namespace != nil {
            // "pods in shop and blog"
            command.namespace = namespace ?? name
            return command
        }
        if let kind {
            command.kind = kind
            command.isPlural = isPlural
            if command.verb == .list { command.name = name }
        }
        if let name { command.name = name }
        if let namespace {
            command.namespace = namespace
            command.allNamespaces = false
        }
        if command.verb == .scale { command.replicas = replicas ?? command.replicas }
        if command.verb == .setImage { command.image = image ?? command.image }
        command.container = container ?? (name == nil ? command.container : nil)
        return command
    }
}
