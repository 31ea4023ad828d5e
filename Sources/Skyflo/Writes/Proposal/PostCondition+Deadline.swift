import KubeModel

extension PostCondition {
    /// Seconds after its write. Nothing is watched any longer.
    package static let longestWatch = 3600.0
    /// For kinds that have no deadline of their own: as long as a Deployment has by default.
    private static let usual = 600.0
    /// After its deadline an object's controller has a moment to say so.
    private static let grace = 10.0

    /// Until when what doesn't hold yet may come to hold by itself: the object's own deadline, an hour after the write at the
    /// most. nil where nothing is on its way, or nothing would end it: a pod that isn't ready may stay so for ever.
    ///
    /// - Parameters:
    ///   - objects: those of ``scope``, as just read.
    ///   - since: when the write was sent.
    package func deadline(observed objects: [KubeObject], since: KubeTime) -> KubeTime? {
        if case .jenkins(_, let goal) = self { return since.adding(seconds: goal.deadline) }
        guard let object = objects.first(where: { $0.name == subject.name }), !object.isBeingDeleted else { return nil }
        switch self {
        case .rolloutComplete, .replicas, .jobComplete, .delivery: break
        case .gone, .exists, .stored, .ready, .podsGone, .noWarnings, .serves, .ended, .jenkins: return nil
        }
        // Whoever paused it decides when it goes on.
        if object["spec", "paused"]?.bool == true || object["spec", "suspend"]?.bool == true { return nil }
        let last = since.adding(seconds: Self.longestWatch)
        return min(last, own(object, since: since) ?? since.adding(seconds: Self.usual))
    }

    private func own(_ object: KubeObject, since: KubeTime) -> KubeTime? {
        switch object.kind {
        // Each of its steps has a deadline, and an analysis or an experiment may be one.
        case "Rollout": return since.adding(seconds: Self.longestWatch)
        // Its controller ends it, by a deadline that begins anew with each step.
        case "Deployment":
            if case .rolloutComplete = self { return since.adding(seconds: Self.longestWatch) }
            let seconds = object["spec", "progressDeadlineSeconds"]?.int ?? Int(Self.usual)
            return since.adding(seconds: min(Double(seconds), Self.longestWatch) + Self.grace)
        case "Job":
            guard let seconds = object["spec", "activeDeadlineSeconds"]?.int else {
                return since.adding(seconds: Self.longestWatch)
            }
            let start = object["status", "startTime"]?.string.flatMap { KubeTime($0) } ?? since
            return start.adding(seconds: min(Double(seconds), Self.longestWatch) + Self.grace)
        default: return nil
        }
    }
}
