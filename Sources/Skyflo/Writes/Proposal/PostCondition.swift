import KubeModel

/// Something that must hold after a write, checked by code from what the API server says.
package enum PostCondition: Sendable, Hashable {
    /// A Deployment, StatefulSet or DaemonSet runs its newest template everywhere, and all its pods are available.
    case rolloutComplete(Subject)
    /// There are so many replicas, all of them ready.
    case replicas(Subject, count: Int)
    /// The object with this uid is gone. Another one of its name may be there.
    case gone(Subject, uid: String)
    case exists(Subject)
    /// A change that no running pod gets by itself is stored, and its controller has seen it.
    case stored(Subject)
    /// What runs is ready, a pod that runs once is done, a claim is bound.
    ///
    /// - Parameters:
    ///   - replacing: the ids that a pod's containers had before their images were changed, by name. Until they are others,
    ///     the pod's status is that of the old ones.
    ///   - runsOnce: a pod that may have done its work, and be gone, before anybody has looked.
    case ready(Subject, replacing: [String: String] = [:], runsOnce: Bool = false)
    /// A Job has done its work.
    ///
    /// - Parameter deletesItself: it may be gone before anybody has looked, by its `ttlSecondsAfterFinished`.
    case jobComplete(Subject, deletesItself: Bool = false)
    /// A service has somebody to lead to: a ready endpoint in one of its slices.
    case serves(Subject)
    /// A pod that runs once has ended, well or not.
    case ended(Subject)
    /// The pods of the workload with this uid are gone.
    case podsGone(Subject, uid: String, selector: LabelSelector)
    /// Nobody has warned about the object or its new pods since the write.
    ///
    /// - Parameter knownPods: uids of the pods that there were before; nil where that isn't known.
    case noWarnings(Subject, knownPods: [String]? = nil)
    /// What a controller of Argo or Flux is to make of an object of its own.
    case delivery(Subject, DeliveryGoal)
    /// What is to be so in a Jenkins; the subject is the integration. Decided by what that says, not by objects.
    case jenkins(Subject, JenkinsGoal)

    package struct Subject: Sendable, Hashable {
        package var resource: APIResource
        package var namespace: String?
        package var name: String

        package init(resource: APIResource, namespace: String?, name: String) {
            self.resource = resource.identity
            self.namespace = namespace
            self.name = name
        }

        /// `deployment shop/web`
        package var text: String { "\(resource.singular) \(namespace.map { "\($0)/" } ?? "")\(name)" }
    }

    package enum Result: Sendable, Hashable {
        /// With what shows it.
        case met(String)
        /// Not yet, and why.
        case pending(String)
        /// Not, and waiting won't help.
        case failed(String)
    }

    package var subject: Subject {
        switch self {
        case .rolloutComplete(let subject), .replicas(let subject, _), .gone(let subject, _), .exists(let subject),
            .stored(let subject), .ready(let subject, _, _), .jobComplete(let subject, _), .serves(let subject),
            .ended(let subject), .podsGone(let subject, _, _), .noWarnings(let subject, _), .delivery(let subject, _),
            .jenkins(let subject, _):
            subject
        }
    }

    /// What people read: `roll-out of deployment shop/web is complete`.
    package var title: String {
        switch self {
        case .rolloutComplete(let subject): "roll-out of \(subject.text) is complete"
        case .replicas(let subject, let count): "\(subject.text) has \(count) ready replicas"
        case .gone(let subject, _): "\(subject.text) is gone"
        case .exists(let subject): "\(subject.text) exists"
        case .stored(let subject): "the change of \(subject.text) is stored"
        case .ready(let subject, _, _):
            subject.resource.plural == "persistentvolumeclaims"
                ? "\(subject.text) can be used" : "\(subject.text) is ready"
        case .jobComplete(let subject, _): "\(subject.text) is complete"
        case .serves(let subject): "\(subject.text) has endpoints"
        case .ended(let subject): "\(subject.text) has ended"
        case .podsGone(let subject, _, _): "the pods of \(subject.text) are gone"
        case .noWarnings(let subject, _): "no new warnings about \(subject.text)"
        case .delivery(let subject, let goal): "\(subject.text) \(goal.kind.title)"
        case .jenkins(_, let goal): goal.title
        }
    }

    /// - Parameter observed: the object as just read; nil when there is none.
    func evaluate(observed: KubeObject?) -> Result {
        if case .gone(let subject, let uid) = self { return Self.gone(subject, uid: uid, observed: observed) }
        guard let observed else { return absent }
        return switch self {
        case .gone(let subject, let uid): Self.gone(subject, uid: uid, observed: observed)
        case .exists(let subject): Existence(observed, subject: subject).result
        case .stored(let subject): Readiness(of: observed, subject).stored
        case .ready(let subject, let replacing, _): Readiness(of: observed, subject, replacing: replacing).result
        case .rolloutComplete(let subject): Readiness(of: observed, subject).rollout
        case .replicas(let subject, let count): Self.replicas(subject, count: count, observed: observed)
        case .jobComplete(let subject, _): Self.job(subject, observed: observed)
        case .delivery(let subject, let goal): goal.result(of: observed, about: subject)
        case .ended(let subject): Readiness(of: observed, subject).ended
        case .serves, .podsGone, .noWarnings: .pending("about more than one object")
        case .jenkins: .pending("about no object of the cluster")
        }
    }

    /// That an object is missing by now says nothing about how it ended, where it may end by itself.
    private var absent: Result {
        switch self {
        case .jobComplete(let subject, true):
            .pending(
                "\(subject.text) has been deleted, as its ttlSecondsAfterFinished says; it is not known how it ended")
        case .ready(let subject, _, true): .pending("\(subject.text) was deleted; it is not known how it ended")
        case .exists, .ready: .pending("\(subject.text) is missing")
        default: .failed("\(subject.text) is missing")
        }
    }

    private static func gone(_ subject: Subject, uid: String, observed: KubeObject?) -> Result {
        guard let observed else { return .met("\(subject.text) is deleted") }
        guard observed.uid == uid else { return .met("\(subject.text) was deleted; a new one has the same name") }
        guard observed.isBeingDeleted else { return .pending("\(subject.text) still exists") }
        let finalizers = observed.finalizers
        return .pending(
            "\(subject.text) is being deleted"
                + (finalizers.isEmpty ? "" : "; it waits for the finalizers \(finalizers.joined(separator: ", "))"))
    }

    private static func replicas(_ subject: Subject, count: Int, observed: KubeObject) -> Result {
        if let wanted = observed["spec", "replicas"]?.int, wanted != count {
            return .failed("\(subject.text) is set to \(wanted.counted(as: "replica")): something else changed it")
        }
        if let seen = observed["status", "observedGeneration"]?.int, seen < observed.generation {
            return .pending("the controller has not seen the change yet")
        }
        let there = observed["status", "replicas"]?.int ?? 0
        if there == 0, observed["spec", "paused"]?.bool == true,
            observed.annotations["deployment.kubernetes.io/revision"] == nil
        {
            return .met(
                "\(subject.text) is set to \(count.counted(as: "replica")); it is paused: no replica starts until it is "
                    + "resumed")
        }
        guard there == count else {
            return .pending("\(subject.text) has \(there.counted(as: "replica")) of \(count)")
        }
        // Kinds that count ready replicas leave the field out at 0; others never have it.
        let counts =
            observed["status", "readyReplicas"] != nil || subject.resource.group == "apps"
            || subject.resource.plural == "replicationcontrollers"
        let ready = counts ? observed["status", "readyReplicas"]?.int ?? 0 : count
        guard ready == count else { return .pending(Readiness.text(ready, of: count, noun: "replica")) }
        return .met("\(subject.text) has \(count.counted(as: "replica"))\(counts ? ", all ready" : "")")
    }
}
