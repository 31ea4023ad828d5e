import KubeModel
import SkyfloAPI

/// Alerts in words for a model, bounded. Their labels and annotations may be written by whoever runs a workload.
package struct AlertText: Sendable {
    package var notification: AlertNotification
    /// Takes credentials out of a text.
    package var redact: @Sendable (String) -> String

    /// Characters of one label, annotation or address.
    private static let valueLimit = 400
    /// Labels, and annotations, of one alert.
    private static let entryLimit = 32

    package init(_ notification: AlertNotification, redact: @escaping @Sendable (String) -> String) {
        self.notification = notification
        self.redact = redact
    }

    /// Lines of at most `limit` characters together, line feeds and the marks of a quotation included. What doesn't fit is left
    /// out, and the last line says how much.
    package func lines(limit: Int) -> [String] {
        var lines = head
        var left = limit - Self.size(lines) - 64
        let alerts = notification.alerts.enumerated()
        for (position, alert) in alerts {
            let more = describe(alert, number: position + 1)
            guard Self.size(more) <= left else {
                lines.append("\(notification.alerts.count - position) more alerts are left out here")
                break
            }
            left -= Self.size(more)
            lines += more
        }
        return lines
    }

    private static func size(_ lines: [String]) -> Int {
        lines.reduce(0) { $0 + $1.unicodeScalars.count + 3 }
    }

    private var head: [String] {
        let firing = notification.alerts.filter(\.isFiring).count
        let others = notification.alerts.count - firing
        var counts = ["\(firing) firing"]
        if others > 0 { counts.append("\(others) resolved") }
        if notification.truncatedAlerts > 0 {
            counts.append("\(notification.truncatedAlerts) more that Alertmanager left out")
        }
        var lines = ["alerts: \(counts.joined(separator: ", "))"]
        if !notification.groupLabels.isEmpty { lines.append("group: \(list(notification.groupLabels))") }
        lines += entries(notification.commonLabels, "label of all")
        lines += entries(notification.commonAnnotations, "annotation of all")
        if !notification.externalURL.isEmpty { lines.append("Alertmanager: \(value(notification.externalURL))") }
        return lines
    }

    private func describe(_ alert: AlertNotification.Alert, number: Int) -> [String] {
        let state = alert.isFiring ? "firing" : "resolved"
        var lines = ["alert \(number): \(state), since \(alert.startsAt)"]
        lines += entries(alert.labels.filter { notification.commonLabels[$0.key] != $0.value }, "  label")
        lines += entries(
            alert.annotations.filter { notification.commonAnnotations[$0.key] != $0.value }, "  annotation")
        if !alert.generatorURL.isEmpty { lines.append("  source: \(value(alert.generatorURL))") }
        return lines
    }

    private func entries(_ texts: [String: String], _ noun: String) -> [String] {
        let sorted = texts.sorted { $0.key < $1.key }
        let more = sorted.count > Self.entryLimit ? ["\(noun)s: \(sorted.count - Self.entryLimit) more"] : []
        return sorted.prefix(Self.entryLimit).map { key, text in
            // Together, because the name says whether the value is a credential.
            "\(noun) \(value("\(key): \(text)"))"
        } + more
    }

    private func list(_ labels: [String: String]) -> String {
        value(labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ", "))
    }

    private func value(_ text: String) -> String { QuotedData.line(redact(text), to: Self.valueLimit) }
}
