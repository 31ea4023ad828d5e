import KubeModel

/// What the operator says of a SkyfloAI.
package struct SkyfloAIStatus: Sendable, Hashable {
    package var observedGeneration = 0
    /// The name of the model of conversations that name none.
    package var defaultModel = ""
    package var conditions: [Condition] = []
    package var integrations: [IntegrationStatus] = []
    package var helmRepositories: [HelmRepositoryStatus] = []
    package var mcpServers: [MCPServerStatus] = []
    /// nil where nothing is counted.
    package var spending: DaySpending?
    package var triggers: [TriggerStatus] = []
    package var components: [ComponentStatus] = []
    package var uiStatus: ComponentSummary?
    package var engineStatus: ComponentSummary?
    package var mcpStatus: ComponentSummary?

    package init() {}
}

/// How a system outside of the cluster was found: an entry of `status.integrations`.
package struct IntegrationStatus: Sendable, Hashable {
    /// `Jenkins`
    package var kind = ""
    package var name = ""
    /// Whether it answered, and knows the integration's user.
    package var isReached = false
    /// As whom it knows the integration.
    package var user: String?
    package var version: String?
    /// Since when it is as it is.
    package var since: KubeTime?
    /// Why it isn't reached, or what else is to be known.
    package var message = ""

    package init() {}

    package init(kind: String, name: String, isReached: Bool, message: String) {
        self.kind = kind
        self.name = name
        self.isReached = isReached
        self.message = message
    }
}

extension SkyfloAIStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&observedGeneration, as: "observedGeneration")
        members.code(&defaultModel, as: "defaultModel")
        members.code(&conditions, as: "conditions")
        members.code(&integrations, as: "integrations", ifEmpty: .omitted)
        members.code(&helmRepositories, as: "helmRepositories", ifEmpty: .omitted)
        members.code(&mcpServers, as: "mcpServers", ifEmpty: .omitted)
        members.code(&spending, as: "spending")
        members.code(&triggers, as: "triggers", ifEmpty: .omitted)
        members.code(&components, as: "components", ifEmpty: .omitted)
        members.code(&uiStatus, as: "uiStatus")
        members.code(&engineStatus, as: "engineStatus")
        members.code(&mcpStatus, as: "mcpStatus")
    }
}

extension IntegrationStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&kind, as: "kind")
        members.code(&name, as: "name")
        members.code(&isReached, as: "reached")
        members.code(&user, as: "user")
        members.code(&version, as: "version")
        members.code(&since, as: "since")
        members.code(&message, as: "message")
    }
}
