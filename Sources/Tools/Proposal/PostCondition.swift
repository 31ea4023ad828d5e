public import KubeModel

/// Something that must hold after a write, checked by code from what the API server says.
public enum PostCondition: Sendable, Hashable {
    /// A Deployment, StatefulSet or DaemonSet runs its newest template everywhere, and all its pods are available.
    case rolloutComplete(Subject)
    /// There are so many replicas, all of them ready.
    case replicas(Subject, count: Int)
    /// The object with this uid is gone. Another one of its name may be there.
    case gone(Subject, uid: String)
    case exists(Subject)
    /// A Job has done its work.
    case jobComplete(Subject)
    /// The pods of the workload with this uid are gone.
    case podsGone(Subject, uid: String, selector: LabelSelector)
    /// Nobody has warned about the object or its pods since the write.
    case noWarnings(Subject)

    public struct Subject: Sendable, Hashable {
        public var resource: APIResource
        public var namespace: String?
        public var name: String

        public init(resource: APIResource, namespace: String?, name: String) {
            self.resource = resource.identity
            self.namespace = namespace
            self.name = name
        }

        /// `deployment shop/web`
        public var text: String { "\(resource.singular) \(namespace.map { "\($0)/" } ?? "")\(name)" }
    }

    public enum Result: Sendable, Hashable {
        /// With what shows it.
        case met(String)
        /// Not yet, and why.
        case pending(String)
        /// Not, and waiting won't help.
        case failed(String)
    }

    public var subject: Subject {
        switch self {
        case .rolloutComplete(let subject), .replicas(let subject, _), .gone(let subject, _), .exists(let subject),
            .jobComplete(let subject), .podsGone(let subject, _, _), .noWarnings(let subject):
            subject
        }
    }

    /// What people read: `roll-out of deployment shop/web is complete`.
    public var title: String {
        switch self {
        case .rolloutComplete(let subject): "roll-out of \(subject.text) is complete"
        case .replicas(let subject, let count): "\(subject.text) has \(count) ready replicas"
        case .gone(let subject, _): "\(subject.text) is gone"
        case .exists(let subject): "\(subject.text) is there"
        case .jobComplete(let subject): "\(subject.text) is complete"
        case .podsGone(let subject, _, _): "the pods of \(subject.text) are gone"
        case .noWarnings(let subject): "no new warnings about \(subject.text)"
        }
    }

    /// - Parameter observed: the object as just read; nil when there is none.
    func evaluate(observed: KubeObject?) -> Result {
        switch self {
        case .gone(let subject, let uid): Self.gone(subject, uid, observed)
        case .exists(let subject):
            observed == nil ? .pending("\(subject.text) is not there") : .met("\(subject.text) is there")
        case .rolloutComplete(let subject): Self.rollout(subject, observed)
        case .replicas(let subject, let count): Self.replicas(subject, count, observed)
        case .jobComplete(let subject): Self.job(subject, observed)
        case .podsGone, .noWarnings: .pending("about more than one object")
        }
    }

    private static func gone(_ subject: Subject, _ uid: String, _ observed: KubeObject?) -> Result {
        guard let observed else { return .met("\(subject.text) is gone") }
        guard observed.uid == uid else { return .met("\(subject.text) is gone; there is a new one of that name") }
        guard observed.isBeingDeleted else { return .pending("\(subject.text) is still there") }
        let finalizers = observed.finalizers
        return .pending(
            "\(subject.text) is being deleted"
                + (finalizers.isEmpty ? "" : "; it waits for the finalizers \(finalizers.joined(separator: ", "))"))
    }

    private static func rollout(_ subject: Subject, _ observed: KubeObject?) -> Result {
        guard let observed else { return .failed("\(subject.text) is not there") }
        return switch RolloutStatus(observed) {
        case .complete(let text): .met(text)
        case .progressing(let text): .pending(text)
        case .failed(let text): .failed(text)
        }
    }

    private static func replicas(_ subject: Subject, _ count: Int, _ observed: KubeObject?) -> Result {
        guard let observed else { return .failed("\(subject.text) is not there") }
        if let wanted = observed["spec", "replicas"]?.int, wanted != count {
            return .failed("\(subject.text) is set to \(wanted) replicas: something else changed it")
        }
        if let seen = observed["status", "observedGeneration"]?.int, seen < observed.generation {
            return .pending("the controller has not seen the change yet")
        }
        let there = observed["status", "replicas"]?.int ?? 0
        guard there == count else { return .pending("\(there) of \(count) replicas are there") }
        // Kinds that count ready replicas leave the field out at 0; others never have it.
        let counts = observed["status", "readyReplicas"] != nil || subject.resource.group == "apps"
        let ready = counts ? observed["status", "readyReplicas"]?.int ?? 0 : count
        guard ready == count else { return .pending("\(ready) of \(count) replicas are ready") }
        return .met("\(subject.text) has \(count) replicas\(counts ? ", all ready" : "")")
    }
}
