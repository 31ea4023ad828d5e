public import KubeModel

/// When the last turn began and ended: `status.turnState`.
public struct TurnTimes: Sendable, Hashable {
    public var startedAt: KubeTime?
    /// nil while it runs.
    public var finishedAt: KubeTime?

    public init(startedAt: KubeTime? = nil, finishedAt: KubeTime? = nil) {
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

extension TurnTimes: JSONRecord {
    public init() { self.init(startedAt: nil) }

    public mutating func code(_ members: inout JSONMembers) {
        members.code(&startedAt, as: "startedAt")
        members.code(&finishedAt, as: "finishedAt", ifNil: .null)
    }
}
