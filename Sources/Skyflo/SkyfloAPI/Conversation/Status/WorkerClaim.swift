/// Who works on a conversation, or did last: `status.worker`.
public struct WorkerClaim: Sendable, Hashable {
    public var identity: String
    /// Rises each time that a process takes the conversation up; 0 before the first.
    public var epoch: Int

    public init(identity: String, epoch: Int) {
        self.identity = identity
        self.epoch = epoch
    }
}

extension WorkerClaim: JSONRecord {
    public init() { self.init(identity: "", epoch: 0) }

    public mutating func code(_ members: inout JSONMembers) {
        members.code(&identity, as: "identity")
        members.code(&epoch, as: "epoch")
    }
}
