/// Finds out what one clause says, without looking at the clauses around it.
struct ClauseReader {
    enum Reading: Sendable, Hashable {
        case utterance(Utterance)
        /// `isBare`: only a noun, such as "services in shop"; in company it goes on with what was said before.
        case command(Command, hasPronoun: Bool, isBare: Bool)
        /// No verb: it adds to what was said before.
        case fragment(Fragment)
        /// Politeness only.
        case nothing
    }

    struct Fragment: Sendable, Hashable {
        var kind: String?
        var isPlural = false
        var name: String?
        var namespace: String?
        var replicas: Command.Replicas?
        var image: String?
        var container: String?
    }

    private static let fillers = Phrases(
        """
        please|kindly|hey|hi|hello|ok|okay|so|now|well|also|just|quickly|skyflo|then|finally|first|next|yes|sure|
        great|thanks|thank you|alright|perfect|cool|can you|could you|would you|will you|can u|would you mind|
        do you mind|i want you to|i want to|i want|i would like you to|i would like to|i would like|i need you to|
        i need to|i need|we need to|we need|we want to|let us|go ahead|try to|make sure to|be so kind to|if you can|
        if possible|help me to|help me|it would be great if you could|it would be nice if you could|you can|
        i wonder|good morning|good evening|good day|dear|kubectl|run kubectl|execute kubectl|what about|how about|same for|the same for|
        do the same for|same with|do me a favor|do me a favour|you should|you must|immediately|again|instead|asap|
        do you know|go
        """.split { $0 == "|" || $0 == "\n" }.map(String.init))
    private static let howTo = Phrases([
        "how do i", "how do we", "how do you", "how can i", "how can we", "how to", "how would i", "how would you",
        "how could i", "how should i", "how does one", "what is the command", "what is the best way", "what is the way",
        "show me how", "explain how", "tell me how", "explain me how", "what command", "is there a way",
        "is it possible",
        "teach me", "how can one", "how might i",
    ])
    private static let advice = Phrases([
        "should i", "should we", "should you", "shall i", "shall we", "would it be", "is it safe", "is it ok",
        "is it okay",
        "is it fine", "is it wise", "is it good", "is it bad", "is it a good idea", "do i need to", "do we need to",
        "do i have to", "do we have to", "can i", "can we", "may i", "may we", "could i", "could we", "am i allowed",
        "would you recommend", "do you think", "what happens if", "what would happen if", "what if", "why should i",
        "when should i", "when should we", "why should we", "could it hurt", "does it make sense", "should",
    ])
    private static let negations = Phrases([
        "do not", "never", "not", "without", "instead of", "avoid", "i do not want you to", "i do not want to",
        "i do not want", "you must not", "you should not", "must not", "should not", "no need to", "rather than",
        "cancel",
        "forget", "can not", "we do not want", "please do not", "nobody should", "you may not", "you can not",
        "refrain from",
        "stop deleting", "stop restarting", "stop scaling", "no",
    ])
    private static let capabilities = Phrases([
        "what can you", "what are you able", "what do you do", "who are you", "help", "what are your capabilities",
        "what can i ask", "what can i do", "what do you know", "what commands",
    ])
    private static let startOrStop = Phrases([
        "stop", "pause", "suspend", "start", "resume", "turn off", "turn on", "shut down", "switch off", "switch on",
        "shutdown", "turn", "take down",
    ])

    private var clause: Clause
    private var isPoliteRequest = false

    static func read(_ clause: Clause) -> Reading {
        var reader = ClauseReader(clause: clause)
        return reader.read()
    }

    private init(clause: Clause) { self.clause = clause }

    private mutating func read() -> Reading {
        let original = clause
        if Self.capabilities.prefix(of: clause) != nil, clause.words.count < 8 { return .utterance(.capabilities) }
        while let count = Self.fillers.prefix(of: clause) {
            isPoliteRequest = true
            clause.dropFirst(count)
        }
        if clause.tokens.isEmpty { return smallTalk(original) }
        if Self.capabilities.prefix(of: clause) != nil, clause.words.count < 8 { return .utterance(.capabilities) }
        if let count = Self.howTo.prefix(of: clause) { return howTo(after: count) }
        if let count = Self.advice.prefix(of: clause), let reading = advice(after: count) { return reading }
        if let count = Self.negations.prefix(of: clause) { return declined(after: count) }
        if let reading = behindPlace() { return reading }
        return CommandReader(clause: clause, isPoliteRequest: isPoliteRequest).read() ?? stopped() ?? fragment()
    }

    /// "in shop restart web", "-n shop get pods": what is asked for stands behind the namespace.
    private func behindPlace() -> Reading? {
        let slots = Slots(clause)
        guard slots.leadingPlace > 0, slots.leadingPlace < clause.tokens.count, slots.namespaces.count == 1 else {
            return nil
        }
        var rest = self
        rest.clause.dropFirst(slots.leadingPlace)
        guard case .command(var command, let hasPronoun, _) = rest.read() else { return nil }
        command.namespace = command.namespace ?? slots.namespace
        return .command(command, hasPronoun: hasPronoun, isBare: false)
    }

    private func smallTalk(_ original: Clause) -> Reading {
        if original.contains(anyOf: ["thanks", "thank"]) { return .utterance(.thanks) }
        let greetings: Set<String> = ["hello", "hi", "hey", "morning", "evening", "day"]
        return original.contains(anyOf: greetings) ? .utterance(.greeting) : .nothing
    }

    private func rest(after count: Int) -> Clause {
        var rest = clause
        rest.dropFirst(count)
        while let first = rest.words.first,
            ["to", "for", "me", "if", "i", "we", "you", "that", "about", "a"].contains(first)
        {
            rest.dropFirst(1)
        }
        return rest
    }

    private func howTo(after count: Int) -> Reading {
        let rest = rest(after: count)
        let verb = CommandReader(clause: rest, isPoliteRequest: true).anyVerb
        return .utterance(.howTo(verb))
    }

    /// Nil for a question like "can I see the pods", which is a polite request.
    private func advice(after count: Int) -> Reading? {
        let rest = rest(after: count)
        let slots = Slots(rest)
        let verbs = rest.tokens.indices.lazy.compactMap { at in
            Verbs.write(Clause(tokens: Array(rest.tokens[at...])), slots: slots, counts: Counts(rest))
        }
        if let verb = verbs.first { return .utterance(.advice(verb, name: slots.names.first)) }
        if ["can", "could", "may"].contains(clause.words.first) {
            return CommandReader(clause: rest, isPoliteRequest: true).read()
        }
        return .utterance(.unclear(.notUnderstood))
    }

    private func declined(after count: Int) -> Reading {
        // "no pods are running" tells or asks something; it forbids nothing.
        if clause.words.first == "no", clause.words.count > 1, Self.negations.prefix(of: clause) == 1 {
            return CommandReader(clause: clause, isPoliteRequest: false).read() ?? .nothing
        }
        return .utterance(.declined(name: Slots(rest(after: count)).names.first))
    }

    private func stopped() -> Reading? {
        guard Self.startOrStop.prefix(of: clause) != nil else { return nil }
        return .utterance(.unclear(.startOrStop(name: Slots(clause).names.first)))
    }

    private func fragment() -> Reading {
        let slots = Slots(clause)
        let counts = Counts(clause)
        let said: [String?] = [slots.kind, slots.names.first, slots.namespace, slots.image, slots.container]
        let isShort = clause.tokens.count <= 7 && !slots.isAmbiguous
        guard isShort, counts.replicas != nil || said.contains(where: { $0 != nil }) else {
            return .utterance(.unclear(.notUnderstood))
        }
        return .fragment(
            Fragment(
                kind: slots.kind, isPlural: slots.isPlural, name: slots.names.first, namespace: slots.namespace,
                replicas: counts.replicas, image: slots.image, container: slots.container))
    }
}
