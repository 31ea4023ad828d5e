import KubeModel

/// What an account may do in a namespace, in as few words as a model needs to know what is worth trying.
///
/// Made of the rules of a SelfSubjectRulesReview. It decides nothing: the API server does, for every request.
struct AccessSummary: Sendable {
    private struct Rule: Sendable {
        var verbs: Set<String>
        var groups: Set<String>
        var resources: Set<String>
        /// For some objects only, by their names.
        var isNamed: Bool

        func covers(_ kind: Kind, verb: String) -> Bool {
            (verbs.contains("*") || verbs.contains(verb)) && (groups.contains("*") || groups.contains(kind.group))
                && (resources.contains("*") || resources.contains(kind.resource))
        }
    }

    private struct Kind: Sendable, Hashable {
        var group: String
        var resource: String
    }

    private enum Level { case none, some, all }

    private let rules: [Rule]
    /// An authorizer couldn't list its rules, so that more may be allowed.
    private let isIncomplete: Bool

    /// - Parameter status: of the review.
    init(_ status: JSONValue) {
        func texts(_ list: JSONValue?) -> Set<String> { Set(list?.array?.compactMap(\.string) ?? []) }
        rules = (status["resourceRules"]?.array ?? []).map { rule in
            Rule(
                verbs: texts(rule["verbs"]), groups: texts(rule["apiGroups"]), resources: texts(rule["resources"]),
                isNamed: !texts(rule["resourceNames"]).isEmpty)
        }
        isIncomplete = status["incomplete"]?.bool ?? false
    }

    /// `read all common kinds but secrets; change deployments; create, delete nothing; no exec`
    ///
    /// - Parameter isReadOnly: nothing is said of changes.
    func text(isReadOnly: Bool) -> String {
        var parts = [Self.phrase("read", granted(["get", "list"], of: Self.readable), of: Self.readable.count)]
        if !isReadOnly {
            parts += changes
            if let others { parts.append("change also \(others)") }
            let exec = level(["create"], of: Kind(group: "", resource: "pods/exec"))
            parts.append(exec == .none ? "no exec" : "exec")
        }
        return parts.joined(separator: "; ") + (isIncomplete ? " (perhaps more)" : "")
    }

    // MARK: Kinds

    /// What is looked at and changed most; a list of everything would be long and say little more.
    private static let writable = [
        ("", "pods"), ("", "services"), ("", "configmaps"), ("", "secrets"), ("", "persistentvolumeclaims"),
        ("apps", "deployments"), ("apps", "statefulsets"), ("apps", "daemonsets"), ("batch", "jobs"),
        ("batch", "cronjobs"), ("networking.k8s.io", "ingresses"), ("autoscaling", "horizontalpodautoscalers"),
    ].map { Kind(group: $0.0, resource: $0.1) }

    private static let readable =
        writable + [Kind(group: "", resource: "pods/log"), Kind(group: "", resource: "events")]

    private func level(_ verbs: [String], of kind: Kind) -> Level {
        let fitting = rules.filter { rule in verbs.contains { rule.covers(kind, verb: $0) } }
        if fitting.contains(where: { !$0.isNamed }) { return .all }
        return fitting.isEmpty ? .none : .some
    }

    private struct Granted: Hashable {
        /// `deployments`, `configmaps (some)`
        var names: [String]
        var missing: [String]
        var hasSome: Bool
    }

    private func granted(_ verbs: [String], of kinds: [Kind]) -> Granted {
        var granted = Granted(names: [], missing: [], hasSome: false)
        for kind in kinds {
            switch level(verbs, of: kind) {
            case .all: granted.names.append(kind.resource)
            case .some:
                granted.names.append("\(kind.resource) (some)")
                granted.hasSome = true
            case .none: granted.missing.append(kind.resource)
            }
        }
        return granted
    }

    /// Changes, creations and deletions; those that are allowed of the same kinds together.
    private var changes: [String] {
        var words: [Granted: [String]] = [:]
        var order: [Granted] = []
        for (word, verbs) in [("change", ["patch", "update"]), ("create", ["create"]), ("delete", ["delete"])] {
            let granted = granted(verbs, of: Self.writable)
            if words[granted] == nil { order.append(granted) }
            words[granted, default: []].append(word)
        }
        return order.map { granted in
            Self.phrase((words[granted] ?? []).joined(separator: ", "), granted, of: Self.writable.count)
        }
    }

    private static func phrase(_ word: String, _ granted: Granted, of count: Int) -> String {
        if granted.names.isEmpty { return "\(word) nothing" }
        if granted.hasSome || granted.missing.count * 2 > count {
            return "\(word) \(granted.names.joined(separator: ", "))"
        }
        let but = granted.missing.isEmpty ? "" : " but \(granted.missing.joined(separator: ", "))"
        return "\(word) all common kinds\(but)"
    }

    /// Kinds of other groups that may be changed: those of controllers and operators.
    private var others: String? {
        let common = Set(Self.writable.map(\.group)).union(["*"])
        var names: Set<String> = []
        for rule in rules where !rule.verbs.isDisjoint(with: ["patch", "update", "*"]) {
            for group in rule.groups.subtracting(common) where !group.hasSuffix(".k8s.io") {
                for resource in rule.resources where !resource.contains("/") { names.insert("\(resource).\(group)") }
            }
        }
        guard !names.isEmpty else { return nil }
        let most = 3
        let more = names.count > most ? " and \(names.count - most) more" : ""
        return names.sorted().prefix(most).joined(separator: ", ") + more
    }
}
