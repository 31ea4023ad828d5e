public import KubeModel

/// What the operator says of a SkyfloAI.
public struct SkyfloAIStatus: Sendable, Hashable {
    public var observedGeneration = 0
    /// The name of the model of conversations that name none.
    public var defaultModel = ""
    public var conditions: [Condition] = []

    public init() {}
}

extension SkyfloAIStatus: JSONRecord {
    public mutating func code(_ members: inout JSONMembers) {
        members.code(&observedGeneration, as: "observedGeneration")
        members.code(&defaultModel, as: "defaultModel")
        members.code(&conditions, as: "conditions")
    }
}
