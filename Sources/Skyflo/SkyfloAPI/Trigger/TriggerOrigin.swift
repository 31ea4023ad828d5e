import KubeModel

/// What a Conversation that a trigger made says of it.
package enum TriggerOrigin {
    /// The label with the trigger's name, for people.
    package static let nameLabel = "skyflo.ai/trigger"
    /// The label that stands for SkyfloAI and trigger together.
    package static let idLabel = "skyflo.ai/trigger-id"
    /// The label that stands for a group of alerts, while it fires and after.
    package static let groupLabel = "skyflo.ai/trigger-group"
    /// The annotation that says in words what made it.
    package static let annotation = "skyflo.ai/triggered-by"
    /// The annotation with the time that it was scheduled for, or since when the alerts fire.
    package static let timeAnnotation = "skyflo.ai/trigger-time"
    /// The annotation that says since when the alerts have resolved.
    package static let resolvedAnnotation = "skyflo.ai/trigger-resolved"
    /// The annotation with the alerts that it was told of, by their keys, between commas.
    package static let alertsAnnotation = "skyflo.ai/trigger-alerts"
    /// The annotation with the title that the status has instead of the first words of the first message.
    package static let titleAnnotation = "skyflo.ai/title"
    /// The follow-up that tells that the alerts have resolved.
    package static let resolvedFollowUp = "resolved"
    /// What the ids of follow-ups begin with that tell of alerts which have joined the group.
    package static let joinedFollowUp = "alerts-"
}

extension Conversation {
    /// Which trigger made it; nil where a person did. Whoever makes a Conversation can write this label: it is for finding
    /// Conversations, and nothing is allowed because of it.
    package var triggerID: String? { object.labels[TriggerOrigin.idLabel] }

    /// Whether nothing of it runs, waits or is to come.
    package var isOver: Bool {
        status.turn > 0 && status.isTurnEnded && status.queuedSince == nil && waitingMessages.isEmpty && !hasUndo
    }
}
