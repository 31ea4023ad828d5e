import KubeModel

/// What the operator says of a SkyfloAI.
package struct SkyfloAIStatus: Sendable, Hashable {
    package var observedGeneration = 0
    /// The name of the model of conversations that name none.
    package var defaultModel = ""
    package var conditions: [Condition] = []

    package init() {}
}

extension SkyfloAIStatus: JSONRecord {
    package mutating func code(_ members: inout JSONMembers) {
        members.code(&observedGeneration, as: "observedGeneration")
        members.code(&defaultModel, as: "defaultModel")
        members.code(&conditions, as: "conditions")
    }
}
