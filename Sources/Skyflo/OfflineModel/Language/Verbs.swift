/// Which verb a clause has. Changes are only recognised as orders, that is with the verb in its base form at the
/// beginning; questions and stories about changes are none.
enum Verbs {
    static let gerunds: [String: String] = [
        "scaling": "scale", "restarting": "restart", "deleting": "delete", "removing": "remove", "showing": "show",
        "listing": "list", "updating": "update", "upgrading": "upgrade", "describing": "describe", "checking": "check",
        "rolling": "roll", "setting": "set", "changing": "change", "bouncing": "bounce", "killing": "kill",
        "reverting": "revert", "undoing": "undo", "getting": "get", "telling": "tell", "giving": "give",
        "increasing": "increase", "reducing": "reduce", "bumping": "bump",
    ]

    private static let scale: Set<String> = [
        "scale", "resize", "upscale", "downscale", "double", "triple", "quadruple", "halve", "increase", "raise",
        "decrease", "reduce", "lower", "grow", "shrink",
    ]
    private static let restart: Set<String> = ["restart", "bounce", "reboot", "recycle", "cycle", "redeploy", "kick"]
    private static let delete: Set<String> = [
        "delete", "remove", "destroy", "kill", "terminate", "drop", "erase", "purge", "wipe", "nuke", "evict",
    ]
    private static let generic: Set<String> = [
        "set", "change", "update", "make", "put", "modify", "adjust", "switch", "move", "use", "upgrade", "downgrade",
        "deploy", "patch", "point", "give", "run", "bring", "ensure", "have", "keep", "bump", "add", "release", "ship",
        "roll", "start", "take", "let",
    ]
    private static let restartHelpers: Set<String> = [
        "do", "perform", "trigger", "give", "start", "initiate", "run", "issue", "rollout", "rolling", "roll", "make",
    ]
    private static let removalPhrases = Phrases(["get rid of", "tear down", "clean up", "throw away", "take away"])
    private static let undoPhrases = Phrases([
        "undo", "revert", "roll back", "rollout undo", "go back", "return to", "switch back", "bring back the previous",
        "take back", "put back",
    ])

    /// Whether something gets another value, whatever it is.
    static func adjusts(_ first: String) -> Bool {
        scale.contains(first)
            || ["set", "change", "update", "modify", "adjust", "patch", "bump", "add"].contains(first)
    }

    /// The change that a clause orders; nil where it orders none.
    static func write(_ clause: Clause, slots: Slots, counts: Counts) -> Command.Verb? {
        var first = clause.words.first ?? ""
        first = gerunds[first] ?? first
        let countsReplicas = clause.contains(anyOf: Vocabulary.replicaWords) && counts.replicas != nil
        if undoPhrases.prefix(of: clause) != nil || (first == "roll" && clause.contains(anyOf: ["back"])) {
            return .rollBack
        }
        if restart.contains(first) { return .restart }
        let isNoun = clause.contains(anyOf: ["restart", "bounce", "reboot", "kick"])
        if restartHelpers.contains(first), isNoun { return .restart }
        if delete.contains(first) {
            return countsReplicas && !slots.names.isEmpty && Counts.count(in: clause.words) != nil ? .scale : .delete
        }
        if removalPhrases.prefix(of: clause) != nil { return .delete }
        if first == "bump", slots.image != nil { return .setImage }
        if scale.contains(first) || first == "bump" { return .scale }
        return generic.contains(first)
            ? change(first, clause: clause, slots: slots, countsReplicas: countsReplicas) : nil
    }

    /// Verbs that say only that something changes: what changes is told by the rest.
    private static func change(
        _ first: String, clause: Clause, slots: Slots, countsReplicas: Bool
    ) -> Command.Verb? {
        if slots.image != nil { return .setImage }
        let saysReplicas = clause.contains(anyOf: ["replica", "replicas", "instances", "copies", "--replicas"])
        if countsReplicas || saysReplicas { return .scale }
        if first == "bring", Counts(clause).replicas != nil { return .scale }
        if ["upgrade", "downgrade"].contains(first) || clause.contains(anyOf: ["image"]) { return .setImage }
        return nil
    }

    private static let diagnosis: Set<String> = [
        "wrong", "failing", "fail", "fails", "failed", "broken", "crash", "crashing", "crashed", "crashes", "problem",
        "problems", "issue", "issues", "unhealthy", "healthy", "health", "stuck", "diagnose", "debug", "troubleshoot",
        "investigate", "analyse", "analyze", "why", "crashloop", "crashloopbackoff", "imagepullbackoff", "oomkilled",
        "trouble", "dead", "unavailable", "hanging", "alive", "cause", "diagnosis", "happening", "happened", "ok",
        "okay",
        "fine", "error", "errors", "erroring", "degraded",
    ]
    private static let diagnosisPhrases = Phrases([
        "not ready", "not working", "not running", "not start", "not starting", "not come up", "not coming up",
        "not up",
        "not available", "going on", "not work", "is down", "are down", "up and", "not healthy", "not respond",
        "not responding", "not happy",
    ])
    private static let states: Set<String> = [
        "status", "state", "doing", "up", "ready", "running", "available", "working",
    ]

    static func isDiagnosis(_ clause: Clause) -> Bool {
        clause.contains(anyOf: diagnosis) || diagnosisPhrases.isIn(clause)
    }

    static func asksForState(_ clause: Clause) -> Bool { clause.contains(anyOf: states) }

    /// Words that ask to see something.
    static let looking: Set<String> = [
        "list", "show", "get", "display", "print", "give", "fetch", "view", "see", "check", "inspect", "look", "find",
        "tell", "what", "which", "where", "is", "are", "how", "do", "does", "has", "have", "any", "dump", "report",
        "describe", "explain", "check", "verify", "watch", "read", "count", "summarize", "summarise", "can", "who",
        "did",
        "was", "were", "will", "when",
    ]
    static let questions: Set<String> = [
        "what", "which", "where", "is", "are", "how", "do", "does", "has", "have", "who", "why", "when", "did", "was",
        "were", "had",
    ]
}
