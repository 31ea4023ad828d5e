import KubeModel

/// What is told by events, and not by the object itself.
extension PostCondition {
    /// Whether any of these events is a warning that has to be judged.
    package static func hasWarnings(_ events: [KubeObject], about subject: Subject, since: KubeTime) -> Bool {
        !WarningEvents(events: events, about: subject, since: since).warnings.isEmpty
    }

    /// Which events say more about what isn't decided: about a claim that is pending, and about a Job that was deleted.
    package func eventSelector(observed objects: [KubeObject]) -> String? {
        switch self {
        case .ready(let subject, _, _) where subject.resource.plural == "persistentvolumeclaims" && !objects.isEmpty:
            "involvedObject.kind=PersistentVolumeClaim,involvedObject.name=\(subject.name)"
        case .jobComplete(let subject, true) where objects.isEmpty:
            "involvedObject.kind=Job,involvedObject.name=\(subject.name)"
        default: nil
        }
    }

    /// nil where they say nothing.
    package func finding(fromEvents events: [KubeObject], since: KubeTime, observed objects: [KubeObject]) -> Result? {
        switch self {
        case .ready(let subject, _, _): objects.first.flatMap { Self.claim($0, subject: subject, events: events) }
        case .jobComplete(let subject, _): Self.endedJob(subject, events: events, since: since)
        default: nil
        }
    }

    private static func claim(_ claim: KubeObject, subject: Subject, events: [KubeObject]) -> Result? {
        let own = events.filter { [nil, claim.uid].contains($0.eventObject.uid) }
        guard let newest = own.max(by: { $0.eventTime < $1.eventTime }) else { return nil }
        if newest.eventReason == "WaitForFirstConsumer" {
            return .met("\(subject.text) waits for its first consumer: it is bound when a pod uses it")
        }
        return .pending("\(subject.text) is pending: \(newest.eventReason): \(newest.eventMessage)")
    }

    private static func endedJob(_ subject: Subject, events: [KubeObject], since: KubeTime) -> Result? {
        let start = KubeTime(microseconds: since.microseconds / 1_000_000 * 1_000_000)
        let later = events.filter { $0.eventTime >= start }
        guard later.contains(where: { $0.eventReason == "Completed" }) else { return nil }
        return .met("\(subject.text) completed, and was deleted as its ttlSecondsAfterFinished says")
    }
}
