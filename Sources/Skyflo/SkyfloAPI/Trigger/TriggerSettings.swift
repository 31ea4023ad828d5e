import KubeModel

/// What makes Conversations by itself: an entry of `spec.triggers` of a SkyfloAI.
package struct TriggerSettings: Sendable, Hashable {
    package enum Source: Sendable, Hashable {
        case cron(CronSettings)
        case alertmanager(AlertmanagerSettings)

        /// In statuses, annotations and metrics.
        package var name: String {
            switch self {
            case .cron: "Cron"
            case .alertmanager: "Alertmanager"
            }
        }
    }

    package var name: String
    package var source: Source
    /// True: it makes nothing.
    package var isSuspended: Bool
    /// Where its Conversations are; nil for the SkyfloAI's own namespace.
    package var namespace: String?
    /// Who their tools run as.
    package var serviceAccountName: String
    /// What they are asked, with placeholders (``TriggerPlaceholder``).
    package var message: String
    package var model: String?
    package var toolsets: [String]?
    package var approvalMode: ConversationSpec.ApprovalMode
    /// `spec.limits` of its Conversations, as it stands; nil for the defaults.
    package var limits: JSONValue?
    /// How many of its Conversations that are over are kept.
    package var historyLimit: Int

    /// nil for what the schema refuses.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let account = json["serviceAccountName"]?.string,
            let message = json["message"]?.string
        else { return nil }
        if let cron = json["cron"].flatMap(CronSettings.init) {
            source = .cron(cron)
        } else if let alertmanager = json["alertmanager"].flatMap(AlertmanagerSettings.init) {
            source = .alertmanager(alertmanager)
        } else {
            return nil
        }
        self.name = name
        self.message = message
        serviceAccountName = account
        isSuspended = json["suspend"]?.bool ?? false
        namespace = json["namespace"]?.string
        model = json["model"]?.string
        toolsets = json["toolsets"]?.array?.compactMap(\.string)
        approvalMode = json["approvalMode"]?.string.flatMap(ConversationSpec.ApprovalMode.init) ?? .readOnly
        limits = json["limits"]
        historyLimit = json["historyLimit"]?.int ?? 10
    }
}

/// When a trigger is due: `cron` of a trigger.
package struct CronSettings: Sendable, Hashable {
    /// What becomes of a time that comes while an earlier Conversation of the trigger isn't over.
    package enum ConcurrencyPolicy: String, Sendable {
        case allow = "Allow"
        /// It waits for the earlier one to end, until the deadline.
        case forbid = "Forbid"
        /// The earlier one is stopped.
        case replace = "Replace"
    }

    package var schedule: String
    /// A name of the IANA time zone database.
    package var timeZone: String
    /// How late a Conversation may still be made.
    package var startingDeadlineSeconds: Int
    package var concurrencyPolicy: ConcurrencyPolicy

    init?(_ json: JSONValue) {
        guard let schedule = json["schedule"]?.string else { return nil }
        self.schedule = schedule
        timeZone = json["timeZone"]?.string ?? "UTC"
        startingDeadlineSeconds = json["startingDeadlineSeconds"]?.int ?? 3600
        concurrencyPolicy = json["concurrencyPolicy"]?.string.flatMap(ConcurrencyPolicy.init) ?? .forbid
    }
}

/// How alerts come: `alertmanager` of a trigger.
package struct AlertmanagerSettings: Sendable, Hashable {
    /// What becomes of the notification that the alerts of a group have resolved.
    package enum Resolved: String, Sendable {
        /// The group's Conversation gets it as a message.
        case tell = "Tell"
        case ignore = "Ignore"
    }

    /// The Secret with what Alertmanager shows.
    package var secret: String
    /// Of a bearer token.
    package var tokenKey: String
    /// Of basic authentication.
    package var usernameKey: String
    package var passwordKey: String
    package var resolved: Resolved
    /// How many Conversations it makes within an hour.
    package var maxPerHour: Int

    init?(_ json: JSONValue) {
        guard let secret = json["secretRef", "name"]?.string else { return nil }
        self.secret = secret
        tokenKey = json["secretRef", "tokenKey"]?.string ?? "token"
        usernameKey = json["secretRef", "usernameKey"]?.string ?? "username"
        passwordKey = json["secretRef", "passwordKey"]?.string ?? "password"
        resolved = json["resolved"]?.string.flatMap(Resolved.init) ?? .tell
        maxPerHour = json["maxPerHour"]?.int ?? 10
    }
}
