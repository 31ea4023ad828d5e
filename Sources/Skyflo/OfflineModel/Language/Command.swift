/// Something that was asked for, with what was said about it. What is nil was not said.
struct Command: Sendable, Hashable {
    enum Verb: String, Sendable, Hashable, CaseIterable {
        case list, describe, logs, diagnose, rolloutStatus
        case scale, setImage, restart, rollBack, delete, apply

        var isWrite: Bool {
            switch self {
            case .list, .describe, .logs, .diagnose, .rolloutStatus: false
            case .scale, .setImage, .restart, .rollBack, .delete, .apply: true
            }
        }
    }

    enum Replicas: Sendable, Hashable {
        case exactly(Int)
        case by(Int)
        /// In percent of what there is: 200 doubles.
        case percent(Int)
    }

    /// Which rows of a list were asked for.
    enum Filter: Sendable, Hashable { case running, unhealthy, pending, restarted, warnings }

    var verb: Verb
    /// Singular, as the tools take it.
    var kind: String?
    /// The kind was said in the plural: many are meant, also where a name stands beside it ("the web pods").
    var isPlural = false
    var name: String?
    var namespace: String?
    var allNamespaces = false

    var replicas: Replicas?
    /// A reference, or `:tag` where only the version was said.
    var image: String?
    var container: String?
    var lines: Int?
    var since: String?
    var previous = false
    var filter: Filter?
    var selector: String?
    /// By fields: `type=Warning`.
    var fields: String?
    var output: String?
    var isCount = false
    /// The rows with most restarts first.
    var sortsByRestarts = false
    var manifest: String?
    /// To roll back to.
    var revision: Int?

    /// One object is meant, and not all of those that a list would show. A name can only be looked up in one namespace.
    var isOne: Bool { name != nil && !isPlural && !allNamespaces }
}

/// What a sentence turned out to be.
enum Utterance: Sendable, Hashable {
    case command(Command)
    /// A question about how something is done.
    case howTo(Command.Verb?)
    /// A question whether something should be done: nobody asked for it yet.
    case advice(Command.Verb, name: String?)
    /// Something that must not be done.
    case declined(name: String?)
    case greeting
    case thanks
    case capabilities
    case unclear(Unclear)
}

/// Why something can't be done as it was said.
enum Unclear: Sendable, Hashable {
    case notUnderstood
    /// The object is missing: "restart it", with nothing that "it" could be.
    case whichObject(Command.Verb, kind: String?)
    case howMany(name: String?)
    case whichImage(name: String?)
    case severalNames([String])
    case condition(Command.Verb)
    case everything(Command.Verb)
    case badCount(String)
    /// A namespace is meant that can't be read; the text is what was said in its place.
    case whichNamespace(Command.Verb, String)
    case severalNamespaces([String])
    /// How much memory, CPU and the like something uses: no tool tells that.
    case usage
    /// To change how much memory, CPU or disk something may use.
    case resources
    /// To start or stop something can mean several things.
    case startOrStop(name: String?)
}
