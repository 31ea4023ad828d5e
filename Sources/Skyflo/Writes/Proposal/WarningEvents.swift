import KubeModel

/// What was warned about an object and its pods since a write, and what of that speaks against the write.
struct WarningEvents {
    let warnings: [KubeObject]
    let subject: PostCondition.Subject
    private let since: KubeTime
    /// Events have whole seconds.
    private let start: KubeTime
    /// From before the write.
    private let earlier: [KubeObject]
    private let generated: GeneratedNames

    init(events: [KubeObject], about subject: PostCondition.Subject, since: KubeTime) {
        self.subject = subject
        self.since = since
        let start = KubeTime(microseconds: since.microseconds / 1_000_000 * 1_000_000)
        let generated = GeneratedNames(of: subject)
        self.start = start
        self.generated = generated
        let own = events.filter { event in
            let about = event.eventObject
            guard event["type"]?.string == "Warning" else { return false }
            return (about.kind == subject.resource.kind && about.name == subject.name)
                || generated.contains(kind: about.kind, about.name)
        }
        earlier = own.filter { $0.eventStart < start }
        warnings = own.filter { $0.eventTime >= start }.sorted { ($0.eventTime, $0.name) < ($1.eventTime, $1.name) }
    }

    /// How a warning bears on the write.
    private enum Bearing {
        case counts
        /// It came up while something started that is up by now.
        case passing
        /// About what the write made go away, or told before it.
        case past
        /// Whether it counts couldn't be looked at.
        case unknown
    }

    /// - Parameters:
    ///   - isSettled: everything that was to come up is up.
    ///   - isRunning: it is still coming up.
    ///   - surroundings: what exists by now; nil where nobody has looked, and every pod counts.
    ///   - knownPods: uids of the pods that there were before the write; nil where that isn't known.
    func judge(
        isSettled: Bool, isRunning: Bool = false, _ surroundings: Surroundings? = nil, knownPods: [String]? = nil
    ) -> PostCondition.Result {
        let groups = Dictionary(grouping: warnings) { warning in
            let bearing = bearing(of: warning, isSettled: isSettled, surroundings: surroundings, knownPods: knownPods)
            return bearing == .counts && isRunning && Self.passing.contains(warning.eventReason) ? .passing : bearing
        }
        if let lasting = groups[.counts] { return .failed(Self.text(lasting)) }
        if let unknown = groups[.unknown] {
            return .pending(
                "it could not be checked whether these are about pods that the write replaced"
                    + (surroundings?.obstacle.map { " (\($0))" } ?? "") + ": \(Self.text(unknown))")
        }
        var evidence: [String] = []
        if let passing = groups[.passing] { evidence.append("only while it came up: \(Self.text(passing))") }
        if evidence.isEmpty { evidence.append("no warnings about \(subject.text) since \(since)") }
        if let past = groups[.past] {
            evidence.append("not counted, because it is about objects from before the write: \(Self.text(past))")
        }
        return .met(evidence.joined(separator: "; "))
    }

    // MARK: One warning

    private func bearing(
        of warning: KubeObject, isSettled: Bool, surroundings: Surroundings?, knownPods: [String]?
    ) -> Bearing {
        let about = warning.eventObject
        let isPassing =
            isSettled
            && (Self.passing.contains(warning.eventReason)
                || surroundings != nil && Self.resolved.contains(warning.eventReason))
        if isStanding(warning, complaint: Self.isComplaint(warning)) { return .past }
        if about.kind == subject.resource.kind, about.name == subject.name {
            return bearing(ofOwn: warning, isPassing: isPassing, surroundings: surroundings)
        }
        guard let surroundings else { return isPassing ? .passing : .counts }
        if surroundings.isOutdated(templateHash: generated.templateHash(of: about.name)) { return .past }
        guard about.kind == "Pod" else { return isPassing ? .passing : .counts }
        if Self.stopping.contains(warning.eventReason) { return .past }
        guard surroundings.pods != nil else { return .unknown }
        guard let pod = surroundings.pod(named: about.name, uid: about.uid), !pod.isBeingDeleted else {
            // Gone: by the write, where it was there before. A new one doesn't go without a reason.
            let wasKnown = knownPods.map { $0.contains(about.uid ?? "") || wasSeen(about.uid) } ?? true
            return wasKnown ? .past : isPassing || isDone(isSettled) ? .passing : .counts
        }
        if surroundings.isOutdated(pod) { return .past }
        let isUp = isPassing && isFine(pod)
        return isUp || isDone(isSettled) ? .passing : .counts
    }

    /// About the object itself, which may be another one than what had its name before.
    private func bearing(
        ofOwn warning: KubeObject, isPassing: Bool, surroundings: Surroundings?
    ) -> Bearing {
        if let uid = warning.eventObject.uid, let live = surroundings?.object, live.uid != uid { return .past }
        if subject.resource.kind == "Pod", Self.stopping.contains(warning.eventReason) { return .past }
        return isPassing ? .passing : .counts
    }

    /// Whether the same was told before the write about the same object; of a policy's complaint, about anything of the
    /// workload: it is repeated for every new pod.
    private func isStanding(_ warning: KubeObject, complaint: Bool) -> Bool {
        let about = warning.eventObject
        return earlier.contains { old in
            guard old.eventReason == warning.eventReason else { return false }
            if complaint { return true }
            let before = old.eventObject
            return before.kind == about.kind && before.name == about.name && before.uid == about.uid
        }
    }

    private func wasSeen(_ uid: String?) -> Bool { uid != nil && earlier.contains { $0.eventObject.uid == uid } }

    /// A Job that is complete has got over what happened to its pods.
    private func isDone(_ isSettled: Bool) -> Bool { isSettled && subject.resource.kind == "Job" }

    /// Ready, or done, and not restarted since the write.
    private func isFine(_ pod: KubeObject) -> Bool {
        let conditions = pod["status", "conditions"]?.array ?? []
        let isReady = conditions.contains { $0["type"]?.string == "Ready" && $0["status"]?.string == "True" }
        guard isReady || pod["status", "phase"]?.string == "Succeeded" else { return false }
        return !(pod["status", "containerStatuses"]?.array ?? []).contains { status in
            guard status["restartCount"]?.int ?? 0 > 0 else { return false }
            let end = status["lastState", "terminated", "finishedAt"]?.string.flatMap { KubeTime($0) }
            return end.map { $0 >= start } ?? true
        }
    }

    // MARK: Reasons

    /// What comes up while pods start and says nothing once they run.
    private static let passing: Set<String> = [
        "Unhealthy", "ProbeWarning", "FailedScheduling", "FailedMount", "FailedAttachVolume", "FailedMapVolume",
        "FailedCreatePodSandBox", "FailedPodSandBoxStatus", "FailedSync", "NetworkNotReady", "NodeNotReady",
        "DNSConfigForming", "MissingClusterDNS", "FailedGetResourceMetric", "FailedComputeMetricsReplicas",
    ]

    /// What was tried again with success, as one sees by what exists now: an image was pulled late, a quota had room.
    private static let resolved: Set<String> = [
        "Failed", "InspectFailed", "FailedToRetrieveImagePullSecret", "FailedCreate", "FailedBinding",
        "ProvisioningFailed",
    ]

    /// About containers on their way out.
    private static let stopping: Set<String> = [
        "FailedPreStopHook", "FailedKillPod", "FailedKillContainer", "ExceededGracePeriod",
    ]

    /// `PolicyViolation` and the like.
    private static func isComplaint(_ warning: KubeObject) -> Bool { warning.eventReason.hasSuffix("Violation") }

    /// The newest say most.
    private static func text(_ events: [KubeObject]) -> String {
        let shown = events.suffix(3).reversed().map { event in
            let (kind, name, _) = event.eventObject
            let message = event.eventMessage.replacing("\n", with: " ")
            return
                "\(event.eventReason) (\(kind.lowercased()) \(name)\(event.eventCount > 1 ? ", x\(event.eventCount)" : "")): "
                + OutputLimit.cut(message, to: 256)
        }
        let more = events.count > 3 ? "; and \(events.count - 3) more" : ""
        return shown.joined(separator: "; ") + more
    }
}
