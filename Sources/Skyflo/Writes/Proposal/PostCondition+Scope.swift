import KubeModel

extension PostCondition {
    /// Which objects show whether a post-condition holds.
    package struct Scope: Sendable, Hashable {
        package var resource: APIResource
        package var namespace: String?
        /// Of the only object; nil for a collection.
        package var name: String?
        package var labelSelector: LabelSelector?
        /// In the API's text form.
        package var fieldSelector: String?
    }

    package var scope: Scope {
        switch self {
        case .podsGone(let subject, _, let selector):
            return Scope(resource: .pods, namespace: subject.namespace, labelSelector: selector)
        case .serves(let subject):
            return Scope(
                resource: .endpointSlices, namespace: subject.namespace,
                labelSelector: LabelSelector(matching: ["kubernetes.io/service-name": subject.name]))
        case .noWarnings(let subject, _):
            // Events about cluster-scoped objects are kept in the namespace default.
            return Scope(
                resource: .events, namespace: subject.namespace ?? "default", fieldSelector: "type=Warning")
        case .rolloutComplete, .replicas, .gone, .exists, .stored, .ready, .jobComplete, .delivery, .ended, .jenkins:
            return Scope(
                resource: subject.resource, namespace: subject.namespace, name: subject.name,
                fieldSelector: "metadata.name=\(subject.name)")
        }
    }

    /// A pod is to go. Where it runs never changes, so a list of its node's pods shows it as well as a list of its name.
    package var isGoneFromItsNode: Bool {
        if case .gone(let subject, _) = self { subject.resource.isSame(as: .pods) } else { false }
    }

    /// The node whose change is to be stored; nil for any other condition.
    package var storedNode: String? {
        guard case .stored(let subject) = self, subject.resource.group.isEmpty, subject.resource.plural == "nodes"
        else { return nil }
        return subject.name
    }

    /// Decided by one look, once the others are decided: there is no moment at which warnings are over.
    package var comesLast: Bool {
        if case .noWarnings = self { true } else { false }
    }

    /// About one object that was there before the write, and decided by that alone.
    package var isWatchedFromTheStart: Bool {
        switch self {
        case .rolloutComplete, .replicas, .delivery: true
        case .gone, .exists, .stored, .ready, .jobComplete, .podsGone, .noWarnings, .serves, .ended, .jenkins: false
        }
    }

    /// Whether it is no fault of the write when the identity may not look.
    package var isOptional: Bool {
        switch self {
        case .podsGone, .noWarnings, .serves: true
        case .rolloutComplete, .replicas, .gone, .exists, .stored, .ready, .jobComplete, .delivery, .ended, .jenkins:
            false
        }
    }

    /// What can't be found out any more, however long one waits.
    package func isUnknowable(observed objects: [KubeObject]) -> Bool {
        switch self {
        case .jobComplete(_, deletesItself: true), .ready(_, _, runsOnce: true): objects.isEmpty
        default: false
        }
    }

    /// Whether the last state of an object that was deleted decides, as that of one that still exists.
    package var outlivesItsObject: Bool {
        switch self {
        case .jobComplete, .ready, .ended: true
        case .rolloutComplete, .replicas, .gone, .exists, .stored, .podsGone, .noWarnings, .delivery, .serves, .jenkins:
            false
        }
    }

    /// - Parameters:
    ///   - objects: those of ``scope``, as just read.
    ///   - since: when the write was sent.
    ///   - isSettled: the post-conditions that were watched before hold.
    ///   - isRunning: they may come to hold, so that warnings which pass with that say nothing yet.
    ///   - surroundings: what warnings may be about; nil where nobody has looked.
    package func evaluate(
        observed objects: [KubeObject], since: KubeTime, isSettled: Bool, isRunning: Bool = false,
        surroundings: Surroundings? = nil
    ) -> Result {
        switch self {
        case .podsGone(let subject, let uid, _): Self.podsGone(subject, uid: uid, pods: objects)
        case .noWarnings(let subject, let knownPods):
            WarningEvents(events: objects, about: subject, since: since)
                .judge(isSettled: isSettled, isRunning: isRunning, surroundings, knownPods: knownPods)
        case .serves(let subject): Self.serves(subject, slices: objects)
        case .rolloutComplete, .replicas, .gone, .exists, .stored, .ready, .jobComplete, .ended, .delivery, .jenkins:
            evaluate(observed: objects.first { $0.name == subject.name })
        }
    }

    /// The warnings to look for beside post-conditions about running pods.
    static func warnings(beside conditions: [PostCondition]) -> [PostCondition] {
        var subjects: [Subject] = []
        for condition in conditions {
            switch condition {
            case .rolloutComplete(let subject), .replicas(let subject, _), .ready(let subject, _, _),
                .jobComplete(let subject, _):
                if !subjects.contains(subject) { subjects.append(subject) }
            case .delivery(let subject, let goal):
                if goal.startsPods, !subjects.contains(subject) { subjects.append(subject) }
            case .gone, .exists, .stored, .serves, .ended, .podsGone, .noWarnings, .jenkins: continue
            }
        }
        return subjects.map { .noWarnings($0) }
    }

    // MARK: Jobs and pods

    static func job(_ subject: Subject, observed: KubeObject) -> Result {
        func count(_ field: String) -> Int { observed["status", field]?.int ?? 0 }
        for condition in observed["status", "conditions"]?.array ?? [] where condition["status"]?.string == "True" {
            switch condition["type"]?.string {
            case "Complete", "SuccessCriteriaMet":
                return .met("\(subject.text) is complete: \(count("succeeded").counted(as: "pod")) succeeded")
            case "Failed", "FailureTarget":
                let why = [condition["reason"]?.string, condition["message"]?.string].compactMap(\.self)
                return .failed("\(subject.text) has failed: \(why.joined(separator: ": "))")
            default: continue
            }
        }
        if observed["spec", "suspend"]?.bool == true { return .pending("\(subject.text) is suspended") }
        return .pending(
            "\(subject.text) is still running; its pods: \(count("active")) active, \(count("succeeded")) succeeded, "
                + "\(count("failed")) failed")
    }

    private static func serves(_ subject: Subject, slices: [KubeObject]) -> Result {
        // What isn't said counts as ready (`discovery.k8s.io/v1`).
        let ready = slices.flatMap { $0["endpoints"]?.array ?? [] }
            .count { $0["conditions", "ready"]?.bool ?? true }
        guard ready > 0 else { return .pending("\(subject.text) has no ready endpoint yet") }
        return .met("\(subject.text) has \(ready) ready \(ready == 1 ? "endpoint" : "endpoints")")
    }

    private static func podsGone(_ subject: Subject, uid: String, pods: [KubeObject]) -> Result {
        let left = pods.filter { pod in
            guard let owner = pod.controller else { return false }
            return owner.uid == uid || GeneratedNames(of: subject).contains(kind: owner.kind, owner.name)
        }
        guard !left.isEmpty else { return .met("all pods of \(subject.text) are deleted") }
        let names = left.map(\.name).sorted()
        let more = names.count > 5 ? ", and \(names.count - 5) more" : ""
        let verb = names.count == 1 ? "exists" : "exist"
        return .pending(
            "\(names.count.counted(as: "pod")) still \(verb): \(names.prefix(5).joined(separator: ", "))\(more)")
    }
}

extension APIResource {
    /// Where a service leads to.
    package static let endpointSlices = APIResource(
        group: "discovery.k8s.io", version: "v1", plural: "endpointslices", kind: "EndpointSlice")
}
