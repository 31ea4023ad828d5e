import KubeModel

extension PostCondition {
    /// What shows that a write did what it is for: the same for what is created, changed, undone and restarted.
    ///
    /// - Parameters:
    ///   - object: as it is to be.
    ///   - before: as it was; nil for what is created.
    package static func after(writing object: KubeObject, to subject: Subject, changing before: KubeObject? = nil)
        -> [PostCondition]
    {
        if let before, before.isBeingDeleted {
            // Whoever takes the last finalizer off lets it go.
            let goes = !before.finalizers.isEmpty && object.finalizers.isEmpty
            return [goes ? .gone(subject, uid: before.uid) : .exists(subject)]
        }
        if let before, before["spec"] == object["spec"] {
            // Whether an autoscaler is active, or a debug container runs, has nothing to do with such a change.
            let isActive = ["horizontalpodautoscalers", "pods"].contains(subject.resource.plural)
            return [isActive ? .stored(subject) : .exists(subject)]
        }
        let changesTemplate = before.map { $0["spec", "template"] != object["spec", "template"] } ?? false
        switch (subject.resource.group, subject.resource.plural) {
        case ("apps", "deployments"):
            guard object["spec", "paused"]?.bool == true else { return [.rolloutComplete(subject)] }
            return paused(object, subject: subject, changing: before, changesTemplate: changesTemplate)
        case ("apps", "statefulsets"), ("apps", "daemonsets"):
            guard object["spec", "updateStrategy", "type"]?.string == "OnDelete" else {
                return [.rolloutComplete(subject)]
            }
            return [changesTemplate ? .stored(subject) : .ready(subject)]
        case ("apps", "replicasets"), ("", "replicationcontrollers"):
            return [changesTemplate ? .stored(subject) : .ready(subject)]
        case ("", "pods"):
            let runsOnce = ["Never", "OnFailure"].contains(object["spec", "restartPolicy"]?.string ?? "")
            return [.ready(subject, replacing: replaced(by: object, before), runsOnce: runsOnce)]
        case ("", "persistentvolumeclaims"): return [.ready(subject)]
        case ("batch", "jobs"): return [job(object, subject: subject, changing: before)]
        case ("argoproj.io", "rollouts"):
            let isPaused = object["spec", "paused"]?.bool == true
            return [.delivery(subject, DeliveryGoal(isPaused ? .paused : .rollsOut))]
        default: return [.exists(subject)]
        }
    }

    /// Nothing rolls out, but the number of replicas still counts.
    private static func paused(
        _ object: KubeObject, subject: Subject, changing before: KubeObject?, changesTemplate: Bool
    ) -> [PostCondition] {
        guard let before else { return [.exists(subject)] }
        guard !changesTemplate, let count = object["spec", "replicas"]?.int, count != before["spec", "replicas"]?.int
        else { return [.stored(subject)] }
        return [.replicas(subject, count: count)]
    }

    /// A change of a Job that runs says nothing about when it ends.
    private static func job(_ object: KubeObject, subject: Subject, changing before: KubeObject?) -> PostCondition {
        guard before.map(isHeld) ?? true, !isHeld(object) else { return .exists(subject) }
        return .jobComplete(subject, deletesItself: object["spec", "ttlSecondsAfterFinished"]?.int != nil)
    }

    /// Whether a Job starts no pods until somebody changes it.
    private static func isHeld(_ job: KubeObject) -> Bool {
        job["spec", "suspend"]?.bool == true || job["spec", "parallelism"]?.int == 0
    }

    /// The ids of the containers that get another image.
    private static func replaced(by object: KubeObject, _ before: KubeObject?) -> [String: String] {
        guard let before else { return [:] }
        func images(_ pod: KubeObject) -> [String: String] {
            let containers = pod["spec", "containers"]?.array ?? []
            return Dictionary(
                containers.map { ($0["name"]?.string ?? "", $0["image"]?.string ?? "") }, uniquingKeysWith: { $1 })
        }
        let (old, new) = (images(before), images(object))
        var ids: [String: String] = [:]
        for status in before["status", "containerStatuses"]?.array ?? [] {
            guard let name = status["name"]?.string, old[name] != new[name] else { continue }
            ids[name] = status["containerID"]?.string
        }
        return ids
    }
}
