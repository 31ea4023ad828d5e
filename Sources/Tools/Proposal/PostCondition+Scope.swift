public import KubeModel

extension PostCondition {
    /// Which objects show whether a post-condition holds.
    public struct Scope: Sendable, Hashable {
        public var resource: APIResource
        public var namespace: String?
        /// Of the only object; nil for a collection.
        public var name: String?
        public var labelSelector: LabelSelector?
        /// In the API's text form.
        public var fieldSelector: String?
    }

    public var scope: Scope {
        switch self {
        case .podsGone(let subject, _, let selector):
            return Scope(resource: .pods, namespace: subject.namespace, labelSelector: selector)
        case .noWarnings(let subject):
            // Events about cluster-scoped objects are kept in the namespace default.
            return Scope(
                resource: .events, namespace: subject.namespace ?? "default", fieldSelector: "type=Warning")
        case .rolloutComplete, .replicas, .gone, .exists, .jobComplete:
            return Scope(
                resource: subject.resource, namespace: subject.namespace, name: subject.name,
                fieldSelector: "metadata.name=\(subject.name)")
        }
    }

    /// Decided by one look, once the others are decided: there is no moment at which warnings are over.
    public var comesLast: Bool {
        if case .noWarnings = self { true } else { false }
    }

    /// Whether it is no fault of the write when the identity may not look.
    public var isOptional: Bool {
        switch self {
        case .podsGone, .noWarnings: true
        case .rolloutComplete, .replicas, .gone, .exists, .jobComplete: false
        }
    }

    /// - Parameters:
    ///   - objects: those of ``scope``, as just read.
    ///   - since: when the write was sent.
    ///   - isSettled: the post-conditions that were watched before hold.
    public func evaluate(observed objects: [KubeObject], since: KubeTime, isSettled: Bool) -> Result {
        switch self {
        case .podsGone(let subject, let uid, _): Self.podsGone(subject, uid, objects)
        case .noWarnings(let subject):
            WarningEvents(events: objects, about: subject, since: since).judge(isSettled: isSettled)
        case .rolloutComplete, .replicas, .gone, .exists, .jobComplete:
            evaluate(observed: objects.first { $0.name == subject.name })
        }
    }

    /// The warnings to look for beside post-conditions about running pods.
    static func warnings(beside conditions: [PostCondition]) -> [PostCondition] {
        var subjects: [Subject] = []
        for condition in conditions {
            switch condition {
            case .rolloutComplete(let subject), .replicas(let subject, _), .jobComplete(let subject):
                if !subjects.contains(subject) { subjects.append(subject) }
            case .gone, .exists, .podsGone, .noWarnings: continue
            }
        }
        return subjects.map { .noWarnings($0) }
    }

    // MARK: Jobs and pods

    static func job(_ subject: Subject, _ observed: KubeObject?) -> Result {
        guard let observed else { return .failed("\(subject.text) is not there") }
        func count(_ field: String) -> Int { observed["status", field]?.int ?? 0 }
        for condition in observed["status", "conditions"]?.array ?? [] where condition["status"]?.string == "True" {
            switch condition["type"]?.string {
            case "Complete": return .met("\(subject.text) is complete: \(count("succeeded")) pods succeeded")
            case "Failed":
                let why = [condition["reason"]?.string, condition["message"]?.string].compactMap(\.self)
                return .failed("\(subject.text) has failed: \(why.joined(separator: ": "))")
            default: continue
            }
        }
        return .pending(
            "\(subject.text) runs: \(count("active")) pods active, \(count("succeeded")) succeeded, "
                + "\(count("failed")) failed")
    }

    private static func podsGone(_ subject: Subject, _ uid: String, _ pods: [KubeObject]) -> Result {
        let left = pods.filter { pod in
            guard let owner = pod.controller else { return false }
            return owner.uid == uid || GeneratedNames(of: subject).contains(kind: owner.kind, owner.name)
        }
        guard !left.isEmpty else { return .met("no pod of \(subject.text) is left") }
        let names = left.map(\.name).sorted()
        let more = names.count > 5 ? ", and \(names.count - 5) more" : ""
        return .pending("\(names.count) pods are still there: \(names.prefix(5).joined(separator: ", "))\(more)")
    }
}
