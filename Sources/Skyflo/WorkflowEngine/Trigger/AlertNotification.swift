import KubeModel
import SkyfloAPI

/// What Alertmanager tells a webhook of a group of alerts: version 4 of its body.
///
/// Source: Alertmanager's documentation, `webhook_config`, and `notify/webhook` and `template.Data` of its source.
package struct AlertNotification: Sendable, Hashable {
    package struct Alert: Sendable, Hashable {
        package var isFiring: Bool
        package var labels: [String: String]
        package var annotations: [String: String]
        package var startsAt: KubeTime
        package var generatorURL: String
        package var fingerprint: String
    }

    /// Why a body isn't one.
    package struct Problem: Error, Sendable, Hashable {
        package var message: String

        init(_ message: String) { self.message = message }
    }

    /// The most alerts that one notification may have.
    package static let alertLimit = 4096

    /// What Alertmanager knows the group by.
    package var groupKey: String
    package var isFiring: Bool
    package var receiver: String
    package var groupLabels: [String: String]
    package var commonLabels: [String: String]
    package var commonAnnotations: [String: String]
    package var externalURL: String
    /// Alerts that Alertmanager left out, by its `max_alerts`.
    package var truncatedAlerts: Int
    package var alerts: [Alert]

    package init(_ body: some Collection<UInt8>) throws(Problem) {
        guard let json = try? JSONParser.parse(Array(body)), json.object != nil else {
            throw Problem("the body is no JSON object")
        }
        let version = json["version"]?.string ?? ""
        guard version == "4" else {
            throw Problem("the body has the version \"\(version.bounded(to: 32))\"; version 4 is understood")
        }
        guard let groupKey = json["groupKey"]?.string, !groupKey.isEmpty, groupKey.utf8.count <= 16_384 else {
            throw Problem("groupKey is missing or too long")
        }
        let alerts = json["alerts"]?.array ?? []
        guard !alerts.isEmpty else { throw Problem("there are no alerts in it") }
        guard alerts.count <= Self.alertLimit else {
            throw Problem("it has \(alerts.count) alerts; at most \(Self.alertLimit) are taken, see max_alerts")
        }
        self.groupKey = groupKey
        isFiring = try Self.isFiring(json, of: "the notification")
        receiver = json["receiver"]?.string ?? ""
        groupLabels = try Self.texts(json, "groupLabels")
        commonLabels = try Self.texts(json, "commonLabels")
        commonAnnotations = try Self.texts(json, "commonAnnotations")
        externalURL = json["externalURL"]?.string ?? ""
        truncatedAlerts = max(0, json["truncatedAlerts"]?.int ?? 0)
        var read: [Alert] = []
        for alert in alerts { read.append(try Alert(alert)) }
        self.alerts = read
    }

    fileprivate static func isFiring(_ json: JSONValue, of what: String) throws(Problem) -> Bool {
        switch json["status"]?.string {
        case "firing": return true
        case "resolved": return false
        default: throw Problem("the status of \(what) is neither firing nor resolved")
        }
    }

    fileprivate static func texts(_ json: JSONValue, _ member: String) throws(Problem) -> [String: String] {
        guard let stated = json[member], stated != .null else { return [:] }
        guard let members = stated.object else { throw Problem("\(member) is no object") }
        var texts: [String: String] = [:]
        for (key, value) in members {
            guard let text = value.string else { throw Problem("a value in \(member) is no text") }
            texts[key] = text
        }
        return texts
    }
}

extension AlertNotification.Alert {
    fileprivate init(_ json: JSONValue) throws(AlertNotification.Problem) {
        guard let startsAt = json["startsAt"]?.string.flatMap({ KubeTime($0) }) else {
            throw AlertNotification.Problem("an alert has no time startsAt")
        }
        self.startsAt = startsAt
        isFiring = try AlertNotification.isFiring(json, of: "an alert")
        labels = try AlertNotification.texts(json, "labels")
        annotations = try AlertNotification.texts(json, "annotations")
        generatorURL = json["generatorURL"]?.string ?? ""
        fingerprint = json["fingerprint"]?.string ?? ""
    }
}

extension AlertNotification {
    /// Since when the group fires: the earliest of the alerts that do, or, where none does any more, of all.
    package var since: KubeTime {
        let firing = alerts.filter(\.isFiring)
        return (firing.isEmpty ? alerts : firing).map(\.startsAt).min() ?? KubeTime(microseconds: 0)
    }

    /// `HighErrorRate shop`: the values by which the alerts are grouped, for a title.
    package var title: String {
        let labels = groupLabels.isEmpty ? commonLabels.filter { $0.key == "alertname" } : groupLabels
        // The name of the alert first, then the others by their keys.
        let others = labels.filter { $0.key != "alertname" }.sorted { $0.key < $1.key }
        let sorted = labels.filter { $0.key == "alertname" } + others
        return sorted.map { QuotedData.line($0.value, to: 60) }.joined(separator: " ")
    }
}
