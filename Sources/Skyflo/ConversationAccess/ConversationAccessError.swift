/// Why a person's wish about a conversation wasn't carried out, in one sentence for that person. Nothing was written.
package struct ConversationAccessError: Error, Sendable, CustomStringConvertible {
    package enum Kind: Sendable, Hashable {
        /// What was shown isn't what is there now, or somebody else was faster.
        case changed
        case failed
    }

    package var kind: Kind
    package var message: String
    package var cause: (any Error)?

    package init(_ kind: Kind, message: String, cause: (any Error)? = nil) {
        self.kind = kind
        self.message = message
        self.cause = cause
    }

    package var description: String { message }
}
