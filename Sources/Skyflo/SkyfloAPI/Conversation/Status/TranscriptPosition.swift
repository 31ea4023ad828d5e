/// Where the transcript is, and how far the status vouches for it: `status.transcript`.
public struct TranscriptPosition: Sendable, Hashable {
    /// The Secrets are this name with `-0`, `-1`, …
    public var secretPrefix: String
    public var secrets: Int
    public var entries: Int
    public var bytes: Int
    /// The hash of the last entry.
    public var head: String

    public init(secretPrefix: String, secrets: Int = 0, entries: Int = 0, bytes: Int = 0, head: String = "") {
        self.secretPrefix = secretPrefix
        self.secrets = secrets
        self.entries = entries
        self.bytes = bytes
        self.head = head
    }
}

extension TranscriptPosition: JSONRecord {
    public init() { self.init(secretPrefix: "") }

    public mutating func code(_ members: inout JSONMembers) {
        members.code(&secretPrefix, as: "secretPrefix")
        members.code(&secrets, as: "secrets")
        members.code(&entries, as: "entries")
        members.code(&bytes, as: "bytes")
        members.code(&head, as: "head")
    }
}
