/// Reads a clause that says what to do or to show.
struct CommandReader {
    private let clause: Clause
    private let isPoliteRequest: Bool
    private let slots: Slots
    private let counts: Counts
    private let first: String

    init(clause: Clause, isPoliteRequest: Bool) {
        self.clause = clause
        self.isPoliteRequest = isPoliteRequest
        slots = Slots(clause)
        counts = Counts(clause)
        let word = clause.words.first ?? ""
        first = Verbs.gerunds[word] ?? word
    }

    /// The verb, whatever else is missing.
    var anyVerb: Command.Verb? {
        if let verb = Verbs.write(clause, slots: slots, counts: counts) { return verb }
        if case .command(let command, _, _) = readRequest() { return command.verb }
        return nil
    }

    func read() -> ClauseReader.Reading? {
        let isOrder = ["do", "have"].contains(first) && (isPoliteRequest || clause.contains(["do", "a"]))
        let isQuestion = Verbs.questions.contains(first) && !isOrder
        if !isQuestion, changesResources { return .utterance(.unclear(.resources)) }
        if !isQuestion, let verb = Verbs.write(clause, slots: slots, counts: counts) { return order(verb) }
        if let verb = described() { return order(verb) }
        return readRequest()
    }

    // MARK: Orders

    /// "web needs 3 replicas", "5 replicas of web", "web to 3 replicas", "web should be restarted".
    private func described() -> Command.Verb? {
        guard !slots.names.isEmpty, !clause.isQuestion else { return nil }
        let needs = clause.contains(anyOf: ["needs", "need", "should", "must", "wants"])
        let countsReplicas = clause.contains(anyOf: ["replica", "replicas", "instances", "copies"])
        if countsReplicas, counts.replicas != nil {
            if needs || Vocabulary.number(first) != nil || clause.contains(anyOf: ["scaled"]) { return .scale }
            return clause.words.contains("to") && !Verbs.looking.contains(first) ? .scale : nil
        }
        if clause.contains(anyOf: ["scaled"]), isPoliteRequest || needs, counts.replicas != nil { return .scale }
        let wants = needs || isPoliteRequest
        return wants && clause.contains(anyOf: ["restarted"]) || (needs && clause.contains(["a", "restart"]))
            ? .restart : nil
    }

    private static let conditions: Set<String> = [
        "not", "never", "without", "except", "excluding", "besides", "apart", "unless", "if", "when", "whenever",
        "until", "while", "after", "before",
        "tomorrow", "tonight", "later", "every", "each", "maybe", "or", "minutes", "minute", "mins", "hour", "hours",
        "seconds", "days", "midnight", "noon", "weekend", "daily", "hourly", "weekly",
    ]
    private static let masses: Set<String> = ["all", "everything", "everyone", "any"]

    private func order(_ verb: Command.Verb) -> ClauseReader.Reading {
        if clause.contains(anyOf: Self.conditions) || clause.contains(["other", "than"]) || hasDelay {
            return .utterance(.unclear(.condition(verb)))
        }
        if clause.isQuestion, !isPoliteRequest { return .utterance(.advice(verb, name: slots.names.first)) }
        if let problem = namespaceProblem(verb) { return .utterance(.unclear(problem)) }
        if slots.allNamespaces { return .utterance(.unclear(.whichNamespace(verb, ""))) }
        var command = base(verb)
        command.namespace = command.namespace ?? slots.possibleNamespace
        if verb == .scale || verb == .restart, command.kind == "pod", command.isPlural || verb == .scale {
            // The pods of a workload change with it.
            command.kind = slots.kinds.first { $0 != "pod" }
            command.isPlural = false
        }
        if clause.contains(anyOf: Self.masses) && (command.name == nil || verb == .delete) || command.isPlural {
            return .utterance(.unclear(.everything(verb)))
        }
        if slots.isAmbiguous { return .utterance(.unclear(.severalNames(slots.names))) }
        if verb == .rollBack { command.revision = revision }
        if verb == .scale {
            if let bad = counts.bad { return .utterance(.unclear(.badCount(bad))) }
            command.replicas = counts.replicas
        }
        return .command(command, hasPronoun: slots.hasPronoun, isBare: false)
    }

    /// "in 10m", "in 2h"
    private var hasDelay: Bool {
        let words = clause.words
        return words.indices.dropLast().contains { at in
            let time = words[at + 1]
            return ["in", "after", "at"].contains(words[at]) && time.first?.isNumber == true
                && time.last.map { "smhd".contains($0) } == true
        }
    }

    private func namespaceProblem(_ verb: Command.Verb) -> Unclear? {
        if let text = slots.unreadableNamespace { return .whichNamespace(verb, text) }
        return slots.namespaces.count > 1 ? .severalNamespaces(slots.namespaces) : nil
    }

    /// "increase the memory of web": not how many there are, but how much each may use.
    private var changesResources: Bool {
        Verbs.adjusts(first) && clause.contains(anyOf: Vocabulary.resourceWords) && slots.image == nil
            && !clause.contains(anyOf: Vocabulary.replicaWords)
            && (first != "scale" || slots.names.contains { !Vocabulary.resourceWords.contains($0) })
    }

    private var revision: Int? {
        let words = clause.words
        let at = words.firstIndex { ["revision", "--to-revision"].contains($0) }
        let option = words.first { $0.hasPrefix("--to-revision=") }?.split(separator: "=").last
        if let option { return Int(option) }
        return at.flatMap { words.indices.contains($0 + 1) ? Vocabulary.number(words[$0 + 1]) : nil }
    }

    private func base(_ verb: Command.Verb) -> Command {
        var command = Command(verb: verb)
        command.kind = slots.kind
        command.isPlural = slots.isPlural
        command.name = slots.names.first
        command.namespace = slots.namespace
        command.allNamespaces = slots.allNamespaces
        command.container = slots.container
        if verb == .setImage { command.image = slots.image }
        return command
    }

    // MARK: Requests to see something

    private func readRequest() -> ClauseReader.Reading? {
        guard let verb = readVerb else {
            let asks = Verbs.questions.contains(first) && clause.contains(anyOf: Vocabulary.usageWords)
            return asks || asksForUsage ? .utterance(.unclear(.usage)) : nil
        }
        if asksForUsage { return .utterance(.unclear(.usage)) }
        if let problem = namespaceProblem(verb) { return .utterance(.unclear(problem)) }
        var command = base(verb)
        let selectors = Selectors(clause, slots: slots)
        (command.selector, command.fields) = (selectors.labels, selectors.fields)
        switch verb {
        case .list: fillList(&command)
        case .logs:
            let options = LogSelection(clause)
            (command.lines, command.since, command.previous) = (options.lines, options.since, options.previous)
            if command.kind == "pod", command.isPlural, command.name != nil { command.kind = nil }
            if command.name == nil, Verbs.isDiagnosis(clause) { command.filter = .unhealthy }
        case .diagnose where command.name == nil && clause.contains(anyOf: ["cluster"]):
            command.allNamespaces = command.namespace == nil
            command.kind = nil
        default: if command.isPlural, command.name == nil { command.kind = nil }
        }
        let isBare = verb == .list && !Verbs.looking.contains(first)
        let hasPronoun = slots.hasPronoun || clause.words == ["why"]
        return .command(command, hasPronoun: hasPronoun, isBare: isBare)
    }

    /// How much something uses, and not how something with a name of its own is.
    private var asksForUsage: Bool {
        let asks =
            clause.contains(anyOf: Vocabulary.usageWords) || (first == "top" || clause.contains(["top", "pods"]))
        let fails = clause.contains(anyOf: ["crashing", "crashes", "crashed", "failing", "fails", "broken", "down"])
        return asks && !fails && !isNamedAfterUsage && !slots.hasPronoun
            && !slots.names.contains { !Vocabulary.usageWords.contains($0) }
    }

    /// "deployment memory", and not "pod memory".
    private var isNamedAfterUsage: Bool {
        let words = clause.words
        return words.indices.dropLast().contains { at in
            Planner.workloads.contains(words[at]) && Vocabulary.usageWords.contains(words[at + 1])
        }
    }

    private var hasObject: Bool { !slots.names.isEmpty || slots.hasPronoun }

    private var readVerb: Command.Verb? {
        if clause.contains(anyOf: ["log", "logs", "logging", "tail", "stdout"]) { return .logs }
        if asksForList { return .list }
        if Verbs.isDiagnosis(clause) { return .diagnose }
        if first == "how", ["is", "are"].contains(clause.words.dropFirst().first), !slots.names.isEmpty {
            return .diagnose
        }
        if asksForRollout { return .rolloutStatus }
        if asksForDescription { return .describe }
        if clause.contains(anyOf: ["cluster"]), slots.names.isEmpty, slots.kind == nil,
            ["how", "is", "check", "status", "what"].contains(first)
        {
            return .diagnose
        }
        let isLooking = Verbs.looking.contains(first) || isPoliteRequest
        if Verbs.asksForState(clause), isLooking || first == "status" || first == "state", !slots.isPlural {
            return hasObject || slots.kind == nil ? stateVerb : .list
        }
        if slots.kind == nil, slots.names.isEmpty, clause.contains(anyOf: ["warnings"]) { return .list }
        if slots.kind != nil, isLooking || slots.isPlural && slots.names.isEmpty || slots.isPlural && isNounPhrase {
            return .list
        }
        if clause.contains(anyOf: ["everything", "running", "there", "resources", "workloads", "apps", "applications"]),
            isLooking
        {
            return .list
        }
        return fallback
    }

    private static let showing: Set<String> = [
        "list", "show", "get", "display", "print", "view", "see", "check", "inspect", "look", "find", "fetch", "read",
        "watch", "dump", "verify",
    ]

    /// A name and hardly anything else: "show web", "how many replicas does web have".
    private var fallback: Command.Verb? {
        guard !slots.names.isEmpty, Verbs.looking.contains(first) || isPoliteRequest else { return nil }
        if isUnknownKind || clause.contains(anyOf: ["replicas", "yaml", "manifest", "json"]) { return .list }
        return Self.showing.contains(first) ? .describe : nil
    }

    /// "what is running" lists; "is web running" asks how it is.
    private var stateVerb: Command.Verb { hasObject || !clause.contains(anyOf: ["running", "up"]) ? .diagnose : .list }

    private var isNounPhrase: Bool { clause.tokens.count <= 6 }

    private var asksForRollout: Bool {
        clause.contains(anyOf: ["rollout", "rollouts"]) || clause.contains(["rolled", "out"])
            || clause.contains(["rolling", "out"])
            || (["has", "is", "did"].contains(first)
                && clause.contains(anyOf: ["finished", "finish", "complete", "completed", "deployed"]))
    }

    private var asksForDescription: Bool {
        guard hasObject else { return first == "describe" && slots.kind != nil && !slots.isPlural }
        let isLooking = Verbs.looking.contains(first) || Vocabulary.words.contains(first) && !slots.isAmbiguous
        guard isLooking || isPoliteRequest && !slots.isAmbiguous else { return false }
        return clause.contains(anyOf: [
            "describe", "detail", "details", "detailed", "about", "inspect", "info", "information", "overview",
            "summary", "summarize", "summarise",
        ])
            || clause.contains(anyOf: ["image", "images", "version", "configuration", "spec", "configured"])
            || clause.contains(["look", "at"])
    }

    /// "which pods are failing" wants rows; "why are the pods failing" wants causes.
    private var asksForList: Bool {
        guard slots.isPlural, slots.names.isEmpty, slots.kind != nil else { return false }
        if clause.contains(anyOf: ["why", "wrong", "diagnose", "debug", "troubleshoot", "investigate", "cause"]) {
            return false
        }
        let lists: Set<String> = [
            "list", "show", "get", "display", "print", "give", "fetch", "which", "what", "any", "find", "count",
        ]
        return lists.contains(first) || clause.contains(["are", "there"]) || clause.contains(["how", "many"])
            || clause.contains(["do", "i", "have"]) || clause.contains(["do", "we", "have"])
    }

    /// "list certificates": a kind that isn't in the table.
    private var isUnknownKind: Bool {
        slots.unknownKind != nil && !slots.hasPronoun
            && (first == "list" || clause.contains(anyOf: ["all"]) || clause.contains(["are", "there"]))
    }

    private func fillList(_ command: inout Command) {
        if command.kind == nil, isUnknownKind {
            command.kind = slots.unknownKind
            command.name = nil
        } else if command.kind == nil, command.name == nil {
            command.kind = clause.contains(anyOf: ["warnings"]) ? "event" : "pod"
        }
        if command.name == nil { command.isPlural = true }
        command.isCount = clause.contains(["how", "many"]) || first == "count"
        command.filter = filter
        if command.filter == .restarted, command.kind != "pod" || sortsRows { command.filter = nil }
        if command.kind == "event" {
            command.filter = clause.contains(anyOf: Self.warnings) ? .warnings : nil
        }
        command.sortsByRestarts =
            sortsRows && clause.contains(anyOf: ["restarts", "restart", "restarted", "restarting"])
        command.output = ["yaml", "json", "wide"].first(where: clause.words.contains)
        if clause.contains(anyOf: ["manifest"]) { command.output = "yaml" }
    }

    private var sortsRows: Bool { clause.contains(anyOf: ["by", "most", "sorted", "highest", "often"]) }

    private static let warnings: Set<String> = [
        "warning", "warnings", "error", "errors", "failed", "failing", "failure", "failures", "problem", "problems",
    ]

    private static let restarted = Phrases([
        "restarted", "have restarts", "has restarts", "had restarts", "with restarts", "are restarting",
    ])

    private var filter: Command.Filter? {
        let isNegated = clause.contains(anyOf: ["not"])
        if clause.contains(anyOf: ["pending"]) { return .pending }
        if Self.restarted.isIn(clause), !isNegated { return .restarted }
        if clause.contains(anyOf: ["healthy", "running", "ready", "available", "up", "working"]) {
            if clause.words == ["what", "is", "running"] { return nil }
            return isNegated ? .unhealthy : .running
        }
        return Verbs.isDiagnosis(clause) ? .unhealthy : nil
    }
}
