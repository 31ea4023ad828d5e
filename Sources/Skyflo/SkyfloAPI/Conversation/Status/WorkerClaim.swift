/// Who works on a conversation, or did last: `status.worker`.
package struct WorkerClaim: Sendable, Hashable {
    package var identity: String
    /// Rises each time that a process takes the conversation up; 0 before the first.
    package var epoch: Int

    package init(identity: String, epoch: Int) {
        self.identity = identity
        self.epoch = epoch
    }
}

extension WorkerClaim: JSONRecord {
    package init() { self.init(identity: "", epoch: 0) }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&identity, as: "identity")
        members.code(&epoch, as: "epoch")
    }
}
