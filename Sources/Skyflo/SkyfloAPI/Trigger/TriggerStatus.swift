import KubeModel

/// How a trigger stands: an entry of `status.triggers` of a SkyfloAI.
package struct TriggerStatus: Sendable, Hashable {
    package var name = ""
    /// `Cron` or `Alertmanager`.
    package var type = ""
    /// What the times are counted by. With another schedule the counting begins anew.
    package var schedule: String?
    /// Times before that don't count: when the schedule was first seen, or later where times were missed.
    package var countedFrom: KubeTime?
    /// The scheduled time of the last Conversation, or when the last notification came.
    package var lastTime: KubeTime?
    package var nextTime: KubeTime?
    /// `NAMESPACE/NAME`
    package var lastConversation: String?
    /// Why the last one came to nothing, or why it can't come to anything; nil where nothing is wrong.
    package var lastError: String?
    package var lastErrorTime: KubeTime?

    package init() {}

    package init(name: String, type: String) {
        self.name = name
        self.type = type
    }
}

/// Unreadable without a name.
extension TriggerStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.require(&name, as: "name")
        members.code(&type, as: "type")
        members.code(&schedule, as: "schedule")
        members.code(&countedFrom, as: "countedFrom")
        members.code(&lastTime, as: "lastTime")
        members.code(&nextTime, as: "nextTime")
        members.code(&lastConversation, as: "lastConversation")
        members.code(&lastError, as: "lastError")
        members.code(&lastErrorTime, as: "lastErrorTime")
    }
}
