import Crypto
import KubeModel
import SkyfloAPI

/// A Conversation as a trigger makes it: the same cause always makes one of the same name, so that it is never made twice.
package struct TriggeredConversation: Sendable {
    /// What made it.
    package enum Cause: Sendable {
        case schedule(KubeTime)
        case alerts(AlertNotification)
    }

    /// Characters of one message, as the schema has them.
    private static let messageLimit = 8192

    package var skyfloAI: ObjectKey
    package var trigger: TriggerSettings
    /// Who is to be noted as its maker; nil for nobody, so that anybody who may change it can go on with it.
    package var creator: String?
    /// Takes credentials out of a text.
    package var redact: @Sendable (String) -> String

    package init(
        skyfloAI: ObjectKey, trigger: TriggerSettings, creator: String? = nil,
        redact: @escaping @Sendable (String) -> String
    ) {
        self.skyfloAI = skyfloAI
        self.trigger = trigger
        self.creator = creator
        self.redact = redact
    }

    // MARK: Names

    package var namespace: String { trigger.namespace ?? skyfloAI.namespace ?? "default" }

    /// The value of the label by which the trigger's Conversations are found.
    package var id: String { Self.hash([skyfloAI.description, trigger.name], length: 16) }

    /// The value of the label by which Conversations about a group of alerts are found.
    package static func group(_ notification: AlertNotification) -> String {
        hash([notification.groupKey], length: 32)
    }

    /// Of a schedule by the minute, as with the Jobs of a CronJob; of alerts by their group and since when they fire: what is
    /// told again is the same, and what fires anew isn't.
    package func name(of cause: Cause) -> String {
        let prefix = "\(trigger.name)-\(id.prefix(8))"
        switch cause {
        case .schedule(let time): return "\(prefix)-\(time.microseconds / 60_000_000)"
        case .alerts(let notification):
            return "\(prefix)-" + Self.hash([notification.groupKey, notification.since.microTime], length: 12)
        }
    }

    /// Tells the alerts of a group apart, and one that fires anew from itself. Who sends none of Alertmanager's fingerprints is
    /// known by the labels.
    private static func key(_ alert: AlertNotification.Alert) -> String {
        let labels = alert.labels.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        let parts = alert.fingerprint.isEmpty ? labels : [alert.fingerprint]
        return hash(parts + [alert.startsAt.microTime], length: 12)
    }

    private static func hash(_ parts: [String], length: Int) -> String {
        var bytes: [UInt8] = []
        for part in parts { bytes += Array(part.utf8) + [0] }
        return String(SHA256.hash(data: bytes).hexadecimal.prefix(length))
    }

    // MARK: The object

    /// - Throws: ``TriggerPlaceholder/Problem``.
    package func object(for cause: Cause) throws(TriggerPlaceholder.Problem) -> KubeObject {
        var spec: JSONValue = [
            "messages": [["content": .string(try message(for: cause))]],
            "serviceAccountName": .string(trigger.serviceAccountName),
            "approval": ["mode": .string(trigger.approvalMode.rawValue)],
            "skyfloRef": ["name": .string(skyfloAI.name)],
        ]
        if namespace != skyfloAI.namespace { spec["skyfloRef", "namespace"] = skyfloAI.namespace.map { .string($0) } }
        spec["model"] = trigger.model.map { .string($0) }
        spec["toolsets"] = trigger.toolsets.map { .array($0.map { .string($0) }) }
        spec["limits"] = trigger.limits
        var object = KubeObject(
            .conversations, namespace: namespace, name: name(of: cause), members: ["spec": spec])
        object.labels = [TriggerOrigin.nameLabel: trigger.name, TriggerOrigin.idLabel: id]
        object.annotations = [
            TriggerOrigin.annotation: description(of: cause), TriggerOrigin.timeAnnotation: time(of: cause).description,
            TriggerOrigin.titleAnnotation: title(of: cause),
        ]
        if let creator { object.annotations[SkyfloGroup.creatorAnnotation] = creator }
        if case .alerts(let notification) = cause {
            object.labels[TriggerOrigin.groupLabel] = Self.group(notification)
            object.annotations[TriggerOrigin.alertsAnnotation] = notification.alerts.map(Self.key).joined(
                separator: ",")
        }
        return object
    }

    /// In a sentence, for annotations and Events.
    package func description(of cause: Cause) -> String {
        let own = "\(trigger.source.name) trigger \(trigger.name) of SkyfloAI \(skyfloAI)"
        switch cause {
        case .schedule(let time): return "\(own), scheduled for \(time)"
        case .alerts(let notification):
            let group = QuotedData.line(redact(notification.groupKey), to: 512)
            return "\(own), alerts of the group \(group), firing since \(notification.since)"
        }
    }

    private func title(of cause: Cause) -> String {
        switch cause {
        case .schedule(let time): return "\(trigger.name) \(time)"
        case .alerts(let notification):
            return QuotedData.line("\(trigger.name): \(redact(notification.title))", to: 110)
        }
    }

    private func time(of cause: Cause) -> KubeTime {
        switch cause {
        case .schedule(let time): time
        case .alerts(let notification): notification.since
        }
    }

    // MARK: Messages

    private func message(for cause: Cause) throws(TriggerPlaceholder.Problem) -> String {
        let allowed = TriggerPlaceholder.allowed(for: trigger.source)
        let own = try TriggerPlaceholder.replace(in: trigger.message, allowed: allowed) { value(of: $0, cause: cause) }
        guard case .alerts(let notification) = cause else { return own }
        let block = quoted(notification, limit: Self.messageLimit - own.unicodeScalars.count - 256)
        var isPlaced = false
        let message = try TriggerPlaceholder.replace(in: trigger.message, allowed: allowed) { placeholder in
            guard placeholder == .alerts, !isPlaced else { return value(of: placeholder, cause: cause) }
            isPlaced = true
            return "\n\(block)\n"
        }
        return isPlaced ? message : "\(own)\n\n\(block)"
    }

    private func value(of placeholder: TriggerPlaceholder, cause: Cause) -> String {
        switch placeholder {
        case .trigger: return trigger.name
        case .skyfloAI: return skyfloAI.description
        case .namespace: return namespace
        case .time: return time(of: cause).description
        case .alerts: return ""
        case .status:
            if case .alerts(let notification) = cause { return notification.isFiring ? "firing" : "resolved" }
            return ""
        case .alertCount:
            if case .alerts(let notification) = cause {
                return "\(notification.alerts.count + notification.truncatedAlerts)"
            }
            return ""
        }
    }

    private func quoted(_ notification: AlertNotification, limit: Int) -> String {
        QuotedData.block(AlertText(notification, redact: redact).lines(limit: limit), from: "Alertmanager")
    }

    /// How often a Conversation is told of alerts that have joined its group.
    package static let joinLimit = 16
    /// Of so many alerts a Conversation remembers that it was told, which is what fits an annotation.
    private static let rememberedAlerts = 8192

    /// The merge patch that tells a group's Conversation of firing alerts that it hasn't heard of, under its resourceVersion, so
    /// that none is told twice; nil where there are none, or where it was told as often as it may be.
    package func joining(_ notification: AlertNotification, to conversation: Conversation) -> JSONValue? {
        let object = conversation.object
        // One of an earlier version doesn't say what it was told.
        guard let stored = object.annotations[TriggerOrigin.alertsAnnotation] else { return nil }
        let told = Set(stored.split(separator: ",").map(String.init))
        var joined = notification
        joined.alerts.removeAll { !$0.isFiring || told.contains(Self.key($0)) }
        let times = conversation.spec.followUps.keys.count { $0.hasPrefix(TriggerOrigin.joinedFollowUp) }
        guard !joined.alerts.isEmpty, times < Self.joinLimit,
            told.count + joined.alerts.count <= Self.rememberedAlerts
        else { return nil }
        let text =
            "Alertmanager says that more alerts of the group fire. Say what they add to what you found, and whether they have the "
            + "same cause.\n\n" + quoted(joined, limit: 4096)
        // In the order of their ids, and before the one about the end.
        let id = TriggerOrigin.joinedFollowUp + (times < 9 ? "0" : "") + String(times + 1)
        return [
            "metadata": [
                "uid": .string(object.uid), "resourceVersion": .string(object.resourceVersion),
                "annotations": .object([
                    TriggerOrigin.alertsAnnotation: .string(
                        ([stored] + joined.alerts.map(Self.key)).joined(separator: ","))
                ]),
            ],
            "spec": ["followUps": .object([id: ["content": .string(text)]])],
        ]
    }

    /// What the group's Conversation is told when its alerts have resolved.
    package func resolvedMessage(_ notification: AlertNotification) -> String {
        "Alertmanager says that the alerts have resolved. Say in a sentence or two whether what you found fits that, and what is "
            + "left to do.\n\n" + quoted(notification, limit: 4096)
    }
}
