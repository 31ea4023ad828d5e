import KubeModel

/// How a component of a SkyfloAI is: an entry of `status.components`.
package struct ComponentStatus: Sendable, Hashable {
    /// The words of the reference system.
    package enum Phase: String, Sendable, JSONCodable {
        case ready = "Ready"
        case progressing = "Progressing"
        case notReady = "Not Ready"
    }

    /// `ui`, `engine` or `mcp`
    package var name = ""
    package var phase = Phase.notReady
    /// A sentence for people.
    package var message = ""
    package var readyReplicas = 0
    package var desiredReplicas = 0
    /// The operator's version that it is of.
    package var version: String?
    package var image: String?
    /// What was made for it, as `Deployment/skyflo-ui`.
    package var objects: [String] = []
    /// One word for the cause, where it isn't as it should be.
    package var reason: String?

    package init() {}

    /// What the reference system says of it.
    package var summary: ComponentSummary {
        ComponentSummary(
            phase: phase, message: message, readyReplicas: readyReplicas, desiredReplicas: desiredReplicas)
    }
}

/// `status.uiStatus`, `engineStatus` and `mcpStatus`, as the reference system has them.
package struct ComponentSummary: Sendable, Hashable {
    package var phase = ComponentStatus.Phase.notReady
    package var message = ""
    package var readyReplicas = 0
    package var desiredReplicas = 0

    package init() {}

    init(phase: ComponentStatus.Phase, message: String, readyReplicas: Int, desiredReplicas: Int) {
        self.phase = phase
        self.message = message
        self.readyReplicas = readyReplicas
        self.desiredReplicas = desiredReplicas
    }
}

extension ComponentStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&name, as: "name")
        members.code(&phase, as: "phase")
        members.code(&message, as: "message")
        members.code(&readyReplicas, as: "readyReplicas")
        members.code(&desiredReplicas, as: "desiredReplicas")
        members.code(&version, as: "version")
        members.code(&image, as: "image")
        members.code(&objects, as: "objects", ifEmpty: .omitted)
        members.code(&reason, as: "reason")
    }
}

extension ComponentSummary: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&phase, as: "phase")
        members.code(&message, as: "message")
        members.code(&readyReplicas, as: "readyReplicas")
        members.code(&desiredReplicas, as: "desiredReplicas")
    }
}
