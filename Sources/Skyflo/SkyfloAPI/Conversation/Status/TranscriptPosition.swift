/// Where the transcript is, and how far the status vouches for it: `status.transcript`.
package struct TranscriptPosition: Sendable, Hashable {
    /// That of the Secrets; empty in statuses of versions that kept them beside the conversation.
    package var namespace: String
    /// The Secrets are this name with `-0`, `-1`, …
    package var secretPrefix: String
    package var secrets: Int
    package var entries: Int
    package var bytes: Int
    /// The hash of the last entry.
    package var head: String
    /// How many Secrets there were beside the conversation, from which it was moved here, and which are to be removed; 0
    /// once that is done, nil where there never were any.
    package var formerSecrets: Int?

    package init(
        namespace: String = "", secretPrefix: String, secrets: Int = 0, entries: Int = 0, bytes: Int = 0,
        head: String = ""
    ) {
        self.namespace = namespace
        self.secretPrefix = secretPrefix
        self.secrets = secrets
        self.entries = entries
        self.bytes = bytes
        self.head = head
    }

    /// Whether it is where earlier versions kept it.
    package var isBesideConversation: Bool { namespace.isEmpty && entries > 0 }
    /// Whether it has to be moved, or what was moved is still to be removed.
    package var isToBeMoved: Bool { isBesideConversation || (formerSecrets ?? 0) > 0 }
}

extension TranscriptPosition: JSONRecord {
    package init() { self.init(secretPrefix: "") }

    package mutating func code(_ members: inout JSONMembers) {
        members.code(&namespace, as: "namespace", omitting: "")
        members.code(&secretPrefix, as: "secretPrefix")
        members.code(&secrets, as: "secrets")
        members.code(&entries, as: "entries")
        members.code(&bytes, as: "bytes")
        members.code(&head, as: "head")
        members.code(&formerSecrets, as: "formerSecrets")
    }
}
