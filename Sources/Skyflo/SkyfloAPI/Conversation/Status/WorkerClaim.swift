/// Who works on a conversation, or did last: `status.worker`.
package struct WorkerClaim: Sendable, Hashable {
    package var identity: String
    /// Rises each time that a process takes the conversation up; 0 before the first.
    package var epoch: Int
    /// `HOST:PORT` where the other workers reach it; nil where they can't.
    package var address: String?

    package init(identity: String, epoch: Int, address: String? = nil) {
        self.identity = identity
        self.epoch = epoch
        self.address = address
    }
}

extension WorkerClaim: JSONRecord {
    package init() { self.init(identity: "", epoch: 0) }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&identity, as: "identity")
        members.code(&epoch, as: "epoch")
        // That of an earlier worker goes.
        members.code(&address, as: "address", ifNil: .null)
    }
}
