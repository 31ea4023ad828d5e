/// How the turn that runs is followed: `status.stream`. Who may read the Conversation may follow it.
package struct StreamAccess: Sendable, Hashable {
    /// Of the Service that leads to the operator, as the API server's proxy wants it: `NAMESPACE/SCHEME:NAME:PORT`.
    package var service: String
    /// Opens the events of this turn, and nothing else; void when the turn ends.
    package var key: String

    package init(service: String, key: String) {
        self.service = service
        self.key = key
    }
}

/// Unreadable without either.
extension StreamAccess: JSONRecord {
    package init() { self.init(service: "", key: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.require(&service, as: "service")
        members.require(&key, as: "key")
    }
}
