/// Where the transcript is, and how far the status vouches for it: `status.transcript`.
package struct TranscriptPosition: Sendable, Hashable {
    /// The Secrets are this name with `-0`, `-1`, …
    package var secretPrefix: String
    package var secrets: Int
    package var entries: Int
    package var bytes: Int
    /// The hash of the last entry.
    package var head: String

    package init(secretPrefix: String, secrets: Int = 0, entries: Int = 0, bytes: Int = 0, head: String = "") {
        self.secretPrefix = secretPrefix
        self.secrets = secrets
        self.entries = entries
        self.bytes = bytes
        self.head = head
    }
}

extension TranscriptPosition: JSONRecord {
    package init() { self.init(secretPrefix: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&secretPrefix, as: "secretPrefix")
        members.code(&secrets, as: "secrets")
        members.code(&entries, as: "entries")
        members.code(&bytes, as: "bytes")
        members.code(&head, as: "head")
    }
}
