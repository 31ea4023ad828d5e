import KubeModel

/// When the last turn began and ended: `status.turnState`.
package struct TurnTimes: Sendable, Hashable {
    package var startedAt: KubeTime?
    /// nil while it runs.
    package var finishedAt: KubeTime?

    package init(startedAt: KubeTime? = nil, finishedAt: KubeTime? = nil) {
        self.startedAt = startedAt
        self.finishedAt = finishedAt
    }
}

extension TurnTimes: JSONRecord {
    package init() { self.init(startedAt: nil) }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&startedAt, as: "startedAt")
        members.code(&finishedAt, as: "finishedAt", ifNil: .null)
    }
}
