import KubeModel

/// What was warned about an object and its pods since a write.
struct WarningEvents {
    private let warnings: [KubeObject]
    private let subject: PostCondition.Subject
    private let since: KubeTime

    init(events: [KubeObject], about subject: PostCondition.Subject, since: KubeTime) {
        self.subject = subject
        self.since = since
        // Events have whole seconds.
        let start = KubeTime(microseconds: since.microseconds / 1_000_000 * 1_000_000)
        let generated = GeneratedNames(of: subject)
        warnings = events.filter { event in
            let kind = event["involvedObject", "kind"]?.string ?? ""
            let name = event["involvedObject", "name"]?.string ?? ""
            guard event["type"]?.string == "Warning", event.eventTime >= start else { return false }
            return (kind == subject.resource.kind && name == subject.name) || generated.contains(kind: kind, name)
        }.sorted { ($0.eventTime, $0.name) < ($1.eventTime, $1.name) }
    }

    /// What comes up while pods start and says nothing once they run.
    private static let passing: Set<String> = [
        "Unhealthy", "ProbeWarning", "FailedScheduling", "FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox",
        "NetworkNotReady",
    ]

    /// - Parameter isSettled: everything that was to come up is up.
    func judge(isSettled: Bool) -> PostCondition.Result {
        let lasting = warnings.filter { !isSettled || !Self.passing.contains($0["reason"]?.string ?? "") }
        guard lasting.isEmpty else { return .failed(Self.text(lasting)) }
        guard warnings.isEmpty else { return .met("only while it came up: \(Self.text(warnings))") }
        return .met("none about \(subject.text) since \(since)")
    }

    /// The newest say most.
    private static func text(_ events: [KubeObject]) -> String {
        let shown = events.suffix(3).reversed().map { event in
            let count = event["series", "count"]?.int ?? event["count"]?.int ?? 1
            let about =
                "\(event["involvedObject", "kind"]?.string?.lowercased() ?? "") "
                + (event["involvedObject", "name"]?.string ?? "")
            let message = (event["message"]?.string ?? "").replacing("\n", with: " ")
            return "\(event["reason"]?.string ?? "") (\(about)\(count > 1 ? ", x\(count)" : "")): "
                + OutputLimit.cut(message, to: 256)
        }
        let more = events.count > 3 ? "; and \(events.count - 3) more" : ""
        return shown.joined(separator: "; ") + more
    }
}

extension KubeObject {
    /// Of an Event, by whichever time its source filled in: old and new events differ in that.
    var eventTime: KubeTime {
        let times = [
            self["series", "lastObservedTime"], self["lastTimestamp"], self["eventTime"], self["firstTimestamp"],
        ]
        return times.lazy.compactMap { $0?.string.flatMap { KubeTime($0) } }.first
            ?? creationTimestamp ?? KubeTime(microseconds: 0)
    }
}
