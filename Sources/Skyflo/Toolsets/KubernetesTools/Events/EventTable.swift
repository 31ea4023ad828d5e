import KubeModel
import ToolKit
import Writes

/// Events in the columns of `kubectl events`.
struct EventTable: Sendable {
    private static let messageLength = 1024
    private static let header = ["LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]

    private var rows: [[String]]
    private var isWarning: [Bool]
    private let spansNamespaces: Bool

    /// - Parameter events: the newest last.
    init(_ events: [KubeObject], now: KubeTime, spansNamespaces: Bool, redactor: Redactor) {
        self.spansNamespaces = spansNamespaces
        isWarning = events.map { $0["type"]?.string == "Warning" }
        rows = events.map { event in
            let message = redactor.redact(text: event.eventMessage.replacing("\n", with: " ").trimmingBlanks)
            let object = event.eventObject
            return (spansNamespaces ? [event.namespace ?? ""] : []) + [
                Self.lastSeen(event, at: now), event["type"]?.string ?? "", event.eventReason,
                "\(object.kind)/\(object.name)", OutputLimit.shorten(message, to: Self.messageLength),
            ]
        }
    }

    /// `5m`, or `2m (x5 over 10m)` for what happened several times.
    private static func lastSeen(_ event: KubeObject, at now: KubeTime) -> String {
        let age = HumanDuration.text(from: event.eventTime, to: now)
        guard event.eventCount > 1 else { return age }
        return "\(age) (x\(event.eventCount) over \(HumanDuration.text(from: event.eventStart, to: now)))"
    }

    /// The newest that fit, and how many older ones there are.
    func text(newest count: Int, limit: Int) -> String {
        var kept = min(count, rows.count)
        while true {
            let shown = rows.suffix(kept)
            let header = (spansNamespaces ? ["NAMESPACE"] : []) + Self.header
            var lines = TextColumns.align([header] + shown)
            let missing = rows.count - kept
            if missing > 0 {
                let warnings = isWarning.prefix(missing).count { $0 }
                lines.insert(
                    "… left out: \(missing) older event\(missing == 1 ? "" : "s"), \(warnings) of type Warning; ask for "
                        + "more with num_events, or for fewer with types, kind and name", at: 0)
            }
            let text = lines.joined(separator: "\n")
            if text.utf8.count <= limit || kept <= 1 { return text }
            kept = max(1, min(kept - 1, kept * limit / text.utf8.count))
        }
    }
}
